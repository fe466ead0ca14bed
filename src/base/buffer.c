#include "base/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

char *pat_buffer_room(pat_buffer *buffer, size_t size)
{
    if (buffer->failed)
        return NULL;
    if (buffer->data == NULL || size > buffer->capacity - buffer->size) {
        size_t wanted = buffer->capacity < 256 ? 256 : buffer->capacity;
        while (wanted - buffer->size < size && wanted <= SIZE_MAX / 2)
            wanted *= 2;
        char *grown = wanted - buffer->size < size ? NULL : realloc(buffer->data, wanted);
        if (grown == NULL) {
            buffer->failed = true;
            return NULL;
        }
        buffer->data = grown;
        buffer->capacity = wanted;
    }
    return buffer->data + buffer->size;
}

void pat_buffer_append(pat_buffer *buffer, const void *bytes, size_t size)
{
    char *room = pat_buffer_room(buffer, size);
    if (room == NULL || size == 0)
        return;
    memcpy(room, bytes, size);
    buffer->size += size;
}

void pat_buffer_append_text(pat_buffer *buffer, const char *text)
{
    pat_buffer_append(buffer, text, strlen(text));
}

void pat_buffer_append_char(pat_buffer *buffer, char c)
{
    pat_buffer_append(buffer, &c, 1);
}

void pat_buffer_consume(pat_buffer *buffer, size_t size)
{
    buffer->size -= size;
    if (buffer->size > 0)
        memmove(buffer->data, buffer->data + size, buffer->size);
}

void pat_buffer_reset(pat_buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
}

void pat_buffer_release(pat_buffer *buffer)
{
    free(buffer->data);
    *buffer = (pat_buffer){0};
}

pat_bytes pat_buffer_bytes(const pat_buffer *buffer)
{
    return (pat_bytes){buffer->data, buffer->size};
}
