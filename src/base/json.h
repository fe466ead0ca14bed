/*
 * JSON: what every writer and reader of it needs; private to the library. It is the one door to
 * jansson, whose values and functions come along.
 */
#ifndef PAT_BASE_JSON_H
#define PAT_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "patina/status.h"

/* ---- Values: NULL when memory runs out. Packing a NULL fails, so that one check at the end does.
 */

/*
 * A text, which need not be UTF-8 as JSON must be: a backslash is doubled, and in a text that is
 * not UTF-8 each byte above 0x7f is written as \xNN. pat_json_meant() gives back the exact bytes.
 * null for NULL.
 */
json_t *pat_json_text(const char *text);

/* null for what JSON has no number for: NaN and infinities. */
json_t *pat_json_number(double value);

/* An array of finite numbers; NULL if one is not. */
json_t *pat_json_numbers(const double *value, size_t count);

json_t *pat_json_count(uint64_t count);

/* Append to an array, or set a member of an object, taking `value`. *array or *object becomes NULL
 * when memory runs out, or has before. */
void pat_json_append(json_t **array, json_t *value);
void pat_json_set(json_t **object, const char *name, json_t *value);

/* The object with the members of both; takes them. */
json_t *pat_json_join(json_t *first, json_t *second);

/* The object as a document, which says first what it is: {"schema": {"name": "patina.NAME",
 * "version": 1}, ...}. Takes it. docs/json.md describes each schema. */
json_t *pat_json_document(const char *name, int version, json_t *object);

/* ---- Names ----------------------------------------------------------------------------------- */

/* A name as JSON has it, with control characters as \xNN too: nothing that a terminal obeys, and it
 * can be typed. free(). NULL when memory runs out. */
char *pat_json_shown(const char *text);

/* The other way round: \xNN and doubled backslashes are what they stand for. free(). NULL when
 * memory runs out. */
char *pat_json_meant(const char *text);

/* ---- Writing --------------------------------------------------------------------------------- */

/*
 * How many levels of a document have a line for each member or item. What lies deeper is written
 * on the line of what it belongs to.
 */
enum { PAT_JSON_LINE = 0, PAT_JSON_LINES = 1000 };

/*
 * Append a value; NULL fails the buffer. Numbers are the shortest that read back to the same
 * double, as in the CSV files.
 */
void pat_json_put(pat_buffer *out, const json_t *value, int levels);

/* The value as a text, to be freed with free(); takes it. NULL for NULL, or when memory runs out.
 */
char *pat_json_write(json_t *value, int levels);

/* ---- Reading --------------------------------------------------------------------------------- */

/*
 * Parse a text in which no object names a member twice. *value: to be given up with json_decref(),
 * NULL on failure. Fails with PAT_MALFORMED (*cause tells the line and what is wrong) or
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_json_parse(json_t **value, const char *text, size_t size,
                                         json_error_t *cause);

/*
 * The same for a file of at most `limit` bytes. Fails also with PAT_NOT_FOUND (it cannot be opened)
 * and, where the file cannot be read or is larger, with PAT_MALFORMED; cause->line is then 0.
 */
PAT_MUST_CHECK pat_status pat_json_read(json_t **value, const char *path, size_t limit,
                                        json_error_t *cause);

#endif
