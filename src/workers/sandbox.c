/*
 * seccomp limits the system calls that the kernel accepts; Landlock, if available, also denies
 * every file and port, whatever the system call; and the process has no privileges. Only this
 * module uses libseccomp.
 */
#include "workers/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "workers/privileges.h"

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

/* ---- fstat ----------------------------------------------------------------------------------- */

/*
 * The C library implements fstat(file, buffer) as newfstatat(file, "", buffer, AT_EMPTY_PATH). With
 * another path, the same call tells about any file, and neither seccomp, which cannot read the
 * path, nor Landlock, which does not cover the call, could refuse it. Therefore every newfstatat
 * raises SIGSYS, and the handler makes the call fstat instead, which takes no path.
 */
#if defined(__x86_64__)
#define REGISTER(context, name) ((context)->uc_mcontext.gregs[name])
#define ARGUMENT_1(context) REGISTER(context, REG_RDI)
#define ARGUMENT_2(context) REGISTER(context, REG_RSI)
#define ARGUMENT_3(context) REGISTER(context, REG_RDX)
#define ARGUMENT_4(context) REGISTER(context, REG_R10)
#define RESULT(context) REGISTER(context, REG_RAX)
#elif defined(__aarch64__)
#define REGISTER(context, number) ((context)->uc_mcontext.regs[number])
#define ARGUMENT_1(context) REGISTER(context, 0)
#define ARGUMENT_2(context) REGISTER(context, 1)
#define ARGUMENT_3(context) REGISTER(context, 2)
#define ARGUMENT_4(context) REGISTER(context, 3)
#define RESULT(context) REGISTER(context, 0)
#else
#error "the sandbox needs the registers of a system call on this processor"
#endif

static long fstat_of(int file, const char *path, void *buffer, int flags)
{
    if ((flags & AT_EMPTY_PATH) == 0 || path == NULL || *path != '\0')
        return -EPERM;
    return syscall(SYS_fstat, file, buffer) == 0 ? 0 : -errno;
}

static void answer_trapped(int number, siginfo_t *info, void *place)
{
    enum { BY_SECCOMP = 1 }; /* SYS_SECCOMP of the kernel, which the C library does not define */
    ucontext_t *context = place;
    int kept = errno;
    (void)number;
    long result = -EPERM;
    if (info->si_code == BY_SECCOMP && info->si_syscall == SYS_newfstatat)
        result = fstat_of((int)ARGUMENT_1(context), (const char *)ARGUMENT_2(context),
                          (void *)ARGUMENT_3(context), (int)ARGUMENT_4(context));
    RESULT(context) = (__typeof__(RESULT(context)))result;
    errno = kept;
}

/* ---- seccomp --------------------------------------------------------------------------------- */

/* Calls that affect only this process and its open descriptors. */
static const int harmless[] = {
    SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(readv), SCMP_SYS(lseek),
    SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(recvmsg), SCMP_SYS(close), SCMP_SYS(fstat),
    SCMP_SYS(poll), SCMP_SYS(ppoll),
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

/* Calls that no decoder makes, whatever the image: the worker has been taken over, and is killed.
 * All other calls fail with EPERM, which libraries can handle: they may look for a file, for
 * example, and do without it. */
static const int hostile[] = {
    /* other programs and processes */
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise),
    SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal),
    /* privileges and namespaces */
    SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
    SCMP_SYS(setresgid), SCMP_SYS(setgroups), SCMP_SYS(setfsuid), SCMP_SYS(setfsgid),
    SCMP_SYS(capset), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(chroot), SCMP_SYS(pivot_root),
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(personality),
    /* memory that the limit does not count */
    SCMP_SYS(memfd_create), SCMP_SYS(memfd_secret), SCMP_SYS(shmget), SCMP_SYS(shmat),
    SCMP_SYS(msgget), SCMP_SYS(semget), SCMP_SYS(mq_open),
    /* network */
    SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(sendmmsg),
    /* little-used parts of the kernel, where its mistakes are found */
    SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(add_key), SCMP_SYS(request_key),
    SCMP_SYS(keyctl), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load), SCMP_SYS(reboot), SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at), SCMP_SYS(modify_ldt), SCMP_SYS(iopl), SCMP_SYS(ioperm)};

struct condition {
    int call;
    unsigned count;
    struct scmp_arg_cmp argument[2];
};

