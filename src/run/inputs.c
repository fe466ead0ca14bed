#include "run/inputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "patina/image.h"

static bool add_image(pat_inputs *inputs, const char *path, const char *name, size_t origin)
{
    size_t count = inputs->paths.count;
    if (!pat_array_reserve(&inputs->origin, &inputs->origin_capacity, count + 1,
                           sizeof *inputs->origin))
        return false;
    inputs->origin[count] = origin;
    return pat_names_add(&inputs->paths, path) && pat_names_add(&inputs->names, name);
}

/* Store the reason and its kind right after the name. */
static bool note_skipped(void *context, const pat_unpaired *entry)
{
    pat_names *skipped = context;
    if (!pat_names_add(skipped, entry->name))
        return false;
    pat_buffer_append(&skipped->text, entry->reason, strlen(entry->reason) + 1);
    pat_buffer_append_char(&skipped->text, (char)entry->kind);
    return !skipped->text.failed;
}

/* Sort by name, because the order in which a folder is read depends on the file system. */
static void tell_skipped(pat_inputs *inputs, const char *folder, pat_names *skipped)
{
    pat_names_sort(skipped);
    for (size_t i = 0; i < skipped->count; i++) {
        const char *name = pat_names_get(skipped, i), *reason = name + strlen(name) + 1;
        const pat_left_out kind = (pat_left_out)reason[strlen(reason) + 1];
        if (inputs->left_out != NULL)
            inputs->left_out(inputs->left_out_context, &(pat_unpaired){folder, name, reason, kind});
        *(kind == PAT_LEFT_SYSTEM ? &inputs->ignored_count : &inputs->left_out_count) += 1;
    }
}

static pat_status add_folder(pat_inputs *inputs, const char *folder, size_t origin,
                             pat_error *error)
{
    pat_names names = {0}, skipped = {0};
    pat_status status =
        pat_list_images(folder, inputs->recursive, &names, note_skipped, &skipped, error);
    if (status == PAT_OK)
        tell_skipped(inputs, folder, &skipped);
    pat_names_release(&skipped);
    for (size_t i = 0; i < names.count && status == PAT_OK; i++) {
        char path[PAT_PATH_SIZE];
        const char *name = pat_names_get(&names, i);
        int length = snprintf(path, sizeof path, "%s/%s", folder, name);
        if (length >= (int)sizeof path || !add_image(inputs, path, name, origin))
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
    return pat_fail(error, PAT_UNREADABLE, "%s: cannot access it (%s); check the path", path,
                    strerror(cause));
}

pat_status pat_inputs_add(pat_inputs *inputs, const char *path, size_t origin, pat_error *error)
{
    struct stat info;
    if (stat(path, &info) != 0) /* a typo: report it early */
        return fail_to_find(path, error);
    if (S_ISDIR(info.st_mode))
        return add_folder(inputs, path, origin, error);
    return add_image(inputs, path, path, origin) ? PAT_OK
                                                 : pat_fail_memory(error, "the list of images");
}

pat_status pat_inputs_check(const pat_inputs *inputs, pat_error *error)
{
    if (inputs->paths.count > 0)
        return PAT_OK;
    char extensions[PAT_FORMAT_WORDS_SIZE];
    return pat_fail(error, PAT_NOTHING_TO_DO,
                    "no images (%s) in the folders; use --recursive to search subfolders",
                    pat_format_words(PAT_LIST_EXTENSIONS, ", ", extensions));
}

void pat_inputs_release(pat_inputs *inputs)
{
    pat_names_release(&inputs->paths);
    pat_names_release(&inputs->names);
    free(inputs->origin);
    *inputs = (pat_inputs){0};
}
