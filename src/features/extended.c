#include "features/extended.h"

#include <assert.h>
#include <stddef.h>

/* In the order of the columns. New groups are added at the end: columns keep their order. */
static const pat_feature_group *const groups[] = {
    &pat_overview_features, &pat_tone_features, &pat_cast_features,
    &pat_grain_features,    &pat_blur_features,
};
enum { GROUPS = sizeof groups / sizeof *groups };

const char *pat_extended_name(int index)
{
    for (int g = 0; g < GROUPS; g++)
        for (int r = 0; r < groups[g]->count; r++) {
            const pat_feature_part *part = &groups[g]->parts[r];
            if (index < part->count)
                return part->names[index];
            index -= part->count;
        }
    assert(!"PAT_EXTENDED_COUNT is the number of names");
    return NULL;
}

pat_status pat_extended_measure(const pat_image *image, const pat_plane *grey,
                                pat_view_memory *memory, double features[PAT_EXTENDED_COUNT],
                                pat_error *error)
{
    pat_views views;
    pat_status status = pat_views_prepare(&views, image, grey, memory, error);
    if (status != PAT_OK)
        return status;
    double *next = features;
    for (int g = 0; g < GROUPS; g++)
        for (int r = 0; r < groups[g]->count; r++) {
            const pat_feature_part *part = &groups[g]->parts[r];
            part->measure(&views, next);
            next += part->count;
        }
    assert(next == features + PAT_EXTENDED_COUNT);
    return PAT_OK;
}
