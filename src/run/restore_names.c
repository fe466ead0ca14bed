#include "run/restore_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "image/format.h"

/* The end of the name of an unfinished file; and room for it, with the number of a process. */
#define PARTIAL ".partial"
enum { SUFFIX_SIZE = sizeof PARTIAL + 12 };

static bool is_folder(const char *path)
{
    struct stat info;
    size_t length = strlen(path);
    return (length > 0 && path[length - 1] == '/') ||
           (stat(path, &info) == 0 && S_ISDIR(info.st_mode));
}

/* Whether an image was named itself, so that its name is its path. Images found in a folder have
 * names relative to it. */
static bool was_named(const pat_inputs *inputs, size_t index)
{
    return strcmp(pat_names_get(&inputs->paths, index), pat_names_get(&inputs->names, index)) == 0;
}

/* The last extension of a path, such as ".jpg"; "" if there is none. */
static const char *extension_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    return dot == NULL || dot == name ? "" : dot;
}

/* Whether `output` names a file, for the only image, instead of a folder. */
static bool is_single(const pat_restoration_options *options, const pat_inputs *inputs)
{
    return options->input_count == 1 && inputs->paths.count == 1 && was_named(inputs, 0) &&
           !is_folder(options->output) && *extension_of(options->output) != '\0';
}

/* A file must have the extension of a format that can be written, and a folder that of no format.
 */
static pat_status check_output(const pat_restoration_options *options, bool single,
                               pat_error *error)
{
    char made[PAT_FORMAT_WORDS_SIZE];
    bool known = pat_format_of_name(options->output) != PAT_FORMAT_NONE;
    if (single && !pat_format_is_written(pat_format_of_name(options->output)))
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: patina cannot write %s files; choose %s",
                        options->output, extension_of(options->output),
                        pat_format_words(PAT_LIST_OUTPUTS, " or ", made));
    if (!single && known && !is_folder(options->output))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: is the name of an image, but several images or a folder are given; "
                        "name a folder with -o",
                        options->output);
    return PAT_OK;
}

/* An output extension that differs from the input's selects another format. */
static pat_status choose_format(const pat_restoration_options *options, const char *input,
                                pat_format *format, pat_error *error)
{
    pat_format wanted = pat_format_of_name(options->output);
    if (*format != PAT_FORMAT_NONE && *format != wanted)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: its extension does not fit --format %s; change one of them",
                        options->output, pat_format_row(*format)->name);
    if (*format == PAT_FORMAT_NONE && wanted != pat_format_of_name(input))
        *format = wanted;
    if (*format == PAT_FORMAT_NONE || pat_format_is_made(*format))
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "%s: other formats cannot be converted to %s; choose another extension",
                    options->output, pat_format_row(*format)->title);
}

/* Add the output of the next image. whole: if its format changes, keep the old extension, too. */
static pat_status name_in_folder(const pat_restoration_options *options, const pat_inputs *inputs,
                                 bool whole, pat_names *outputs, pat_error *error)
{
    size_t index = outputs->count;
    char path[PAT_PATH_SIZE];
    const char *name = pat_names_get(&inputs->names, index), *dot = "", *extension = "";
    const char *slash = strrchr(name, '/');
    if (was_named(inputs, index) && slash != NULL)
        name = slash + 1;
    size_t length = strlen(name);
    pat_format own = pat_format_of_name(name), format = options->format;
    if (format == PAT_FORMAT_NONE)
        format = pat_format_written_as(own);
    if (own != format) {
        length = whole ? length : pat_stem_length(name);
        dot = ".";
        extension = pat_format_row(format)->extensions[0];
    }
    size_t folder = strlen(options->output);
    while (folder > 1 && options->output[folder - 1] == '/')
        folder--;
    int size = snprintf(path, sizeof path, "%.*s/%.*s%s%s", (int)folder, options->output,
                        (int)length, name, dot, extension);
    if ((size_t)size + SUFFIX_SIZE > sizeof path)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: its output path is too long; choose another folder with -o",
                        pat_names_get(&inputs->paths, index));
    return pat_names_add(outputs, path) ? PAT_OK : pat_fail_memory(error, "the list of outputs");
}

