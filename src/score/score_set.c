#include <string.h>

#include "base/error.h"
#include "score/objective.h"

static pat_score_set set_of_all(void)
{
    return ((pat_score_set)1 << pat_score_count()) - 1;
}

pat_score_set pat_score_set_default(void)
{
    return pat_objective_scores(pat_objective_default());
}

bool pat_score_set_has_further(pat_score_set set, int index)
{
    return pat_score_set_has(set & ~pat_score_set_default(), index);
}

bool pat_score_set_has(pat_score_set set, int index)
{
    return set >> index & 1;
}

/* The score whose name is the first `length` bytes of `text`; -1 if there is none. */
static int find_part(const char *text, size_t length)
{
    for (int i = 0; i < pat_score_count(); i++) {
        const char *name = pat_score_row(i)->name;
        if (strlen(name) == length && memcmp(name, text, length) == 0)
            return i;
    }
    return -1;
}

pat_status pat_score_set_parse(pat_score_set *set, const char *text, pat_error *error)
{
    pat_score_set chosen = pat_score_set_default();
    for (;; text++) {
        size_t length = strcspn(text, ",");
        int index = find_part(text, length);
        if (index < 0) {
            char names[PAT_SCORE_SET_TEXT_SIZE];
            pat_score_set_format(set_of_all(), names);
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "--scores: unknown score '%.*s'; choose from %s",
                            length > 100 ? 100 : (int)length, text, names);
        }
        chosen |= (pat_score_set)1 << index;
        text += length;
        if (*text == '\0')
            break;
    }
    *set = chosen;
    return PAT_OK;
}

void pat_score_set_format(pat_score_set set, char text[PAT_SCORE_SET_TEXT_SIZE])
{
    char *end = text;
    *end = '\0';
    for (int i = 0; i < pat_score_count(); i++) {
        if (!pat_score_set_has(set, i))
            continue;
        if (end > text)
            *end++ = ',';
        end = stpcpy(end, pat_score_row(i)->name);
    }
}
