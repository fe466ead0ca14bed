#include "base/deflate.h"

#include <zlib.h>

#include "base/error.h"

pat_status pat_deflate(pat_bytes bytes, pat_buffer *out, pat_error *error)
{
    uLongf size = compressBound(bytes.size);
    char *room = pat_buffer_room(out, size);
    if (room == NULL ||
        compress2((Bytef *)room, &size, bytes.data, bytes.size, Z_BEST_COMPRESSION) != Z_OK)
        return pat_fail_memory(error, "compressed data");
    out->size += size;
    return PAT_OK;
}

pat_status pat_inflate(pat_bytes compressed, size_t size, pat_buffer *out, pat_error *error)
{
    uLongf filled = size;
    char *room = pat_buffer_room(out, size);
    if (room == NULL)
        return pat_fail_memory(error, "decompressed data");
    int result = uncompress((Bytef *)room, &filled, compressed.data, compressed.size);
    if (result == Z_MEM_ERROR)
        return pat_fail_memory(error, "decompressed data");
    if (result != Z_OK || filled != size)
        return pat_fail(error, PAT_CORRUPT, "the compressed data are damaged");
    out->size += size;
    return PAT_OK;
}
