/* One channel of 8 or of 16 bits, as operators see it; private to the library. */
#ifndef PAT_RESTORE_CHANNEL_H
#define PAT_RESTORE_CHANNEL_H

#include "image/plane.h"

/* A borrowed view; exactly one of the two planes is there. */
typedef struct pat_channel {
    const pat_plane *plane;     /* 8 bits a sample; or NULL, */
    const pat_deep_plane *deep; /* 16 bits */
} pat_channel;

int pat_channel_width(const pat_channel *channel);
int pat_channel_height(const pat_channel *channel);
/* The greatest value that a sample can have: 255 or 65535. */
int pat_channel_largest(const pat_channel *channel);

/* The exact integer sum of all samples over their number. */
double pat_channel_mean(const pat_channel *channel);
/* The value of the rank-th least sample, 1 .. the number of samples. */
int pat_channel_value_of_rank(const pat_channel *channel, uint64_t rank);

/* Row y as numbers, into row[0 .. width - 1]. */
void pat_channel_get_row(const pat_channel *channel, int y, double *row);
/* Numbers as row y: each rounded half to even, then clipped to 0 .. largest. */
void pat_channel_put_row(const pat_channel *channel, int y, const double *row);
/* `rows` rows of `source` from row y, into the first rows of `channel`. */
void pat_channel_copy_rows(const pat_channel *channel, const pat_channel *source, int y, int rows);

#endif
