/* The progress display on stderr. */
#ifndef PAT_CLI_PROGRESS_H
#define PAT_CLI_PROGRESS_H

#include <stdbool.h>

#include "patina/run.h"

typedef enum progress_mode {
    PROGRESS_AUTO,   /* redraw one line on a terminal; elsewhere print a line every ten seconds */
    PROGRESS_ALWAYS, /* redraw one line even without a terminal */
    PROGRESS_NEVER
} progress_mode;

typedef struct progress_display {
    const char *what; /* "pairs" */
    const char *step; /* "step 2 of 4, search"; NULL: the run has one step */
    bool shown, redrawn, colored;
    double last_line_s; /* when the last plain line was printed */
} progress_display;

/* Decide how to show progress, from the mode and the terminal. */
void progress_init(progress_display *display, progress_mode mode, const char *what);

/* Name the step, and what it counts, in the lines that follow. Both texts are borrowed. */
void progress_name_step(progress_display *display, const char *step, const char *what);

/* Name the step, and show at once that it begins: "step 2 of 4, search". */
void progress_begin_step(progress_display *display, const char *step, const char *what);

/* A pat_run_options.progress callback; context: a progress_display. */
void progress_show(void *context, const pat_progress *state);

/* Clear the redrawn line. */
void progress_end(const progress_display *display);

#endif