static bool is_twice(const pat_names *sorted, const char *name)
{
    size_t at = pat_names_find(sorted, name);
    return (at > 0 && strcmp(pat_names_get(sorted, at - 1), name) == 0) ||
           (at + 1 < sorted->count && strcmp(pat_names_get(sorted, at + 1), name) == 0);
}

/* If IMG.heic and IMG.gif would both become IMG.png, or one of them is beside an IMG.png, their
 * outputs are IMG.heic.png and IMG.gif.png. */
static pat_status name_all_in_folder(const pat_restoration_options *options,
                                     const pat_inputs *inputs, pat_names *outputs, pat_error *error)
{
    pat_names plain = {0}, sorted = {0};
    pat_status status = PAT_OK;
    for (size_t i = 0; i < inputs->paths.count && status == PAT_OK; i++) {
        status = name_in_folder(options, inputs, false, &plain, error);
        if (status == PAT_OK && !pat_names_add(&sorted, pat_names_get(&plain, i)))
            status = pat_fail_memory(error, "the list of outputs");
    }
    pat_names_sort(&sorted);
    for (size_t i = 0; i < inputs->paths.count && status == PAT_OK; i++) {
        bool twice = is_twice(&sorted, pat_names_get(&plain, i));
        status = name_in_folder(options, inputs, twice, outputs, error);
    }
    pat_names_release(&plain);
    pat_names_release(&sorted);
    return status;
}

static pat_status name_all(const pat_restoration_options *options, const pat_inputs *inputs,
                           bool single, pat_names *outputs, pat_format *format, pat_error *error)
{
    if (single) {
        if (strlen(options->output) + SUFFIX_SIZE > PAT_PATH_SIZE)
            return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: the path is too long; choose another",
                            options->output);
        if (!pat_names_add(outputs, options->output))
            return pat_fail_memory(error, "the list of outputs");
        return choose_format(options, pat_names_get(&inputs->names, 0), format, error);
    }
    return name_all_in_folder(options, inputs, outputs, error);
}

/* ---- Checks ---------------------------------------------------------------------------------- */

/* Report the first two inputs whose output, or its partial file, is `path`. */
static pat_status fail_duplicate(const pat_inputs *inputs, const pat_names *outputs,
                                 const char *path, pat_error *error)
{
    const char *found[2] = {"", ""};
    int count = 0;
    for (size_t i = 0; i < outputs->count && count < 2; i++) {
        const char *output = pat_names_get(outputs, i);
        size_t length = strlen(output);
        if (strncmp(path, output, length) == 0 &&
            (path[length] == '\0' || strcmp(path + length, PARTIAL) == 0))
            found[count++] = pat_names_get(&inputs->paths, i);
    }
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "%s and %s would both be written to %s; restore them into two folders",
                    found[0], found[1], path);
}

static pat_status check_distinct(const pat_inputs *inputs, const pat_names *outputs,
                                 pat_error *error)
{
    pat_names sorted = {0};
    pat_status status = PAT_OK;
    for (size_t i = 0; i < outputs->count && status == PAT_OK; i++) {
        char partial[PAT_PATH_SIZE];
        snprintf(partial, sizeof partial, "%s" PARTIAL, pat_names_get(outputs, i));
        if (!pat_names_add(&sorted, pat_names_get(outputs, i)) || !pat_names_add(&sorted, partial))
            status = pat_fail_memory(error, "the list of outputs");
    }
    pat_names_sort(&sorted);
    for (size_t i = 1; i < sorted.count && status == PAT_OK; i++)
        if (strcmp(pat_names_get(&sorted, i - 1), pat_names_get(&sorted, i)) == 0)
            status = fail_duplicate(inputs, outputs, pat_names_get(&sorted, i), error);
    pat_names_release(&sorted);
    return status;
}

