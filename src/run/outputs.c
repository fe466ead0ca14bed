#include "run/outputs.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "data/row.h"
#include "image/format.h"
#include "run/record.h"

/* Split a path into its folder, followed by "/.", and its name. */
static const char *split(const char *path, char folder[PAT_PATH_SIZE])
{
    const char *slash = strrchr(path, '/');
    snprintf(folder, PAT_PATH_SIZE, "%.*s/.", slash == NULL ? 1 : (int)(slash - path),
             slash == NULL ? "." : path);
    return slash == NULL ? path : slash + 1;
}

/* Whether two paths name the same folder entry, which need not exist. */
static bool same_entry(const char *a, const char *b)
{
    char a_folder[PAT_PATH_SIZE], b_folder[PAT_PATH_SIZE];
    const char *a_name = split(a, a_folder), *b_name = split(b, b_folder);
    return strcmp(a_name, b_name) == 0 && pat_same_file(a_folder, b_folder);
}

/* Check that the file and its partial file are not already open, under any name: the last one moved
 * into place would replace the other. */
static pat_status check_distinct(const pat_outputs *outputs, const pat_file *self, const char *path,
                                 pat_error *error)
{
    const pat_file *const files[] = {&outputs->data, &outputs->failures, &outputs->trials,
                                     &outputs->record};
    char partial[PAT_PATH_SIZE + sizeof ".partial"];
    snprintf(partial, sizeof partial, "%s.partial", path);
    if (same_entry(path, outputs->summary->journal_path) ||
        pat_same_file(path, outputs->summary->journal_path))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: this run's journal has the same name; choose another name", path);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const pat_file *other = files[i];
        if (other != self && other->path != NULL &&
            (pat_same_file(path, other->path) || pat_same_file(path, other->partial_path) ||
             pat_same_file(partial, other->path) || pat_same_file(partial, other->partial_path)))
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "%s: this run also writes this file as %s; choose another name", path,
                            other->path);
    }
    return PAT_OK;
}

pat_status pat_check_output_name(const char *path, const char *what, const pat_input_file *inputs,
                                 size_t count, pat_error *error)
{
    char partial[PAT_PATH_SIZE + sizeof ".partial"];
    const char *const names[] = {path, partial};
    snprintf(partial, sizeof partial, "%s.partial", path);
    if (*path == '\0')
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "an output file name is empty; specify a name");
    if (pat_format_of_name(path) != PAT_FORMAT_NONE)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: is an image name, but a %s would be written; choose another name",
                        path, what);
    for (size_t i = 0; i < 2 * count; i++)
        if (inputs[i / 2].path != NULL && pat_same_file(names[i % 2], inputs[i / 2].path))
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "%s: is %s, and would be replaced; choose another name", names[i % 2],
                            inputs[i / 2].what);
    return PAT_OK;
}

pat_status pat_check_output_spares(const char *path, const pat_pairs *pairs, pat_error *error)
{
    char partial[PAT_PATH_SIZE + sizeof ".partial"];
    const char *const names[] = {path, partial};
    snprintf(partial, sizeof partial, "%s.partial", path);
    for (int n = 0; n < 2; n++)
        for (size_t i = 0; access(names[n], F_OK) == 0 && i < pat_pairs_count(pairs); i++) {
            pat_pair pair;
            pat_pairs_get(pairs, i, &pair);
            if (pat_same_file(names[n], pair.damaged) || pat_same_file(names[n], pair.undamaged))
                return pat_fail(
                    error, PAT_INVALID_ARGUMENT,
                    "%s: is an image of the pair %s and would be replaced; choose another name",
                    names[n], pair.name);
        }
    return PAT_OK;
}

static pat_status check_name(const pat_outputs *outputs, const char *path, pat_error *error)
{
    const pat_input_file manifest = {outputs->manifest, "the manifest"};
    return pat_check_output_name(path, "table", &manifest, 1, error);
}

/* Check twice, because some name clashes show only once the partial file exists. */
static pat_status open_file(pat_outputs *outputs, pat_file *file, const char *path, bool replace,
                            pat_error *error)
{
    pat_status status = check_name(outputs, path, error);
    if (status == PAT_OK)
        status = check_distinct(outputs, file, path, error);
    if (status == PAT_OK)
        status = pat_file_open(file, path, replace, error);
    if (status == PAT_OK)
        status = check_distinct(outputs, file, path, error);
    return status;
}

