#include "sheet_list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"

/* Join the notes. The caller frees the text. NULL: memory ran out. */
static char *join_notes(const pat_restoration *done)
{
    char *text = strdup("");
    for (int i = 0; i < done->note_count && text != NULL; i++) {
        char *longer;
        if (asprintf(&longer, "%s%s%s", text, i == 0 ? "" : "; ", done->notes[i]) < 0)
            longer = NULL;
        free(text);
        text = longer;
    }
    return text;
}

void sheet_list_note(sheet_list *list, const pat_restoration *done)
{
    pat_sheet_entry *grown = list->entry;
    if ((list->count & (list->count + 1)) == 0) /* 0, 1, 3, 7, ...: the list is full */
        grown = realloc(list->entry, (2 * list->count + 1) * sizeof *grown);
    char *input = strdup(done->input), *output = strdup(done->output), *notes = join_notes(done);
    if (grown != NULL)
        list->entry = grown;
    if (grown == NULL || input == NULL || output == NULL || notes == NULL) {
        list->failed = true;
        free(input);
        free(output);
        free(notes);
        return;
    }
    list->entry[list->count++] = (pat_sheet_entry){
        .input = input,
        .output = output,
        .notes = notes,
        .setting = done->setting,
        .left_alone = done->left_alone,
        .flagged = done->predicted && done->flagged,
        .gain = done->predicted ? done->gain : NAN,
        .harm = done->predicted ? done->harm : NAN,
        .restored_at = done->predicted ? done->restored_at : NAN,
    };
}

int sheet_list_write(const sheet_list *list, const char *path, const pat_run_options *run,
                     progress_display *display, bool quiet)
{
    pat_error error = {PAT_OUT_OF_MEMORY, "not enough memory for the contact sheet"};
    size_t failed = 0;
    const pat_sheet_options options = {.entries = list->entry,
                                       .count = list->count,
                                       .failures = list->failures,
                                       .model = list->model,
                                       .output = path,
                                       .run = *run};
    progress_name_step(display, "contact sheet", "images");
    pat_status status = list->failed ? error.status : pat_sheet_run(&options, &failed, &error);
    progress_end(display);
    if (status == PAT_INTERRUPTED) {
        fprintf(stderr, "patina: interrupted: the images are restored, but not on a page\n");
        return 128 + abs(*run->interrupt);
    }
    if (status != PAT_OK)
        return console_failure(&error);
    if (failed > 0)
        fprintf(stderr, "patina: %zu image%s could not be shown; the page says why\n", failed,
                failed == 1 ? "" : "s");
    if (!quiet) {
        printf("look through: ");
        console_name(path);
        printf("\n");
    }
    return failed > 0 ? EXIT_SOMETHING_FAILED : EXIT_ALL_WELL;
}

void sheet_list_release(sheet_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free((char *)list->entry[i].input);
        free((char *)list->entry[i].output);
        free((char *)list->entry[i].notes);
    }
    free(list->entry);
}
