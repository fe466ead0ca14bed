/* The JSON documents of finished runs without a record. */
#include <string.h>

#include "patina/degrade.h"
#include "patina/run.h"
#include "run/facts_json.h"

/* ---- Degrade --------------------------------------------------------------------------------- */

static json_t *degrade_options(const pat_degrade_options *options)
{
    json_t *crop = options->crop_width == 0
                       ? json_null()
                       : json_pack("[i, i]", options->crop_width, options->crop_height);
    json_t *shrink = options->shrink_to == 0
                         ? json_integer(options->shrink)
                         : json_pack("[i, i]", options->shrink, options->shrink_to);
    json_t *own =
        json_pack("{s:o, s:o, s:b, s:b, s:o, s:i, s:o, s:o, s:o, s:o, s:o}", "clean",
                  pat_json_text(options->clean), "output", pat_json_text(options->output),
                  "recursive", options->recursive, "force", options->run.force, "seed",
                  pat_json_count(options->seed), "per_image", options->per_image, "recipe",
                  pat_json_text(options->recipe), "families", pat_json_text(options->families),
                  "except", pat_json_text(options->except), "shrink", shrink, "crop", crop);
    return pat_json_join(own, pat_fact_run_options(&options->run));
}

char *pat_degrade_json(const pat_degrade_options *options, const pat_run_summary *summary)
{
    size_t images = summary->total / (size_t)options->per_image;
    json_t *outputs = json_pack("{s:o, s:o}", "manifest", pat_json_text(summary->output),
                                "failures", pat_json_text(summary->failures_path));
    json_t *value =
        pat_json_join(pat_fact_run("degrade", degrade_options(options)),
                      json_pack("{s:o, s:o, s:o}", "inputs", pat_fact_images(images, summary),
                                "results", pat_fact_results(summary, "versions_per_second"),
                                "machine", pat_fact_machine(summary)));
    value = pat_json_join(value, pat_fact_ending(summary, outputs));
    return pat_json_write(pat_json_document("degrade", 1, value), PAT_JSON_LINES);
}

/* ---- A search run twice ---------------------------------------------------------------------- */

static json_t *compared_value(const char *const compared[PAT_VERIFY_FILES])
{
    json_t *files = json_array();
    for (int i = 0; i < PAT_VERIFY_FILES; i++)
        pat_json_append(&files, json_loads(compared[i], 0, NULL));
    return files;
}

/* Whether every comparison found the files identical. */
static bool all_identical(const json_t *files)
{
    bool identical = true;
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *result = json_object_get(json_array_get(files, i), "result");
        identical = identical && strcmp(json_string_value(result), "identical") == 0;
    }
    return identical;
}

char *pat_verify_json(const pat_run_summary summaries[PAT_VERIFY_RUNS],
                      const char *const compared[PAT_VERIFY_FILES])
{
    json_t *files = compared_value(compared), *runs = json_array();
    for (int i = 0; i < PAT_VERIFY_RUNS; i++)
        pat_json_append(&runs, pat_fact_results(&summaries[i], "pairs_per_second"));
    bool identical = summaries[0].rows > 0 && all_identical(files);
    json_t *value = json_pack("{s:b, s:o, s:o, s:o}", "identical", identical, "speed_up",
                              pat_json_number(summaries[0].elapsed_s / summaries[1].elapsed_s),
                              "runs", runs, "files", files);
    return pat_json_write(pat_json_document("verify", 1, value), PAT_JSON_LINES);
}
