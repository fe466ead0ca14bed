/* The restorations of a run as a JSON document that is written piece by piece. */
#include <stdlib.h>
#include <string.h>

#include "run/facts_json.h"

/* Returns `before`, then `text` without its first `start` and last `cut` bytes, then `after`. Frees
 * `text`. NULL if `text` is NULL or memory runs out. */
static char *piece(const char *before, char *text, size_t start, size_t cut, const char *after)
{
    pat_buffer out = {.failed = text == NULL};
    pat_buffer_append_text(&out, before);
    if (text != NULL)
        pat_buffer_append(&out, text + start, strlen(text) - start - cut);
    pat_buffer_append_text(&out, after);
    pat_buffer_append_char(&out, '\0');
    free(text);
    if (out.failed)
        pat_buffer_release(&out);
    return out.data;
}

char *pat_restoration_json_begin(void)
{
    json_t *head = pat_json_document("restore", 1, json_object());
    return piece("", pat_json_write(head, 1), 0, strlen("\n}"), ",\n  \"images\": [");
}

static json_t *image_value(const pat_restoration *told)
{
    const char *status = pat_status_name(told->status);
    if (told->status == PAT_OK)
        return pat_json_join(json_pack("{s:s}", "status", status), pat_fact_restoration(told));
    return json_pack("{s:s, s:s, s:o, s:{s:o}}", "status", status, "stage", told->stage, "message",
                     pat_json_text(told->message), "input", "path", pat_json_text(told->input));
}

char *pat_restoration_json(const pat_restoration *restoration, size_t told)
{
    return piece(told == 0 ? "\n    " : ",\n    ",
                 pat_json_write(image_value(restoration), PAT_JSON_LINE), 0, 0, "");
}

char *pat_restoration_json_end(const pat_run_summary *summary, const pat_restoration_counts *counts,
                               const char *model)
{
    json_t *value = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "restored", pat_json_count(summary->rows), "failed",
        pat_json_count(summary->failures), "skipped", pat_json_count(summary->skipped),
        "left_alone", pat_json_count(counts->left_alone), "unlike", pat_json_count(counts->flagged),
        "model", pat_json_text(model), "sandbox", pat_fact_sandbox(summary->sandbox));
    return piece("\n  ],", pat_json_write(value, 1), strlen("{"), 0, "");
}
