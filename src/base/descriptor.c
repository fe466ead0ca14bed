#include "base/descriptor.h"

#include <errno.h>
#include <unistd.h>

bool pat_read_at(int file, void *bytes, size_t size, uint64_t offset, size_t *done)
{
    for (*done = 0; *done < size;) {
        ssize_t count = pread(file, (char *)bytes + *done, size - *done, (off_t)(offset + *done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        if (count == 0)
            break;
        *done += (size_t)count;
    }
    return true;
}

bool pat_write_at(int file, const void *bytes, size_t size, uint64_t offset)
{
    for (size_t done = 0; done < size;) {
        ssize_t count =
            pwrite(file, (const char *)bytes + done, size - done, (off_t)(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count == 0)
            errno = EIO;
        if (count <= 0)
            return false;
        done += (size_t)count;
    }
    return true;
}
