/*
 * A process that has entered the sandbox can reach nothing, and still decode everything. Each test
 * is a child of its own, since there is no way out; and open files that travel along a socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "image/file.h"
#include "patina/image.h"
#include "tasks/task_restore.h"
#include "workers/printed.h"
#include "workers/privileges.h"
#include "workers/sandbox.h"
#include "workers/socket.h"
#include "workspace.h"

/* ---- What is refused ------------------------------------------------------------------------- */

static bool refused(long result)
{
    return result == -1 && (errno == EPERM || errno == EACCES);
}

static bool open_is_refused(void)
{
    return refused(open("/etc/passwd", O_RDONLY)) &&
           refused(open("new", O_WRONLY | O_CREAT, 0666)) &&
           refused(syscall(SYS_open, "/dev/null", O_RDONLY)) && refused(unlink("there")) &&
           refused(rename("there", "elsewhere"));
}

/* With each flag and form of path that leads to a file. */
static bool looking_is_refused(void)
{
    struct stat info;
    return refused(stat("/etc/passwd", &info)) && refused(lstat("/etc/passwd", &info)) &&
           refused(fstatat(AT_FDCWD, "/etc/passwd", &info, AT_EMPTY_PATH)) &&
           refused(fstatat(AT_FDCWD, "there", &info, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) &&
           refused(fstatat(STDERR_FILENO, "", &info, 0)) && refused(access("/etc/passwd", F_OK)) &&
           refused(chdir("/")) &&
           refused(statx(AT_FDCWD, "/etc/passwd", 0, STATX_SIZE, &(struct statx){0}));
}

static bool folder_is_not_told(void)
{
    struct stat info;
    return fstatat(AT_FDCWD, "", &info, AT_EMPTY_PATH) == -1 && errno == EBADF;
}

static bool socket_is_refused(void)
{
    int pair[2];
    return refused(socket(AF_INET, SOCK_STREAM, 0)) && refused(socket(AF_UNIX, SOCK_STREAM, 0)) &&
           refused(socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) && refused(pipe(pair));
}

static bool runs_program(void)
{
    char *const arguments[] = {"true", NULL};
    return execv("/bin/true", arguments) != 0;
}

static bool forks(void)
{
    return fork() != -2;
}

static bool vforks(void)
{
    return syscall(SYS_vfork) != -2;
}

static bool clones(void)
{
    return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) != -2;
}

static bool traces_parent(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) != -2;
}

static bool signals_parent(void)
{
    return kill(getppid(), 0) != -2;
}

static bool signals_all(void)
{
    return kill(-1, 0) != -2;
}

static bool signals_thread_of_parent(void)
{
    return syscall(SYS_tgkill, getppid(), getppid(), 0) != -2;
}

static bool makes_shared_memory(void)
{
    return shmget(IPC_PRIVATE, 4096, 0600) != -2;
}

static bool makes_memory_file(void)
{
    return memfd_create("file", 0) != -2;
}

static bool becomes_root(void)
{
    return setresuid(0, 0, 0) != -2;
}

static bool makes_namespace(void)
{
    return unshare(CLONE_NEWUSER) != -2;
}

static bool opens_ring(void)
{
    return syscall(SYS_io_uring_setup, 1, NULL) != -2;
}

#ifdef __x86_64__
/* Another interface of the kernel has other numbers for its calls. */
static bool calls_as_x32(void)
{
    enum { X32 = 0x40000000 };
    return syscall(X32 + SYS_getpid) != -2;
}
#endif

enum { PAGE = 4096 };

static bool mapping_is_refused(int protection, int flags)
{
    return mmap(NULL, PAGE, protection, flags, -1, 0) == MAP_FAILED && errno == EPERM;
}

static bool code_is_refused(void)
{
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && refused(mprotect(page, PAGE, PROT_READ | PROT_EXEC)) &&
           mapping_is_refused(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS);
}

