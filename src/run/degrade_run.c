#include "patina/degrade.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "data/csv.h"
#include "data/listing.h"
#include "degrade/recipe.h"
#include "patina/version.h"
#include "run/results.h"
#include "run/table_run.h"
#include "tasks/task_degrade.h"

/* Subfolders of the output, and the manifest columns of the same names. */
static const char *const sides[PAT_OUTPUTS] = {
    [PAT_DAMAGED_OUTPUT] = "damaged", [PAT_UNDAMAGED_OUTPUT] = "undamaged"};

enum { LONG_PATH_SIZE = 2 * PAT_PATH_SIZE + 64 }; /* two names and a separator */
enum { COLUMN_SIZE = 64, IDENTITY_SIZE = 40 };

/* One damaged version of one image. */
struct version {
    const char *original; /* relative to the clean folder */
    int number;           /* from 1 */
    char id[PAT_PATH_SIZE + 16], clean[LONG_PATH_SIZE];
    char path[PAT_OUTPUTS][LONG_PATH_SIZE], partial[PAT_OUTPUTS][LONG_PATH_SIZE + 8];
    pat_degrade_order order;
};

struct degrade_run {
    const pat_degrade_options *options;
    pat_recipe recipe;
    pat_random *random;
    pat_names names;                     /* of the clean images */
    char clean_from_here[PAT_PATH_SIZE]; /* path from the manifest to the clean folder, with '/' */
    struct version asked, told;          /* scratch: for a job; for an outcome */
    char identity[IDENTITY_SIZE]; /* of everything that affects a version, besides its image */
    char name[LONG_PATH_SIZE];    /* of the job last given */
    pat_job_list jobs;
    pat_results results;
    pat_run_summary *summary;
};

/* ---- Versions -------------------------------------------------------------------------------- */

static bool crops(const struct degrade_run *run)
{
    return run->options->crop_width > 0;
}

/* Whether the undamaged side is written too, because it is not the clean file. */
static bool writes_both_sides(const struct degrade_run *run)
{
    return crops(run) || run->options->shrink > 0;
}

static int sides_written(const struct degrade_run *run)
{
    return writes_both_sides(run) ? PAT_OUTPUTS : 1;
}

/* Whether each version has a size of its own. */
static bool varies_size(const struct degrade_run *run)
{
    return run->options->shrink_to != 0;
}

/* Draw the length of a version's shorter side. This is the last draw, so that a range of sizes
 * does not change the damage. */
static int draw_shorter(struct degrade_run *run)
{
    double least = run->options->shrink, greatest = run->options->shrink_to;
    return varies_size(run)
               ? (int)lround(least * pow(greatest / least, pat_random_uniform(run->random)))
               : run->options->shrink;
}

/* Draw all random numbers here, so that a version does not depend on other images or the number of
 * workers. */
static void draw_order(struct degrade_run *run, const struct version *version,
                       pat_degrade_order *order)
{
    char key[PAT_PATH_SIZE + 64];
    int length =
        snprintf(key, sizeof key, "degrade %llu %d %s", (unsigned long long)run->options->seed,
                 version->number, version->original);
    memset(order, 0, sizeof *order); /* padding too, because it is sent as raw memory */
    pat_random_seed(run->random, pat_random_seed_of(key, (size_t)length));
    order->crop.width = run->options->crop_width;
    order->crop.height = run->options->crop_height;
    order->crop.x = pat_random_uniform(run->random);
    order->crop.y = pat_random_uniform(run->random);
    pat_recipe_draw(&run->recipe, run->random, &order->damage);
    order->shorter = draw_shorter(run);
}

/* Keep the extension in the name: a.jpg and a.png are different images. */
static void find_version(struct degrade_run *run, size_t index, struct version *version)
{
    size_t per_image = (size_t)run->options->per_image;
    version->original = pat_names_get(&run->names, index / per_image);
    version->number = (int)(index % per_image) + 1;
    snprintf(version->id, sizeof version->id, "%s~%d", version->original, version->number);
    snprintf(version->clean, sizeof version->clean, "%s/%s", run->options->clean,
             version->original);
    for (int i = 0; i < PAT_OUTPUTS; i++) {
        snprintf(version->path[i], sizeof version->path[i], "%s/%s/%s.png", run->options->output,
                 sides[i], version->id);
        snprintf(version->partial[i], sizeof version->partial[i], "%s.partial", version->path[i]);
    }
    draw_order(run, version, &version->order);
}

