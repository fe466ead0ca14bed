#include "run/frames/camera.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/listing.h"

/* ---- Folders --------------------------------------------------------------------------------- */

static pat_status join(char path[PAT_PATH_SIZE], const char *folder, const char *name,
                       pat_error *error)
{
    return snprintf(path, PAT_PATH_SIZE, "%s/%s", folder, name) < PAT_PATH_SIZE
               ? PAT_OK
               : pat_fail(error, PAT_INVALID_ARGUMENT,
                          "%.60s...: the name is too long; move the folder", folder);
}

static pat_status fail_to_list(const char *path, pat_error *error)
{
    if (errno == ENOENT || errno == ENOTDIR)
        return pat_fail(error, PAT_NOT_FOUND, "%s: no such folder; check the path", path);
    return pat_fail(error, PAT_UNREADABLE, "%s: cannot be listed (%s); check its permissions", path,
                    strerror(errno));
}

/* Add the names in a folder, except those that systems create. The result is sorted. */
static pat_status list(const char *path, pat_names *names, pat_error *error)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    bool enough = true;
    if (folder == NULL)
        return fail_to_list(path, error);
    errno = 0;
    while (enough && (entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            !pat_is_system_name(entry->d_name))
            enough = pat_names_add(names, entry->d_name);
    int cause = enough ? errno : 0;
    closedir(folder);
    errno = cause;
    if (!enough)
        return pat_fail_memory(error, "the list of files");
    if (cause != 0)
        return fail_to_list(path, error);
    pat_names_sort(names);
    return PAT_OK;
}

/* The names as an array, which is valid until they change. Free it with free(). */
static const char **array_of(const pat_names *names)
{
    const char **array = calloc(names->count + 1, sizeof *array);
    for (size_t i = 0; array != NULL && i < names->count; i++)
        array[i] = pat_names_get(names, i);
    return array;
}

/* Find the folders of a camera. *folders: NULL if it has none. */
static pat_status find_folders(const char *path, const pat_rig_folders **folders, pat_error *error)
{
    pat_names names = {0};
    *folders = NULL;
    pat_status status = list(path, &names, error);
    const char **array = status == PAT_OK ? array_of(&names) : NULL;
    if (status == PAT_OK && array == NULL)
        status = pat_fail_memory(error, "the list of folders");
    if (status == PAT_OK)
        *folders = pat_rig_find_folders(array, names.count);
    free(array);
    pat_names_release(&names);
    return status;
}

/* ---- A trial --------------------------------------------------------------------------------- */

