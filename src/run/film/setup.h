/* The setup of the workers that measure frames; private to the library. */
#ifndef PAT_RUN_FILM_SETUP_H
#define PAT_RUN_FILM_SETUP_H

#include "base/buffer.h"
#include "patina/film.h"

/*
 * Read the model, if there is one, and append the pat_measurer_setup to `extra`.
 * *identity: differs if the model's bytes or its limit do. Fails with PAT_INVALID_ARGUMENT (the
 * model has no limit that could be set), PAT_OUT_OF_MEMORY, or like pat_model_load().
 */
PAT_MUST_CHECK pat_status pat_film_read_setup(const pat_film_how *how, pat_buffer *extra,
                                              uint64_t *identity, pat_error *error);

#endif