/* The limit of memory does not count these. */
static bool uncounted_memory_is_refused(void)
{
    const int all = PROT_READ | PROT_WRITE;
    return mapping_is_refused(all, MAP_SHARED | MAP_ANONYMOUS) &&
           mapping_is_refused(PROT_READ, MAP_SHARED | MAP_ANONYMOUS) &&
           mapping_is_refused(all, MAP_SHARED_VALIDATE | MAP_ANONYMOUS) &&
           mapping_is_refused(all, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN) &&
           refused(mprotect(NULL, 0, all | PROT_GROWSDOWN));
}

static bool limits_are_refused(void)
{
    struct rlimit core, stack;
    return refused(setrlimit(RLIMIT_DATA, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY})) &&
           getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 &&
           getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_max <= 64 << 20;
}

static void *wait_for_end(void *argument)
{
    for (;;)
        nanosleep(&(struct timespec){.tv_sec = 1000}, NULL);
    return argument;
}

/* The limit is exact in a user namespace; elsewhere it is 4096 above what the machine runs. */
static bool thread_storm_is_refused(void)
{
    enum { MANY = 20000 };
    pthread_attr_t small;
    pthread_t thread;
    int started = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 16384);
    while (started < MANY && pthread_create(&thread, &small, wait_for_end, NULL) == 0)
        started++;
    return started >= 8 && started < MANY;
}

/* ---- What is left ---------------------------------------------------------------------------- */

static void *one(void *argument)
{
    return argument;
}

static bool thread_is_allowed(void)
{
    pthread_t thread;
    void *result = NULL;
    return pthread_create(&thread, NULL, one, "here") == 0 && pthread_join(thread, &result) == 0 &&
           result != NULL;
}

static bool memory_is_allowed(void)
{
    enum { LARGE = 100 << 20 };
    char *block = malloc(LARGE);
    if (block == NULL)
        return false;
    memset(block, 1, LARGE);
    free(block);
    return true;
}

/* In threads too, where the handler of a call that is trapped runs on another stack. */
static void *look_at_stderr(void *result)
{
    struct stat info = {0};
    errno = 12345;
    bool told = fstat(STDERR_FILENO, &info) == 0 && info.st_nlink > 0 && errno == 12345;
    bool not_told = fstat(9999, &info) == -1 && errno == EBADF;
    return told && not_told ? result : NULL;
}

static bool fstat_is_allowed(void)
{
    pthread_t thread;
    void *result = NULL;
    return look_at_stderr("here") != NULL &&
           pthread_create(&thread, NULL, look_at_stderr, "here") == 0 &&
           pthread_join(thread, &result) == 0 && result != NULL;
}

static const struct attempt {
    const char *what;
    bool (*succeeds)(void);
    bool is_killed; /* instead */
} attempts[] = {
    {"open() is refused", open_is_refused, false},
    {"stat() and chdir() are refused", looking_is_refused, false},
    {"the current folder is not told", folder_is_not_told, false},
    {"socket() is refused", socket_is_refused, false},
    {"executable memory is refused", code_is_refused, false},
    {"memory that is not counted is refused", uncounted_memory_is_refused, false},
    {"setrlimit() is refused", limits_are_refused, false},
    {"a storm of threads is refused", thread_storm_is_refused, false},
    {"a thread can be started", thread_is_allowed, false},
    {"memory can be had", memory_is_allowed, false},
    {"fstat() works", fstat_is_allowed, false},
    {"execve() kills", runs_program, true},
    {"fork() kills", forks, true},
    {"vfork() kills", vforks, true},
    {"clone() of a process kills", clones, true},
    {"ptrace() kills", traces_parent, true},
    {"kill() of the parent kills", signals_parent, true},
    {"kill() of all processes kills", signals_all, true},
    {"tgkill() of the parent kills", signals_thread_of_parent, true},
    {"shared memory kills", makes_shared_memory, true},
    {"a file in memory kills", makes_memory_file, true},
    {"setresuid() kills", becomes_root, true},
    {"a namespace kills", makes_namespace, true},
    {"io_uring kills", opens_ring, true},
#ifdef __x86_64__
    {"a call of the x32 interface kills", calls_as_x32, true},
#endif
};

