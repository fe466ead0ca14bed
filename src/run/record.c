#include "run/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "patina/version.h"
#include "run/facts_json.h"
#include "run/outputs.h"

const char *pat_run_record_match(const pat_pair_source *source)
{
    static const char *const names[] = {[PAT_MATCH_NAME] = "name", [PAT_MATCH_STEM] = "stem"};
    return source->match == PAT_MATCH_PATTERN ? source->pattern : names[source->match];
}

static json_t *options_value(const pat_search_options *options)
{
    const pat_pair_source *source = &options->source;
    char scores[PAT_SCORE_SET_TEXT_SIZE];
    pat_score_set_format(options->scores | pat_score_set_default(), scores);
    json_t *own = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:b, s:s, s:b}", "damaged",
        pat_json_text(source->damaged), "undamaged", pat_json_text(source->undamaged), "manifest",
        pat_json_text(source->manifest), "match", pat_json_text(pat_run_record_match(source)),
        "suffix", pat_json_text(source->suffix), "recursive", source->recursive, "limit",
        pat_json_count(source->limit), "sample", pat_json_count(source->sample), "output",
        pat_json_text(options->output), "trials", pat_json_text(options->trials), "extended",
        options->extended, "scores", scores, "spreadsheet_safe", options->spreadsheet_safe);
    return pat_json_join(own, pat_fact_run_options(&options->run));
}

static json_t *grid_value(const pat_grid *grid)
{
    json_t *value = json_pack("{s:o}", "text", pat_fact_grid_text(grid));
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_grid_shows(grid, axis))
            pat_json_set(&value, pat_axis_of(axis)->column, pat_fact_axis(grid, axis));
    pat_json_set(&value, "settings", pat_json_count(pat_grid_count(grid)));
    return value;
}

static json_t *inputs_value(const pat_pairs *pairs)
{
    json_t *files = json_array();
    for (size_t i = 0; i < pat_pairs_unpaired_count(pairs); i++) {
        pat_unpaired unpaired = pat_pairs_unpaired(pairs, i);
        pat_json_append(&files,
                        json_pack("{s:o, s:o, s:o}", "folder", pat_json_text(unpaired.folder),
                                  "name", pat_json_text(unpaired.name), "reason",
                                  pat_json_text(unpaired.reason)));
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "pairs", pat_json_count(pat_pairs_count(pairs)),
                     "unpaired", pat_json_count(pat_pairs_unpaired_count(pairs)), "unpaired_files",
                     files, "ignored", pat_json_count(pat_pairs_ignored_count(pairs)));
}

static json_t *labels_value(const pat_label_report *labels)
{
    json_t *warnings = json_array();
    for (size_t i = 0; i < labels->warning_count; i++)
        pat_json_append(&warnings, json_string(labels->warnings[i]));
    return json_pack("{s:o, s:f, s:f, s:o, s:o, s:o, s:o, s:o}", "scored_pairs",
                     pat_json_count(labels->scored), "mean_gain_db", labels->mean_gain_db,
                     "mean_gain_ssim", labels->mean_gain_ssim, "pairs_harmed",
                     pat_json_count(labels->harmed), "pairs_tied", pat_json_count(labels->tied),
                     "pairs_identical", pat_json_count(labels->identical), "pairs_of_other_shape",
                     pat_json_count(labels->other_shape), "warnings", warnings);
}

static const char *yes_or_no(bool value)
{
    return value ? "yes" : "no";
}

void pat_search_identity(const pat_search_options *options, char identity[PAT_IDENTITY_SIZE])
{
    const pat_pair_source *source = &options->source;
    uint64_t max_pixels = options->run.max_pixels;
    char grid[PAT_GRID_TEXT_SIZE], scores[PAT_SCORE_SET_TEXT_SIZE];
    pat_grid_format(&options->grid, grid);
    pat_score_set_format(options->scores | pat_score_set_default(), scores);
    const char *suffix = source->suffix == NULL ? "" : source->suffix;
    snprintf(identity, PAT_IDENTITY_SIZE,
             "command=search\ndefinitions=%d\ngrid=%s\nscores=%s\ntrials=%s\nextended=%s\n"
             "max-pixels=%llu\n"
             "match=%s\n%s%s%srecursive=%s\nlimit=%zu\nsample=%zu\n",
             PAT_DEFINITIONS_VERSION, grid, scores, yes_or_no(options->trials != NULL),
             yes_or_no(options->extended),
             (unsigned long long)(max_pixels != 0 ? max_pixels : PAT_MAX_PIXELS_DEFAULT),
             pat_run_record_match(source), *suffix == '\0' ? "" : "suffix=", suffix,
             *suffix == '\0' ? "" : "\n", yes_or_no(source->recursive), source->limit,
             source->sample);
}