static pat_status name_files(const pat_outputs *outputs, const char *output,
                             pat_run_summary *summary, pat_error *error)
{
    pat_status status = pat_path_beside(summary->failures_path, output, ".failures.csv", error);
    if (status == PAT_OK && outputs->inputs != NULL)
        status = pat_path_beside(summary->record_path, output, ".run.json", error);
    if (status == PAT_OK && outputs->journal_mode != PAT_JOURNAL_NONE)
        status = pat_path_beside(summary->journal_path, output, ".journal", error);
    if (status != PAT_OK)
        return status;
    snprintf(summary->output, sizeof summary->output, "%s", output);
    return PAT_OK;
}

static pat_status open_journal(pat_outputs *outputs, const char *identity, const pat_job_list *jobs,
                               pat_error *error)
{
    pat_run_summary *summary = outputs->summary;
    const char *path = summary->journal_path;
    if (outputs->manifest != NULL && pat_same_file(path, outputs->manifest))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: is the manifest, but this run's journal would have the same name; "
                        "choose another name with -o",
                        path);
    pat_status status =
        pat_journal_open(path, identity, outputs->journal_mode, jobs, &outputs->journal, error);
    if (status != PAT_OK)
        return status;
    pat_journal_state state = pat_journal_state_of(outputs->journal);
    summary->journal_cut = state.bytes_cut;
    if (state.kept_as != NULL)
        snprintf(summary->old_journal_path, sizeof summary->old_journal_path, "%s", state.kept_as);
    return PAT_OK;
}

/* Let existing files be replaced if the same run wrote them and they have not changed since. */
static void find_own(pat_outputs *outputs, const char *output, const char *identity)
{
    if (outputs->inputs == NULL || outputs->replaces)
        return;
    json_t *record = pat_run_record_of_same(output, identity, outputs->inputs);
    outputs->replaces = pat_run_record_has_file(record, "sha256", output);
    outputs->replaces_trials =
        outputs->trials_path != NULL &&
        pat_run_record_has_file(record, "trials_sha256", outputs->trials_path);
    json_decref(record);
}

static pat_status check_existing(pat_outputs *outputs, const char *output, const char *identity,
                                 pat_error *error)
{
    outputs->replaces_trials = outputs->replaces;
    find_own(outputs, output, identity);
    pat_status status = pat_check_free(output, outputs->replaces, error);
    if (status == PAT_OK && outputs->trials_path != NULL)
        status = pat_check_free(outputs->trials_path, outputs->replaces_trials, error);
    return status;
}

pat_status pat_outputs_open(pat_outputs *outputs, const char *output, const char *identity,
                            const pat_job_list *jobs, pat_run_summary *summary, pat_error *error)
{
    outputs->summary = summary;
    pat_status status = check_name(outputs, output, error);
    if (status == PAT_OK && outputs->trials_path != NULL)
        status = check_name(outputs, outputs->trials_path, error);
    if (status == PAT_OK)
        status = name_files(outputs, output, summary, error);
    if (status == PAT_OK)
        status = check_existing(outputs, output, identity, error);
    /* Before other files are truncated, because the journal may belong to another run. */
    if (status == PAT_OK && outputs->journal_mode != PAT_JOURNAL_NONE)
        status = open_journal(outputs, identity, jobs, error);
    if (status == PAT_OK)
        status = open_file(outputs, &outputs->data, output, outputs->replaces, error);
    if (status == PAT_OK)
        status = open_file(outputs, &outputs->failures, summary->failures_path, true, error);
    if (status == PAT_OK && outputs->trials_path != NULL)
        status = open_file(outputs, &outputs->trials, outputs->trials_path,
                           outputs->replaces_trials, error);
    if (status == PAT_OK && outputs->inputs != NULL)
        status = open_file(outputs, &outputs->record, summary->record_path, true, error);
    if (status == PAT_OK) {
        pat_failure_put_header(&outputs->line);
        status = pat_outputs_write(outputs, &outputs->failures, error);
    }
    return status;
}

