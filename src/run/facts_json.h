/*
 * The pieces that JSON documents share (docs/json.md); private to the library. Functions that
 * return JSON return NULL when memory runs out.
 */
#ifndef PAT_RUN_FACTS_JSON_H
#define PAT_RUN_FACTS_JSON_H

#include "base/json.h"
#include "patina/restoration.h"
#include "patina/run.h"
#include "patina/score.h"

/* A setting: one field per axis, named after its column, such as "sharpen_sigma". An optional axis
 * is left out if it has its default. */
json_t *pat_fact_setting(const pat_setting *setting);

/* Read such a setting back. False if it is malformed; *setting is then unchanged. */
bool pat_fact_setting_read(const json_t *value, pat_setting *setting);

/* {"similarity_score", "psnr", "ssim"}. */
json_t *pat_fact_scores(const pat_scores *scores);

/* The values of an axis as an array of numbers or operator names. */
json_t *pat_fact_axis(const pat_grid *grid, pat_axis axis);

/* The grid as text, with every value spelled out. */
json_t *pat_fact_grid_text(const pat_grid *grid);

json_t *pat_fact_failure(const pat_failure *failure);

/* The failures kept in a summary. */
json_t *pat_fact_failures(const pat_run_summary *summary);

/* The counts, time, workers and digest of a run. per_second: the key for its speed, such as
 * "pairs_per_second". */
json_t *pat_fact_results(const pat_run_summary *summary, const char *per_second);

/* The options common to all runs, except the journal. */
json_t *pat_fact_run_options(const pat_run_options *options);

/* The start of a run's document: the patina version, command, time and options. Takes ownership of
 * `options`. */
json_t *pat_fact_run(const char *command, json_t *options);

/* The number of images in a run, and of folder entries that were left out or ignored. */
json_t *pat_fact_images(size_t images, const pat_run_summary *summary);

/* The end of a run's document: the files written and the failures kept in the summary. Takes
 * ownership of `outputs`. */
json_t *pat_fact_ending(const pat_run_summary *summary, json_t *outputs);

/* The sandbox of the workers, as in pat_run_summary; null if there were no workers. */
json_t *pat_fact_sandbox(const char *sandbox);

/* The processor, the sandbox and the libraries of a run. */
json_t *pat_fact_machine(const pat_run_summary *summary);

/*
 * A restored image: the input, its features, the prediction, the setting used, and the output with
 * notes on what was lost. Paths are included if restoration->input is set.
 */
json_t *pat_fact_restoration(const pat_restoration *restoration);

#endif
