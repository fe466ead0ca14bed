#include "report/data_uri.h"

#include <nettle/base64.h>

void pat_data_uri_append(pat_buffer *out, const char *type, const void *bytes, size_t size)
{
    pat_buffer_append_text(out, "data:");
    pat_buffer_append_text(out, type);
    pat_buffer_append_text(out, ";base64,");
    size_t length = BASE64_ENCODE_RAW_LENGTH(size);
    char *room = pat_buffer_room(out, length);
    if (room == NULL)
        return;
    base64_encode_raw(room, size, bytes);
    out->size += length;
}