static void get_job(void *context, size_t index, pat_job *job)
{
    struct degrade_run *run = context;
    struct version *version = &run->asked;
    find_version(run, index, version);
    snprintf(run->name, sizeof run->name, "%s %s", run->identity, version->id);
    *job = (pat_job){.name = run->name,
                     .damaged = version->clean,
                     .undamaged = "",
                     .order = {&version->order, sizeof version->order}};
    for (int i = 0; i < PAT_OUTPUTS; i++)
        if (i == PAT_DAMAGED_OUTPUT || writes_both_sides(run)) {
            job->output_path[i] = version->path[i];
            job->partial_path[i] = version->partial[i];
        }
}

static void begin_job(void *context, size_t index)
{
    struct degrade_run *run = context;
    pat_results_begin(&run->results, index);
}

static bool job_stands(void *context, size_t index, const pat_outcome *outcome)
{
    struct degrade_run *run = context;
    return pat_results_stand(&run->results, index, outcome);
}

/* ---- The manifest ---------------------------------------------------------------------------- */

static void put_header(const struct degrade_run *run, pat_buffer *line)
{
    static const char *const columns[] = {"damaged", "undamaged", "id",   "original",
                                          "version", "seed",      "mild", "family"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        pat_csv_text(line, columns[i]);
    if (varies_size(run))
        pat_csv_text(line, "shrink");
    if (crops(run)) {
        pat_csv_text(line, "crop_x");
        pat_csv_text(line, "crop_y");
    }
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        for (int p = 0; p < pat_damage_parameters(k); p++) {
            const pat_damage_kind *kind = pat_damage_kind_of(k);
            char column[COLUMN_SIZE];
            snprintf(column, sizeof column, "%s_%s", kind->name, kind->parameter[p].name);
            pat_csv_text(line, column);
        }
    pat_csv_end_row(line);
}

static void put_row(const struct degrade_run *run, const struct version *version, pat_buffer *line)
{
    const pat_degrade_order *order = &version->order;
    char damaged[LONG_PATH_SIZE], undamaged[LONG_PATH_SIZE];
    snprintf(damaged, sizeof damaged, "%s/%s.png", sides[PAT_DAMAGED_OUTPUT], version->id);
    if (writes_both_sides(run))
        snprintf(undamaged, sizeof undamaged, "%s/%s.png", sides[PAT_UNDAMAGED_OUTPUT],
                 version->id);
    else
        snprintf(undamaged, sizeof undamaged, "%s%s", run->clean_from_here, version->original);
    pat_csv_text(line, damaged);
    pat_csv_text(line, undamaged);
    pat_csv_text(line, version->id);
    pat_csv_text(line, version->original);
    pat_csv_number(line, version->number);
    pat_csv_number(line, order->damage.seed);
    pat_csv_number(line, order->damage.mild);
    pat_csv_text(line, run->recipe.family[order->damage.family].name);
    if (varies_size(run))
        pat_csv_number(line, order->shorter);
    if (crops(run)) {
        pat_csv_number(line, order->crop.x);
        pat_csv_number(line, order->crop.y);
    }
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        for (int p = 0; p < pat_damage_parameters(k); p++)
            if (order->damage.applied[k])
                pat_csv_number(line, order->damage.value[k][p]);
            else
                pat_csv_text(line, "");
    pat_csv_end_row(line);
}

/* ---- Outcomes -------------------------------------------------------------------------------- */

static pat_status write_row(void *context, size_t index, const pat_outcome *outcome,
                            pat_outputs *outputs, pat_error *error)
{
    struct degrade_run *run = context;
    pat_status status = pat_results_place(&run->results, index, outcome, error);
    if (status != PAT_OK)
        return status;
    find_version(run, index, &run->told);
    put_row(run, &run->told, &outputs->line);
    return pat_outputs_write(outputs, &outputs->data, error);
}

static const char *failed(void *context, size_t index)
{
    struct degrade_run *run = context;
    find_version(run, index, &run->told);
    pat_results_discard(&run->results, index);
    return run->told.id;
}

/* ---- Preparation ----------------------------------------------------------------------------- */

pat_status pat_degrade_check(const pat_degrade_options *options, pat_error *error)
{
    int width = options->crop_width, height = options->crop_height;
    bool whole = width == 0 && height == 0;
    if (options->per_image < 1 || options->per_image > PAT_PER_IMAGE_MAX)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--per-image: %d is outside 1..%d",
                        options->per_image, PAT_PER_IMAGE_MAX);
    if (!whole && (width < 1 || height < 1 || width > PAT_CROP_MAX || height > PAT_CROP_MAX))
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--crop: %dx%d has a side outside 1..%d",
                        width, height, PAT_CROP_MAX);
    if (options->shrink < 0 || options->shrink > PAT_CROP_MAX)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--shrink: %d is outside 0..%d",
                        options->shrink, PAT_CROP_MAX);
    if (options->shrink_to != 0 && (options->shrink < 1 || options->shrink_to <= options->shrink ||
                                    options->shrink_to > PAT_CROP_MAX))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--shrink: %d..%d: the sizes must be in 1..%d, the smaller one first",
                        options->shrink, options->shrink_to, PAT_CROP_MAX);
    int shorter = width < height ? width : height;
    if (options->shrink_to != 0 && options->shrink < shorter)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--shrink: %d..%d has sizes below that of the crop window, %dx%d; begin "
                        "with %d, or use a smaller --crop",
                        options->shrink, options->shrink_to, width, height, shorter);
    return PAT_OK;
}

