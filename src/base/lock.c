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

/* Lock the file if it is regular. *done: whether `path` is the name of the locked file. */
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

/* Open a file without following a link, waiting for the reader of a FIFO or taking over a terminal.
 */
static int open_plainly(const char *path, int flags, mode_t mode)
{
    return open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode);
}

/* Take an open file; close it unless *done. */
static pat_status take_or_close(int *descriptor, const char *path, bool *done, pat_error *error)
{
    pat_status status = take(*descriptor, path, done, error);
    if (!*done) {
        close(*descriptor);
        *descriptor = -1;
    }
    return status;
}

/* Between opening and locking, another process may rename or remove the file. The loop then opens
 * it again. */
pat_status pat_lock_open(const char *path, int flags, int *descriptor, pat_error *error)
{
    pat_status status = PAT_OK;
    for (bool done = false; status == PAT_OK && !done;) {
        *descriptor = open_plainly(path, flags | O_CREAT, 0666);
        if (*descriptor < 0)
            return fail_to_open(path, error);
        status = take_or_close(descriptor, path, &done, error);
    }
    return status;
}

/* Remove a file that is there, but only its name: the file may have others, as in a backup made
 * with hard links. The lock is held meanwhile, so that nobody's current work is removed. */
static pat_status remove_old(const char *path, pat_error *error)
{
    bool done = false;
    int descriptor = open_plainly(path, O_WRONLY, 0);
    if (descriptor < 0)
        return errno == ENOENT ? PAT_OK : fail_to_open(path, error);
    pat_status status = take_or_close(&descriptor, path, &done, error);
    if (done && unlink(path) != 0)
        status = pat_fail_to_write("replace the file", path, error);
    if (done)
        close(descriptor);
    return status;
}

/* Another process may take a new file for an old one before it is locked, and remove it. The loop
 * then makes another, or finds that the other process has one. */
pat_status pat_lock_create(const char *path, mode_t mode, int *descriptor, pat_error *error)
{
    pat_status status = PAT_OK;
    for (bool done = false; status == PAT_OK && !done;) {
        *descriptor = open_plainly(path, O_WRONLY | O_CREAT | O_EXCL, mode);
        if (*descriptor >= 0)
            status = take_or_close(descriptor, path, &done, error);
        else if (errno == EEXIST)
            status = remove_old(path, error);
        else
            status = fail_to_open(path, error);
    }
    return status;
}
