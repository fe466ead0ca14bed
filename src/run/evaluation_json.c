#include "run/evaluation_json.h"

#include "run/facts_json.h"

static json_t *estimate_value(const pat_estimate *estimate)
{
    return json_pack("{s:o, s:o, s:o}", "value", pat_json_number(estimate->value), "low",
                     pat_json_number(estimate->low), "high", pat_json_number(estimate->high));
}

static json_t *extremes_value(const pat_extreme *extremes, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        pat_json_append(&array, json_pack("{s:o, s:o, s:o, s:o}", "filename",
                                          pat_json_text(extremes[i].name), "setting",
                                          pat_fact_setting(&extremes[i].setting), "gain",
                                          pat_json_number(extremes[i].gain), "oracle_gain",
                                          pat_json_number(extremes[i].oracle_gain)));
    return array;
}

static json_t *ways_value(const pat_evaluation_report *report)
{
    json_t *ways = json_object();
    for (int way = 0; way < PAT_WAYS; way++)
        pat_json_set(&ways, pat_way_name((pat_way)way),
                     json_pack("{s:o, s:o, s:o}", "similarity",
                               estimate_value(&report->similarity[way]), "psnr",
                               estimate_value(&report->psnr[way]), "ssim",
                               estimate_value(&report->ssim[way])));
    return ways;
}

/* Of the prediction, pair by pair. */
static json_t *gain_value(const pat_evaluation_report *report)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "similarity", estimate_value(&report->gain), "psnr",
                     estimate_value(&report->gain_psnr), "ssim", estimate_value(&report->gain_ssim),
                     "similarity_over_fixed", estimate_value(&report->over_fixed));
}

json_t *pat_evaluation_value(const pat_evaluation_report *report)
{
    json_t *captured = json_pack(
        "{s:o, s:o, s:o, s:o}", "similarity", estimate_value(&report->captured), "psnr",
        estimate_value(&report->captured_psnr), "ssim", estimate_value(&report->captured_ssim),
        "fixed_similarity", estimate_value(&report->fixed_captured));
    return json_pack(
        "{s:I, s:I, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "pairs",
        (json_int_t)report->pairs, "originals", (json_int_t)report->originals, "ways",
        ways_value(report), "gain", gain_value(report), "captured", captured, "fixed_setting",
        pat_fact_setting(&report->fixed), "made_worse", (json_int_t)report->worse,
        "made_worse_unflagged", (json_int_t)(report->worse - report->worse_flagged), "left_alone",
        (json_int_t)report->left_alone, "unlike", (json_int_t)report->flagged, "identical",
        (json_int_t)report->identical, "other_shape", (json_int_t)report->other_shape, "best",
        extremes_value(report->best, report->extremes), "worst",
        extremes_value(report->worst, report->extremes));
}

char *pat_evaluation_json(const pat_evaluation_report *report)
{
    json_t *sandbox = json_pack("{s:o}", "sandbox", pat_fact_sandbox(report->sandbox));
    json_t *value = pat_json_join(pat_evaluation_value(report), sandbox);
    return pat_json_write(pat_json_document("evaluate", 1, value), PAT_JSON_LINES);
}
