#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "dataset/listing.h"
#include "dataset/row.h"
#include "patina/version.h"
#include "run/outputs.h"
#include "run/run.h"

/* A feature run: the images, and where their features go. */
struct feature_run {
    const pat_feature_options *options;
    pat_names paths, names; /* of the images, in the order of the CSV */
    const char **labels;    /* one per image */
    size_t label_capacity;
    pat_outputs outputs;
    pat_run_summary *summary;
};

static bool add_image(struct feature_run *run, const char *path, const char *name,
                      const char *label)
{
    size_t count = run->paths.count;
    if (!pat_array_reserve(&run->labels, &run->label_capacity, count + 1, sizeof *run->labels))
        return false;
    run->labels[count] = label == NULL ? "" : label;
    return pat_names_add(&run->paths, path) && pat_names_add(&run->names, name);
}

/* Each name has its reason behind it. */
static bool note_skipped(void *context, const char *name, const char *reason)
{
    pat_names *skipped = context;
    if (!pat_names_add(skipped, name))
        return false;
    pat_buffer_append(&skipped->text, reason, strlen(reason) + 1);
    return !skipped->text.failed;
}

/* In the order of the names: that in which a folder is read is the file system's affair. */
static void tell_skipped(struct feature_run *run, const char *folder, pat_names *skipped)
{
    const pat_feature_options *options = run->options;
    pat_names_sort(skipped);
    for (size_t i = 0; i < skipped->count && options->left_out != NULL; i++) {
        const char *name = pat_names_get(skipped, i), *reason = name + strlen(name) + 1;
        options->left_out(options->left_out_context, &(pat_unpaired){folder, name, reason});
    }
    run->summary->unpaired += skipped->count;
}

static pat_status add_folder(struct feature_run *run, const pat_feature_input *input,
                             pat_error *error)
{
    pat_names names = {0}, skipped = {0};
    pat_status status = pat_list_images(input->path, run->options->recursive, &names, note_skipped,
                                        &skipped, error);
    if (status == PAT_OK)
        tell_skipped(run, input->path, &skipped);
    pat_names_release(&skipped);
    for (size_t i = 0; i < names.count && status == PAT_OK; i++) {
        char path[PAT_PATH_SIZE];
        const char *name = pat_names_get(&names, i);
        int length = snprintf(path, sizeof path, "%s/%s", input->path, name);
        if (length >= (int)sizeof path || !add_image(run, path, name, input->label))
            status = pat_fail_memory(error, "the list of images");
    }
    pat_names_release(&names);
    return status;
}

static pat_status fail_to_find(const char *path, pat_error *error)
{
    int cause = errno;
    if (cause == ENOENT || cause == ENOTDIR)
        return pat_fail(error, PAT_NOT_FOUND, "%s: no such image or folder; check the path",
                        *path == '\0' ? "(an empty name)" : path);
    return pat_fail(error, PAT_UNREADABLE, "%s: cannot be looked at (%s); check the path", path,
                    strerror(cause));
}

static pat_status add_inputs(struct feature_run *run, pat_error *error)
{
    for (size_t i = 0; i < run->options->input_count; i++) {
        const pat_feature_input *input = &run->options->inputs[i];
        struct stat info;
        pat_status status = PAT_OK;
        if (stat(input->path, &info) != 0) /* a slip of the pen: better told before the work */
            status = fail_to_find(input->path, error);
        else if (S_ISDIR(info.st_mode))
            status = add_folder(run, input, error);
        else if (!add_image(run, input->path, input->path, input->label))
            status = pat_fail_memory(error, "the list of images");
        if (status != PAT_OK)
            return status;
    }
    if (run->paths.count == 0)
        return pat_fail(error, PAT_NOTHING_TO_DO,
                        "no image to measure: the folders hold none (png, jpg, jpeg, tif, tiff, "
                        "webp, bmp); --recursive enters subfolders");
    return PAT_OK;
}

