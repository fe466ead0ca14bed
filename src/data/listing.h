/* The image files of a folder; private to the library. */
#ifndef PAT_DATA_LISTING_H
#define PAT_DATA_LISTING_H

#include "data/names.h"

/* Called for each entry of a folder that is skipped, with the reason. Return false to stop (out of
 * memory). */
typedef bool pat_skipped(void *context, const char *name, const char *reason);

/*
 * Add the names, relative to `folder`, of its image files: regular files (or links to them) with
 * the extension of an image format, in any letter case. With `recursive`, those of its subfolders
 * too; links to folders are not entered, and subfolders that cannot be listed are skipped. The
 * result is sorted. Fails with PAT_NOT_FOUND, PAT_UNREADABLE or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_list_images(const char *folder, bool recursive, pat_names *names,
                                          pat_skipped *skipped, void *context, pat_error *error);

/* Length of `name` without its extension. */
size_t pat_stem_length(const char *name);

#endif