static bool note_left_out(void *context, const pat_unpaired *entry)
{
    struct degrade_run *run = context;
    const pat_degrade_options *options = run->options;
    *(entry->kind == PAT_LEFT_SYSTEM ? &run->summary->ignored : &run->summary->unpaired) += 1;
    if (options->left_out != NULL)
        options->left_out(options->left_out_context, entry);
    return true;
}

static pat_status find_images(struct degrade_run *run, pat_error *error)
{
    const pat_degrade_options *options = run->options;
    pat_status status =
        pat_list_images(options->clean, options->recursive, &run->names, note_left_out, run, error);
    run->summary->total = run->names.count * (size_t)options->per_image;
    char extensions[PAT_FORMAT_WORDS_SIZE];
    if (status == PAT_OK && run->names.count == 0)
        return pat_fail(error, PAT_NOTHING_TO_DO,
                        "%s: no images (%s) to degrade in this folder; use --recursive to search "
                        "subfolders",
                        options->clean, pat_format_words(PAT_LIST_EXTENSIONS, ", ", extensions));
    return status;
}

/* The relative path from one folder to another, such as "../clean/". Both are given as absolute
 * paths without links. */
static pat_status find_way(const char *from, const char *to, char way[PAT_PATH_SIZE],
                           pat_error *error)
{
    size_t common = 0; /* length of the folders that both paths start with */
    for (size_t i = 0;; i++) {
        bool ends = (from[i] == '/' || from[i] == '\0') && (to[i] == '/' || to[i] == '\0');
        if (ends)
            common = i;
        if (from[i] != to[i] || from[i] == '\0')
            break;
    }
    pat_buffer text = {0};
    for (const char *at = from + common; *at != '\0'; at++)
        if (*at == '/' && at[1] != '\0')
            pat_buffer_append_text(&text, "../");
    const char *rest = to[common] == '/' ? to + common + 1 : to + common;
    pat_buffer_append_text(&text, rest);
    if (*rest != '\0')
        pat_buffer_append_char(&text, '/');
    bool fits = !text.failed && text.size < PAT_PATH_SIZE;
    snprintf(way, PAT_PATH_SIZE, "%.*s", fits ? (int)text.size : 0, fits ? text.data : "");
    pat_buffer_release(&text);
    return fits ? PAT_OK : pat_fail_memory(error, "a long path");
}

/* Whether the clean images are in a folder that versions are written to: a version could then
 * replace another image's original. */
static bool is_written_to(const struct degrade_run *run)
{
    const pat_degrade_options *options = run->options;
    bool written = false;
    for (int side = 0; side < sides_written(run) && !written; side++) {
        char path[LONG_PATH_SIZE];
        snprintf(path, sizeof path, "%s/%s", options->output, sides[side]);
        written = pat_lies_in(options->clean, path);
    }
    return written;
}

