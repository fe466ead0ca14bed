/* Text for header fields and metrics; private to the library. */
#ifndef PAT_WEB_TEXT_H
#define PAT_WEB_TEXT_H

#include <stdbool.h>

#include "base/buffer.h"

/* Append formatted text; does nothing if the buffer has failed. */
void pat_put_format(pat_buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Append the shortest text that reads back as the same number. */
void pat_put_number(pat_buffer *out, double value);

/* Terminate the text to make it a C string. False if memory ran out. */
bool pat_put_end(pat_buffer *out);

enum { PAT_IMAGE_NAME_SIZE = 100 };

/* The last component of a client's file name, made safe to show and save: truncated to fit, with
 * '_' for invalid UTF-8, control characters, and characters special to a shell or file system. ""
 * if nothing is left. */
void pat_clean_name(const char *given, char name[PAT_IMAGE_NAME_SIZE]);

/* Append `attachment; filename="a.png"; filename*=UTF-8''a.png`, for a cleaned name. */
void pat_put_disposition(pat_buffer *out, const char *name);

#endif