static json_t *record_value(const pat_search_options *options, const pat_pairs *pairs,
                            const pat_run_summary *summary)
{
    char identity[PAT_IDENTITY_SIZE];
    pat_search_identity(options, identity);
    return pat_json_join(
        pat_fact_run("search", options_value(options)),
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "identity", pat_json_text(identity), "grid",
                  grid_value(&options->grid), "inputs", inputs_value(pairs), "results",
                  pat_fact_results(summary, "pairs_per_second"), "labels",
                  labels_value(&summary->labels), "machine", pat_fact_machine(summary)));
}

char *pat_search_json(const pat_search_options *options, const pat_pairs *pairs,
                      const pat_run_summary *summary)
{
    json_t *outputs =
        json_pack("{s:o, s:o, s:o, s:o}", "data", pat_json_text(summary->output), "trials",
                  pat_json_text(options->trials), "failures", pat_json_text(summary->failures_path),
                  "record", pat_json_text(summary->record_path));
    json_t *value =
        pat_json_join(record_value(options, pairs, summary), pat_fact_ending(summary, outputs));
    return pat_json_write(pat_json_document("search", 1, value), PAT_JSON_LINES);
}

pat_status pat_run_record_write(const pat_search_options *options, const pat_pairs *pairs,
                                const pat_run_summary *summary, pat_file *file, pat_error *error)
{
    json_t *record = pat_json_document("search", 1, record_value(options, pairs, summary));
    char *text = pat_json_write(record, PAT_JSON_LINES);
    if (text == NULL)
        return pat_fail_memory(error, "the run record");
    pat_status status = pat_file_append(file, text, strlen(text), error);
    if (status == PAT_OK)
        status = pat_file_append(file, "\n", 1, error);
    if (status == PAT_OK)
        status = pat_file_finish(file, NULL, error);
    free(text);
    return status;
}

static pat_status read_object(const char *path, json_t **value, json_error_t *cause)
{
    enum { BYTES_MAX = 16 << 20 };
    struct stat file;
    *value = NULL;
    snprintf(cause->text, sizeof cause->text, "it is not a regular file");
    if (stat(path, &file) != 0 || !S_ISREG(file.st_mode)) /* a FIFO may never have a writer */
        return PAT_MALFORMED;
    pat_status status = pat_json_read(value, path, BYTES_MAX, cause);
    if (status == PAT_NOT_FOUND)
        snprintf(cause->text, sizeof cause->text, "it cannot be opened");
    if (status != PAT_OK || json_is_object(*value))
        return status;
    json_decref(*value);
    *value = NULL;
    snprintf(cause->text, sizeof cause->text, "it is not an object");
    return PAT_MALFORMED;
}

pat_status pat_run_record_read(const char *data, char path[PAT_PATH_SIZE], json_t **record,
                               pat_error *error)
{
    json_error_t cause;
    *record = NULL;
    pat_status status = pat_path_beside(path, data, ".run.json", error);
    if (status != PAT_OK || access(path, F_OK) != 0)
        return status;
    status = read_object(path, record, &cause);
    if (status == PAT_OK)
        return PAT_OK;
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "the run record");
    return pat_fail(
        error, PAT_MALFORMED,
        "%s: is not a run record (%s); move it away if it does not belong to the data set", path,
        cause.text);
}

/* Whether two texts are equal; either may be NULL. */
static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool pat_run_record_is_of(const pat_search_options *options, bool *same_trials)
{
    char identity[PAT_IDENTITY_SIZE], path[PAT_PATH_SIZE];
    json_t *record;
    *same_trials = false;
    if (pat_run_record_read(options->output, path, &record, NULL) != PAT_OK)
        return false;
    pat_search_identity(options, identity);
    const json_t *before = json_object_get(record, "options");
    const pat_pair_source *source = &options->source;
    bool is = same(json_string_value(json_object_get(record, "identity")), identity);
    const struct {
        const char *name, *value;
    } inputs[] = {{"damaged", source->damaged},
                  {"undamaged", source->undamaged},
                  {"manifest", source->manifest}};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        is =
            is && same(json_string_value(json_object_get(before, inputs[i].name)), inputs[i].value);
    *same_trials =
        is && same(json_string_value(json_object_get(before, "trials")), options->trials);
    json_decref(record);
    return is;
}