/* How a child ends that calls `act` with `argument`: its wait status. */
static int in_child(int (*act)(const void *), const void *argument)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        _exit(act(argument));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void skip_where_there_is_none(void)
{
#ifdef __SANITIZE_ADDRESS__
    skip();
#endif
}

static int enter_and_attempt(const void *argument)
{
    const struct attempt *attempt = argument;
    char achieved[PAT_SANDBOX_SIZE];
    pat_sandbox_enter(achieved);
    return strncmp(achieved, "seccomp", 7) == 0 && attempt->succeeds() ? 7 : 1;
}

static void test_reaching_out_is_refused(void **state)
{
    (void)state;
    skip_where_there_is_none();
    write_text("there", "a file");
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        int status = in_child(enter_and_attempt, &attempts[i]);
        bool is_so = attempts[i].is_killed ? WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS
                                           : WIFEXITED(status) && WEXITSTATUS(status) == 7;
        if (!is_so)
            fail_msg("not so: %s (status %#x, %s)", attempts[i].what, (unsigned)status,
                     strerror(errno));
    }
    assert_int_equal(access("there", F_OK), 0);
}

static int enter_and_abort(const void *argument)
{
    (void)argument;
    char achieved[PAT_SANDBOX_SIZE];
    pat_sandbox_enter(achieved);
    abort();
}

/* Or a library's abort() would look like something else. */
static void test_abort_is_still_an_abort(void **state)
{
    (void)state;
    skip_where_there_is_none();
    int status = in_child(enter_and_abort, NULL);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static int limit_and_allocate(const void *argument)
{
    size_t size = *(const size_t *)argument;
    if (!pat_sandbox_limit_memory(200 << 20))
        return 2;
    char *block = malloc(size);
    if (block == NULL)
        return 3;
    memset(block, 1, size);
    return 4;
}

static void test_memory_beyond_the_limit_is_refused(void **state)
{
    (void)state;
    skip_where_there_is_none();
    const size_t small = 100 << 20, large = 300 << 20;
    assert_int_equal(WEXITSTATUS(in_child(limit_and_allocate, &small)), 4);
    assert_int_equal(WEXITSTATUS(in_child(limit_and_allocate, &large)), 3);
}

/* ---- Privileges ------------------------------------------------------------------------------ */

/* The capabilities in force, or -1. */
static int capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[2];
    if (syscall(SYS_capget, &header, sets) != 0)
        return -1;
    uint32_t any = 0;
    for (int i = 0; i < 2; i++)
        any |= sets[i].effective | sets[i].permitted | sets[i].inheritable;
    return any != 0;
}

/* Seen from the inside, any user without a mapping in the namespace is nobody too. */
static int drop_and_look(const void *argument)
{
    (void)argument;
    int at_death = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pat_privileges is = pat_privileges_drop();
    prctl(PR_GET_PDEATHSIG, &at_death);
    if (is.was_root && is.refusal == 0 && (getuid() == 0 || geteuid() == 0 || getegid() == 0))
        return 1;
    if (capabilities() != 0 || at_death != SIGKILL)
        return 2;
    /* A folder that only root, or only its owner, may enter: the user is no longer root. */
    if (is.was_root && is.refusal == 0 && open("private/file", O_RDONLY) >= 0)
        return 3;
    return 7;
}

static void test_privileges_are_dropped(void **state)
{
    (void)state;
    assert_int_equal(mkdir("private", 0700), 0);
    write_text("private/file", "1");
    assert_int_equal(WEXITSTATUS(in_child(drop_and_look, NULL)), 7);
}

/* Where root cannot become another user, the sandbox says so, and the rest of it is in force. */
static int enter_without_setuid(const void *argument)
{
    (void)argument;
    char achieved[PAT_SANDBOX_SIZE];
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {0};
    if (syscall(SYS_capset, &header, none) != 0)
        return 1;
    pat_sandbox_enter(achieved);
    return strstr(achieved, ", as root (Operation not permitted)") != NULL &&
                   strncmp(achieved, "seccomp", 7) == 0
               ? 7
               : 2;
}

