/* Filter rows of an image at its own size; private to the library. restore/apply.h adds the scale
 * and the color operators. */
#ifndef PAT_RESTORE_FILTER_ROWS_H
#define PAT_RESTORE_FILTER_ROWS_H

#include "restore/steps.h"

bool pat_sink_wants(const pat_sink *sink, int channel);

/* Scratch bytes that pat_filter_rows() needs for rows of this width. */
size_t pat_filter_scratch(const pat_steps *steps, int width);

/* As pat_steps_filter(), whatever the scale of the setting. */
void pat_filter_rows(const pat_steps *steps, const pat_channels *source, int y, int rows,
                     const pat_sink *sink, void *scratch);

#endif
