#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "patina/inspect.h"
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

/* Warn about a table that can be learned from but not inspected, for example without scores. */
static void warn_of_what_is_known(const pat_train *train, const pat_error *cause)
{
    const pat_train_options *options = train->options;
    const char *message = without_name(cause->message, options->data);
    if (options->trials != NULL)
        message = without_name(message, options->trials);
    warn(train->report, "the data could not be inspected: %s", message);
    for (int t = 0; t < PAT_TARGET_COUNT; t++)
        if (train->report->constant[t])
            warn(train->report,
                 "%s is the same in all %zu rows: a model learns nothing from a constant target; "
                 "vary the pairs or the grid",
                 pat_target_name(t), train->report->rows);
}

/* A model cannot learn from bad labels: turn bad findings of the inspection into warnings. */
pat_status pat_train_warn(pat_train *train, pat_error *error)
{
    pat_inspection inspection = {0};
    const pat_train_options *train_options = train->options;
    const pat_inspect_options options = {
        .data = train_options->data,
        .trials = train_options->trials,
        .grid = train_options->trials == NULL ? train_options->grid : NULL,
    };
    pat_error cause = {0};
    pat_status status = pat_inspect(&options, &inspection, &cause);
    for (size_t i = 0; status == PAT_OK && i < inspection.finding_count; i++)
        if (inspection.findings[i].bad)
            warn(train->report, "%s", inspection.findings[i].text);
    pat_inspection_release(&inspection);
    if (status == PAT_MALFORMED)
        warn_of_what_is_known(train, &cause);
    else if (status != PAT_OK && error != NULL)
        *error = cause;
    return status == PAT_MALFORMED ? PAT_OK : status;
}
