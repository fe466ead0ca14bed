/* Byte sequences: a growing buffer, and a borrowed one; private to the library. */
#ifndef PAT_BASE_BUFFER_H
#define PAT_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Zero-initialize; pat_buffer_release() when done. A failed allocation sets `failed`, and every
 * later append does nothing: check once, after the last append.
 */
typedef struct pat_buffer {
    char *data; /* NULL while empty and never grown */
    size_t size, capacity;
    bool failed;
} pat_buffer;

/* Borrowed bytes. */
typedef struct pat_bytes {
    const void *data;
    size_t size;
} pat_bytes;

void pat_buffer_append(pat_buffer *buffer, const void *bytes, size_t size);
void pat_buffer_append_text(pat_buffer *buffer, const char *text);
void pat_buffer_append_char(pat_buffer *buffer, char c);

/* Make room for `size` more bytes at data + size; the caller fills them and adds them to `size`.
 * NULL on failure. */
char *pat_buffer_room(pat_buffer *buffer, size_t size);

/* Drop the first `size` bytes and keep the rest. */
void pat_buffer_consume(pat_buffer *buffer, size_t size);

/* Empty it, keeping the memory; clears `failed`. */
void pat_buffer_reset(pat_buffer *buffer);
void pat_buffer_release(pat_buffer *buffer);

/* Its bytes, valid until it changes. */
pat_bytes pat_buffer_bytes(const pat_buffer *buffer);

#endif
