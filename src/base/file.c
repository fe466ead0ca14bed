#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/lock.h"

enum { BLOCK_SIZE = 1 << 16 };

static char *join(const char *a, const char *b)
{
    char *text = malloc(strlen(a) + strlen(b) + 1);
    if (text != NULL)
        stpcpy(stpcpy(text, a), b);
    return text;
}

bool pat_same_file(const char *a, const char *b)
{
    struct stat left, right;
    return stat(a, &left) == 0 && stat(b, &right) == 0 && left.st_dev == right.st_dev &&
           left.st_ino == right.st_ino;
}

/* The real path of the longest part of `path` that exists. Free with free(). */
static char *resolve(const char *path)
{
    char *part = strdup(path), *real = NULL;
    while (part != NULL && (real = realpath(*part == '\0' ? "." : part, NULL)) == NULL &&
           *part != '\0') {
        char *slash = strrchr(part, '/');
        if (slash == NULL)
            *part = '\0';
        else
            slash[slash == part && slash[1] != '\0'] = '\0';
    }
    free(part);
    return real;
}

bool pat_lies_in(const char *path, const char *folder)
{
    char *inner = resolve(path), *outer = realpath(folder, NULL);
    size_t length = outer == NULL ? 0 : strlen(outer);
    bool lies = inner != NULL && outer != NULL && strncmp(inner, outer, length) == 0 &&
                (inner[length] == '\0' || inner[length] == '/' || outer[length - 1] == '/');
    free(inner);
    free(outer);
    return lies;
}

pat_status pat_check_free(const char *path, bool replace, pat_error *error)
{
    struct stat existing;
    if (replace || lstat(path, &existing) != 0 ||
        !(S_ISREG(existing.st_mode) || S_ISLNK(existing.st_mode)))
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "%s: already exists; choose another name, or use --force to replace it", path);
}

static pat_status open_with(pat_file *file, const char *path, bool replace, mode_t mode,
                            pat_error *error)
{
    *file = (pat_file){.descriptor = -1, .replace = replace};
    pat_sha256_init(&file->hash);
    struct stat existing;
    pat_status status = pat_check_free(path, replace, error);
    if (status != PAT_OK)
        return status;
    if (stat(path, &existing) == 0 && !S_ISREG(existing.st_mode))
        return pat_fail(error, PAT_WRITE_FAILED,
                        "%s: is not a regular file, so it cannot be replaced; choose another name "
                        "with -o",
                        path);
    file->path = strdup(path);
    file->partial_path = join(path, ".partial");
    if (file->path == NULL || file->partial_path == NULL) {
        pat_file_abandon(file, false);
        return pat_fail_memory(error, "a file name");
    }
    status = pat_lock_create(file->partial_path, mode, &file->descriptor, error);
    if (status != PAT_OK)
        pat_file_abandon(file, true);
    return status;
}

pat_status pat_file_open(pat_file *file, const char *path, bool replace, pat_error *error)
{
    return open_with(file, path, replace, PAT_FILE_PUBLIC, error);
}

pat_status pat_file_open_private(pat_file *file, const char *path, bool replace, pat_error *error)
{
    return open_with(file, path, replace, PAT_FILE_PRIVATE, error);
}

/* A new file, because the kernel then applies the file mode mask, or the default ACL of the folder.
 */
pat_status pat_file_permit(pat_file *file, mode_t mode, pat_error *error)
{
    close(file->descriptor);
    return pat_lock_create(file->partial_path, mode, &file->descriptor, error);
}

/* Like write(), but retries on EINTR. */
static ssize_t write_some(int descriptor, const void *bytes, size_t size)
{
    ssize_t count;
    do
        count = write(descriptor, bytes, size);
    while (count < 0 && errno == EINTR);
    return count;
}

pat_status pat_write_all(int descriptor, const char *path, const void *bytes, size_t size,
                         pat_error *error)
{
    for (const char *at = bytes; size > 0;) {
        ssize_t count = write_some(descriptor, at, size);
        if (count < 0)
            return pat_fail_to_write("write", path, error);
        at += count;
        size -= (size_t)count;
    }
    return PAT_OK;
}

pat_status pat_file_flush(pat_file *file, pat_error *error)
{
    while (file->pending.size > 0) {
        ssize_t count = write_some(file->descriptor, file->pending.data, file->pending.size);
        if (count < 0)
            return pat_fail_to_write("write", file->partial_path, error);
        pat_buffer_consume(&file->pending, (size_t)count);
    }
    return PAT_OK;
}

pat_status pat_file_append(pat_file *file, const void *bytes, size_t size, pat_error *error)
{
    pat_buffer_append(&file->pending, bytes, size);
    if (file->pending.failed)
        return pat_fail_memory(error, "the output buffer");
    pat_sha256_update(&file->hash, bytes, size);
    return file->pending.size < BLOCK_SIZE ? PAT_OK : pat_file_flush(file, error);
}

