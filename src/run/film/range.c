/* The part of a film that is to be restored. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "patina/film.h"

/* One side of a range. False if it is none. */
static bool read_side(const char *text, size_t length, double *value, bool *in_seconds, bool *given)
{
    char number[32];
    *given = length > 0;
    *in_seconds = length > 0 && text[length - 1] == 's';
    length -= *in_seconds;
    if (length >= sizeof number || (length == 0 && *given))
        return false;
    memcpy(number, text, length);
    number[length] = '\0';
    *value = 0;
    return !*given || (pat_number_parse(number, value) && *value >= 0 && *value <= 1e12 &&
                       (*in_seconds || *value == floor(*value)));
}

pat_status pat_film_range_parse(const char *text, pat_film_range *range, pat_error *error)
{
    const char *colon = strchr(text, ':');
    bool from_seconds, until_seconds, from_given, until_given;
    *range = (pat_film_range){0};
    if (colon == NULL ||
        !read_side(text, (size_t)(colon - text), &range->from, &from_seconds, &from_given) ||
        !read_side(colon + 1, strlen(colon + 1), &range->until, &until_seconds, &until_given) ||
        (from_given && until_given && from_seconds != until_seconds))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "'%s' is no part of a film; write seconds, such as 10s:20s, or frames, "
                        "such as 240:480",
                        text);
    range->in_seconds = from_seconds || until_seconds;
    if (until_given && range->until <= range->from)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "'%s' has nothing in it: its end is not after its start", text);
    return PAT_OK;
}
