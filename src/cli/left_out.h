/* Files that a run leaves out: the first few and the total. */
#ifndef PAT_CLI_LEFT_OUT_H
#define PAT_CLI_LEFT_OUT_H

#include "patina/patina.h"

enum { LEFT_OUT_SHOWN = 10 };

/* Zero-initialize; left_out_end() when done. */
struct left_out {
    char *entry[LEFT_OUT_SHOWN], *reason[LEFT_OUT_SHOWN];
    size_t count;
};

/* Record an entry; context: a struct left_out. */
void left_out_note(void *context, const pat_unpaired *entry);

/* Print what was left out, unless `quiet`, and release it. */
void left_out_end(struct left_out *left_out, bool quiet);

#endif