pat_status pat_sync(int descriptor, const char *path, pat_error *error)
{
    int result;
    do
        result = fsync(descriptor);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno == EINVAL ? PAT_OK : pat_fail_to_write("sync", path, error);
}

/* Ignore file systems that cannot sync a folder. */
pat_status pat_sync_folder_of(const char *path, pat_error *error)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int length = slash == NULL ? 0 : slash == path ? 1 : (int)(slash - path);
    snprintf(folder, sizeof folder, "%.*s", length, path);
    int descriptor = open(length == 0 ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return PAT_OK;
    pat_status status = PAT_OK;
    if (fsync(descriptor) != 0 && errno != EINVAL && errno != EROFS)
        status = pat_fail_to_write("sync its folder", path, error);
    close(descriptor);
    return status;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static pat_status make_folder(const char *path, pat_error *error)
{
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && is_folder(path)))
        return PAT_OK;
    if (errno == EEXIST)
        errno = ENOTDIR;
    return pat_fail_to_write("create the folder", path, error);
}

pat_status pat_make_folder_of(const char *path, pat_error *error)
{
    char *folder = strdup(path);
    pat_status status = PAT_OK;
    if (folder == NULL)
        return pat_fail_memory(error, "a file name");
    for (char *at = folder; status == PAT_OK && (at = strchr(at + 1, '/')) != NULL; *at = '/') {
        *at = '\0';
        status = make_folder(folder, error);
    }
    free(folder);
    return status;
}

/* EINVAL, ENOSYS: the file system or kernel does not support RENAME_NOREPLACE. */
static int rename_unless_there(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (access(to, F_OK) != 0)
        return rename(from, to);
    errno = EEXIST;
    return -1;
}

static pat_status rename_to(const char *partial_path, const char *path, bool replace,
                            pat_error *error)
{
    int renamed = replace ? rename(partial_path, path) : rename_unless_there(partial_path, path);
    if (renamed != 0 && errno == EEXIST)
        return pat_check_free(path, false, error);
    return renamed == 0 ? PAT_OK : pat_fail_to_write("put the finished file in place", path, error);
}

pat_status pat_place(const char *partial_path, const char *path, bool replace, pat_error *error)
{
    int descriptor = open(partial_path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return pat_fail_to_write("sync", partial_path, error);
    pat_status status = pat_sync(descriptor, partial_path, error);
    close(descriptor);
    if (status != PAT_OK)
        return status;
    status = rename_to(partial_path, path, replace, error);
    return status == PAT_OK ? pat_sync_folder_of(path, error) : status;
}

pat_status pat_file_finish(pat_file *file, char digest[PAT_SHA256_TEXT_SIZE], pat_error *error)
{
    pat_status status = pat_file_flush(file, error);
    if (status != PAT_OK)
        return status;
    status = pat_sync(file->descriptor, file->partial_path, error);
    if (status != PAT_OK)
        return status;
    if (digest != NULL)
        pat_sha256_finish(&file->hash, digest);
    return PAT_OK;
}

pat_status pat_file_place(pat_file *file, pat_error *error)
{
    pat_status status = rename_to(file->partial_path, file->path, file->replace, error);
    if (status != PAT_OK)
        return status;
    file->placed = true;
    return pat_sync_folder_of(file->path, error);
}

void pat_file_abandon(pat_file *file, bool keep)
{
    if (file->path == NULL && file->partial_path == NULL)
        return;
    if (!keep && !file->placed && file->descriptor >= 0)
        unlink(file->partial_path);
    if (file->descriptor >= 0)
        close(file->descriptor);
    free(file->path);
    free(file->partial_path);
    pat_buffer_release(&file->pending);
    *file = (pat_file){.descriptor = -1};
}

pat_status pat_file_digest(const char *path, char text[PAT_SHA256_TEXT_SIZE], pat_error *error)
{
    char block[1 << 14];
    ssize_t size = -1;
    pat_sha256 hash;
    pat_sha256_init(&hash);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    while (descriptor >= 0 && (size = read(descriptor, block, sizeof block)) != 0)
        if (size > 0)
            pat_sha256_update(&hash, block, (size_t)size);
        else if (errno != EINTR)
            break;
    int cause = errno;
    if (descriptor >= 0)
        close(descriptor);
    if (size != 0) {
        pat_fail(error, PAT_UNREADABLE, "%s: cannot be read (%s); check the disk", path,
                 strerror(cause));
        errno = cause;
        return PAT_UNREADABLE;
    }
    pat_sha256_finish(&hash, text);
    return PAT_OK;
}
