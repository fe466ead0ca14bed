/*
 * Pack values as bytes, for messages between the driver and workers and for the journal; private to
 * the library. Both ends are the same program on the same machine, so numbers are in native byte
 * order.
 */
#ifndef PAT_TASKS_PACK_H
#define PAT_TASKS_PACK_H

#include <stdint.h>

#include "base/buffer.h"
#include "patina/features.h"
#include "patina/grid.h"
#include "patina/score.h"

/* Append a value. set: the scores to include. */
void pat_pack_u64(pat_buffer *out, uint64_t value);
void pat_pack_doubles(pat_buffer *out, const double *values, size_t count);
void pat_pack_text(pat_buffer *out, const char *text);
void pat_pack_block(pat_buffer *out, pat_bytes block);
void pat_pack_setting(pat_buffer *out, const pat_setting *setting);
void pat_pack_grid(pat_buffer *out, const pat_grid *grid);
void pat_pack_scores(pat_buffer *out, const pat_scores *scores, pat_score_set set);

/* A reader of packed bytes. A missing or out-of-range value makes it bad. From then on, every
 * number is 0 or the minimum of its range, and every text and block is empty. */
typedef struct pat_unpacker {
    const char *at, *end;
    bool bad;
} pat_unpacker;

pat_unpacker pat_unpacker_of(pat_bytes bytes);

/* Whether all bytes have been read and every value was valid. */
bool pat_unpacker_finished(const pat_unpacker *in);

/* Read the next value. Texts and blocks point into the packed bytes. */
uint64_t pat_unpack_u64(pat_unpacker *in);
uint64_t pat_unpack_range(pat_unpacker *in, uint64_t minimum, uint64_t maximum);
void pat_unpack_doubles(pat_unpacker *in, double *values, size_t count);
const char *pat_unpack_text(pat_unpacker *in);
pat_bytes pat_unpack_block(pat_unpacker *in);
void pat_unpack_setting(pat_unpacker *in, pat_setting *setting);
void pat_unpack_grid(pat_unpacker *in, pat_grid *grid);
/* Marks the input as bad if a score is out of range or the similarity does not follow from PSNR and
 * SSIM. */
void pat_unpack_scores(pat_unpacker *in, pat_scores *scores, pat_score_set set);
/* Marks the input as bad if no image can have such features. */
void pat_unpack_features(pat_unpacker *in, double features[PAT_FEATURES_MAX]);

#endif
