#include "run/search_record.h"

#include <stdio.h>

#include "patina/version.h"
#include "run/facts_json.h"

/* How the source pairs names: "name", "stem" or the pattern. */
static const char *match_text(const pat_pair_source *source)
{
    static const char *const names[] = {[PAT_MATCH_NAME] = "name", [PAT_MATCH_STEM] = "stem"};
    return source->match == PAT_MATCH_PATTERN ? source->pattern : names[source->match];
}

json_t *pat_search_inputs(const pat_search_options *options)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:b}", "damaged", pat_json_text(options->source.damaged),
                     "undamaged", pat_json_text(options->source.undamaged), "manifest",
                     pat_json_text(options->source.manifest), "trials",
                     pat_json_text(options->trials), "spreadsheet_safe", options->spreadsheet_safe);
}

static json_t *options_value(const pat_search_options *options)
{
    const pat_pair_source *source = &options->source;
    char scores[PAT_SCORE_SET_TEXT_SIZE];
    pat_score_set_format(options->scores | pat_score_set_default(), scores);
    json_t *own = json_pack(
        "{s:o, s:o, s:b, s:o, s:o, s:o, s:b, s:s}", "match", pat_json_text(match_text(source)),
        "suffix", pat_json_text(source->suffix), "recursive", source->recursive, "limit",
        pat_json_count(source->limit), "sample", pat_json_count(source->sample), "output",
        pat_json_text(options->output), "extended", options->extended, "scores", scores);
    return pat_json_join(pat_json_join(pat_search_inputs(options), own),
                         pat_fact_run_options(&options->run));
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
             match_text(source), *suffix == '\0' ? "" : "suffix=", suffix,
             *suffix == '\0' ? "" : "\n", yes_or_no(source->recursive), source->limit,
             source->sample);
}

/* ---- The document ---------------------------------------------------------------------------- */

static json_t *results_value(const pat_run_summary *summary)
{
    const char *digest = summary->trials_sha256[0] == '\0' ? NULL : summary->trials_sha256;
    return pat_json_join(pat_fact_results(summary, "pairs_per_second"),
                         json_pack("{s:o}", "trials_sha256", pat_json_text(digest)));
}

static json_t *record_value(const pat_search_options *options, const pat_pairs *pairs,
                            const pat_run_summary *summary)
{
    char identity[PAT_IDENTITY_SIZE];
    pat_search_identity(options, identity);
    return pat_json_join(pat_fact_run("search", options_value(options)),
                         json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "identity",
                                   pat_json_text(identity), "grid", grid_value(&options->grid),
                                   "inputs", inputs_value(pairs), "results", results_value(summary),
                                   "labels", labels_value(&summary->labels), "machine",
                                   pat_fact_machine(summary)));
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

json_t *pat_search_record(const pat_search_options *options, const pat_pairs *pairs,
                          const pat_run_summary *summary)
{
    return pat_json_document("search", 1, record_value(options, pairs, summary));
}
