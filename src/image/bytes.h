/* An image file's bytes, and reading numbers from them; private to this folder. */
#ifndef PAT_IMAGE_BYTES_H
#define PAT_IMAGE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file in memory, borrowed. */
typedef struct pat_file_bytes {
    const uint8_t *bytes;
    size_t size;
} pat_file_bytes;

/* The number in bytes[0..length-1], length <= 4. */
static inline uint32_t pat_get_big(const uint8_t *bytes, int length)
{
    uint32_t value = 0;
    for (int i = 0; i < length; i++)
        value = value << 8 | bytes[i];
    return value;
}

static inline uint32_t pat_get_little(const uint8_t *bytes, int length)
{
    uint32_t value = 0;
    for (int i = length - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

static inline void pat_put_little(uint8_t *bytes, int length, uint32_t value)
{
    for (int i = 0; i < length; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static inline void pat_put_big(uint8_t *bytes, int length, uint32_t value)
{
    for (int i = 0; i < length; i++)
        bytes[i] = (uint8_t)(value >> 8 * (length - 1 - i));
}

/* Reads numbers anywhere in a file that may be truncated or hostile. */
typedef struct pat_reader {
    pat_file_bytes file;
    bool little_endian;
    bool overrun; /* a read went past the end; it returned 0 */
} pat_reader;

/* The number in the `length` (<= 8) bytes at offset `at`. */
static inline uint64_t pat_reader_get(pat_reader *reader, uint64_t at, unsigned length)
{
    if (at > reader->file.size || reader->file.size - at < length) {
        reader->overrun = true;
        return 0;
    }
    uint64_t value = 0;
    for (unsigned i = 0; i < length; i++)
        value = value << 8 | reader->file.bytes[at + (reader->little_endian ? length - 1 - i : i)];
    return value;
}

#endif
