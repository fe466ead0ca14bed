#include "rig/layout.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- The tables ------------------------------------------------------------------------------ */

static const pat_rig_folders folders[] = {
    {{"color", "depth"}},
    {{"Color", "Depth"}},
    {{"_Color", "_Depth"}},
};

/* prefix: NULL: that of the camera. */
static const struct {
    const char *prefix[PAT_RIG_PARTS];
    int digits;
} files[] = {
    {{"frame_", "frame_"}, 6},
    {{"Color_", "Depth_"}, 6},
    {{NULL, NULL}, 6},
    {{"_Color_", "_Depth_"}, 4},
};

enum { EXTENSIONS_MAX = 4, DIGITS_MAX = 9 };

static const char *const extensions[PAT_RIG_PARTS][EXTENSIONS_MAX] = {
    [PAT_RIG_COLOR] = {".png", ".jpg", ".jpeg", ".bmp"},
    [PAT_RIG_DEPTH] = {[PAT_RIG_RAW] = ".raw", [PAT_RIG_NPY] = ".npy", [PAT_RIG_PNG] = ".png"},
};

static const char CAMERA[] = "cam";

enum { FOLDERS = sizeof folders / sizeof *folders, FILES = sizeof files / sizeof *files };

/* ---- Folders --------------------------------------------------------------------------------- */

const char *pat_rig_part_name(pat_rig_part part)
{
    return folders[0].name[part];
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

const pat_rig_folders *pat_rig_find_folders(const char *const *names, size_t count)
{
    for (int i = 0; i < FOLDERS; i++)
        if (is_among(folders[i].name[PAT_RIG_COLOR], names, count))
            return &folders[i];
    return NULL;
}

bool pat_rig_is_camera(const char *name)
{
    return strncmp(name, CAMERA, strlen(CAMERA)) == 0;
}

const char *pat_rig_folder_words(void)
{
    static char words[64];
    size_t used = 0;
    for (int i = 0; i < FOLDERS && used < sizeof words; i++)
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s", i > 0 ? ", " : "",
                                 folders[i].name[PAT_RIG_COLOR]);
    return words;
}

/* ---- Files ----------------------------------------------------------------------------------- */

static int find_extension(const char *text, pat_rig_part part)
{
    for (int i = 0; i < EXTENSIONS_MAX; i++)
        if (extensions[part][i] != NULL && strcasecmp(text, extensions[part][i]) == 0)
            return i;
    return -1;
}

bool pat_rig_number(const pat_rig_pattern *pattern, const char *name, pat_rig_part part,
                    long *number, int *extension)
{
    size_t prefix = strlen(pattern->prefix);
    if (strncmp(name, pattern->prefix, prefix) != 0)
        return false;
    int digits = 0;
    *number = 0;
    for (name += prefix; isdigit((unsigned char)*name) && digits <= DIGITS_MAX; name++, digits++)
        *number = *number * 10 + (*name - '0');
    /* More digits than the pattern has only a number that needs them. */
    bool needs_more = digits > pattern->digits && name[-digits] == '0';
    *extension = find_extension(name, part);
    return digits >= pattern->digits && digits <= DIGITS_MAX && !needs_more && *extension >= 0;
}

const char *pat_rig_file_words(void)
{
    static char words[160];
    size_t used = 0;
    for (int i = 0; i < FILES && used < sizeof words; i++) {
        const char *prefix = files[i].prefix[PAT_RIG_COLOR];
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s%%0%dd", i > 0 ? ", " : "",
                                 prefix != NULL ? prefix : "CAMERA_", files[i].digits);
    }
    for (int i = 0; i < EXTENSIONS_MAX && used < sizeof words; i++)
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s", i > 0 ? ", " : " with ",
                                 extensions[PAT_RIG_COLOR][i]);
    return words;
}

static size_t count_matches(const pat_rig_pattern *pattern, const char *const *names, size_t count,
                            pat_rig_part part)
{
    size_t matches = 0;
    long number;
    int extension;
    for (size_t i = 0; i < count; i++)
        matches += pat_rig_number(pattern, names[i], part, &number, &extension);
    return matches;
}

/* The prefix of the first file that is named after any camera; false if none is. */
static bool find_camera_prefix(const char *const *names, size_t count, pat_rig_part part,
                               pat_rig_pattern *pattern)
{
    for (size_t i = 0; i < count; i++) {
        const char *end = strrchr(names[i], '_');
        size_t length = end == NULL ? 0 : (size_t)(end - names[i]) + 1;
        if (!pat_rig_is_camera(names[i]) || length == 0 || length >= PAT_RIG_PREFIX_SIZE)
            continue;
        snprintf(pattern->prefix, sizeof pattern->prefix, "%.*s", (int)length, names[i]);
        if (count_matches(pattern, &names[i], 1, part) > 0)
            return true;
    }
    return false;
}

bool pat_rig_find_pattern(const char *const *names, size_t count, pat_rig_part part,
                          const char *camera, pat_rig_pattern *pattern)
{
    size_t most = 0;
    for (int i = 0; i < FILES; i++) {
        const char *prefix = files[i].prefix[part];
        pat_rig_pattern tried = {.digits = files[i].digits};
        snprintf(tried.prefix, sizeof tried.prefix, "%s%s", prefix != NULL ? prefix : camera,
                 prefix != NULL ? "" : "_");
        size_t matches = count_matches(&tried, names, count, part);
        if (prefix == NULL && matches == 0 && find_camera_prefix(names, count, part, &tried))
            matches = count_matches(&tried, names, count, part);
        if (matches > most) {
            most = matches;
            *pattern = tried;
        }
    }
    return most > 0;
}
