#include "startup.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

#include "console.h"

enum {
    DESCRIPTORS_NEEDED = 40, /* outputs, inputs, an event loop, and a worker being started */
    DESCRIPTORS_WANTED = 4096,
};

/* Descriptors 0 to 2 must be open, or the first file opened would receive the messages. */
static void open_standard_descriptors(void)
{
    int descriptor;
    do
        descriptor = open("/dev/null", O_RDWR);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor > STDERR_FILENO)
        close(descriptor);
}

/* Whether a signal that was ignored must stay ignored: nohup and shells rely on it for background
 * jobs. */
static bool stays_ignored(int number)
{
    static const int kept[] = {SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (number == kept[i])
            return true;
    return false;
}

/* Unblock all signals, and handle those that were ignored: if SIGCHLD were blocked or ignored, the
 * end of a worker would not be noticed; if SIGTERM were blocked, the command could not be
 * stopped. */
static void reset_signals(void)
{
    for (int number = 1; number <= SIGRTMAX; number++) {
        struct sigaction inherited; /* sigaction() refuses the C library's own signals */
        if (sigaction(number, NULL, &inherited) == 0 && inherited.sa_handler == SIG_IGN &&
            !stays_ignored(number))
            signal(number, SIG_DFL);
    }
    /* Writing to a dead worker, to a closed terminal, or to a file at its size limit must return an
     * error. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Every worker takes two descriptors, and a run may have a thousand workers. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < DESCRIPTORS_WANTED) {
        limit.rlim_cur = limit.rlim_max < DESCRIPTORS_WANTED ? limit.rlim_max : DESCRIPTORS_WANTED;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void startup_prepare(void)
{
    open_standard_descriptors();
    reset_signals();
    raise_descriptor_limit();
}

bool startup_has_descriptors(void)
{
    int opened[DESCRIPTORS_NEEDED], count = 0;
    while (count < DESCRIPTORS_NEEDED && (opened[count] = fcntl(0, F_DUPFD_CLOEXEC, 0)) >= 0)
        count++;
    for (int i = 0; i < count; i++)
        close(opened[i]);
    if (count == DESCRIPTORS_NEEDED)
        return true;
    fprintf(stderr,
            "patina: only %d more files can be opened, and at least %d are needed; raise the limit "
            "with 'ulimit -n 256'\n",
            count, DESCRIPTORS_NEEDED);
    return false;
}

/* /proc/self/exe is this program even after an update has replaced its file. If /proc is not
 * mounted, use the path with which the program was started. */
const char *startup_program(void)
{
    static const char self[] = "/proc/self/exe";
    static char *path;
    if (access(self, X_OK) == 0)
        return self;
    const char *started_by =
        (const char *)getauxval(AT_EXECFN); /* NOLINT(performance-no-int-to-ptr) */
    if (path == NULL && started_by != NULL)
        path = realpath(started_by, NULL);
    return path != NULL ? path : self;
}
