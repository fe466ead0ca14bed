/*
 * The sandbox that a worker enters before it reads its first image: a malicious image that takes
 * over the worker has access to the data sent to that worker and to nothing else. Private to the
 * library.
 */
#ifndef PAT_WORKERS_SANDBOX_H
#define PAT_WORKERS_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "patina/run.h"

/*
 * Enter the sandbox. Afterwards, this process and all its threads can compute, use open descriptors
 * and start threads, but have no privileges (workers/privileges.h), and cannot open or even name a
 * file, start a program or process, create a socket, share memory, or signal or trace another
 * process. A forbidden system call kills the process with SIGSYS if no decoder makes it; otherwise
 * it fails with EPERM. Libraries must already have loaded everything they need.
 *
 * `achieved` receives the protections in force, such as "seccomp, landlock 7", the reasons why
 * others are missing and, if the process ran as root, its user. A build with AddressSanitizer,
 * which needs more rights, always gets "none". Call this once, while there is only one thread.
 */
void pat_sandbox_enter(char achieved[PAT_SANDBOX_SIZE]);

/* Whether the sandbox is whole: seccomp and Landlock are both in force. A build with
 * AddressSanitizer counts as whole, so that tests see no warning. */
bool pat_sandbox_is_whole(const char *achieved);

/* Limit the private memory of this process, including thread stacks: allocations beyond the limit
 * fail. No effect with AddressSanitizer, which reserves terabytes. False if the kernel refused. */
bool pat_sandbox_limit_memory(uint64_t bytes);

#endif
