/*
 * Names in one spelling; private to the library. Only unicode.c uses libunistring, which it loads
 * when a name is not ASCII. Without the library, such names keep their bytes.
 */
#ifndef PAT_BASE_UNICODE_H
#define PAT_BASE_UNICODE_H

#include <stdbool.h>

#include "base/buffer.h"

/*
 * Append `length` bytes of text in normalization form C, in which macOS and other systems agree on
 * an accented letter; fold: also without the difference between upper and lower case. Text that is
 * not UTF-8 is appended as it is (fold: with its ASCII letters in lower case). Thread-safe.
 */
void pat_unicode_append(pat_buffer *out, const char *text, size_t length, bool fold);

#endif