/* Check that the folders do not overlap, and find the path from one to the other. */
static pat_status relate_folders(struct degrade_run *run, pat_error *error)
{
    const pat_degrade_options *options = run->options;
    char *clean = realpath(options->clean, NULL), *output = realpath(options->output, NULL);
    pat_status status;
    if (clean == NULL || output == NULL)
        status = pat_fail(error, PAT_UNREADABLE, "%s: cannot access it (%s); check the path",
                          clean == NULL ? options->clean : options->output, strerror(errno));
    else if (options->recursive && pat_lies_in(options->output, options->clean))
        status = pat_fail(error, PAT_INVALID_ARGUMENT,
                          "%s: is inside the folder of clean images, so the damaged images would "
                          "be mixed with them; choose another folder with -o",
                          options->output);
    else if (is_written_to(run))
        status = pat_fail(error, PAT_INVALID_ARGUMENT,
                          "%s: the damaged images would be written among the clean ones; choose "
                          "another folder with -o",
                          options->clean);
    else
        status = find_way(output, clean, run->clean_from_here, error);
    free(clean);
    free(output);
    return status;
}

/* A fingerprint of the options that affect a version. */
static pat_status describe(struct degrade_run *run, pat_error *error)
{
    const pat_degrade_options *options = run->options;
    pat_buffer text = {0};
    char numbers[128];
    snprintf(numbers, sizeof numbers, "%d %llu %d %dx%d\n", PAT_DEFINITIONS_VERSION,
             (unsigned long long)options->seed, options->shrink, options->crop_width,
             options->crop_height);
    pat_buffer_append_text(&text, numbers);
    if (varies_size(run)) {
        snprintf(numbers, sizeof numbers, "shrink to %d\n", options->shrink_to);
        pat_buffer_append_text(&text, numbers);
    }
    pat_recipe_put(&text, &run->recipe);
    pat_fingerprint whole = pat_fingerprint_of(text.data, text.size);
    bool failed = text.failed;
    pat_buffer_release(&text);
    snprintf(run->identity, sizeof run->identity, "%016llx%016llx", (unsigned long long)whole.high,
             (unsigned long long)whole.low);
    return failed ? pat_fail_memory(error, "a recipe") : PAT_OK;
}

/* The number of rows of a manifest; at most one too many for each line break in a name. */
static size_t count_rows(const char *manifest)
{
    size_t lines = 0;
    FILE *file = fopen(manifest, "re");
    for (int c; file != NULL && (c = getc_unlocked(file)) != EOF;)
        lines += c == '\n';
    if (file != NULL)
        fclose(file);
    return lines == 0 ? 0 : lines - 1;
}

/* Look at the versions that are there. The manifest may be replaced if one of them is this run's,
 * and if it would not lose rows; it is removed before the first image is replaced. */
static pat_status open_results(struct degrade_run *run, const char *manifest, pat_error *error)
{
    run->results = (pat_results){.jobs = &run->jobs, .force = run->options->run.force};
    pat_status status = pat_results_open(&run->results, run->options->output, "degrade", error);
    size_t had = 0;
    for (size_t i = 0; i < run->jobs.count && status == PAT_OK; i++)
        had += pat_results_has(&run->results, i);
    bool own = run->results.force || (had > 0 && count_rows(manifest) <= run->jobs.count);
    if (status == PAT_OK)
        status = pat_check_free(manifest, own, error);
    /* While images are missing, the old manifest would be wrong. */
    if (status == PAT_OK && had < run->jobs.count && unlink(manifest) != 0 && errno != ENOENT)
        status = pat_fail_to_write("remove", manifest, error);
    return status;
}

static size_t folder_length(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash == NULL ? 0 : (size_t)(slash - name);
}

/* Whether image `index` is the first in its folder, in sorted order. */
static bool opens_folder(const pat_names *names, size_t index)
{
    if (index == 0)
        return true;
    const char *name = pat_names_get(names, index), *before = pat_names_get(names, index - 1);
    size_t length = folder_length(name);
    return folder_length(before) != length || memcmp(name, before, length) != 0;
}

