/*
 * Read and write JSON; private to the library. Only this header includes jansson, and it exposes
 * jansson's types and functions.
 */
#ifndef PAT_BASE_JSON_H
#define PAT_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "patina/status.h"

/* ---- Values: NULL if memory runs out. Packing a NULL fails, so one check at the end is enough. */

/*
 * A string, which need not be UTF-8: backslashes are doubled and, if it is not UTF-8, each byte
 * above 0x7f is written as \xNN. pat_json_meant() restores the exact bytes. null for NULL.
 */
json_t *pat_json_text(const char *text);

/* A number; null for NaN and infinities, which JSON does not have. */
json_t *pat_json_number(double value);

/* An array of numbers; NULL if one is not finite. */
json_t *pat_json_numbers(const double *value, size_t count);

json_t *pat_json_count(uint64_t count);

/* Append to an array or set a member of an object; take ownership of `value`. If memory runs out,
 * *array or *object becomes NULL; if it already is NULL, it stays so. */
void pat_json_append(json_t **array, json_t *value);
void pat_json_set(json_t **object, const char *name, json_t *value);

/* An object with the members of both; takes ownership of both. */
json_t *pat_json_join(json_t *first, json_t *second);

/* The object as a document that begins with its schema: {"schema": {"name": "patina.NAME",
 * "version": 1}, ...}. Takes ownership of `object`. docs/json.md describes each schema. */
json_t *pat_json_document(const char *name, int version, json_t *object);

/* ---- Names ----------------------------------------------------------------------------------- */

/* A name escaped as by pat_json_text(), with control characters as \xNN too, so that it is safe to
 * print and can be typed. Free it with free(). NULL if memory runs out. */
char *pat_json_shown(const char *text);

/* The reverse: decode \xNN and doubled backslashes. Free it with free(). NULL if memory runs out.
 */
char *pat_json_meant(const char *text);

/* ---- Writing --------------------------------------------------------------------------------- */

/*
 * How many levels deep each member or item gets its own line. Deeper levels stay on one line.
 */
enum { PAT_JSON_LINE = 0, PAT_JSON_LINES = 1000 };

/*
 * Append a value; NULL fails the buffer. Numbers are the shortest that read back to the same
 * double, as in the CSV files.
 */
void pat_json_put(pat_buffer *out, const json_t *value, int levels);

/* The value as text; free it with free(). Takes ownership of `value`. NULL for NULL, or if memory
 * runs out. */
char *pat_json_write(json_t *value, int levels);

/* ---- Reading --------------------------------------------------------------------------------- */

/*
 * Parse text; duplicate members are an error. *value: release with json_decref(); NULL on failure.
 * Fails with PAT_MALFORMED (*cause has the line and the error) or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_json_parse(json_t **value, const char *text, size_t size,
                                         json_error_t *cause);

/*
 * Parse a file of at most `limit` bytes. Also fails with PAT_NOT_FOUND (it cannot be opened) and
 * with PAT_MALFORMED (it cannot be read or is larger); cause->line is then 0, and cause->text says
 * why.
 */
PAT_MUST_CHECK pat_status pat_json_read(json_t **value, const char *path, size_t limit,
                                        json_error_t *cause);

#endif
