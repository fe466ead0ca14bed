#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "data/listing.h"
#include "patina/report.h"
#include "patina/version.h"
#include "run/outputs.h"
#include "workflow/learn_folder.h"
#include "workflow/learn_worth.h"

/* The settings that the kinds other than tone choose among, and that the report shows. */
#define GRID "color=levels,white_balance,none;strength=0,0.5,1,1.5,2,2.5"

struct learning {
    const pat_learn_options *options;
    pat_learn_summary *summary;
    pat_learn_folder folder;
    pat_grid grid;
    pat_pairs *pairs; /* once they are made */
};

/* ---- The images ------------------------------------------------------------------------------ */

static bool pass_over(void *context, const pat_unpaired *entry)
{
    (void)context;
    (void)entry;
    return true; /* degrade reports them */
}

static pat_status fail_too_few(const char *folder, size_t count, pat_error *error)
{
    return pat_fail(error, PAT_NOTHING_TO_DO,
                    "%s: %zu image%s are too few to learn from: at least %d are needed; 25 "
                    "photographs make a poor model, %d a fair one, %d a good one",
                    folder, count, count == 1 ? "" : "s", PAT_LEARN_IMAGES_MIN,
                    PAT_LEARN_IMAGES_FAIR, PAT_LEARN_IMAGES_GOOD);
}

/* A digest of the images' names, sizes and times, to notice that they have changed. */
static void fingerprint(const char *folder, const pat_names *names, char text[PAT_SHA256_TEXT_SIZE])
{
    pat_sha256 hash;
    pat_sha256_init(&hash);
    for (size_t i = 0; i < names->count; i++) {
        const char *name = pat_names_get(names, i);
        char path[2 * PAT_PATH_SIZE];
        struct stat info = {0};
        snprintf(path, sizeof path, "%s/%s", folder, name);
        int failed = stat(path, &info);
        const long long state[] = {failed, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
        pat_sha256_update(&hash, name, strlen(name) + 1);
        pat_sha256_update(&hash, state, sizeof state);
    }
    pat_sha256_finish(&hash, text);
}

static json_t *images_value(const char *folder, const pat_names *names)
{
    char digest[PAT_SHA256_TEXT_SIZE];
    fingerprint(folder, names, digest);
    return json_sprintf("%zu, fingerprint %.16s", names->count, digest);
}

static pat_status recipe_value(const pat_degrade_options *degrade, json_t **out, pat_error *error)
{
    char *text, digest[PAT_SHA256_TEXT_SIZE];
    pat_status status = pat_recipe_text(degrade, &text, error);
    *out = NULL;
    if (status != PAT_OK)
        return status;
    pat_sha256 hash;
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, text, strlen(text));
    pat_sha256_finish(&hash, digest);
    free(text);
    *out = json_sprintf("fingerprint %.16s", digest);
    return *out != NULL ? PAT_OK : pat_fail_memory(error, "the recipe");
}

/* The options that affect the results, by name, and the input images. */
static pat_status describe(const struct learning *learning, const pat_names *names, json_t **out,
                           pat_error *error)
{
    const pat_degrade_options *degrade = &learning->options->degrade;
    char grid[PAT_GRID_TEXT_SIZE], *clean = realpath(degrade->clean, NULL);
    pat_grid_format(&learning->grid, grid);
    json_t *recipe;
    pat_status status = recipe_value(degrade, &recipe, error);
    json_t *value = json_pack("{s:s, s:o, s:o, s:b, s:i, s:s, s:s, s:o, s:o, s:o, s:s}", "version",
                              pat_version(), "CLEAN_DIR", pat_json_text(clean), "images",
                              images_value(degrade->clean, names), "recursive", degrade->recursive,
                              "per-image", degrade->per_image, "shrink", "", "crop", "", "recipe",
                              recipe, "seed", pat_json_count(degrade->seed), "max-pixels",
                              pat_json_count(learning->options->run.max_pixels), "grid", grid);
    pat_json_set(&value, "shrink",
                 degrade->shrink_to == 0
                     ? json_integer(degrade->shrink)
                     : json_sprintf("%d..%d", degrade->shrink, degrade->shrink_to));
    pat_json_set(&value, "crop", json_sprintf("%dx%d", degrade->crop_width, degrade->crop_height));
    free(clean);
    if (status == PAT_OK && value == NULL)
        status = pat_fail_memory(error, "the options of the run");
    *out = value;
    return status;
}

static pat_status open_folder(struct learning *learning, pat_error *error)
{
    const pat_learn_options *options = learning->options;
    const pat_degrade_options *degrade = &options->degrade;
    pat_names names = {0};
    pat_status status =
        pat_list_images(degrade->clean, degrade->recursive, &names, pass_over, NULL, error);
    learning->summary->images = names.count;
    learning->summary->versions = names.count * (size_t)degrade->per_image;
    if (status == PAT_OK && names.count < PAT_LEARN_IMAGES_MIN)
        status = fail_too_few(degrade->clean, names.count, error);
    json_t *description = NULL;
    if (status == PAT_OK)
        status = describe(learning, &names, &description, error);
    pat_names_release(&names);
    if (status == PAT_OK)
        status = pat_learn_folder_open(&learning->folder, options->output, description,
                                       options->restart, error);
    snprintf(learning->summary->work, PAT_PATH_SIZE, "%s",
             status == PAT_OK ? learning->folder.path : "");
    return status;
}

