/* List the image files in a folder; private to the library. */
#ifndef PAT_DATA_LISTING_H
#define PAT_DATA_LISTING_H

#include "data/names.h"
#include "patina/dataset.h"

/* Called with each folder entry that is skipped, and the reason. Return false to stop (out of
 * memory). */
typedef bool pat_skipped(void *context, const pat_unpaired *entry);

/*
 * Add the names, relative to `folder`, of its image files: regular files (or links to them) with
 * the extension of an image format, in upper or lower case. With `recursive`, subfolders are
 * included; links to folders are not followed, and subfolders that cannot be listed are skipped.
 * Files and folders that systems create, such as .DS_Store, are skipped as PAT_LEFT_SYSTEM. The
 * result is sorted. Fails with PAT_NOT_FOUND, PAT_UNREADABLE or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_list_images(const char *folder, bool recursive, pat_names *names,
                                          pat_skipped *skipped, void *context, pat_error *error);

/* Whether systems create files or folders with this name. */
bool pat_is_system_name(const char *name);

/* The length of `name` without its extension. */
size_t pat_stem_length(const char *name);

#endif