static bool add_text(char ***texts, size_t *count, const char *text)
{
    char **more = pat_realloc_array(*texts, *count + 1, sizeof **texts);
    if (more == NULL)
        return false;
    *texts = more;
    more[*count] = strdup(text);
    if (more[*count] == NULL)
        return false;
    ++*count;
    return true;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Add the folders that are named like cameras. */
static pat_status find_cameras(const char *folder, pat_frames_trial *trial, pat_error *error)
{
    pat_names names = {0};
    char path[PAT_PATH_SIZE];
    pat_status status = list(folder, &names, error);
    for (size_t i = 0; i < names.count && status == PAT_OK; i++) {
        const char *name = pat_names_get(&names, i);
        const pat_rig_folders *folders = NULL;
        if (!pat_rig_is_camera(name))
            continue;
        status = join(path, folder, name, error);
        if (status != PAT_OK || !is_folder(path))
            continue;
        if (find_folders(path, &folders, NULL) == PAT_OK && folders != NULL) {
            if (!add_text(&trial->camera, &trial->count, name))
                status = pat_fail_memory(error, "the list of cameras");
        } else if (!add_text(&trial->left_out, &trial->left_out_count, name)) {
            status = pat_fail_memory(error, "the list of cameras");
        }
    }
    pat_names_release(&names);
    return status;
}

/* Split a folder's real path: the name of the trial and, of a camera in one, its name. */
static pat_status name_trial(const char *folder, pat_frames_trial *trial, pat_error *error)
{
    char *real = realpath(folder, NULL);
    if (real == NULL)
        return fail_to_list(folder, error);
    char *name = strrchr(real, '/') + 1;
    const char *camera = "cam1";
    if (trial->single && pat_rig_is_camera(name) && name - 1 > real) {
        camera = name;
        name[-1] = '\0';
        name = strrchr(real, '/') + 1;
    }
    bool fits = *name != '\0' &&
                snprintf(trial->name, sizeof trial->name, "%s", name) < (int)sizeof trial->name;
    bool enough = !trial->single || add_text(&trial->camera, &trial->count, camera);
    free(real);
    if (!enough)
        return pat_fail_memory(error, "the name of a camera");
    return fits ? PAT_OK
                : pat_fail(error, PAT_INVALID_ARGUMENT,
                           "%s: has no usable name for a trial; rename it", folder);
}

pat_status pat_frames_find(const char *folder, pat_frames_trial *trial, pat_error *error)
{
    const pat_rig_folders *folders;
    *trial = (pat_frames_trial){.count = 0};
    pat_status status = find_folders(folder, &folders, error);
    if (status == PAT_OK)
        status = find_cameras(folder, trial, error);
    if (status == PAT_OK && folders != NULL && trial->count > 0)
        status = pat_fail(error, PAT_INVALID_ARGUMENT,
                          "%s: has both a folder %s and cameras (%s, ...); name one of those "
                          "folders, or move one away",
                          folder, folders->name[PAT_RIG_COLOR], trial->camera[0]);
    if (status == PAT_OK && folders == NULL && trial->count == 0)
        status = pat_fail(error, PAT_NOTHING_TO_DO,
                          "%s: is not laid out in a known way: a camera has a folder of images "
                          "(%s), and a trial has cameras (cam1, cam2, ...); rename the folders, or "
                          "restore a folder of images with patina restore",
                          folder, pat_rig_folder_words());
    trial->single = folders != NULL;
    if (status == PAT_OK)
        status = name_trial(folder, trial, error);
    if (status != PAT_OK)
        pat_frames_trial_release(trial);
    return status;
}

pat_status pat_frames_choose(const pat_frames_trial *trial, const char *camera, size_t *index,
                             pat_error *error)
{
    char list[PAT_ERROR_MESSAGE_SIZE] = "";
    size_t used = 0;
    for (*index = 0; camera != NULL && *index < trial->count; ++*index)
        if (strcmp(trial->camera[*index], camera) == 0)
            return PAT_OK;
    if (camera == NULL && trial->count == 1)
        return PAT_OK;
    for (size_t i = 0; i < trial->count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "",
                                 trial->camera[i]);
    if (camera == NULL)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: has several cameras; choose one with --camera, or --all: %s",
                        trial->name, list);
    return pat_fail(error, PAT_NOT_FOUND, "%s: has no camera '%s'; it has %s", trial->name, camera,
                    list);
}

void pat_frames_trial_release(pat_frames_trial *trial)
{
    for (size_t i = 0; i < trial->count; i++)
        free(trial->camera[i]);
    for (size_t i = 0; i < trial->left_out_count; i++)
        free(trial->left_out[i]);
    free(trial->camera);
    free(trial->left_out);
    *trial = (pat_frames_trial){.count = 0};
}

/* ---- A camera -------------------------------------------------------------------------------- */

static bool leave_out(pat_camera *camera, pat_rig_part part, const char *name)
{
    char text[2 * PAT_FRAMES_NAME_SIZE + 2];
    snprintf(text, sizeof text, "%s/%s", camera->folders->name[part], name);
    return pat_names_add(&camera->left_out, text);
}

/* Add the files of a part that have a number; each is a frame at first. followed: whether they
 * follow a pattern at all. */
