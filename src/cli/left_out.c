#include "left_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

void left_out_note(void *context, const pat_unpaired *entry)
{
    struct left_out *left_out = context;
    size_t i = left_out->of[entry->kind].count++;
    if (i >= LEFT_OUT_SHOWN)
        return;
    if (asprintf(&left_out->of[entry->kind].entry[i], "%s/%s", entry->folder, entry->name) < 0)
        left_out->of[entry->kind].entry[i] = NULL;
    left_out->of[entry->kind].reason[i] = strdup(entry->reason);
}

/* Print the files left out for one reason: if there are many, their number and the first few. */
static void print_kind(const struct left_out *left_out, pat_left_out kind)
{
    size_t count = left_out->of[kind].count;
    if (count > LEFT_OUT_SHOWN)
        printf("  %zu %s, such as\n", count, pat_left_out_words(kind));
    for (size_t i = 0; i < count && i < LEFT_OUT_SHOWN; i++) {
        const char *entry = left_out->of[kind].entry[i], *reason = left_out->of[kind].reason[i];
        if (entry == NULL || reason == NULL)
            continue;
        fputs(count > LEFT_OUT_SHOWN ? "    " : "  ", stdout);
        console_name(entry);
        printf(": ");
        console_name(reason);
        printf("\n");
    }
}

static void print(const struct left_out *left_out)
{
    size_t count = 0, ignored = left_out->of[PAT_LEFT_SYSTEM].count;
    for (int kind = 0; kind < PAT_LEFT_SYSTEM; kind++)
        count += left_out->of[kind].count;
    if (count > 0)
        printf("left out: %zu\n", count);
    for (int kind = 0; kind < PAT_LEFT_SYSTEM; kind++)
        print_kind(left_out, (pat_left_out)kind);
    if (ignored > 0)
        printf("ignored: %zu %s\n", ignored, pat_left_out_words(PAT_LEFT_SYSTEM));
}

void left_out_end(struct left_out *left_out, bool quiet)
{
    if (!quiet)
        print(left_out);
    for (int kind = 0; kind < PAT_LEFT_KINDS; kind++)
        for (int i = 0; i < LEFT_OUT_SHOWN; i++) {
            free(left_out->of[kind].entry[i]);
            free(left_out->of[kind].reason[i]);
        }
}
