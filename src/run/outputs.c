#include "run/outputs.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "dataset/row.h"

/* "x.csv" and ".run.json" make "x.run.json". */
static pat_status derive_path(char path[PAT_PATH_SIZE], const char *output, const char *suffix,
                              pat_error *error)
{
    size_t length = strlen(output);
    if (length > 4 && strcasecmp(output + length - 4, ".csv") == 0)
        length -= 4;
    if (length + strlen(suffix) + sizeof ".partial" > PAT_PATH_SIZE)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%.60s...: the name of the output is too long",
                        output);
    snprintf(path, PAT_PATH_SIZE, "%.*s%s", (int)length, output, suffix);
    return PAT_OK;
}

static pat_status name_files(const pat_outputs *outputs, const char *output,
                             pat_run_summary *summary, pat_error *error)
{
    const char *trials = outputs->trials_path;
    pat_status status = derive_path(summary->failures_path, output, ".failures.csv", error);
    if (status == PAT_OK && outputs->keeps_record)
        status = derive_path(summary->record_path, output, ".run.json", error);
    if (status != PAT_OK)
        return status;
    snprintf(summary->output, sizeof summary->output, "%s", output);
    if (trials != NULL &&
        (strcmp(trials, output) == 0 || strcmp(trials, summary->failures_path) == 0 ||
         strcmp(trials, summary->record_path) == 0))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: --trials names a file the run already writes; choose another", trials);
    return PAT_OK;
}

pat_status pat_outputs_open(pat_outputs *outputs, const char *output, pat_run_summary *summary,
                            pat_error *error)
{
    outputs->summary = summary;
    pat_status status = name_files(outputs, output, summary, error);
    if (status == PAT_OK)
        status = pat_file_open(&outputs->data, output, error);
    if (status == PAT_OK)
        status = pat_file_open(&outputs->failures, summary->failures_path, error);
    if (status == PAT_OK && outputs->trials_path != NULL)
        status = pat_file_open(&outputs->trials, outputs->trials_path, error);
    if (status == PAT_OK && outputs->keeps_record)
        status = pat_file_open(&outputs->record, summary->record_path, error);
    if (status == PAT_OK) {
        pat_failure_put_header(&outputs->line);
        status = pat_outputs_write(outputs, &outputs->failures, error);
    }
    return status;
}

pat_status pat_outputs_write(pat_outputs *outputs, pat_file *file, pat_error *error)
{
    if (outputs->line.failed)
        return pat_fail_memory(error, "a row of the output");
    pat_status status = pat_file_append(file, outputs->line.data, outputs->line.size, error);
    if (status == PAT_OK)
        status = pat_file_flush(file, error);
    pat_buffer_reset(&outputs->line);
    return status;
}

pat_status pat_outputs_fail(pat_outputs *outputs, const char *name, const pat_outcome *outcome,
                            pat_error *error)
{
    pat_run_summary *summary = outputs->summary;
    if (summary->failures < PAT_FAILURES_KEPT) {
        pat_failure *kept = &summary->first_failures[summary->failures];
        snprintf(kept->name, sizeof kept->name, "%s", name);
        snprintf(kept->message, sizeof kept->message, "%s", outcome->message);
        kept->stage = pat_stage_name(outcome->stage);
        kept->reason = outcome->status;
    }
    summary->failures++;
    pat_failure_put(&outputs->line, name, pat_stage_name(outcome->stage),
                    pat_status_name(outcome->status), outcome->message);
    return pat_outputs_write(outputs, &outputs->failures, error);
}

pat_status pat_outputs_commit(pat_outputs *outputs, pat_error *error)
{
    pat_status status = PAT_OK;
    if (outputs->trials_path != NULL)
        status = pat_file_commit(&outputs->trials, NULL, error);
    if (status == PAT_OK)
        status = pat_file_commit(&outputs->failures, NULL, error);
    if (status == PAT_OK)
        status = pat_file_commit(&outputs->data, outputs->summary->sha256, error);
    return status;
}

void pat_outputs_close(pat_outputs *outputs)
{
    bool keep = outputs->summary != NULL && outputs->summary->rows > 0;
    pat_file_abandon(&outputs->data, keep);
    pat_file_abandon(&outputs->failures, keep);
    pat_file_abandon(&outputs->trials, keep);
    pat_file_abandon(&outputs->record, false);
    pat_buffer_release(&outputs->line);
}