static bool add_files(pat_camera *camera, pat_rig_part part, bool followed)
{
    const pat_names *files = &camera->files[part];
    for (size_t i = 0; i < files->count; i++) {
        pat_camera_frame frame = {.number = 0};
        const char *name = pat_names_get(files, i);
        if (!followed || !pat_rig_number(&camera->pattern[part], name, part, &frame.number,
                                         &frame.extension[part])) {
            if (!leave_out(camera, part, name))
                return false;
            continue;
        }
        frame.file[part] = name;
        if (!pat_array_reserve(&camera->frames, &camera->capacity, camera->count + 1,
                               sizeof *camera->frames))
            return false;
        camera->frames[camera->count++] = frame;
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    const pat_camera_frame *left = a, *right = b;
    if (left->number != right->number)
        return left->number > right->number ? 1 : -1;
    for (int part = 0; part < PAT_RIG_PARTS; part++) { /* color first */
        bool has_left = left->file[part] != NULL, has_right = right->file[part] != NULL;
        if (has_left != has_right)
            return has_left ? -1 : 1;
        if (has_left && left->extension[part] != right->extension[part])
            return left->extension[part] - right->extension[part];
        if (has_left)
            return strcmp(left->file[part], right->file[part]);
    }
    return 0;
}

/* Join the files that have the same number. Of several of a part, the first counts. */
static bool join_frames(pat_camera *camera)
{
    size_t count = 0;
    if (camera->count > 0)
        qsort(camera->frames, camera->count, sizeof *camera->frames, compare);
    for (size_t i = 0; i < camera->count; i++) {
        const pat_camera_frame now = camera->frames[i];
        pat_rig_part part = now.file[PAT_RIG_COLOR] != NULL ? PAT_RIG_COLOR : PAT_RIG_DEPTH;
        pat_camera_frame *last = count > 0 ? &camera->frames[count - 1] : NULL;
        if (last == NULL || last->number != now.number) {
            camera->frames[count++] = now;
        } else if (last->file[part] == NULL) {
            last->file[part] = now.file[part];
            last->extension[part] = now.extension[part];
        } else if (!leave_out(camera, part, now.file[part])) {
            return false;
        }
    }
    camera->count = count;
    return true;
}

static bool is_in_range(const pat_film_range *range, long number)
{
    return (double)number >= range->from && (range->until == 0 || (double)number < range->until);
}

static pat_status keep_range(pat_camera *camera, const pat_film_range *range, pat_error *error)
{
    size_t count = 0;
    long first = camera->frames[0].number, last = camera->frames[camera->count - 1].number;
    for (size_t i = 0; i < camera->count; i++)
        if (is_in_range(range, camera->frames[i].number))
            camera->frames[count++] = camera->frames[i];
    camera->count = count;
    return count > 0 ? PAT_OK
                     : pat_fail(error, PAT_NOTHING_TO_DO,
                                "%s: has no frames in that range; its frames have the numbers %ld "
                                "to %ld",
                                camera->path, first, last);
}

/* List the files of a part, and find how they are named. */
static pat_status find_files(pat_camera *camera, const char *name, pat_rig_part part, bool *found,
                             pat_error *error)
{
    char path[PAT_PATH_SIZE];
    pat_names *files = &camera->files[part];
    pat_status status = join(path, camera->path, camera->folders->name[part], error);
    if (status == PAT_OK)
        status = list(path, files, error);
    if (status != PAT_OK)
        return status;
    const char **array = array_of(files);
    if (array == NULL)
        return pat_fail_memory(error, "the list of files");
    *found = pat_rig_find_pattern(array, files->count, part, name, &camera->pattern[part]);
    free(array);
    return PAT_OK;
}

static pat_status find_parts(pat_camera *camera, const char *name, pat_error *error)
{
    bool found = false;
    pat_error cause = {0};
    pat_status status = find_files(camera, name, PAT_RIG_COLOR, &found, error);
    if (status != PAT_OK)
        return status;
    if (!found)
        return pat_fail(error, PAT_NOTHING_TO_DO,
                        "%s/%s: %s (%s); rename the files, or restore them with patina restore",
                        camera->path, camera->folders->name[PAT_RIG_COLOR],
                        camera->files[PAT_RIG_COLOR].count == 0 ? "is empty"
                                                                : "no file is named like a frame",
                        pat_rig_file_words());
    status = find_files(camera, name, PAT_RIG_DEPTH, &camera->has_depth, &cause);
    if (status == PAT_OK || status == PAT_NOT_FOUND)
        return PAT_OK;
    return pat_fail(error, status, "%s", cause.message);
}

pat_status pat_camera_open(pat_camera *camera, const pat_frames_trial *trial,
                           const pat_frames_options *options, pat_error *error)
{
    pat_status status = PAT_OK;
    if (trial->single)
        snprintf(camera->path, sizeof camera->path, "%s", options->folder);
    else
        status = join(camera->path, options->folder, options->camera, error);
    if (status == PAT_OK)
        status = find_folders(camera->path, &camera->folders, error);
    if (status == PAT_OK && camera->folders == NULL)
        status = pat_fail(error, PAT_NOTHING_TO_DO, "%s: has no folder of images (%s)",
                          camera->path, pat_rig_folder_words());
    if (status == PAT_OK)
        status = find_parts(camera, options->camera, error);
    if (status != PAT_OK)
        return status;
    bool enough = add_files(camera, PAT_RIG_COLOR, true) &&
                  add_files(camera, PAT_RIG_DEPTH, camera->has_depth) && join_frames(camera);
    return enough ? keep_range(camera, &options->range, error)
                  : pat_fail_memory(error, "the list of frames");
}

void pat_camera_release(pat_camera *camera)
{
    free(camera->frames);
    pat_names_release(&camera->left_out);
    for (int part = 0; part < PAT_RIG_PARTS; part++)
        pat_names_release(&camera->files[part]);
    *camera = (pat_camera){.count = 0};
}

bool pat_camera_next_gap(const pat_camera *camera, size_t *index, pat_frames_gap *gap)
{
    for (size_t i = *index + 1; i < camera->count; i++) {
        long before = camera->frames[i - 1].number, now = camera->frames[i].number;
        if (now == before + 1)
            continue;
        *gap = (pat_frames_gap){before + 1, now - 1};
        *index = i;
        return true;
    }
    return false;
}
