/* Failures: the table that a search writes along with its data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "data/csv.h"
#include "report/report.h"
#include "run/record.h"

enum { FAILURES_SHOWN = 20, REASONS_MAX = 64, FIELDS = 4 };

static const char *const columns[FIELDS] = {"filename", "stage", "reason", "message"};

/* Failures of one stage and reason. */
struct reason {
    char *stage, *reason;
    size_t count;
};

struct failures {
    struct reason reasons[REASONS_MAX + 1]; /* the last: all others */
    size_t reason_count, count;
    json_t *rows;
    bool is_table;
};

bool pat_report_beside(const pat_report *report, const char *suffix, char path[PAT_PATH_SIZE])
{
    return pat_path_beside(path, report->options->data, suffix, NULL) == PAT_OK &&
           access(path, F_OK) == 0;
}

static bool count_reason(struct failures *failures, const char *stage, const char *reason)
{
    size_t at = 0;
    while (at < failures->reason_count && (strcmp(failures->reasons[at].stage, stage) != 0 ||
                                           strcmp(failures->reasons[at].reason, reason) != 0))
        at++;
    if (at == failures->reason_count) {
        bool others = at == REASONS_MAX;
        if (at > REASONS_MAX)
            at = REASONS_MAX;
        else {
            struct reason *added = &failures->reasons[failures->reason_count++];
            added->stage = strdup(others ? "any" : stage);
            added->reason = strdup(others ? "others" : reason);
            if (added->stage == NULL || added->reason == NULL)
                return false;
        }
    }
    failures->reasons[at].count++;
    return true;
}

static int by_count(const void *a, const void *b)
{
    const struct reason *first = a, *second = b;
    if (first->count != second->count)
        return first->count > second->count ? -1 : 1;
    int order = strcmp(first->stage, second->stage);
    return order != 0 ? order : strcmp(first->reason, second->reason);
}

static bool is_header(const pat_csv_row *row)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (row->count != FIELDS || strcmp(row->field[i], columns[i]) != 0)
            return false;
    return true;
}

static pat_status add_failure(struct failures *failures, const pat_csv_row *row, pat_shown *shown,
                              pat_error *error)
{
    if (row->count != FIELDS) {
        failures->is_table = false;
        return PAT_OK;
    }
    if (!count_reason(failures, row->field[1], row->field[2]))
        return pat_fail_memory(error, "the failures");
    if (failures->count++ < FAILURES_SHOWN)
        PAT_ROW(shown, failures->rows, pat_json_text(row->field[0]), pat_json_text(row->field[1]),
                pat_json_text(row->field[2]), pat_json_text(row->field[3]));
    return PAT_OK;
}

static pat_status read_failures(struct failures *failures, const char *path, pat_shown *shown,
                                pat_error *error)
{
    pat_csv_reader *reader;
    pat_csv_row row;
    pat_status status = pat_csv_open(&reader, path, error);
    if (status != PAT_OK)
        return status;
    status = pat_csv_next(reader, &row, error);
    failures->is_table = status == PAT_OK && is_header(&row);
    while (status == PAT_OK && failures->is_table) {
        status = pat_csv_next(reader, &row, error);
        if (status != PAT_OK || row.count == 0)
            break;
        status = add_failure(failures, &row, shown, error);
    }
    pat_csv_close(reader);
    if (status == PAT_MALFORMED) { /* unusable, but no reason to fail the report */
        failures->is_table = false;
        status = PAT_OK;
    }
    return status;
}

static void show_failures(struct failures *failures, const char *name, pat_shown *shown,
                          json_t *section)
{
    json_t *reasons = json_array();
    size_t count = failures->count;
    qsort(failures->reasons, failures->reason_count, sizeof *failures->reasons, by_count);
    for (size_t i = 0; i < failures->reason_count; i++)
        PAT_ROW(shown, reasons, pat_json_text(failures->reasons[i].reason),
                pat_json_text(failures->reasons[i].stage),
                pat_words("%s", pat_digits_of(failures->reasons[i].count).text));
    if (!failures->is_table)
        pat_show(shown, section, "sentence",
                 pat_words("The failures are unknown: %s is not a table of failures.", name));
    else if (count == 0)
        pat_show(shown, section, "sentence", pat_words("None: every pair has a row."));
    else
        pat_show(shown, section, "sentence",
                 pat_words("%s %s produced no row.", pat_digits_of(count).text,
                           PAT_PLURAL(count, "pair")));
    if (!failures->is_table || count == 0) {
        json_decref(reasons);
        return;
    }
    pat_show_table(shown, section, "reasons", json_pack("[s, s, s]", "reason", "stage", "pairs"),
                   reasons);
    pat_show(shown, section, "which",
             count > FAILURES_SHOWN ? pat_words("The first %d; %s more are in %s", FAILURES_SHOWN,
                                                pat_digits_of(count - FAILURES_SHOWN).text, name)
                                    : pat_words("All of them"));
    pat_show_table(shown, section, "first",
                   json_pack("[s, s, s, s]", "pair", "stage", "reason", "message"),
                   json_incref(failures->rows));
}

pat_status pat_report_failures(const pat_report *report, pat_shown *shown, pat_error *error)
{
    char path[PAT_PATH_SIZE];
    json_t *section = json_object();
    pat_show(shown, shown->words, "failures", section);
    if (!pat_report_beside(report, ".failures.csv", path)) {
        pat_show(shown, section, "sentence",
                 pat_words("Unknown: there is no table of failures (%s) next to the data set.",
                           pat_name_of_path(path)));
        return PAT_OK;
    }
    struct failures failures = {.rows = json_array()};
    pat_status status = read_failures(&failures, path, shown, error);
    if (status == PAT_OK)
        show_failures(&failures, pat_name_of_path(path), shown, section);
    for (size_t i = 0; i < failures.reason_count; i++) {
        free(failures.reasons[i].stage);
        free(failures.reasons[i].reason);
    }
    json_decref(failures.rows);
    return status;
}