/* Whether there is a working folder, so that an existing model may come from this run. */
static bool has_folder(const char *output)
{
    char path[PAT_PATH_SIZE + 8];
    snprintf(path, sizeof path, "%s.work", output);
    return access(path, F_OK) == 0;
}

static pat_status check_output(const char *path, const char *what, bool replace, pat_error *error)
{
    pat_file file = {0};
    pat_status status = pat_check_output_name(path, what, NULL, 0, error);
    if (status == PAT_OK)
        status = pat_file_open_private(&file, path, replace, error);
    pat_file_abandon(&file, false);
    return status;
}

/* Before the work, which would be wasted if they cannot be written. */
static pat_status check_outputs(const pat_learn_options *options, pat_error *error)
{
    if (options->report != NULL && strcmp(options->report, options->output) == 0)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: names both the model and the report; choose another name for one",
                        options->report);
    bool replace = options->run.force || has_folder(options->output);
    pat_status status = pat_make_folder_of(options->output, error);
    if (status == PAT_OK)
        status = check_output(options->output, "model", replace, error);
    if (status == PAT_OK && options->report != NULL)
        status = check_output(options->report, "report", replace, error);
    return status;
}

/* ---- The steps ------------------------------------------------------------------------------- */

static bool is_degraded(const struct learning *learning)
{
    return access(learning->folder.manifest, F_OK) == 0;
}

static pat_status degrade(struct learning *learning, pat_error *error)
{
    pat_degrade_options options = learning->options->degrade;
    options.output = learning->folder.pairs;
    options.run = learning->options->run;
    options.run.force = true; /* the folder belongs to this run */
    return pat_degrade_run(&options, &learning->summary->degrade, error);
}

static pat_pair_source source_of(const struct learning *learning)
{
    return (pat_pair_source){.manifest = learning->folder.manifest};
}

static pat_status find_pairs(struct learning *learning, pat_error *error)
{
    pat_pair_source source = source_of(learning);
    pat_status status = PAT_OK;
    if (learning->pairs == NULL)
        status = pat_pairs_find(&source, &learning->pairs, error);
    if (status == PAT_OK)
        learning->summary->pairs = pat_pairs_count(learning->pairs);
    return status;
}

/* The images of which there are versions; those of one image are next to each other. */
static size_t count_originals(const pat_pairs *pairs)
{
    size_t count = 0;
    const char *before = "";
    for (size_t i = 0; i < pat_pairs_count(pairs); i++) {
        pat_pair pair;
        pat_pairs_get(pairs, i, &pair);
        count += strcmp(pair.original, before) != 0;
        before = pair.original;
    }
    return count;
}

/* Images that cannot be decoded or are too small show only now. */
static pat_status check_originals(const struct learning *learning, pat_error *error)
{
    const pat_run_summary *degraded = &learning->summary->degrade;
    size_t count = count_originals(learning->pairs);
    if (count >= PAT_LEARN_IMAGES_MIN)
        return PAT_OK;
    return pat_fail(error, PAT_NOTHING_TO_DO,
                    "%s: only %zu of its %zu images can be used, and %d are needed%s%s",
                    learning->options->degrade.clean, count, learning->summary->images,
                    PAT_LEARN_IMAGES_MIN, degraded->failures > 0 ? "; the first reason: " : "",
                    degraded->failures > 0 ? degraded->first_failures[0].message : "");
}

static bool is_searched(const struct learning *learning)
{
    return access(learning->folder.data, F_OK) == 0;
}

static pat_status search(struct learning *learning, pat_error *error)
{
    pat_search_options options = {
        .source = source_of(learning),
        .grid = learning->grid,
        .output = learning->folder.data,
        .trials = learning->folder.trials,
        .extended = true,
        .run = learning->options->run,
    };
    options.run.journal = PAT_JOURNAL_RESUME;
    options.run.force = true;
    pat_status status = find_pairs(learning, error);
    if (status == PAT_OK)
        status = check_originals(learning, error);
    if (status == PAT_OK)
        status = pat_search_run(&options, learning->pairs, &learning->summary->search, error);
    return status;
}

static bool is_trained(const struct learning *learning)
{
    const pat_learn_options *options = learning->options;
    return pat_learn_folder_has_model(&learning->folder, options->output, options->max_harm);
}

/* A resumed run may replace only a model that it wrote itself. */
static pat_status check_own(const struct learning *learning, pat_error *error)
{
    const pat_learn_options *options = learning->options;
    bool own = pat_learn_folder_owns(&learning->folder, options->output);
    return pat_check_free(options->output, options->run.force || own, error);
}