pat_status pat_outputs_write(pat_outputs *outputs, pat_file *file, pat_error *error)
{
    if (outputs->line.failed)
        return pat_fail_memory(error, "an output row");
    pat_status status = pat_file_append(file, outputs->line.data, outputs->line.size, error);
    if (status == PAT_OK)
        status = pat_file_flush(file, error);
    pat_buffer_reset(&outputs->line);
    return status;
}

void pat_summary_take(pat_run_summary *summary, const pat_run *run)
{
    summary->recalled = run->recalled;
    summary->changed = run->changed;
    summary->workers = run->worker_count;
    memcpy(summary->decoder_version, run->decoder_version, sizeof summary->decoder_version);
    memcpy(summary->sandbox, run->sandbox, sizeof summary->sandbox);
}

void pat_summary_fail(pat_run_summary *summary, const char *name, pat_stage stage,
                      pat_status reason, const char *message)
{
    if (summary->failures < PAT_FAILURES_KEPT) {
        pat_failure *kept = &summary->first_failures[summary->failures];
        snprintf(kept->name, sizeof kept->name, "%s", name);
        snprintf(kept->message, sizeof kept->message, "%s", message);
        kept->stage = pat_stage_name(stage);
        kept->reason = reason;
    }
    summary->failures++;
}

pat_status pat_outputs_fail(pat_outputs *outputs, const char *name, const pat_outcome *outcome,
                            pat_error *error)
{
    pat_summary_fail(outputs->summary, name, outcome->stage, outcome->status, outcome->message);
    pat_failure_put(&outputs->line,
                    &(pat_failure_row){name, pat_stage_name(outcome->stage),
                                       pat_status_name(outcome->status), outcome->message,
                                       outputs->spreadsheet_safe});
    return pat_outputs_write(outputs, &outputs->failures, error);
}

pat_status pat_outputs_finish(pat_outputs *outputs, pat_error *error)
{
    pat_status status = PAT_OK;
    if (outputs->trials_path != NULL)
        status = pat_file_finish(&outputs->trials, outputs->summary->trials_sha256, error);
    if (status == PAT_OK)
        status = pat_file_finish(&outputs->failures, NULL, error);
    if (status == PAT_OK)
        status = pat_file_finish(&outputs->data, outputs->summary->sha256, error);
    return status;
}

/* The record is first, because it tells whose files the others are if this is interrupted. */
pat_status pat_outputs_place(pat_outputs *outputs, pat_error *error)
{
    pat_status status = PAT_OK;
    if (outputs->inputs != NULL)
        status = pat_file_place(&outputs->record, error);
    if (status == PAT_OK && outputs->trials_path != NULL)
        status = pat_file_place(&outputs->trials, error);
    if (status == PAT_OK)
        status = pat_file_place(&outputs->failures, error);
    if (status == PAT_OK)
        status = pat_file_place(&outputs->data, error);
    if (status != PAT_OK || outputs->journal == NULL)
        return status;
    if (outputs->summary->failures > 0)
        return pat_journal_sync(outputs->journal, error);
    pat_journal_close(outputs->journal, true);
    outputs->journal = NULL;
    outputs->summary->journal_path[0] = '\0';
    return PAT_OK;
}

/* Keep the journal, and report its path only if it is of use. */
static void keep_journal(pat_outputs *outputs)
{
    if (pat_journal_state_of(outputs->journal).begun_in_vain ||
        pat_journal_sync(outputs->journal, NULL) != PAT_OK)
        outputs->summary->journal_path[0] = '\0'; /* not reliable */
    pat_journal_close(outputs->journal, false);
}

void pat_outputs_close(pat_outputs *outputs)
{
    bool keep = outputs->summary != NULL && outputs->summary->rows > 0;
    pat_file_abandon(&outputs->data, keep);
    pat_file_abandon(&outputs->failures, keep);
    pat_file_abandon(&outputs->trials, keep);
    pat_file_abandon(&outputs->record, false);
    if (outputs->journal != NULL)
        keep_journal(outputs);
    else if (outputs->summary != NULL)
        outputs->summary->journal_path[0] = '\0';
    pat_buffer_release(&outputs->line);
    json_decref(outputs->inputs);
}
