/* Planes for tests: noise, guard bytes between and around rows, comparison. */
#ifndef TEST_PLANES_H
#define TEST_PLANES_H

#include <stdbool.h>
#include <stdint.h>

#include "patina/image.h"

/* The next number, 0 .. limit - 1, in a reproducible pseudo-random sequence. */
uint32_t random_below(uint32_t *state, uint32_t limit);

/* A plane in a separate block, in which all bytes that are not samples have known values. */
typedef struct guarded_plane {
    pat_plane plane;
    uint8_t *block;
    size_t size;
} guarded_plane;

/* The samples are undefined. Rows are `padding` bytes apart. Aborts if memory runs out. */
guarded_plane guarded_plane_create(int width, int height, int padding);
void guarded_plane_free(guarded_plane *guarded);

/* A guarded plane filled with noise. */
guarded_plane noise_plane(int width, int height, int padding, uint32_t *state);

/* Whether all guard bytes are unchanged. */
bool guards_intact(const guarded_plane *guarded);

uint8_t sample_at(const pat_plane *plane, int x, int y);
void set_sample(const pat_plane *plane, int x, int y, int value);

void fill_plane(const pat_plane *plane, int value);
void fill_noise(const pat_plane *plane, uint32_t *state);
void copy_samples(const pat_plane *src, const pat_plane *dst);

/* Fail the running test, naming `what` and the first sample that differs. */
void assert_same_samples(const pat_plane *got, const pat_plane *want, const char *what);

#endif
