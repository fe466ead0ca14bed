/* Rank numbers within the columns of a table; private to the library. */
#ifndef PAT_INSPECT_PLACES_H
#define PAT_INSPECT_PLACES_H

#include "patina/inspect.h"

enum { PAT_PLACES_KEPT_MAX = 1 << 17 }; /* numbers kept per column for quartiles */

/*
 * Rank the value of each of places[0..count-1] in the column it names; fill in everything except
 * name and value. Memory does not grow with the table: if it has more than PAT_PLACES_KEPT_MAX
 * rows, quartiles are computed from every second, fourth, ... row. Fails as pat_table_open() and
 * pat_table_next().
 */
PAT_MUST_CHECK pat_status pat_places_read(const char *path, pat_feature_place *places, size_t count,
                                          pat_error *error);

#endif