/* Create the output folders, with the subfolders of the clean folder. */
static pat_status make_folders(struct degrade_run *run, pat_error *error)
{
    pat_status status = PAT_OK;
    for (size_t i = 0; i < run->names.count && status == PAT_OK; i++) {
        if (!opens_folder(&run->names, i))
            continue;
        find_version(run, i * (size_t)run->options->per_image, &run->asked);
        for (int side = 0; side < sides_written(run) && status == PAT_OK; side++)
            status = pat_make_folder_of(run->asked.path[side], error);
    }
    return status;
}

static pat_status read_recipe(const pat_degrade_options *options, pat_recipe *recipe,
                              pat_error *error)
{
    pat_status status = pat_recipe_read(recipe, options->recipe, error);
    if (status == PAT_OK)
        status = pat_recipe_select(recipe, options->families, options->except, error);
    return status;
}

pat_status pat_recipe_text(const pat_degrade_options *options, char **text, pat_error *error)
{
    pat_buffer buffer = {0};
    *text = NULL;
    pat_recipe *recipe = malloc(sizeof *recipe); /* large: full of families */
    if (recipe == NULL)
        return pat_fail_memory(error, "a recipe");
    pat_status status = read_recipe(options, recipe, error);
    if (status == PAT_OK)
        pat_recipe_put(&buffer, recipe);
    free(recipe);
    if (status != PAT_OK)
        return status;
    pat_buffer_append_char(&buffer, '\0');
    if (buffer.failed) {
        pat_buffer_release(&buffer);
        return pat_fail_memory(error, "a recipe");
    }
    *text = buffer.data;
    return PAT_OK;
}

static pat_status prepare(struct degrade_run *run, char manifest[PAT_PATH_SIZE], pat_error *error)
{
    const pat_degrade_options *options = run->options;
    if (snprintf(manifest, PAT_PATH_SIZE, "%s/manifest.csv", options->output) >= PAT_PATH_SIZE)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%.60s...: the folder name is too long; choose another with -o",
                        options->output);
    pat_status status = pat_degrade_check(options, error);
    if (status == PAT_OK)
        status = read_recipe(options, &run->recipe, error);
    if (status == PAT_OK)
        status = pat_random_create(&run->random, error);
    if (status == PAT_OK)
        status = find_images(run, error);
    if (status == PAT_OK)
        status = pat_make_folder_of(manifest, error);
    if (status == PAT_OK)
        status = relate_folders(run, error);
    run->jobs = (pat_job_list){run->summary->total, get_job, run, begin_job, job_stands};
    if (status == PAT_OK)
        status = describe(run, error);
    if (status == PAT_OK)
        status = open_results(run, manifest, error);
    if (status == PAT_OK)
        status = make_folders(run, error);
    return status;
}

/* ---- The run --------------------------------------------------------------------------------- */

static pat_status write_headers(void *context, pat_outputs *outputs, pat_error *error)
{
    put_header(context, &outputs->line);
    return pat_outputs_write(outputs, &outputs->data, error);
}

static const pat_table_command degrade_command = {write_headers, write_row, failed, NULL};

static pat_status run_all(struct degrade_run *run, const char *manifest, double started_s,
                          pat_error *error)
{
    pat_table_run table = {
        .command = &degrade_command,
        .jobs = run->jobs,
        .started_s = started_s,
        .kind = PAT_TASK_DEGRADE,
        .output = manifest,
        .outputs = {.journal_mode = PAT_JOURNAL_NONE, .replaces = true},
        .journal = run->results.journal,
        .options = &run->options->run,
        .summary = run->summary,
    };
    return pat_table_run_execute(&table, error);
}

pat_status pat_degrade_run(const pat_degrade_options *options, pat_run_summary *summary,
                           pat_error *error)
{
    double started_s = pat_clock_seconds();
    char manifest[PAT_PATH_SIZE];
    *summary = (pat_run_summary){0};
    struct degrade_run *run = calloc(1, sizeof *run); /* large: full of paths and families */
    if (run == NULL)
        return pat_fail_memory(error, "the file names");
    run->options = options;
    run->summary = summary;
    pat_status status = prepare(run, manifest, error);
    if (status == PAT_OK)
        status = run_all(run, manifest, started_s, error);
    pat_results_close(&run->results);
    pat_names_release(&run->names);
    pat_random_free(run->random);
    free(run);
    return status;
}
