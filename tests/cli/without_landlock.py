#!/usr/bin/python3
"""Run a program as on a kernel without Landlock: without_landlock.py PROGRAM ARGUMENT..."""

import ctypes
import errno
import os
import sys

ALLOW, FAIL = 0x7FFF0000, 0x00050000

seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
rules = ctypes.c_void_p(seccomp.seccomp_init(ALLOW))
call = seccomp.seccomp_syscall_resolve_name(b"landlock_create_ruleset")
if seccomp.seccomp_rule_add(rules, FAIL | errno.ENOSYS, call, 0) or seccomp.seccomp_load(rules):
    sys.exit("without_landlock.py: the kernel has no seccomp")
os.execv(sys.argv[1], sys.argv[1:])
