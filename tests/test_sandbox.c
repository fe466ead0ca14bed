/*
 * A process that has entered the sandbox can reach nothing, and still decode everything. Each test
 * is a child of its own, since there is no way out; and open files that travel along a socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "image/file.h"
#include "patina/image.h"
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

static bool looking_is_refused(void)
{
    struct stat info;
    return refused(stat("/etc/passwd", &info)) && refused(access("/etc/passwd", F_OK)) &&
           refused(chdir("/"));
}

static bool socket_is_refused(void)
{
    int pair[2];
    return refused(socket(AF_INET, SOCK_STREAM, 0)) && refused(socket(AF_UNIX, SOCK_STREAM, 0)) &&
           refused(socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) && refused(pipe(pair));
}

static bool program_is_refused(void)
{
    char *const arguments[] = {"true", NULL};
    return refused(execv("/bin/true", arguments));
}

static bool process_is_refused(void)
{
    return refused(fork()) && refused(syscall(SYS_vfork)) &&
           refused(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static bool others_are_refused(void)
{
    return refused(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL)) && refused(kill(getppid(), 0)) &&
           refused(kill(-1, 0)) && refused(syscall(SYS_tgkill, getppid(), getppid(), 0));
}

static bool code_is_refused(void)
{
    enum { PAGE = 4096 };
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && refused(mprotect(page, PAGE, PROT_READ | PROT_EXEC)) &&
           mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
               MAP_FAILED &&
           errno == EPERM;
}

static bool limits_are_refused(void)
{
    return refused(setrlimit(RLIMIT_DATA, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY}));
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

static const struct attempt {
    const char *what;
    bool (*succeeds)(void);
} attempts[] = {
    {"open() is refused", open_is_refused},
    {"stat() and chdir() are refused", looking_is_refused},
    {"socket() is refused", socket_is_refused},
    {"execve() is refused", program_is_refused},
    {"fork() is refused", process_is_refused},
    {"ptrace() and kill() are refused", others_are_refused},
    {"executable memory is refused", code_is_refused},
    {"setrlimit() is refused", limits_are_refused},
    {"a thread can be started", thread_is_allowed},
    {"memory can be had", memory_is_allowed},
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
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
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
        IN_FOLDER(test_every_format_is_still_decoded),
        IN_FOLDER(test_files_travel_with_their_message),
        IN_FOLDER(test_sending_never_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
