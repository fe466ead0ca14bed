/* Find images that are versions of one original; private to the library. */
#ifndef PAT_LEARN_ORIGINALS_H
#define PAT_LEARN_ORIGINALS_H

#include "data/listing.h"

/*
 * Name the original of each image; versions of one original get the same name. Two images are
 * versions of one original if their names are equal up to the last '~' (pat_group_of()), if the
 * paths of their originals are equal, or if a chain of such images connects them. The original's
 * name is the least name of its versions, up to the '~'; it does not depend on the folders of the
 * files.
 *
 * name: of each image. image: the path of the original of each, "" where none is known; as many.
 * original: as many are added. Fails with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_originals_find(const pat_names *name, const pat_names *image,
                                             pat_names *original, pat_error *error);

#endif
