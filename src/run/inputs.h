/* The images named on a command line, individually or by folder; private to the library. */
#ifndef PAT_RUN_INPUTS_H
#define PAT_RUN_INPUTS_H

#include "data/listing.h"
#include "patina/dataset.h"

/* Set the first three members and zero the others; pat_inputs_release() when done. */
typedef struct pat_inputs {
    bool recursive;
    /* Called for each folder entry that is not an image, with the reason. May be NULL. Entries of
     * the kind PAT_LEFT_SYSTEM are counted in `ignored_count`, others in `left_out_count`. */
    void (*left_out)(void *context, const pat_unpaired *entry);
    void *left_out_context;
    pat_names paths;
    pat_names names; /* relative to the folders on the command line */
    size_t *origin;  /* the index of each image's argument */
    size_t origin_capacity;
    size_t left_out_count, ignored_count;
} pat_inputs;

/*
 * Add an image, whose name is its path, or the images in a folder, sorted by name. origin: the
 * index of this argument. Fails with PAT_NOT_FOUND, PAT_UNREADABLE or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_inputs_add(pat_inputs *inputs, const char *path, size_t origin,
                                         pat_error *error);

/* Fails with PAT_NOTHING_TO_DO if there are no images. */
PAT_MUST_CHECK pat_status pat_inputs_check(const pat_inputs *inputs, pat_error *error);

void pat_inputs_release(pat_inputs *inputs);

#endif
