/* The record of a camera, and the JSON document of all. */
#include "base/json.h"
#include "patina/frames.h"
#include "run/facts_json.h"
#include "run/frames/work.h"

static void add_gap(json_t **gaps, const pat_frames_gap *gap)
{
    pat_json_append(gaps, json_pack("[I, I]", (json_int_t)gap->first, (json_int_t)gap->last));
}

static json_t *failures_value(const pat_frames_summary *summary)
{
    json_t *failures = json_array();
    for (size_t i = 0; i < summary->failures && i < PAT_FRAMES_TOLD; i++)
        pat_json_append(&failures, pat_fact_failure(&summary->first_failures[i]));
    return failures;
}

/* The members that users of such records expect. */
static json_t *expected_value(const char *folder, const pat_frames_summary *summary)
{
    double seconds = summary->elapsed_s;
    return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:[I, I], s:o, s:o, s:i}", "trial_path",
                     pat_json_text(folder), "trial_name", pat_json_text(summary->trial),
                     "camera_id", pat_json_text(summary->camera), "structure",
                     summary->single ? "single_camera" : "multi_camera", "total_frames",
                     pat_json_count(summary->frames), "successful",
                     pat_json_count(summary->successful), "failed", pat_json_count(summary->failed),
                     "frame_range", (json_int_t)summary->first, (json_int_t)summary->last,
                     "processing_time_seconds", pat_json_number(seconds), "processing_fps",
                     pat_json_number(seconds > 0 ? (double)summary->frames / seconds : 0),
                     "num_workers", summary->workers);
}

static json_t *losses_value(const pat_frames_summary *summary)
{
    json_t *losses = json_array();
    for (int i = 0; i < summary->loss_count; i++)
        pat_json_append(&losses, json_pack("{s:s, s:o}", "what", summary->losses[i].what, "images",
                                           pat_json_count(summary->losses[i].images)));
    return losses;
}

/* null if no images were measured. */
static json_t *flicker_value(const pat_frames_summary *summary, double flicker)
{
    return summary->scenes > 0 ? pat_json_number(flicker) : json_null();
}

/* Takes ownership of the lists. */
static json_t *further_value(const pat_frames_summary *summary, json_t *gaps, json_t *left_out)
{
    const char *depth = *summary->depth_files != '\0' ? summary->depth_files : NULL;
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "color_files", pat_json_text(summary->color_files), "depth_files", pat_json_text(depth),
        "gap_count", pat_json_count(summary->gap_count), "gaps", gaps, "numbers_missing",
        pat_json_count(summary->missing), "without_color", pat_json_count(summary->without_color),
        "without_depth", pat_json_count(summary->without_depth), "depth_guessed",
        pat_json_count(summary->guessed), "left_out_count", pat_json_count(summary->left_out),
        "left_out", left_out, "losses", losses_value(summary), "frames_restored",
        pat_json_count(summary->changed), "scenes", pat_json_count(summary->scenes),
        "flicker_before", flicker_value(summary, summary->flicker_before), "flicker_after",
        flicker_value(summary, summary->flicker_after), "sandbox",
        pat_fact_sandbox(summary->sandbox));
}

/* All that the summary has only the first of is in the file. */
void pat_frames_put_metadata(const pat_frames_work *work, pat_buffer *out)
{
    const pat_camera *camera = &work->camera;
    json_t *gaps = json_array(), *left_out = json_array();
    pat_frames_gap gap;
    for (size_t at = 0; pat_camera_next_gap(camera, &at, &gap);)
        add_gap(&gaps, &gap);
    for (size_t i = 0; i < camera->left_out.count; i++)
        pat_json_append(&left_out, pat_json_text(pat_names_get(&camera->left_out, i)));
    json_t *value = pat_json_join(expected_value(work->options->folder, work->summary),
                                  further_value(work->summary, gaps, left_out));
    pat_json_put(out, value, 1);
    pat_buffer_append_char(out, '\n');
    json_decref(value);
}

static json_t *options_value(const pat_frames_options *options)
{
    bool by_hand = options->how.model == NULL;
    return pat_json_join(
        json_pack("{s:b, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "ingest_only", options->ingest_only,
                  "model", pat_json_text(options->how.model), "max_harm",
                  options->how.max_harm == NULL ? json_null()
                                                : pat_json_number(*options->how.max_harm),
                  "setting", by_hand ? pat_fact_setting(&options->how.setting) : json_null(),
                  "scenes", pat_json_text(options->how.scenes), "keep_flicker",
                  options->how.keep_flicker, "from", pat_json_number(options->range.from), "until",
                  options->range.until == 0 ? json_null() : pat_json_number(options->range.until)),
        pat_fact_run_options(&options->run));
}

static json_t *result_value(const pat_frames_options *options, const pat_frames_result *result)
{
    const pat_frames_summary *summary = &result->summary;
    if (result->error.status != PAT_OK)
        return json_pack("{s:o, s:{s:s, s:o}}", "camera_id", pat_json_text(result->camera),
                         "failure", "reason", pat_status_name(result->error.status), "message",
                         pat_json_text(result->error.message));
    json_t *gaps = json_array(), *left_out = json_array();
    for (size_t i = 0; i < summary->gap_count && i < PAT_FRAMES_TOLD; i++)
        add_gap(&gaps, &summary->gaps[i]);
    for (size_t i = 0; i < summary->left_out && i < PAT_FRAMES_TOLD; i++)
        pat_json_append(&left_out, pat_json_text(summary->left_out_names[i]));
    json_t *value = pat_json_join(expected_value(options->folder, summary),
                                  further_value(summary, gaps, left_out));
    pat_json_set(&value, "failures", failures_value(summary));
    pat_json_set(&value, "recalled", pat_json_count(summary->recalled));
    pat_json_set(&value, "output", pat_json_text(summary->output));
    return value;
}

char *pat_frames_json(const pat_frames_options *options, const pat_frames_trial *trial,
                      const pat_frames_result *results, size_t count)
{
    json_t *document = pat_fact_run("film", options_value(options));
    json_t *cameras = json_array(), *left_out = json_array();
    for (size_t i = 0; i < count; i++)
        pat_json_append(&cameras, result_value(options, &results[i]));
    for (size_t i = 0; i < trial->left_out_count; i++)
        pat_json_append(&left_out, pat_json_text(trial->left_out[i]));
    pat_json_set(&document, "trial", pat_json_text(trial->name));
    pat_json_set(&document, "cameras", cameras);
    pat_json_set(&document, "cameras_left_out", left_out);
    return pat_json_write(pat_json_document("frames", 1, document), PAT_JSON_LINES);
}
