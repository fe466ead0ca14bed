/*
 * Facts as JSON, each in one way wherever it is told (docs/json.md); private to the library. What
 * they return is NULL when memory runs out.
 */
#ifndef PAT_RUN_FACTS_JSON_H
#define PAT_RUN_FACTS_JSON_H

#include "base/json.h"
#include "patina/restoration.h"
#include "patina/run.h"
#include "patina/score.h"

/* A field for each axis, named as its column: "color_method", "sharpen_sigma", "sharpen_strength";
 * an optional one only if it is not the default. */
json_t *pat_fact_setting(const pat_setting *setting);

/* Such a setting read back; false, with *setting untouched, if it is none. */
bool pat_fact_setting_read(const json_t *value, pat_setting *setting);

/* {"similarity_score", "psnr", "ssim"}. */
json_t *pat_fact_scores(const pat_scores *scores);

/* The values of an axis as an array: numbers, or names of operators. */
json_t *pat_fact_axis(const pat_grid *grid, pat_axis axis);

/* The grid as text, every value spelled out. */
json_t *pat_fact_grid_text(const pat_grid *grid);

json_t *pat_fact_failure(const pat_failure *failure);

/* The failures that a summary keeps. */
json_t *pat_fact_failures(const pat_run_summary *summary);

/* Counts, time, workers and digest of a run. per_second: the name of its speed, as
 * "pairs_per_second". */
json_t *pat_fact_results(const pat_run_summary *summary, const char *per_second);

/* The options that all runs have, without their journal. */
json_t *pat_fact_run_options(const pat_run_options *options);

/* How the document of a run begins: by which patina, which command, when and with which options,
 * which are taken. */
json_t *pat_fact_run(const char *command, json_t *options);

/* How it ends: the files that were written, taken, and the failures that the summary keeps. */
json_t *pat_fact_ending(const pat_run_summary *summary, json_t *outputs);

/* The processor, the sandbox and the libraries of a run. */
json_t *pat_fact_machine(const pat_run_summary *summary);

/*
 * What is known of a restored image: the input, its features, the prediction, the setting that was
 * used and, last, the output with what could not be kept. Paths are told if it has an input.
 */
json_t *pat_fact_restoration(const pat_restoration *restoration);

#endif
