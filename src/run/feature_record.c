#include "run/feature_record.h"

#include <stdio.h>

#include "patina/version.h"
#include "run/facts_json.h"

void pat_feature_identity(const pat_feature_options *options,
                          char identity[PAT_FEATURE_IDENTITY_SIZE])
{
    uint64_t max_pixels = options->run.max_pixels;
    snprintf(identity, PAT_FEATURE_IDENTITY_SIZE,
             "command=features\ndefinitions=%d\nextended=%s\nmax-pixels=%llu\n",
             PAT_DEFINITIONS_VERSION, options->extended ? "yes" : "no",
             (unsigned long long)(max_pixels != 0 ? max_pixels : PAT_MAX_PIXELS_DEFAULT));
}

json_t *pat_feature_inputs(const pat_feature_options *options)
{
    json_t *inputs = json_array();
    for (size_t i = 0; i < options->input_count; i++)
        pat_json_append(&inputs,
                        json_pack("{s:o, s:o}", "path", pat_json_text(options->inputs[i].path),
                                  "label", pat_json_text(options->inputs[i].label)));
    return json_pack("{s:o, s:o, s:b, s:b}", "inputs", inputs, "label_name",
                     pat_json_text(options->label_name), "recursive", options->recursive,
                     "spreadsheet_safe", options->spreadsheet_safe);
}

static json_t *record_value(const pat_feature_options *options, const pat_run_summary *summary)
{
    char identity[PAT_FEATURE_IDENTITY_SIZE];
    pat_feature_identity(options, identity);
    json_t *own = json_pack("{s:b, s:o}", "extended", options->extended, "output",
                            pat_json_text(options->output));
    json_t *all = pat_json_join(pat_json_join(pat_feature_inputs(options), own),
                                pat_fact_run_options(&options->run));
    return pat_json_join(pat_fact_run("features", all),
                         json_pack("{s:o, s:o, s:o, s:o}", "identity", pat_json_text(identity),
                                   "inputs", pat_fact_images(summary->total, summary), "results",
                                   pat_fact_results(summary, "images_per_second"), "machine",
                                   pat_fact_machine(summary)));
}

json_t *pat_feature_record(const pat_feature_options *options, const pat_run_summary *summary)
{
    return pat_json_document("features", 1, record_value(options, summary));
}

char *pat_feature_json(const pat_feature_options *options, const pat_run_summary *summary)
{
    json_t *outputs = json_pack("{s:o, s:o, s:o}", "data", pat_json_text(summary->output),
                                "failures", pat_json_text(summary->failures_path), "record",
                                pat_json_text(summary->record_path));
    json_t *value =
        pat_json_join(record_value(options, summary), pat_fact_ending(summary, outputs));
    return pat_json_write(pat_json_document("features", 1, value), PAT_JSON_LINES);
}
