#include "workers/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum {
    NOBODY = 65534,         /* the user and the group, on every Linux system */
    THREADS_OWN = 64,       /* in a user namespace of its own; libvips starts a handful */
    THREADS_SPARE = 4096,   /* else: what the user may start while the worker runs */
    STACK_MOST = 64 << 20,  /* not counted by the limit of memory */
    CAPABILITY_WORDS = 2,   /* of version 3 of the interface */
    CAPABILITIES_MOST = 64, /* that two words can hold */
};

static bool lower(__rlimit_resource_t resource, rlim_t most)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0)
        return false;
    if (most < limit.rlim_max)
        limit.rlim_max = most;
    limit.rlim_cur = limit.rlim_cur < limit.rlim_max ? limit.rlim_cur : limit.rlim_max;
    return setrlimit(resource, &limit) == 0;
}

/* Whether this process, and so its driver, may signal the processes of other users. */
static bool may_signal_others(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[CAPABILITY_WORDS] = {0};
    return syscall(SYS_capget, &header, sets) == 0 && (sets[0].effective >> CAP_KILL & 1) != 0;
}

/* 0 or an errno. The driver must still be able to kill its worker. */
static int become_nobody(void)
{
    if (!may_signal_others())
        return EPERM;
    if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
        setresuid(NOBODY, NOBODY, NOBODY) != 0)
        return errno;
    return 0;
}

/* In a namespace of its own, a process is counted alone. The kernel may not grant one, for example
 * in a container. */
static void limit_threads(void)
{
    struct sysinfo machine;
    if (unshare(CLONE_NEWUSER) == 0)
        lower(RLIMIT_NPROC, THREADS_OWN);
    else if (sysinfo(&machine) == 0)
        lower(RLIMIT_NPROC, (rlim_t)machine.procs + THREADS_SPARE);
}

/* Those of root, and those that a new namespace gives. */
static void drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[CAPABILITY_WORDS] = {0};
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (unsigned long i = 0; i < CAPABILITIES_MOST; i++)
        prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    syscall(SYS_capset, &header, none);
}

pat_privileges pat_privileges_drop(void)
{
    pat_privileges is = {.was_root = geteuid() == 0};
    int at_death = 0;
    pid_t parent = getppid();
    prctl(PR_GET_PDEATHSIG, &at_death);
    if (is.was_root)
        is.refusal = become_nobody();
    limit_threads();
    drop_capabilities();
    lower(RLIMIT_CORE, 0);
    lower(RLIMIT_STACK, STACK_MOST);
    prctl(PR_SET_PDEATHSIG, at_death); /* the kernel forgets it when the user changes */
    if (at_death != 0 && getppid() != parent)
        _exit(EXIT_FAILURE);
    return is;
}

bool pat_privileges_limit_files(uint64_t bytes)
{
    return lower(RLIMIT_FSIZE, bytes);
}
