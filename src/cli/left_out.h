/* Files that a run leaves out: counted by reason, with a few examples of each. */
#ifndef PAT_CLI_LEFT_OUT_H
#define PAT_CLI_LEFT_OUT_H

#include "patina/patina.h"

enum { LEFT_OUT_SHOWN = 3 };

/* Zero-initialize; left_out_end() when done. */
struct left_out {
    struct {
        char *entry[LEFT_OUT_SHOWN], *reason[LEFT_OUT_SHOWN];
        size_t count;
    } of[PAT_LEFT_KINDS];
};

/* Record an entry; context: a struct left_out. */
void left_out_note(void *context, const pat_unpaired *entry);

/* Print what was left out, unless `quiet`, and release it. */
void left_out_end(struct left_out *left_out, bool quiet);

#endif
