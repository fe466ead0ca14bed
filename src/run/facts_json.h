/*
 * Facts as JSON, each in the same form everywhere (docs/json.md); private to the library. All
 * return NULL when memory runs out.
 */
#ifndef PAT_RUN_FACTS_JSON_H
#define PAT_RUN_FACTS_JSON_H

#include "base/json.h"
#include "patina/restoration.h"
#include "patina/run.h"
#include "patina/score.h"

/* A setting: a field for each axis, named like its column: "color_method", "sharpen_sigma",
 * "sharpen_strength"; an optional one only if it is not the default. */
json_t *pat_fact_setting(const pat_setting *setting);

/* Read such a setting back; false, with *setting unchanged, if it is not valid. */
bool pat_fact_setting_read(const json_t *value, pat_setting *setting);

/* {"similarity_score", "psnr", "ssim"}. */
json_t *pat_fact_scores(const pat_scores *scores);

/* The values of an axis as an array: numbers, or names of operators. */
json_t *pat_fact_axis(const pat_grid *grid, pat_axis axis);

/* The grid as text, every value spelled out. */
json_t *pat_fact_grid_text(const pat_grid *grid);

json_t *pat_fact_failure(const pat_failure *failure);

/* The failures kept in a summary. */
json_t *pat_fact_failures(const pat_run_summary *summary);

/* Counts, time, workers and digest of a run. per_second: the key for its speed, such as
 * "pairs_per_second". */
json_t *pat_fact_results(const pat_run_summary *summary, const char *per_second);

/* The options that all runs have, without their journal. */
json_t *pat_fact_run_options(const pat_run_options *options);

/* The beginning of a run's document: version of patina, command, time, and options. Takes
 * `options`. */
json_t *pat_fact_run(const char *command, json_t *options);

/* Its end: the files that were written, and the failures kept in the summary. Takes `files`. */
json_t *pat_fact_ending(const pat_run_summary *summary, json_t *outputs);

/* The processor, the sandbox and the libraries of a run. */
json_t *pat_fact_machine(const pat_run_summary *summary);

/*
 * A restored image: the input, its features, the prediction, the setting that was used and, last,
 * the output with notes on what was lost. Paths are included if it has an input.
 */
json_t *pat_fact_restoration(const pat_restoration *restoration);

#endif
