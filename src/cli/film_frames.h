/* patina film on a folder of frames. */
#ifndef PAT_CLI_FILM_FRAMES_H
#define PAT_CLI_FILM_FRAMES_H

#include "shared_options.h"

/* Which cameras of a trial, and what to do. */
typedef struct frames_arguments {
    const char *camera; /* NULL: the only one, or all */
    bool all, ingest_only;
} frames_arguments;

/* --camera, --all and --ingest-only; about a frames_arguments. */
extern const option_row frames_options[];
void check_frames(const option_line *line, void *target);

/* Whether the input is a folder. Exits with a message if that cannot be known. */
bool is_frames_folder(const option_line *line, const char *input);

/* Restore or convert the cameras of options->folder. The other members but `camera` are set, too.
 * Returns the exit status. */
int film_frames(const frames_arguments *arguments, pat_frames_options *options,
                const run_arguments *run);

#endif
