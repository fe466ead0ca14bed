/* Which images are versions of one original; private to the library. */
#ifndef PAT_LEARN_ORIGINALS_H
#define PAT_LEARN_ORIGINALS_H

#include "data/listing.h"

/*
 * Name the original of each image: versions of one have the same. Two images are versions of
 * one original when their names are the same up to the last '~' (pat_group_of()), or the paths of
 * their originals are, and so on through others. The name is the least of those of its versions,
 * up to their '~': it does not depend on where the files lie.
 *
 * name: of each image. image: the path of the original of each, "" where none is known; as many.
 * original: as many are added. Fails with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_originals_find(const pat_names *name, const pat_names *image,
                                             pat_names *original, pat_error *error);

#endif
