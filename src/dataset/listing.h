/* The image files of a folder; private to the library. */
#ifndef PAT_DATASET_LISTING_H
#define PAT_DATASET_LISTING_H

#include <stdbool.h>

#include "base/buffer.h"
#include "patina/status.h"

/* Names in one block of memory, referred to by their offset. Zero-initialise. */
typedef struct pat_names {
    pat_buffer text;
    size_t *offset;
    size_t count, capacity;
} pat_names;

/* Add a name (copied). False when memory runs out. */
bool pat_names_add(pat_names *names, const char *name);
const char *pat_names_get(const pat_names *names, size_t index);
/* Sort by the names' bytes. */
void pat_names_sort(pat_names *names);
/* The index of `name` in sorted names, or names->count. */
size_t pat_names_find(const pat_names *sorted, const char *name);
void pat_names_release(pat_names *names);

/* Told of each entry of a folder that is not taken, with a reason. False stops (memory). */
typedef bool pat_skipped(void *context, const char *name, const char *reason);

/*
 * Add the names, relative to `folder`, of its image files: regular files (or links to them) ending
 * in png, jpg, jpeg, tif, tiff, webp or bmp in any letter case. With `recursive`, those of its
 * subfolders too; links to folders are not entered, and subfolders that cannot be listed are
 * skipped. The result is sorted. Fails with
 * PAT_NOT_FOUND, PAT_UNREADABLE or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_list_images(const char *folder, bool recursive, pat_names *names,
                                          pat_skipped *skipped, void *context, pat_error *error);

/* Length of `name` without its extension, and whether the extension is an image's. */
size_t pat_stem_length(const char *name);
bool pat_is_image_name(const char *name);

#endif
