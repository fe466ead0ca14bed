/* An 8- or 16-bit channel, the input of operators; private to the library. */
#ifndef PAT_RESTORE_CHANNEL_H
#define PAT_RESTORE_CHANNEL_H

#include "image/plane.h"

/* A borrowed view; exactly one of the two planes is set. */
typedef struct pat_channel {
    const pat_plane *plane;     /* 8 bits a sample, or NULL */
    const pat_deep_plane *deep; /* 16 bits */
    int color; /* PAT_RED, PAT_GREEN or PAT_BLUE; the channel of a gray image is green */
} pat_channel;

/* The channels of an image, all of one size and depth. Where an image is written, channels without
 * a plane are left out. */
typedef struct pat_channels {
    pat_channel of[PAT_CHANNELS];
    int count; /* 1 or PAT_CHANNELS */
} pat_channels;

/* Whether a channel has a plane. */
bool pat_channel_exists(const pat_channel *channel);

int pat_channel_width(const pat_channel *channel);
int pat_channel_height(const pat_channel *channel);
/* The greatest value that a sample can have: 255 or 65535. */
int pat_channel_largest(const pat_channel *channel);

/* The mean: the exact integer sum of all samples divided by their number. */
double pat_channel_mean(const pat_channel *channel);
/* The value of the sample of this rank: 1 is the lowest, the number of samples the highest. */
int pat_channel_value_of_rank(const pat_channel *channel, uint64_t rank);

/* Read row y as numbers into row[0 .. width - 1]. */
void pat_channel_get_row(const pat_channel *channel, int y, double *row);
/* Write numbers to row y: each rounded half to even, then clipped to 0 .. largest. */
void pat_channel_put_row(const pat_channel *channel, int y, const double *row);
/* The same for numbers in single precision, each times line[0], plus line[1]. */
void pat_channel_put_line(const pat_channel *channel, int y, const float *row, const float line[2]);
/* Copy `rows` rows of `source`, from row y on, into the first rows of `channel`. */
void pat_channel_copy_rows(const pat_channel *channel, const pat_channel *source, int y, int rows);

#endif
