#include "web/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static pat_status fail_to_hold(pat_error *error)
{
    return pat_fail(error, PAT_OUT_OF_MEMORY,
                    "cannot keep the image in memory (%s); try again later", strerror(errno));
}

pat_status pat_stored_create(pat_stored *stored, pat_store *store, pat_error *error)
{
    int descriptor = memfd_create("image", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0)
        return fail_to_hold(error);
    *stored = (pat_stored){.store = store, .file = {.open = true, .descriptor = descriptor}};
    return PAT_OK;
}

pat_status pat_stored_append(pat_stored *stored, const void *bytes, size_t size, pat_error *error)
{
    pat_store *store = stored->store;
    if (store->limit - store->used < size || store->used > store->limit)
        return pat_fail(error, PAT_TOO_LARGE, "the server's image memory is full; try again later");
    store->used += size;
    stored->counted += size;
    for (const char *at = bytes; size > 0;) {
        ssize_t count = write(stored->file.descriptor, at, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_to_hold(error);
        at += count;
        size -= (size_t)count;
    }
    return PAT_OK;
}

static pat_status seal(int descriptor, int seals, pat_error *error)
{
    if (fcntl(descriptor, F_ADD_SEALS, seals | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return PAT_OK;
    return pat_fail(error, PAT_INTERNAL, "cannot seal an image in memory (%s)", strerror(errno));
}

pat_status pat_stored_close(pat_stored *stored, pat_error *error)
{
    lseek(stored->file.descriptor, 0, SEEK_SET);
    return seal(stored->file.descriptor, F_SEAL_WRITE, error);
}

pat_status pat_stored_offer(pat_stored *stored, pat_store *store, uint64_t size, pat_error *error)
{
    pat_status status = pat_stored_create(stored, store, error);
    if (status == PAT_OK && ftruncate(stored->file.descriptor, (off_t)size) != 0)
        status = fail_to_hold(error);
    return status == PAT_OK ? seal(stored->file.descriptor, 0, error) : status;
}

void pat_stored_count(pat_stored *stored, uint64_t bytes)
{
    stored->store->used += bytes;
    stored->counted += bytes;
}

bool pat_stored_holds(const pat_stored *stored, uint64_t bytes)
{
    enum { BLOCK = 512, LARGEST_PAGE = 2 << 20 };
    struct stat file;
    return !stored->file.open || (fstat(stored->file.descriptor, &file) == 0 &&
                                  (uint64_t)file.st_blocks * BLOCK <= bytes + LARGEST_PAGE);
}

int pat_stored_take(pat_stored *stored)
{
    int descriptor = stored->file.descriptor;
    stored->file = (pat_opened){0};
    return descriptor;
}

void pat_stored_release(pat_stored *stored)
{
    if (stored->store != NULL)
        stored->store->used -= stored->counted;
    pat_opened_close(&stored->file);
    *stored = (pat_stored){0};
}
