#include "run/record.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cpu.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "base/sha256.h"
#include "data/csv.h"
#include "features/fourier.h"
#include "image/jpeg.h"
#include "patina/patina.h"
#include "run/json.h"
#include "run/outputs.h"
#include "workers/fleet.h"

/* As --memory takes it; null: the default. */
static json_t *memory_value(uint64_t bytes)
{
    if (bytes == 0)
        return json_null();
    return json_integer(bytes == PAT_MEMORY_UNLIMITED ? 0 : (json_int_t)bytes);
}

static json_t *options_value(const pat_search_options *options)
{
    const pat_pair_source *source = &options->source;
    const pat_run_options *run = &options->run;
    uint64_t max_pixels = run->max_pixels != 0 ? run->max_pixels : PAT_MAX_PIXELS_DEFAULT;
    int timeout_s = run->timeout_s != 0 ? run->timeout_s : PAT_TIMEOUT_DEFAULT_S;
    char scores[PAT_SCORE_SET_TEXT_SIZE];
    pat_score_set_format(options->scores | pat_score_set_default(), scores);
    return json_pack(
        "{s:o, s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:b, s:s, s:b, s:i, s:i, s:b, s:I, s:i, "
        "s:o}",
        "damaged", pat_json_text(source->damaged), "undamaged", pat_json_text(source->undamaged),
        "manifest", pat_json_text(source->manifest), "match",
        source->match == PAT_MATCH_STEM ? "stem" : "name", "recursive", source->recursive, "limit",
        pat_json_count(source->limit), "sample", pat_json_count(source->sample), "output",
        pat_json_text(options->output), "trials", pat_json_text(options->trials), "extended",
        options->extended, "scores", scores, "spreadsheet_safe", options->spreadsheet_safe, "jobs", run->jobs,
        "batch", run->batch == 0 ? PAT_BATCH_DEFAULT : run->batch, "in_process",
        run->worker_command == NULL, "max_pixels", (json_int_t)max_pixels, "timeout",
        timeout_s < 0 ? 0 : timeout_s, "memory", memory_value(run->memory_bytes));
}

static json_t *numbers_value(const double *value, int count)
{
    json_t *array = json_array();
    for (int i = 0; i < count; i++)
        pat_json_append(&array, json_real(value[i]));
    return array;
}

static json_t *axis_value(const pat_grid *grid, pat_axis axis)
{
    json_t *names = json_array();
    if (!pat_axis_of(axis)->is_choice) {
        json_decref(names);
        return numbers_value(grid->value[axis], grid->count[axis]);
    }
    for (int i = 0; i < grid->count[axis]; i++)
        pat_json_append(&names,
                        json_string(pat_operator_name(axis, (int)grid->value[axis][i])));
    return names;
}

static json_t *grid_value(const pat_grid *grid)
{
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid_format(grid, text);
    json_t *value = json_pack("{s:s}", "text", text);
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_grid_shows(grid, axis))
            json_object_set_new(value, pat_axis_of(axis)->column, axis_value(grid, axis));
    json_object_set_new(value, "settings", pat_json_count(pat_grid_count(grid)));
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
    return json_pack("{s:o, s:o, s:o}", "pairs", pat_json_count(pat_pairs_count(pairs)), "unpaired",
                     pat_json_count(pat_pairs_unpaired_count(pairs)), "unpaired_files", files);
}

static json_t *results_value(const pat_run_summary *summary)
{
    size_t computed = summary->total - summary->recalled;
    double per_second = summary->elapsed_s > 0 ? (double)computed / summary->elapsed_s : 0;
    return json_pack("{s:o, s:o, s:o, s:o, s:f, s:f, s:i, s:s}", "rows",
                     pat_json_count(summary->rows), "failures", pat_json_count(summary->failures),
                     "recalled", pat_json_count(summary->recalled), "changed",
                     pat_json_count(summary->changed), "elapsed_seconds", summary->elapsed_s,
                     "pairs_per_second", per_second, "workers", summary->workers, "sha256",
                     summary->sha256);
}

static json_t *labels_value(const pat_label_report *labels)
{
    json_t *warnings = json_array();
    for (size_t i = 0; i < labels->warning_count; i++)
        pat_json_append(&warnings, json_string(labels->warnings[i]));
    return json_pack("{s:o, s:f, s:f, s:o, s:o, s:o, s:o}", "scored_pairs",
                     pat_json_count(labels->scored), "mean_gain_db", labels->mean_gain_db,
                     "mean_gain_ssim", labels->mean_gain_ssim, "pairs_harmed",
                     pat_json_count(labels->harmed), "pairs_tied", pat_json_count(labels->tied),
                     "pairs_identical", pat_json_count(labels->identical), "warnings", warnings);
}

static json_t *machine_value(const pat_run_summary *summary)
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
        json_object_set_new(libraries, library[i].name, json_string(library[i].version));
    char cpu[256];
    pat_cpu_model(cpu, sizeof cpu);
    return json_pack("{s:o, s:i, s:s, s:s, s:o}", "cpu", pat_json_text(cpu), "cpus_available",
                     pat_available_cpus(), "instructions", pat_instruction_tier(), "sandbox",
                     summary->sandbox, "libraries", libraries);
}

static json_t *record_value(const pat_search_options *options, const pat_pairs *pairs,
                            const pat_run_summary *summary)
{
    char finished[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(finished, sizeof finished, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "tool", "patina",
                     "version", pat_version(), "command", "search", "finished", finished, "options",
                     options_value(options), "grid", grid_value(&options->grid), "inputs",
                     inputs_value(pairs), "results", results_value(summary), "labels",
                     labels_value(&summary->labels), "machine", machine_value(summary));
}

pat_status pat_run_record_write(const pat_search_options *options, const pat_pairs *pairs,
                                const pat_run_summary *summary, pat_file *file, pat_error *error)
{
    json_t *record = record_value(options, pairs, summary);
    char *text =
        record == NULL ? NULL : json_dumps(record, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    json_decref(record);
    if (text == NULL)
        return pat_fail_memory(error, "the record of the run");
    pat_status status = pat_file_append(file, text, strlen(text), error);
    if (status == PAT_OK)
        status = pat_file_append(file, "\n", 1, error);
    if (status == PAT_OK)
        status = pat_file_finish(file, NULL, error);
    free(text);
    return status;
}

static json_t *load_object(const char *path, json_error_t *cause)
{
    enum { BYTES_MAX = 16 << 20 };
    struct stat file;
    snprintf(cause->text, sizeof cause->text, "it is no regular file, or too large");
    if (stat(path, &file) != 0 || !S_ISREG(file.st_mode) || file.st_size > BYTES_MAX)
        return NULL;
    json_t *value = json_load_file(path, 0, cause);
    if (value == NULL || json_is_object(value))
        return value;
    json_decref(value);
    snprintf(cause->text, sizeof cause->text, "it holds no object");
    return NULL;
}

pat_status pat_run_record_read(const char *data, char path[PAT_PATH_SIZE], json_t **record,
                               pat_error *error)
{
    json_error_t cause;
    *record = NULL;
    pat_status status = pat_path_beside(path, data, ".run.json", error);
    if (status != PAT_OK || access(path, F_OK) != 0)
        return status;
    *record = load_object(path, &cause);
    if (*record != NULL)
        return PAT_OK;
    return pat_fail(error, PAT_MALFORMED,
                    "%s: is not the record of a run (%s); put it aside if it has nothing to do "
                    "with the data set",
                    path, cause.text);
}
