#include "left_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

void left_out_note(void *context, const pat_unpaired *entry)
{
    struct left_out *left_out = context;
    size_t i = left_out->count++;
    if (i >= LEFT_OUT_SHOWN)
        return;
    if (asprintf(&left_out->entry[i], "%s/%s", entry->folder, entry->name) < 0)
        left_out->entry[i] = NULL;
    left_out->reason[i] = strdup(entry->reason);
}

void left_out_end(struct left_out *left_out, bool quiet)
{
    if (left_out->count > 0 && !quiet)
        printf("left out:\n");
    for (size_t i = 0; i < left_out->count && i < LEFT_OUT_SHOWN; i++) {
        if (!quiet && left_out->entry[i] != NULL && left_out->reason[i] != NULL) {
            printf("  ");
            console_name(left_out->entry[i]);
            printf(": %s\n", left_out->reason[i]);
        }
        free(left_out->entry[i]);
        free(left_out->reason[i]);
    }
    if (left_out->count > LEFT_OUT_SHOWN && !quiet)
        printf("  ... and %zu more\n", left_out->count - LEFT_OUT_SHOWN);
}
