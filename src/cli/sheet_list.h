/* The images of a restoration, kept for a contact sheet. */
#ifndef PAT_CLI_SHEET_LIST_H
#define PAT_CLI_SHEET_LIST_H

#include "patina/patina.h"

/* Zero-initialize; sheet_list_release() when done. */
typedef struct sheet_list {
    pat_sheet_entry *entry;
    size_t count;
    bool failed; /* memory ran out */
} sheet_list;

/* Note an image that was restored. */
void sheet_list_note(sheet_list *list, const pat_restoration *done);

/* Write the sheet, and say so unless `quiet`. model: as in pat_sheet_options. Returns the exit
 * status. */
int sheet_list_write(const sheet_list *list, const char *path, const char *model,
                     const pat_run_options *run, bool quiet);

void sheet_list_release(sheet_list *list);

#endif
