/*
 * Write a JSON document step by step. For programs that report their own figures in the form that
 * patina uses: docs/json.md.
 */
#ifndef PATINA_JSON_H
#define PATINA_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "patina/export.h"

typedef struct pat_document pat_document;

enum { PAT_DOCUMENT_DEPTH_MAX = 16 };

/* Begin an object whose first member is "schema": {"name": "patina.NAME", "version": version}. NULL
 * when memory runs out; all functions below accept NULL. */
PAT_API PAT_MUST_CHECK pat_document *pat_document_create(const char *name, int version);

/* Begin an object or an array inside the open one, at most PAT_DOCUMENT_DEPTH_MAX deep; and end it.
 * name, here and below: the member's name, or NULL in an array. */
PAT_API void pat_document_open_object(pat_document *document, const char *name);
PAT_API void pat_document_open_array(pat_document *document, const char *name);
PAT_API void pat_document_close(pat_document *document);

/*
 * The text may be any bytes: a backslash is doubled, and in a text that is not UTF-8 each byte
 * above 0x7f is written as \xNN (two lower-case digits), so a reader can restore the exact bytes.
 * NULL gives null.
 */
PAT_API void pat_document_text(pat_document *document, const char *name, const char *text);
/* The shortest form that reads back to the same double; null for NaN and infinities. */
PAT_API void pat_document_number(pat_document *document, const char *name, double value);
PAT_API void pat_document_count(pat_document *document, const char *name, uint64_t count);
PAT_API void pat_document_truth(pat_document *document, const char *name, bool value);

/* The document's text, without a final line break; free it with free(). Frees the document. NULL if
 * memory ran out. */
PAT_API PAT_MUST_CHECK char *pat_document_end(pat_document *document);

#endif
