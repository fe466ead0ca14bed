/* The sample images that the page offers; private to the library. */
#ifndef PAT_WEB_SAMPLES_H
#define PAT_WEB_SAMPLES_H

#include "web/answer.h"

/* Zero-initialize, with folder -1; pat_samples_release() when done. */
typedef struct pat_samples {
    int folder; /* a descriptor */
    struct dirent **entries;
    int count;
} pat_samples;

/* Find the images in a folder by their extensions. path: NULL for no samples. Fails with
 * PAT_UNREADABLE. */
PAT_MUST_CHECK pat_status pat_samples_init(pat_samples *samples, const char *path,
                                           pat_error *error);
void pat_samples_release(pat_samples *samples);

/* Respond with their names. */
void pat_samples_list(const pat_samples *samples, pat_answer *answer);

/* Respond with one of them, or with 404. */
void pat_samples_get(const pat_samples *samples, const char *name, pat_answer *answer);

#endif
