/* The images of a restoration, kept for a contact sheet. */
#ifndef PAT_CLI_SHEET_LIST_H
#define PAT_CLI_SHEET_LIST_H

#include "patina/patina.h"
#include "progress.h"

/* Zero-initialize; sheet_list_release() when done. */
typedef struct sheet_list {
    pat_sheet_entry *entry;
    size_t count;
    bool failed;       /* memory ran out */
    const char *model; /* this and the next as in pat_sheet_options */
    size_t failures;
} sheet_list;

/* Note an image that was restored. */
void sheet_list_note(sheet_list *list, const pat_restoration *done);

/* Write the sheet, and say so unless `quiet`. display: the context of run->progress. Returns the
 * exit status. */
int sheet_list_write(const sheet_list *list, const char *path, const pat_run_options *run,
                     progress_display *display, bool quiet);

void sheet_list_release(sheet_list *list);

#endif
