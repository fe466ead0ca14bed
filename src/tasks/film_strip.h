/* Small images of a film's frames, for a page; private to the library. */
#ifndef PAT_TASKS_FILM_STRIP_H
#define PAT_TASKS_FILM_STRIP_H

#include "film/colors.h"
#include "tasks/pack.h"

enum { PAT_FILM_STRIP_SIDE = 480 }; /* the most pixels on a side */

/* A frame before and after it is restored, as JPEG files of one size. Treat them as untrusted
 * bytes: only the size, start and end are checked. Borrowed from the message. */
typedef struct pat_film_strip {
    size_t frame; /* in its item */
    int width, height;
    pat_bytes jpeg[2];
} pat_film_strip;

/* Memory for making them. Zero-initialize; pat_film_stripper_release() when done. */
typedef struct pat_film_stripper {
    pat_picture rgb;
    pat_image small;
    pat_scratch scratch;
} pat_film_stripper;

void pat_film_stripper_release(pat_film_stripper *stripper);

/* Append a frame's samples as a small JPEG file. Fails with PAT_OUT_OF_MEMORY or PAT_INTERNAL. */
PAT_MUST_CHECK pat_status pat_film_strip_make(pat_film_stripper *stripper,
                                              const pat_film_facts *facts, uint8_t *samples,
                                              pat_buffer *jpeg, pat_error *error);

void pat_pack_film_strip(pat_buffer *out, const pat_film_strip *strip);

/* Marks the input as bad if this can be no strip. count: frames in the item. */
void pat_unpack_film_strip(pat_unpacker *in, size_t count, pat_film_strip *strip);

#endif
