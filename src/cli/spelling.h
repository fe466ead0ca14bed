/* Find the name that a misspelled word probably means. */
#ifndef PAT_CLI_SPELLING_H
#define PAT_CLI_SPELLING_H

struct spelling {
    const char *word;
    const char *found; /* the nearest name that was tried; NULL: none is near */
    int distance;
};

/* Start with a word, up to the first '=' in it. */
struct spelling spelling_of(const char *word);

/* Keep `name` if it is nearer to the word than all previous names. */
void spelling_try(struct spelling *spelling, const char *name);

#endif
