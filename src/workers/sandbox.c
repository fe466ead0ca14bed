/*
 * seccomp limits the system calls that the kernel accepts; Landlock, if available, also denies
 * every file and port, whatever the system call. Only this module uses libseccomp.
 */
#include "workers/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(SANITIZED)
enum { UNDER_SANITIZER = true };
#else
enum { UNDER_SANITIZER = false };
#endif

/* ---- Landlock -------------------------------------------------------------------------------- */

/* The kernel's ruleset, as in linux/landlock.h, in the newest version known here. */
struct ruleset {
    uint64_t files, ports, scopes;
};

enum {
    FILE_RIGHTS_1 = 13, /* number of rights as of each version of the interface */
    FILE_RIGHTS_2 = 14,
    FILE_RIGHTS_3 = 15,
    FILE_RIGHTS_5 = 16,
    PORT_RIGHTS_4 = 2,
    SCOPES_6 = 2,
};

static uint64_t lowest_bits(int count)
{
    return ((uint64_t)1 << count) - 1;
}

/* Handle every right of version `abi`, and grant none. Returns the size of the ruleset in that
 * version. */
static size_t deny_all(int abi, struct ruleset *rules)
{
    int files = abi >= 5 ? FILE_RIGHTS_5 : abi >= 3 ? FILE_RIGHTS_3 : FILE_RIGHTS_1 + (abi == 2);
    *rules = (struct ruleset){.files = lowest_bits(files)};
    if (abi < 4)
        return offsetof(struct ruleset, ports);
    rules->ports = lowest_bits(PORT_RIGHTS_4);
    if (abi < 6)
        return offsetof(struct ruleset, scopes);
    rules->scopes = lowest_bits(SCOPES_6);
    return sizeof *rules;
}

/* The version of Landlock now in force, or 0 with errno. */
static int enter_landlock(void)
{
    struct ruleset rules;
    int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return 0;
    size_t size = deny_all(abi, &rules);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (ruleset < 0)
        return 0;
    long result = syscall(SYS_landlock_restrict_self, ruleset, 0);
    int cause = errno;
    close(ruleset);
    errno = cause;
    return result == 0 ? abi : 0;
}

/* ---- seccomp --------------------------------------------------------------------------------- */

/* Calls that affect only this process and its open descriptors. */
static const int harmless[] = {
    SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(lseek), SCMP_SYS(write),
    SCMP_SYS(writev), SCMP_SYS(recvmsg), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    /* memory; mmap and mprotect are below */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    /* threads */
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(gettid),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(exit), SCMP_SYS(exit_group),
    /* signals, as abort() uses them; tgkill is below */
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    /* facts */
    SCMP_SYS(getpid), SCMP_SYS(sysinfo), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(nanosleep),
    SCMP_SYS(getrusage)};

struct condition {
    int call;
    struct scmp_arg_cmp argument;
};

/* 0, or a negative errno. */
static int allow(scmp_filter_ctx filter)
{
    const struct condition conditional[] = {
        {SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)},
        {SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())},
        {SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0)}, /* to query, not to set */
        {SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)},
        {SCMP_SYS(newfstatat), SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH)}, /* fstat() */
    };
    int result = 0;
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, harmless[i], 0);
    for (size_t i = 0; i < sizeof conditional / sizeof *conditional && result == 0; i++)
        result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, conditional[i].call, 1,
                                        &conditional[i].argument);
    if (result == 0) /* seccomp cannot see its flags; the C library falls back to clone */
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return result;
}

/* 0, or a negative errno. */
static int enter_seccomp(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return -ENOMEM;
    int result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1); /* all threads */
    if (result == 0)
        result = allow(filter);
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    return result;
}

/* ---- Both ------------------------------------------------------------------------------------ */

void pat_sandbox_enter(char achieved[PAT_SANDBOX_SIZE])
{
    if (UNDER_SANITIZER) {
        snprintf(achieved, PAT_SANDBOX_SIZE, "none (a build with AddressSanitizer)");
        return;
    }
    /* The kernel may refuse both to a process that could gain privileges by executing a program. */
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    int landlock = enter_landlock();
    const char *no_landlock = strerrordesc_np(errno);
    int seccomp = enter_seccomp();
    if (seccomp == 0 && landlock > 0)
        snprintf(achieved, PAT_SANDBOX_SIZE, "seccomp, landlock %d", landlock);
    else if (seccomp == 0)
        snprintf(achieved, PAT_SANDBOX_SIZE, "seccomp (no landlock: %s)", no_landlock);
    else if (landlock > 0)
        snprintf(achieved, PAT_SANDBOX_SIZE, "landlock %d (no seccomp: %s)", landlock,
                 strerrordesc_np(-seccomp));
    else
        snprintf(achieved, PAT_SANDBOX_SIZE, "none (no seccomp: %s; no landlock: %s)",
                 strerrordesc_np(-seccomp), no_landlock);
}

bool pat_sandbox_limit_memory(uint64_t bytes)
{
    if (UNDER_SANITIZER)
        return true;
    struct rlimit limit;
    if (getrlimit(RLIMIT_DATA, &limit) != 0)
        return false;
    if (bytes < limit.rlim_max)
        limit.rlim_max = bytes;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_DATA, &limit) == 0;
}
