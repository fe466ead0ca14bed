#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "patina/inspect.h"
#include "run/inspect_run.h"
#include "run/train.h"

__attribute__((format(printf, 2, 3))) static void warn(pat_train_report *report, const char *format,
                                                       ...)
{
    if (report->warning_count == PAT_TRAIN_WARNINGS_MAX)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(report->warnings[report->warning_count++], PAT_TRAIN_WARNING_SIZE, format, args);
    va_end(args);
}

/* Skip the data path at the start of a message: warnings become part of the model, which must not
 * depend on the path. */
static const char *without_name(const char *message, const char *name)
{
    size_t length = strlen(name);
    bool named = strncmp(message, name, length) == 0 && strncmp(message + length, ": ", 2) == 0;
    return named ? message + length + 2 : message;
}

/* Cross-validation decides what is written; the originals held out may tell another story. */
void pat_train_warn_of_harm(pat_train_report *report)
{
    const pat_kind_report *chosen = &report->kinds[report->chosen];
    const pat_evaluation_report *pixels = &chosen->held_out_pixels;
    if (!report->written || !chosen->in_pixels || !(pixels->gain.value < 0))
        return;
    if (report->warning_count == PAT_TRAIN_WARNINGS_MAX)
        report->warning_count--; /* this one matters more than the last of so many */
    warn(report,
         "on the %zu original%s held out, the model is worse on average than leaving images alone "
         "(similarity %+.4f; %zu of %zu images made worse): use more originals (these are %zu, and "
         "hundreds are needed), and look at what the model does with 'patina restore --sheet' "
         "before you rely on it",
         pixels->originals, pixels->originals == 1 ? "" : "s", pixels->gain.value, pixels->worse,
         pixels->pairs, report->originals);
}

/* Warn about a table that can be learned from but not inspected, for example without scores. */
static void warn_of_what_is_known(const pat_train *train, const pat_error *cause)
{
    warn(train->report, "the data could not be inspected: %s",
         without_name(cause->message, train->options->data));
    for (int t = 0; t < PAT_TARGET_COUNT; t++)
        if (train->report->constant[t])
            warn(train->report,
                 "%s is the same in all %zu rows: a model learns nothing from a constant target; "
                 "vary the pairs or the grid",
                 pat_target_name(t), train->report->rows);
}

/* A model cannot learn from bad labels: turn bad findings of the inspection into warnings. The
 * table has been read, so if this fails with PAT_MALFORMED, the trials belong to another data set.
 */
static pat_status warn_of_findings(const pat_train *train, const pat_table *table, pat_error *error)
{
    pat_inspection inspection = {0};
    const pat_train_options *train_options = train->options;
    const pat_inspect_options options = {
        .data = train_options->data,
        .trials = train_options->trials,
        .grid = train_options->trials == NULL ? train_options->grid : NULL,
    };
    pat_status status = pat_inspect_loaded(&options, table, NULL, &inspection, error);
    for (size_t i = 0; status == PAT_OK && i < inspection.finding_count; i++)
        if (inspection.findings[i].bad)
            warn(train->report, "%s", inspection.findings[i].text);
    pat_inspection_release(&inspection);
    return status;
}

/* Without scores, all that shows whose trials these are is that they tried the best settings. */
static pat_status check_grid(const pat_train *train, pat_error *error)
{
    const pat_training *training = &train->training;
    for (size_t row = 0; row < training->rows && train->options->trials != NULL; row++)
        if (pat_grid_find(&train->grid, &training->setting[row]) == pat_grid_count(&train->grid))
            return pat_fail(error, PAT_MALFORMED,
                            "%s: does not belong to the data set: it lacks the best setting of %s "
                            "(row %zu there); use the file that was written with it",
                            train->options->trials, pat_names_get(&training->filename, row),
                            row + PAT_TABLE_FIRST_ROW);
    return PAT_OK;
}

pat_status pat_train_warn(pat_train *train, pat_error *error)
{
    pat_table table = {0};
    pat_error cause = {0};
    pat_status status = pat_inspect_read(train->options->data, &table, &cause);
    if (status == PAT_OK) {
        status = warn_of_findings(train, &table, error);
    } else if (status == PAT_MALFORMED) {
        warn_of_what_is_known(train, &cause);
        status = check_grid(train, error);
    } else {
        status = pat_fail(error, status, "%s", cause.message);
    }
    pat_table_release(&table);
    train->report->data_warning_count = train->report->warning_count;
    return status;
}
