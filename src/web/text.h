/* Parts of header fields and metrics; private to the library. */
#ifndef PAT_WEB_TEXT_H
#define PAT_WEB_TEXT_H

#include <stdbool.h>

#include "base/buffer.h"

/* Append to `out`; a buffer that has failed stays as it is. */
void pat_put_format(pat_buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The shortest form that reads back. */
void pat_put_number(pat_buffer *out, double value);

/* The end of a text: makes it a C string. False when memory has run out. */
bool pat_put_end(pat_buffer *out);

enum { PAT_IMAGE_NAME_SIZE = 100 };

/* The last part of a name that a client gave, as far as it can be shown and saved: cut to fit, what
 * is not UTF-8, a control character or special to some shell or file system becomes '_'. "" if
 * nothing is left. */
void pat_clean_name(const char *given, char name[PAT_IMAGE_NAME_SIZE]);

/* Append `attachment; filename="a.png"; filename*=UTF-8''a.png`, for a name that was cleaned. */
void pat_put_disposition(pat_buffer *out, const char *name);

#endif