static void get_job(void *context, size_t index, pat_job *job)
{
    struct feature_run *run = context;
    /* Two folders may have files of one name. */
    *job = (pat_job){.name = pat_names_get(&run->paths, index),
                     .damaged = pat_names_get(&run->paths, index),
                     .undamaged = ""};
}

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    struct feature_run *run = context;
    const char *name = pat_names_get(&run->names, index);
    if (outcome->status != PAT_OK)
        return pat_outputs_fail(&run->outputs, name, outcome, error);
    pat_feature_row_put(
        &run->outputs.line,
        &(pat_feature_row){name, outcome->features, run->options->extended,
                           run->options->label_name == NULL ? NULL : run->labels[index],
                           run->outputs.spreadsheet_safe});
    pat_status status = pat_outputs_write(&run->outputs, &run->outputs.data, error);
    if (status == PAT_OK)
        run->summary->rows++;
    return status;
}

static pat_status run_all(struct feature_run *run, const pat_job_list *jobs, pat_error *error)
{
    pat_task_setup setup = {
        .kind = PAT_TASK_FEATURES,
        .extended = run->options->extended,
    };
    pat_grid_init_default(&setup.grid);
    pat_sink sink = {put_outcome, run};
    pat_run work = {.setup = &setup, .jobs = jobs, .sink = &sink, .options = &run->options->run};
    return pat_outputs_run(&run->outputs, &work, error);
}

enum { IDENTITY_SIZE = 128 };

/* What a result depends on besides the file. */
static void describe(const pat_feature_options *options, char identity[IDENTITY_SIZE])
{
    uint64_t max_pixels = options->run.max_pixels;
    snprintf(identity, IDENTITY_SIZE,
             "command=features\ndefinitions=%d\nextended=%s\nmax-pixels=%llu\n",
             PAT_DEFINITIONS_VERSION, options->extended ? "yes" : "no",
             (unsigned long long)(max_pixels != 0 ? max_pixels : PAT_MAX_PIXELS_DEFAULT));
}

static pat_status check_label(const char *name, pat_error *error)
{
    bool taken = name != NULL && strcmp(name, "filename") == 0;
    for (int i = 0; i < PAT_FEATURES_MAX && name != NULL; i++)
        taken = taken || strcmp(name, pat_feature_name(i)) == 0;
    return taken ? pat_fail(error, PAT_INVALID_ARGUMENT,
                            "--label: there is a column '%s' already; choose another name", name)
                 : PAT_OK;
}

pat_status pat_feature_run(const pat_feature_options *options, pat_run_summary *summary,
                           pat_error *error)
{
    double started_s = pat_clock_seconds();
    struct feature_run run = {
        .options = options,
        .outputs = {.journal_mode = options->run.journal,
                    .spreadsheet_safe = options->spreadsheet_safe},
        .summary = summary,
    };
    *summary = (pat_run_summary){0};
    pat_status status = check_label(options->label_name, error);
    if (status == PAT_OK)
        status = add_inputs(&run, error);
    summary->total = run.paths.count;
    pat_job_list jobs = {run.paths.count, get_job, &run};
    char identity[IDENTITY_SIZE];
    describe(options, identity);
    if (status == PAT_OK)
        status = pat_outputs_open(&run.outputs, options->output, identity, &jobs, summary, error);
    if (status == PAT_OK) {
        pat_feature_row_put_header(&run.outputs.line, options->extended, options->label_name);
        status = pat_outputs_write(&run.outputs, &run.outputs.data, error);
    }
    if (status == PAT_OK)
        status = run_all(&run, &jobs, error);
    if (status == PAT_OK)
        status = pat_outputs_finish(&run.outputs, error);
    if (status == PAT_OK)
        status = pat_outputs_place(&run.outputs, error);
    summary->elapsed_s = pat_clock_seconds() - started_s;
    pat_outputs_close(&run.outputs);
    pat_names_release(&run.paths);
    pat_names_release(&run.names);
    free(run.labels);
    return status;
}
