#include "image/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "patina/image.h"

bool pat_content_same_bytes(const pat_content *a, const pat_content *b)
{
    return a->size == b->size && pat_fingerprint_equal(a->bytes, b->bytes);
}

bool pat_content_same_file(const pat_content *a, const pat_content *b)
{
    return a->size == b->size && a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static pat_content content_of(const struct stat *info)
{
    return (pat_content){.size = (uint64_t)info->st_size,
                         .modified_ns = nanoseconds(info->st_mtim),
                         .changed_ns = nanoseconds(info->st_ctim)};
}

pat_content pat_content_look(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? content_of(&info) : (pat_content){0};
}

pat_opened pat_image_file_open(const char *path)
{
    /* O_NONBLOCK: otherwise opening a FIFO waits for a writer. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return (pat_opened){.cause = errno};
    return (pat_opened){.open = true, .descriptor = descriptor};
}

void pat_opened_close(pat_opened *opened)
{
    if (opened->open)
        close(opened->descriptor);
    *opened = (pat_opened){0};
}

static pat_status fail_to_open(const char *path, int cause, pat_error *error)
{
    if (cause == ENOENT || cause == ENOTDIR)
        return pat_fail(error, PAT_NOT_FOUND, "%s: no such file; check the path", path);
    return pat_fail(error, PAT_UNREADABLE, "%s: cannot be read (%s); check its permissions", path,
                    strerror(cause));
}

/* Read the whole file, whatever the descriptor's position. If the file has become shorter, correct
 * the size. */
static pat_status read_all(int descriptor, const char *path, pat_image_file *file, pat_error *error)
{
    size_t filled;
    if (!pat_read_at(descriptor, file->bytes, file->size, 0, &filled))
        return pat_fail(error, PAT_UNREADABLE, "%s: read error (%s); check the disk", path,
                        strerror(errno));
    file->size = filled;
    file->content.bytes = pat_fingerprint_of(file->bytes, filled);
    return PAT_OK;
}

uint64_t pat_image_file_largest(uint64_t max_pixels)
{
    uint64_t metadata = (uint64_t)1 << 28;
    return max_pixels < (uint64_t)SSIZE_MAX / 16 ? max_pixels * 8 + metadata : SSIZE_MAX;
}

static pat_status read_descriptor(int descriptor, const char *path, uint64_t max_pixels,
                                  pat_image_file *file, pat_error *error)
{
    struct stat info;
    if (fstat(descriptor, &info) != 0)
        return fail_to_open(path, errno, error);
    if (!S_ISREG(info.st_mode))
        return pat_fail(error, PAT_NOT_A_FILE,
                        "%s: not a regular file but a %s; specify an image file", path,
                        S_ISDIR(info.st_mode) ? "folder" : "device, pipe or socket");
    file->content = content_of(&info);
    if (file->content.size > pat_image_file_largest(max_pixels))
        return pat_fail(error, PAT_TOO_LARGE,
                        "%s: %lld bytes, more than any image within the pixel limit needs; leave "
                        "it out",
                        path, (long long)info.st_size);
    file->size = (size_t)info.st_size;
    file->bytes = malloc(file->size + 1);
    if (file->bytes == NULL)
        return pat_fail_memory(error, "a file's contents");
    return read_all(descriptor, path, file, error);
}

pat_status pat_image_file_read(pat_image_file *file, const pat_opened *opened, const char *path,
                               uint64_t max_pixels, pat_error *error)
{
    pat_image_file_release(file);
    if (!opened->open)
        return fail_to_open(path, opened->cause, error);
    return read_descriptor(opened->descriptor, path, max_pixels, file, error);
}

void pat_image_file_release(pat_image_file *file)
{
    free(file->bytes);
    *file = (pat_image_file){0};
}

pat_status pat_image_load(const char *path, uint64_t max_pixels, pat_image *image, pat_error *error)
{
    pat_image_file file = {0};
    pat_opened opened = pat_image_file_open(path);
    pat_status status = pat_image_file_read(&file, &opened, path, max_pixels, error);
    pat_opened_close(&opened);
    if (status == PAT_OK)
        status = pat_image_decode(file.bytes, file.size, path, max_pixels, image, error);
    pat_image_file_release(&file);
    return status;
}
