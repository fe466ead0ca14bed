/*
 * How rigs with cameras name their folders and files; private to the library.
 *
 * Only names are looked at. The tables in layout.c have a row for each way to name folders and
 * files. Which rows apply is found out once for a camera, from all its names.
 */
#ifndef PAT_RIG_LAYOUT_H
#define PAT_RIG_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

/* What a file of a frame holds. */
typedef enum pat_rig_part { PAT_RIG_COLOR, PAT_RIG_DEPTH, PAT_RIG_PARTS } pat_rig_part;

/* "color" and "depth". Static. */
const char *pat_rig_part_name(pat_rig_part part);

/* The kinds of files that hold depth maps. */
typedef enum pat_rig_depth { PAT_RIG_RAW, PAT_RIG_NPY, PAT_RIG_PNG } pat_rig_depth;

/* The folders of one camera, by what they hold. */
typedef struct pat_rig_folders {
    const char *name[PAT_RIG_PARTS];
} pat_rig_folders;

/* The row of the table of folders whose color folder is among the names; NULL: none. Static. */
const pat_rig_folders *pat_rig_find_folders(const char *const *names, size_t count);

/* Whether a folder in a trial is that of a camera, by its name: cam1, cam_left. */
bool pat_rig_is_camera(const char *name);

/* For messages: all names of color folders, "color, Color, _Color"; and how images may be named,
 * "frame_%06d, ... with .png, ...". Static. */
const char *pat_rig_folder_words(void);
const char *pat_rig_file_words(void);

/* How the files of a folder are named: a prefix, a number of so many digits or more, and an
 * extension. */
enum { PAT_RIG_PREFIX_SIZE = 256 };

typedef struct pat_rig_pattern {
    char prefix[PAT_RIG_PREFIX_SIZE];
    int digits;
} pat_rig_pattern;

/*
 * Find the pattern that most files in a folder follow. camera: the name of the camera, which files
 * may have as their prefix; of a folder that is not a camera's, any prefix such as cam1_ counts.
 * False if no file follows any pattern.
 */
bool pat_rig_find_pattern(const char *const *names, size_t count, pat_rig_part part,
                          const char *camera, pat_rig_pattern *pattern);

/*
 * Read the number in a file's name. extension: the index among those of the part, which for depth
 * is a pat_rig_depth; of files with the same number, the one with the least counts. False if the
 * name does not follow the pattern.
 */
enum { PAT_RIG_NUMBER_MAX = 999999999 };
bool pat_rig_number(const pat_rig_pattern *pattern, const char *name, pat_rig_part part,
                    long *number, int *extension);

#endif
