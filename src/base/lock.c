#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/error.h"

/* The process that has locked the file, according to /proc/locks; 0: unknown. */
static int find_holder(const struct stat *file)
{
    char line[256];
    int holder = 0;
    FILE *locks = fopen("/proc/locks", "re");
    while (holder == 0 && locks != NULL && fgets(line, sizeof line, locks) != NULL) {
        int process;
        unsigned major, minor;
        uint64_t number;
        if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%" SCNu64, &process, &major, &minor,
                   &number) == 4 &&
            major == major(file->st_dev) && minor == minor(file->st_dev) && number == file->st_ino)
            holder = process;
    }
    if (locks != NULL)
        fclose(locks);
    return holder;
}

static pat_status fail_locked(const char *path, const struct stat *file, pat_error *error)
{
    char who[32] = "another process";
    int holder = find_holder(file);
    if (holder > 0)
        snprintf(who, sizeof who, "process %d", holder);
    return pat_fail(error, PAT_WRITE_FAILED,
                    "%s: %s is writing this file; wait for it, or choose another name with -o",
                    path, who);
}

static bool is_still_at(const struct stat *opened, const char *path)
{
    struct stat named;
    return lstat(path, &named) == 0 && opened->st_dev == named.st_dev &&
           opened->st_ino == named.st_ino;
}

static pat_status fail_to_open(const char *path, pat_error *error)
{
    if (errno == ELOOP)
        return pat_fail(error, PAT_WRITE_FAILED,
                        "%s: is a symbolic link, which patina does not follow here; remove it, or "
                        "choose another name with -o",
                        path);
    return pat_fail_to_write("create the file", path, error);
}

/* Lock the file if it is regular. *done: whether `path` is still the name of the locked file. */
static pat_status take(int descriptor, const char *path, bool *done, pat_error *error)
{
    struct stat opened;
    if (fstat(descriptor, &opened) != 0)
        return pat_fail_to_write("open", path, error);
    if (!S_ISREG(opened.st_mode))
        return pat_fail(
            error, PAT_WRITE_FAILED,
            "%s: exists and is not a regular file; remove it, or choose another name with -o",
            path);
    /* Continue on file systems without locks. */
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return fail_locked(path, &opened, error);
    *done = is_still_at(&opened, path);
    return PAT_OK;
}

/* Between opening and locking, another process may rename or remove the file. The loop then opens
 * it again. */
pat_status pat_lock_open(const char *path, int flags, int *descriptor, pat_error *error)
{
    pat_status status = PAT_OK;
    bool done = false;
    while (status == PAT_OK && !done) {
        /* O_NONBLOCK: opening a FIFO would wait for a reader. */
        *descriptor =
            open(path, flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
        if (*descriptor < 0)
            return fail_to_open(path, error);
        status = take(*descriptor, path, &done, error);
        if (!done) {
            close(*descriptor);
            *descriptor = -1;
        }
    }
    return status;
}