static pat_status check_written(const struct learning *learning, pat_error *error)
{
    const pat_train_report *training = &learning->summary->training;
    if (training->written)
        return PAT_OK;
    return pat_fail(error, PAT_NOTHING_TO_DO,
                    "%s was not written: the best model, %s, is no better than leaving images "
                    "alone; learn from more images (these are %zu, and hundreds are needed), or "
                    "write it all the same with --keep-harmful",
                    learning->options->output,
                    pat_model_kind_name(training->kinds[training->chosen].kind),
                    training->originals);
}

static pat_status train(struct learning *learning, pat_error *error)
{
    const pat_learn_options *options = learning->options;
    pat_train_options train = {
        .data = learning->folder.data,
        .trials = learning->folder.trials,
        .output = options->output,
        .max_harm = options->max_harm,
        .keep_harmful = options->keep_harmful,
        .seed = options->degrade.seed,
        .manifest = learning->folder.manifest,
        .run = options->run,
    };
    train.run.force = true; /* already checked */
    pat_status status = find_pairs(learning, error);
    train.pairs = learning->pairs;
    if (status == PAT_OK)
        status = pat_train_run(&train, &learning->summary->training, error);
    if (status == PAT_OK)
        status = check_written(learning, error);
    if (status == PAT_OK)
        status = pat_learn_folder_note_model(&learning->folder, options->output, options->max_harm,
                                             error);
    return status;
}

static pat_status report(struct learning *learning, pat_error *error)
{
    const pat_learn_options *options = learning->options;
    pat_report_options report = {
        .data = learning->folder.data,
        .trials = learning->folder.trials,
        .model = options->output,
        .manifest = learning->folder.manifest,
        .seed = options->degrade.seed,
        .output = options->report,
        .run = options->run,
    };
    report.run.force = true;                               /* already checked */
    pat_report_summary *summary = malloc(sizeof *summary); /* large */
    pat_status status =
        summary == NULL ? pat_fail_memory(error, "a report") : find_pairs(learning, error);
    report.pairs = learning->pairs;
    if (status == PAT_OK)
        status = pat_report_run(&report, summary, error);
    free(summary);
    return status;
}

static const struct step {
    const char *name, *unit;
    bool (*is_done)(const struct learning *learning); /* NULL: never */
    pat_status (*run)(struct learning *learning, pat_error *error);
} steps[] = {
    {"degrade", "versions", is_degraded, degrade},
    {"search", "pairs", is_searched, search},
    {"train", "pairs", is_trained, train},
    {"report", "pairs", NULL, report}, /* the last, because it is optional */
};

static pat_status do_step(struct learning *learning, int index, int count, pat_error *error)
{
    const pat_learn_options *options = learning->options;
    const struct step *step = &steps[index];
    if (step->is_done != NULL && step->is_done(learning)) {
        learning->summary->resumed++;
        return PAT_OK;
    }
    if (options->run.interrupt != NULL && *options->run.interrupt != 0)
        return pat_fail(error, PAT_INTERRUPTED, "interrupted");
    if (options->begin_step != NULL)
        options->begin_step(options->step_context,
                            &(pat_learn_step){index + 1, count, step->name, step->unit});
    return step->run(learning, error);
}

static pat_status do_steps(struct learning *learning, pat_error *error)
{
    int count = sizeof steps / sizeof *steps - (learning->options->report == NULL);
    pat_status status = PAT_OK;
    for (int i = 0; i < count && status == PAT_OK; i++)
        status = do_step(learning, i, count, error);
    return status;
}

/* ---- The run --------------------------------------------------------------------------------- */

static pat_status finish(struct learning *learning, pat_error *error)
{
    pat_learn_summary *summary = learning->summary;
    pat_status status = find_pairs(learning, error);
    if (status == PAT_OK)
        status = pat_learn_worth_read(learning->options->output, summary, error);
    if (status != PAT_OK || learning->options->keep)
        return status;
    status = pat_learn_folder_remove(&learning->folder, error);
    if (status == PAT_OK)
        summary->work[0] = '\0';
    return status;
}

pat_status pat_learn_run(const pat_learn_options *options, pat_learn_summary *summary,
                         pat_error *error)
{
    *summary = (pat_learn_summary){0};
    struct learning *learning = calloc(1, sizeof *learning); /* large: full of paths */
    if (learning == NULL)
        return pat_fail_memory(error, "the file names");
    learning->options = options;
    learning->summary = summary;
    pat_status status = pat_grid_parse(&learning->grid, GRID, error);
    if (status == PAT_OK)
        status = pat_degrade_check(&options->degrade, error);
    if (status == PAT_OK)
        status = check_outputs(options, error);
    if (status == PAT_OK)
        status = open_folder(learning, error);
    if (status == PAT_OK)
        status = check_own(learning, error);
    if (status == PAT_OK)
        status = do_steps(learning, error);
    if (status == PAT_OK)
        status = finish(learning, error);
    pat_pairs_free(learning->pairs);
    pat_learn_folder_close(&learning->folder);
    free(learning);
    return status;
}

void pat_learn_summary_release(pat_learn_summary *summary)
{
    pat_train_report_release(&summary->training);
    free(summary->description);
    *summary = (pat_learn_summary){0};
}