static void test_root_that_stays_root_says_so(void **state)
{
    (void)state;
    skip_where_there_is_none();
    if (geteuid() != 0)
        skip();
    assert_int_equal(WEXITSTATUS(in_child(enter_without_setuid, NULL)), 7);
}

/* A process like a worker, which ignores SIGXFSZ. */
static int write_past_limit(const void *argument)
{
    int file = *(const int *)argument;
    char block[4096] = "";
    signal(SIGXFSZ, SIG_IGN);
    if (!pat_privileges_limit_files(2 * sizeof block))
        return 1;
    if (write(file, block, sizeof block) != sizeof block ||
        write(file, block, sizeof block) != sizeof block)
        return 2;
    return write(file, block, sizeof block) == -1 && errno == EFBIG ? 7 : 3;
}

static void test_files_beyond_the_limit_are_refused(void **state)
{
    (void)state;
    int file = open("large", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_int_equal(WEXITSTATUS(in_child(write_past_limit, &file)), 7);
    close(file);
}

static void test_what_is_whole(void **state)
{
    (void)state;
    skip_where_there_is_none();
    assert_true(pat_sandbox_is_whole("seccomp, landlock 7"));
    assert_true(pat_sandbox_is_whole("seccomp, landlock 1, as nobody"));
    assert_false(pat_sandbox_is_whole("seccomp (no landlock: Function not implemented)"));
    assert_false(pat_sandbox_is_whole("landlock 7 (no seccomp: Invalid argument)"));
    assert_false(pat_sandbox_is_whole("none (no seccomp: a; no landlock: b)"));
    assert_false(pat_sandbox_is_whole(""));
}

/* ---- What workers print ---------------------------------------------------------------------- */

static char noticed[3 * PAT_PRINTED_MAX];

static void note(const char *text)
{
    size_t length = strlen(noticed);
    snprintf(noticed + length, sizeof noticed - length, "%s\n", text);
}

static void test_printed_text_is_cleaned(void **state)
{
    (void)state;
    static const char text[] = "one\n\n\033]0;title\a\r\xc3\xa9\ntw";
    pat_printed printed = {0};
    noticed[0] = '\0';
    assert_true(pat_printed_add(&printed, text, sizeof text - 1, note));
    assert_string_equal(noticed, "a worker printed: one\na worker printed: ?]0;title????\n");
    assert_true(pat_printed_add(&printed, "o", 1, note));
    pat_printed_end(&printed, note);
    pat_printed_end(&printed, note);
    assert_non_null(strstr(noticed, "\na worker printed: two\n"));
    assert_true(pat_printed_add(&printed, text, sizeof text - 1, NULL));
}

static void test_printed_text_is_limited(void **state)
{
    (void)state;
    static const char end[] = "\na worker printed too much; the rest is dropped\n";
    pat_printed printed = {0};
    noticed[0] = '\0';
    for (int i = 0; i < PAT_PRINTED_MAX; i++)
        assert_true(pat_printed_add(&printed, "x", 1, note));
    assert_false(pat_printed_add(&printed, "x", 1, note));
    assert_int_equal(printed.length, 0);
    assert_in_range(strlen(noticed), PAT_PRINTED_MAX, 2 * PAT_PRINTED_MAX);
    assert_string_equal(noticed + strlen(noticed) - strlen(end), end);
    for (const char *line = noticed; *line != '\0'; line = strchr(line, '\n') + 1)
        assert_in_range(strcspn(line, "\n"), 1, PAT_PRINTED_LINE + 32);
}

/* ---- Decoding -------------------------------------------------------------------------------- */

/* One image per format, opened before and read after the sandbox has been entered. */
static const char *const pictures[] = {
    SAMPLE "/damaged/astronaut_face.jpg",    SAMPLE "/damaged/skyline.png",
    SAMPLE "/damaged/cat_whole.webp",        SAMPLE "/damaged/rocket_tower.tiff",
    SAMPLE "/damaged/astronaut_shuttle.tif", SAMPLE "/damaged/grass.bmp",
};
enum { PICTURES = sizeof pictures / sizeof *pictures };

static int decode_all(const void *argument)
{
    char achieved[PAT_SANDBOX_SIZE];
    pat_opened opened[PICTURES];
    pat_image_file file = {0};
    pat_image image = {0};
    (void)argument;
    if (pat_codec_init(NULL) != PAT_OK)
        return 1;
    for (int i = 0; i < PICTURES; i++)
        opened[i] = pat_image_file_open(pictures[i]);
    pat_sandbox_enter(achieved);
    for (int i = 0; i < PICTURES; i++)
        if (pat_image_file_read(&file, &opened[i], pictures[i], 1 << 24, NULL) != PAT_OK ||
            pat_image_decode(file.bytes, file.size, "picture", 1 << 24, &image, NULL) != PAT_OK)
            return 10 + i;
    return 7;
}

static void test_every_format_is_still_decoded(void **state)
{
    (void)state;
    int status = in_child(decode_all, NULL);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

/* ---- One client after another ---------------------------------------------------------------- */

enum { SIDE = 96, NEEDLE = 24 };

/* Pixel `at` of a gray image, whose bytes are the same in every order of channels. */
static unsigned char noise(int at)
{
    uint32_t x = (uint32_t)at * 2654435761u;
    return (unsigned char)((x ^ x >> 15) >> 8);
}

static void write_noise(const char *name)
{
    const uint32_t size = 3 * SIDE * SIDE,
                   header[] = {54 + size, 0, 54, 40, SIDE, SIDE, 1 | 24 << 16, 0, size, 0, 0, 0, 0};
    static char bytes[54 + 3 * SIDE * SIDE] = "BM";
    memcpy(bytes + 2, header, sizeof header);
    for (int i = 0; i < 3 * SIDE * SIDE; i++)
        bytes[54 + i] = (char)noise(i / 3);
    write_bytes(name, bytes, sizeof bytes);
    explicit_bzero(bytes, sizeof bytes);
}

/* Whether the noise from pixel `at` on is there, with so many bytes for each pixel. */
static bool is_noise(const unsigned char *bytes, int at, int channels)
{
    for (int i = 0; i < NEEDLE; i++)
        if (bytes[i] != noise(at + i / channels))
            return false;
    return true;
}

/* How often a piece of the image occurs in the memory of this process that it can write. */
static int count_in_memory(int at)
{
    char line[512];
    int count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        unsigned long start, end;
        char rights[5];
        if (sscanf(line, "%lx-%lx %4s", &start, &end, rights) != 3 || strncmp(rights, "rw", 2) != 0)
            continue;
        for (unsigned long place = start; place + NEEDLE <= end; place++)
            count += is_noise((const unsigned char *)place, at, 1) ||
                     is_noise((const unsigned char *)place, at, 3);
    }
    if (maps != NULL)
        fclose(maps);
    return count;
}

/* As a worker of a server does. 7: the image was there, and is there no more. */
static int restore_and_forget(const void *argument)
{
    static pat_restore_setup setup = {.quality = 90, .format = PAT_FORMAT_NONE};
    pat_task_setup task_setup = {
        .kind = PAT_TASK_RESTORE, .max_pixels = 1 << 24, .extra = {&setup, sizeof setup}};
    pat_job job = {.damaged = "noise.bmp",
                   .undamaged = "",
                   .output_path = {"restored.bmp"},
                   .partial_path = {"restored.bmp"}};
    pat_outcome outcome = {0};
    pat_task *task;
    const int row = SIDE * 50;
    (void)argument;
    setup.setting = pat_setting_default();
    setup.setting.value[PAT_AXIS_STRENGTH] = 1;
    setup.setting.value[PAT_AXIS_SIGMA] = 1;
    if (pat_task_create(&task_setup, &task, NULL) != PAT_OK)
        return 1;
    pat_memory_wipe_freed();
    pat_job_open(&job);
    pat_task_run(task, &job, &outcome);
    pat_job_close(&job);
    if (outcome.status != PAT_OK)
        return 2;
    pat_outcome_release(&outcome);
    if (count_in_memory(row) == 0)
        return 3;
    if (pat_task_forget(task, NULL) != PAT_OK || count_in_memory(row) != 0)
        return 4;
    pat_job_open(&job);
    pat_task_run(task, &job, &outcome);
    return outcome.status == PAT_OK ? 7 : 5;
}

static void test_an_image_is_forgotten(void **state)
{
    (void)state;
    skip_where_there_is_none();
    write_noise("noise.bmp");
    assert_int_equal(WEXITSTATUS(in_child(restore_and_forget, NULL)), 7);
}

/* ---- Files along a socket -------------------------------------------------------------------- */

static void test_files_travel_with_their_message(void **state)
{
    (void)state;
    int ends[2], files[PAT_SOCKET_FILES_MAX], count = 0;
    char text[16];
    struct stat sent, received;
    write_text("first", "1");
    write_text("second", "22");
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_true(pat_socket_carries_files(ends[0]));
    int before = count_entries("/proc/self/fd");
    int first = open("first", O_RDONLY), second = open("second", O_RDONLY);
    assert_int_equal(pat_socket_send(ends[0], "none", 4, NULL, 0), 4);
    assert_int_equal(pat_socket_send(ends[0], "two", 3, (int[]){first, second}, 2), 3);
    assert_int_equal(pat_socket_send(ends[0], "one", 3, &second, 1), 3);
    assert_int_equal(fstat(second, &sent), 0);
    close(first);
    close(second);

    assert_int_equal(pat_socket_receive(ends[1], text, 4, files, &count), 4);
    assert_int_equal(count, 0);
    assert_int_equal(pat_socket_receive(ends[1], text, 3, files, &count), 3);
    assert_memory_equal(text, "two", 3);
    assert_int_equal(count, 2);
    assert_int_equal(fstat(files[1], &received), 0);
    assert_true(sent.st_ino == received.st_ino);
    assert_true(fcntl(files[0], F_GETFD) & FD_CLOEXEC);
    close(files[0]);
    close(files[1]);
    count = PAT_SOCKET_FILES_MAX; /* what there is no room for is closed */
    assert_int_equal(pat_socket_receive(ends[1], text, 3, files, &count), 3);
    assert_int_equal(count, PAT_SOCKET_FILES_MAX);
    assert_int_equal(count_entries("/proc/self/fd"), before);
    close(ends[0]);
    close(ends[1]);
}

/* Neither a full socket nor one whose other end is gone may stop or end the driver. */
static void test_sending_never_waits(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    int ends[2], sends = 0;
    char message[500] = "";
    write_text("file", "1");
    int file = open("file", O_RDONLY);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    while (sends < MANY && pat_socket_send(ends[0], message, sizeof message, &file, 1) > 0)
        sends++;
    assert_in_range(sends, 64, MANY - 1); /* the largest batch fits */
    close(ends[1]);
    assert_int_equal(pat_socket_send(ends[0], message, sizeof message, &file, 1), sizeof message);
    close(ends[0]);
    assert_int_equal(pipe(ends), 0);
    assert_false(pat_socket_carries_files(ends[0]));
    close(ends[0]);
    close(ends[1]);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_reaching_out_is_refused),
        IN_FOLDER(test_abort_is_still_an_abort),
        IN_FOLDER(test_memory_beyond_the_limit_is_refused),
        IN_FOLDER(test_privileges_are_dropped),
        IN_FOLDER(test_root_that_stays_root_says_so),
        IN_FOLDER(test_files_beyond_the_limit_are_refused),
        cmocka_unit_test(test_what_is_whole),
        cmocka_unit_test(test_printed_text_is_cleaned),
        cmocka_unit_test(test_printed_text_is_limited),
        IN_FOLDER(test_every_format_is_still_decoded),
        IN_FOLDER(test_an_image_is_forgotten),
        IN_FOLDER(test_files_travel_with_their_message),
        IN_FOLDER(test_sending_never_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
