#include "run/facts_json.h"

#include <time.h>

#include "base/cpu.h"
#include "base/fingerprint.h"
#include "base/sha256.h"
#include "data/csv.h"
#include "features/fourier.h"
#include "image/jpeg.h"
#include "patina/model.h"
#include "patina/version.h"
#include "workers/fleet.h"

/* ---- Settings and scores --------------------------------------------------------------------- */

static json_t *axis_value(pat_axis axis, double value)
{
    char name[PAT_VALUE_TEXT_SIZE];
    return pat_axis_of(axis)->is_choice ? json_string(pat_value_format(axis, value, name))
                                        : pat_json_number(value);
}

json_t *pat_fact_setting(const pat_setting *setting)
{
    json_t *object = json_object();
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_setting_shows(setting, axis))
            pat_json_set(&object, pat_axis_of(axis)->column,
                         axis_value(axis, setting->value[axis]));
    return object;
}

/* Read the field of an axis into `setting`. The choices must come first. */
static bool read_axis(const json_t *field, pat_axis axis, pat_setting *setting)
{
    double *value = &setting->value[axis];
    if (field == NULL) {
        *value = pat_setting_left_out(setting, axis);
        return pat_axis_of(axis)->is_optional;
    }
    if (!pat_axis_of(axis)->is_choice) {
        *value = json_number_value(field);
        return json_is_number(field);
    }
    return json_is_string(field) && pat_value_parse(axis, json_string_value(field), value);
}

bool pat_fact_setting_read(const json_t *value, pat_setting *setting)
{
    pat_setting read = {{0}};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (!read_axis(json_object_get(value, pat_axis_of(axis)->column), axis, &read))
            return false;
    *setting = read;
    return true;
}

json_t *pat_fact_scores(const pat_scores *scores)
{
    return json_pack("{s:o, s:o, s:o}", "similarity_score", pat_json_number(scores->similarity),
                     "psnr", pat_json_number(scores->psnr), "ssim", pat_json_number(scores->ssim));
}

json_t *pat_fact_axis(const pat_grid *grid, pat_axis axis)
{
    json_t *values = json_array();
    for (int i = 0; i < grid->count[axis]; i++)
        pat_json_append(&values, axis_value(axis, grid->value[axis][i]));
    return values;
}

json_t *pat_fact_grid_text(const pat_grid *grid)
{
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid_format(grid, text);
    return json_string(text);
}

/* ---- Runs ------------------------------------------------------------------------------------ */

json_t *pat_fact_failure(const pat_failure *failure)
{
    return json_pack("{s:o, s:s, s:s, s:o}", "name", pat_json_text(failure->name), "stage",
                     failure->stage, "reason", pat_status_name(failure->reason), "message",
                     pat_json_text(failure->message));
}

json_t *pat_fact_failures(const pat_run_summary *summary)
{
    json_t *failures = json_array();
    for (size_t i = 0; i < summary->failures && i < PAT_FAILURES_KEPT; i++)
        pat_json_append(&failures, pat_fact_failure(&summary->first_failures[i]));
    return failures;
}

json_t *pat_fact_sandbox(const char *sandbox)
{
    return *sandbox == '\0' ? json_null() : pat_json_text(sandbox);
}

json_t *pat_fact_results(const pat_run_summary *summary, const char *per_second)
{
    size_t computed = summary->total - summary->recalled;
    double speed = summary->elapsed_s > 0 ? (double)computed / summary->elapsed_s : 0;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:s}", "rows",
                     pat_json_count(summary->rows), "failures", pat_json_count(summary->failures),
                     "recalled", pat_json_count(summary->recalled), "changed",
                     pat_json_count(summary->changed), "elapsed_seconds",
                     pat_json_number(summary->elapsed_s), per_second, pat_json_number(speed),
                     "workers", summary->workers, "sandbox", pat_fact_sandbox(summary->sandbox),
                     "sha256", summary->sha256);
}

/* In the form that --memory accepts; null: the default. */
static json_t *memory_value(uint64_t bytes)
{
    if (bytes == 0)
        return json_null();
    return pat_json_count(bytes == PAT_MEMORY_UNLIMITED ? 0 : bytes);
}

json_t *pat_fact_run_options(const pat_run_options *run)
{
    uint64_t max_pixels = run->max_pixels != 0 ? run->max_pixels : PAT_MAX_PIXELS_DEFAULT;
    int timeout_s = run->timeout_s != 0 ? run->timeout_s : PAT_TIMEOUT_DEFAULT_S;
    return json_pack("{s:i, s:i, s:b, s:o, s:i, s:o, s:b}", "jobs", run->jobs, "batch",
                     run->batch == 0 ? PAT_BATCH_DEFAULT : run->batch, "in_process",
                     run->worker_command == NULL, "max_pixels", pat_json_count(max_pixels),
                     "timeout", timeout_s < 0 ? 0 : timeout_s, "memory",
                     memory_value(run->memory_bytes), "require_sandbox", run->require_sandbox);
}

