/*
 * Unicode normalization of names; private to the library. Only unicode.c uses libunistring. It
 * loads the library when a name is not ASCII; without the library, such names keep their bytes.
 */
#ifndef PAT_BASE_UNICODE_H
#define PAT_BASE_UNICODE_H

#include <stdbool.h>

#include "base/buffer.h"

/*
 * Append `length` bytes of text in normalization form C, so that names from macOS and from other
 * systems compare equal. fold: also fold case. Text that is not UTF-8 is appended unchanged (fold:
 * with its ASCII letters in lower case). Thread-safe.
 */
void pat_unicode_append(pat_buffer *out, const char *text, size_t length, bool fold);

#endif