/* What identifies a file, whatever its name. */
struct identity {
    dev_t device;
    ino_t number;
};

static int compare(const void *a, const void *b)
{
    const struct identity *x = a, *y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void identify(const char *path, struct identity *files, size_t *count)
{
    struct stat info;
    if (stat(path, &info) == 0)
        files[(*count)++] = (struct identity){info.st_dev, info.st_ino};
}

/* Identify the images and the model. Returns their number. */
static size_t identify_inputs(const pat_restoration_options *options, const pat_inputs *inputs,
                              struct identity *files)
{
    size_t count = 0;
    for (size_t i = 0; i < inputs->paths.count; i++)
        identify(pat_names_get(&inputs->paths, i), files, &count);
    if (options->model != NULL)
        identify(options->model, files, &count);
    qsort(files, count, sizeof *files, compare);
    return count;
}

static pat_status check_spared(const char *path, const struct identity *files, size_t count,
                               pat_error *error)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return PAT_OK;
    struct identity file = {info.st_dev, info.st_ino};
    if (bsearch(&file, files, count, sizeof *files, compare) == NULL)
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "%s: is an input of this run, and would be replaced; choose another name or "
                    "folder with -o",
                    path);
}

static pat_status check_all_spared(const pat_restoration_options *options, const pat_inputs *inputs,
                                   const pat_names *outputs, bool single, pat_error *error)
{
    struct identity *files = calloc(inputs->paths.count + 1, sizeof *files);
    if (files == NULL)
        return pat_fail_memory(error, "the list of images");
    size_t count = identify_inputs(options, inputs, files);
    pat_status status = PAT_OK;
    for (size_t i = 0; i < outputs->count && status == PAT_OK; i++) {
        char partial[PAT_PATH_SIZE];
        const char *output = pat_names_get(outputs, i);
        pat_restore_partial(output, single, partial);
        status = check_spared(output, files, count, error);
        if (status == PAT_OK)
            status = check_spared(partial, files, count, error);
    }
    free(files);
    return status;
}

void pat_restore_partial(const char *output, bool single, char partial[PAT_PATH_SIZE])
{
    if (single)
        snprintf(partial, PAT_PATH_SIZE, "%s.%d" PARTIAL, output, (int)getpid());
    else
        snprintf(partial, PAT_PATH_SIZE, "%s" PARTIAL, output);
}

/* With --recursive, the results of one run would be images of the next. */
static pat_status check_apart(const pat_restoration_options *options, pat_error *error)
{
    for (size_t i = 0; i < options->input_count && options->recursive; i++)
        if (pat_lies_in(options->output, options->inputs[i]))
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "%s: is inside %s, so --recursive would restore the results of an "
                            "earlier run as well; choose another folder with -o",
                            options->output, options->inputs[i]);
    return PAT_OK;
}

pat_status pat_restore_names(const pat_restoration_options *options, const pat_inputs *inputs,
                             pat_names *outputs, pat_format *format, bool *single, pat_error *error)
{
    if (options->output == NULL || *options->output == '\0')
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "-o: specify the output: a file for one image, otherwise a folder");
    *single = is_single(options, inputs);
    pat_status status = check_output(options, *single, error);
    if (status == PAT_OK)
        status = check_apart(options, error);
    if (status == PAT_OK)
        status = name_all(options, inputs, *single, outputs, format, error);
    if (status == PAT_OK)
        status = check_distinct(inputs, outputs, error);
    if (status == PAT_OK)
        status = check_all_spared(options, inputs, outputs, *single, error);
    for (size_t i = 0; i < outputs->count && status == PAT_OK && !*single; i++)
        status = pat_make_folder_of(pat_names_get(outputs, i), error);
    return status;
}