json_t *pat_fact_machine(const pat_run_summary *summary)
{
    const struct {
        const char *name, *version;
    } library[] = {
        {"libvips", summary->decoder_version}, {"libjpeg", pat_jpeg_version()},
        {"fftw", pat_fft_version()},           {"libcsv", pat_csv_version()},
        {"libuv", pat_fleet_version()},        {"nettle", pat_sha256_version()},
        {"xxhash", pat_fingerprint_version()}, {"jansson", jansson_version_str()},
    };
    json_t *libraries = json_object();
    for (size_t i = 0; i < sizeof library / sizeof *library; i++)
        pat_json_set(&libraries, library[i].name, json_string(library[i].version));
    char cpu[256];
    pat_cpu_model(cpu, sizeof cpu);
    return json_pack("{s:o, s:i, s:s, s:s, s:o}", "cpu", pat_json_text(cpu), "cpus_available",
                     pat_available_cpus(), "instructions", pat_instruction_tier(), "sandbox",
                     summary->sandbox, "libraries", libraries);
}

json_t *pat_fact_run(const char *command, json_t *options)
{
    char finished[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(finished, sizeof finished, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "tool", "patina", "version", pat_version(),
                     "command", command, "finished", finished, "options", options);
}

json_t *pat_fact_images(size_t images, const pat_run_summary *summary)
{
    return json_pack("{s:o, s:o, s:o}", "images", pat_json_count(images), "left_out",
                     pat_json_count(summary->unpaired), "ignored",
                     pat_json_count(summary->ignored));
}

json_t *pat_fact_ending(const pat_run_summary *summary, json_t *outputs)
{
    return json_pack("{s:o, s:o}", "outputs", outputs, "first_failures",
                     pat_fact_failures(summary));
}

/* ---- Restorations ---------------------------------------------------------------------------- */

static json_t *input_value(const pat_restoration *told)
{
    json_t *path = told->input == NULL ? json_object()
                                       : json_pack("{s:o}", "path", pat_json_text(told->input));
    return pat_json_join(path, json_pack("{s:s, s:i, s:i, s:i, s:i, s:b, s:o}", "format",
                                         pat_format_name(told->input_format), "width", told->width,
                                         "height", told->height, "bits", told->depth, "channels",
                                         told->channels, "alpha", told->has_alpha, "bytes",
                                         pat_json_count(told->input_bytes)));
}

/* null if there is no output, for example because only features were requested. */
static json_t *output_value(const pat_restoration *told)
{
    if (told->output_bytes == 0)
        return json_null();
    json_t *notes = json_array();
    for (int i = 0; i < told->note_count; i++)
        pat_json_append(&notes, pat_json_text(told->notes[i]));
    json_t *path = told->input == NULL ? json_object()
                                       : json_pack("{s:o}", "path", pat_json_text(told->output));
    return pat_json_join(path,
                         json_pack("{s:s, s:o, s:b, s:o}", "format", pat_format_name(told->format),
                                   "bytes", pat_json_count(told->output_bytes), "copied",
                                   told->copied, "notes", notes));
}

static json_t *features_value(const pat_restoration *told)
{
    json_t *features = json_object();
    for (int i = 0; i < told->feature_count; i++)
        pat_json_set(&features, pat_feature_name(i), pat_json_number(told->features[i]));
    return features;
}

static json_t *unlike_value(const pat_restoration *told)
{
    json_t *unlike = json_array();
    for (int i = 0; i < told->unlike_count; i++)
        pat_json_append(&unlike, json_string(pat_feature_name(told->unlike[i])));
    return unlike;
}

static json_t *choice_value(const pat_setting *setting, bool left_alone)
{
    return pat_json_join(pat_fact_setting(setting), json_pack("{s:b}", "left_alone", left_alone));
}

static json_t *prediction_value(const pat_restoration *told)
{
    if (!told->predicted)
        return json_null();
    json_t *raw = json_object();
    for (int i = 0; i < PAT_TARGET_COUNT; i++)
        pat_json_set(&raw, pat_target_name(i), pat_json_number(told->raw[i]));
    return pat_json_join(choice_value(&told->prediction, pat_setting_is_idle(&told->prediction)),
                         json_pack("{s:o, s:o, s:o, s:b, s:o}", "expected_gain",
                                   pat_json_number(told->gain), "harm", pat_json_number(told->harm),
                                   "restored_at", pat_json_number(told->restored_at), "flagged",
                                   told->flagged, "raw", raw));
}

json_t *pat_fact_restoration(const pat_restoration *told)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "input", input_value(told), "features",
                     features_value(told), "prediction", prediction_value(told), "unlike",
                     unlike_value(told), "setting", choice_value(&told->setting, told->left_alone),
                     "output", output_value(told));
}