/* Only private memory that is neither executable nor grows by itself: the limit counts it. */
#define ORDINARY_MEMORY SCMP_A2(SCMP_CMP_MASKED_EQ, ~(scmp_datum_t)(PROT_READ | PROT_WRITE), 0)
#define PRIVATE SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE | MAP_GROWSDOWN, MAP_PRIVATE)

/* 0, or a negative errno. */
static int add_conditional(scmp_filter_ctx filter)
{
    const scmp_datum_t self = (scmp_datum_t)getpid();
    const struct condition allowed[] = {
        {SCMP_SYS(mmap), 2, {ORDINARY_MEMORY, PRIVATE}},
        {SCMP_SYS(mprotect), 1, {ORDINARY_MEMORY}},
        {SCMP_SYS(clone), 1, {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)}},
        {SCMP_SYS(tgkill), 1, {SCMP_A0(SCMP_CMP_EQ, self)}},
        {SCMP_SYS(prlimit64), 1, {SCMP_A2(SCMP_CMP_EQ, 0)}}, /* to query, not to set */
        {SCMP_SYS(prctl), 1, {SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)}},
    };
    const struct condition killed[] = {
        {SCMP_SYS(clone), 1, {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)}},
        {SCMP_SYS(tgkill), 1, {SCMP_A0(SCMP_CMP_NE, self)}},
    };
    int result = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && result == 0; i++)
        result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, allowed[i].call, allowed[i].count,
                                        allowed[i].argument);
    for (size_t i = 0; i < sizeof killed / sizeof *killed && result == 0; i++)
        result = seccomp_rule_add_array(filter, SCMP_ACT_KILL_PROCESS, killed[i].call,
                                        killed[i].count, killed[i].argument);
    return result;
}

/* 0, or a negative errno. */
static int add_rules(scmp_filter_ctx filter)
{
    int result = add_conditional(filter);
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, harmless[i], 0);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, hostile[i], 0);
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_TRAP, SCMP_SYS(newfstatat), 0);
    if (result == 0) /* seccomp cannot see its flags; the C library falls back to clone */
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return result;
}

/* 0, or a negative errno. */
static int enter_seccomp(void)
{
    struct sigaction answer = {.sa_sigaction = answer_trapped, .sa_flags = SA_SIGINFO | SA_RESTART};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return -ENOMEM;
    sigaction(SIGSYS, &answer, NULL);
    int result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1); /* all threads */
    if (result == 0)
        result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (result == 0)
        result = add_rules(filter);
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    return result;
}

/* ---- All together ---------------------------------------------------------------------------- */

#define WHOLE "seccomp, landlock "
#define WITH_SANITIZER "none (a build with AddressSanitizer)"

static void describe_user(pat_privileges user, char *text, size_t size)
{
    if (!user.was_root)
        *text = '\0';
    else if (user.refusal == 0)
        snprintf(text, size, ", as nobody");
    else
        snprintf(text, size, ", as root (%s)", strerrordesc_np(user.refusal));
}

void pat_sandbox_enter(char achieved[PAT_SANDBOX_SIZE])
{
    char user[PAT_SANDBOX_SIZE];
    if (UNDER_SANITIZER) {
        snprintf(achieved, PAT_SANDBOX_SIZE, WITH_SANITIZER);
        return;
    }
    /* The kernel may refuse both to a process that could gain privileges by executing a program. */
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    describe_user(pat_privileges_drop(), user, sizeof user);
    int landlock = enter_landlock();
    const char *no_landlock = strerrordesc_np(errno);
    int seccomp = enter_seccomp();
    const char *no_seccomp = strerrordesc_np(-seccomp);
    if (seccomp == 0 && landlock > 0)
        snprintf(achieved, PAT_SANDBOX_SIZE, WHOLE "%d%s", landlock, user);
    else if (seccomp == 0)
        snprintf(achieved, PAT_SANDBOX_SIZE, "seccomp (no landlock: %s)%s", no_landlock, user);
    else if (landlock > 0)
        snprintf(achieved, PAT_SANDBOX_SIZE, "landlock %d (no seccomp: %s)%s", landlock, no_seccomp,
                 user);
    else
        snprintf(achieved, PAT_SANDBOX_SIZE, "none (no seccomp: %s; no landlock: %s)%s", no_seccomp,
                 no_landlock, user);
}

bool pat_sandbox_is_whole(const char *achieved)
{
    return strncmp(achieved, WHOLE, sizeof WHOLE - 1) == 0 ||
           (UNDER_SANITIZER && strcmp(achieved, WITH_SANITIZER) == 0);
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
