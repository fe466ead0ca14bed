/*
 * Contact sheets: a page that shows restored images beside the images they were made from, to look
 * through after a restoration.
 */
#ifndef PATINA_SHEET_H
#define PATINA_SHEET_H

#include "patina/run.h"

/* One restored image. Texts are borrowed. */
typedef struct pat_sheet_entry {
    const char *input, *output;     /* paths */
    const char *notes;              /* what could not be preserved, in words; "": nothing */
    pat_setting setting;            /* what was done */
    bool left_alone;                /* nothing was done: only its name is listed */
    bool flagged;                   /* to be looked at: it comes first */
    double gain, harm, restored_at; /* as in pat_restoration; NaN: unknown */
} pat_sheet_entry;

typedef struct pat_sheet_options {
    const pat_sheet_entry *entries;
    size_t count;
    size_t failures;     /* images that could not be restored, which are not among the entries */
    const char *model;   /* which model chose, in a sentence; NULL: none, or unknown */
    const char *output;  /* the page */
    pat_run_options run; /* for the images; `journal` is ignored */
} pat_sheet_options;

/*
 * Write the page, a single HTML file that needs no other: first what is flagged, then the rest,
 * each with the most probable harm first. Memory grows by some 30 KB for each image shown. *failed:
 * the number of images that could not be shown; the page says why. Fails like pat_report_run().
 */
PAT_API PAT_MUST_CHECK pat_status pat_sheet_run(const pat_sheet_options *options, size_t *failed,
                                                pat_error *error);

#endif
