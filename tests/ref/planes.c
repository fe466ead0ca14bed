#include "planes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MARGIN = 64 };

uint32_t random_below(uint32_t *state, uint32_t limit)
{
    *state = *state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(*state ^ *state >> 15) * limit >> 32);
}

/* Varies with the position, to reveal copies of guard bytes in the wrong place. */
static uint8_t guard_byte(size_t position)
{
    return (uint8_t)(0xa5 ^ position * 29);
}

guarded_plane guarded_plane_create(int width, int height, int padding)
{
    size_t stride = (size_t)width + (size_t)padding;
    guarded_plane guarded = {.size = stride * (size_t)height + 2 * (size_t)MARGIN};
    guarded.block = malloc(guarded.size);
    if (guarded.block == NULL)
        abort();
    for (size_t i = 0; i < guarded.size; i++)
        guarded.block[i] = guard_byte(i);
    guarded.plane = (pat_plane){guarded.block + MARGIN, width, height, (ptrdiff_t)stride};
    return guarded;
}

void guarded_plane_free(guarded_plane *guarded)
{
    free(guarded->block);
    *guarded = (guarded_plane){0};
}

guarded_plane noise_plane(int width, int height, int padding, uint32_t *state)
{
    guarded_plane guarded = guarded_plane_create(width, height, padding);
    fill_noise(&guarded.plane, state);
    return guarded;
}

bool guards_intact(const guarded_plane *guarded)
{
    size_t stride = (size_t)guarded->plane.stride, width = (size_t)guarded->plane.width;
    size_t end = MARGIN + stride * (size_t)guarded->plane.height;
    for (size_t i = 0; i < guarded->size; i++) {
        bool is_sample = i >= MARGIN && i < end && (i - MARGIN) % stride < width;
        if (!is_sample && guarded->block[i] != guard_byte(i))
            return false;
    }
    return true;
}

uint8_t sample_at(const pat_plane *plane, int x, int y)
{
    return plane->data[y * plane->stride + x];
}

void set_sample(const pat_plane *plane, int x, int y, int value)
{
    plane->data[y * plane->stride + x] = (uint8_t)value;
}

void fill_plane(const pat_plane *plane, int value)
{
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            set_sample(plane, x, y, value);
}

void fill_noise(const pat_plane *plane, uint32_t *state)
{
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            set_sample(plane, x, y, (int)random_below(state, 256));
}

void copy_samples(const pat_plane *src, const pat_plane *dst)
{
    for (int y = 0; y < src->height; y++)
        for (int x = 0; x < src->width; x++)
            set_sample(dst, x, y, sample_at(src, x, y));
}

void assert_same_samples(const pat_plane *got, const pat_plane *want, const char *what)
{
    assert_int_equal(got->width, want->width);
    assert_int_equal(got->height, want->height);
    for (int y = 0; y < want->height; y++)
        for (int x = 0; x < want->width; x++)
            if (sample_at(got, x, y) != sample_at(want, x, y))
                fail_msg("%s, %dx%d: sample (%d, %d) is %d instead of %d", what, want->width,
                         want->height, x, y, sample_at(got, x, y), sample_at(want, x, y));
}
