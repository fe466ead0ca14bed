/* What every writer of JSON needs; private to the library. */
#ifndef PAT_RUN_JSON_H
#define PAT_RUN_JSON_H

#include <stddef.h>

#include "patina/setting.h"

struct json_t;

/* A text, which need not be UTF-8, as pat_json_string() has it: JSON must be, so other bytes are
 * written as \xNN. null for NULL. NULL when memory runs out. */
struct json_t *pat_json_text(const char *text);

/* A name as JSON has it, with control characters as \xNN too: nothing that a terminal obeys, and it
 * can be typed. free(). NULL when memory runs out. */
char *pat_json_shown(const char *text);

/* The other way round: \xNN and doubled backslashes are what they stand for. free(). NULL when
 * memory runs out. */
char *pat_json_meant(const char *text);

/* A setting as an object: a field for each axis, by the name of its column. NULL when memory runs
 * out. */
struct json_t *pat_json_setting(const pat_setting *setting);

struct json_t *pat_json_count(size_t count);

/* Append to an array, which becomes NULL when memory runs out: packing it then fails. */
void pat_json_append(struct json_t **array, struct json_t *value);

#endif
