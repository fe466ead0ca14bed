/*
 * Compute every restoration of one damaged image, a few rows at a time; private to this folder.
 *
 * Unsharp masking is cheap, so its planes are never stored as a whole: a band of rows is computed,
 * scored while it is in the cache, and dropped. Data that settings share are kept: color-corrected
 * planes always, blurred planes if they are small enough. So are the results of other filters.
 */
#ifndef PAT_SEARCH_RESTORER_H
#define PAT_SEARCH_RESTORER_H

#include "base/memory.h"
#include "image/resize.h"
#include "patina/grid.h"
#include "patina/restore.h"
#include "restore/apply.h"
#include "restore/scaled.h"

/* One channel of a restoration. */
typedef struct pat_restored {
    int channel;
    bool untouched;      /* the damaged image as it is; the members below are ignored */
    size_t number;       /* of the setting in the grid */
    int place[PAT_AXES]; /* indexes of values on the grid's axes, as pat_grid_place() gives them */
    pat_steps steps;
} pat_restored;

/* The changes that the scaled filter of a setting makes, kept for reuse. */
typedef struct pat_kept_scaled {
    pat_scaled scaled;
    size_t number; /* of the setting */
    bool known;    /* whether `scaled` and `number` are set */
    void *memory;  /* of `scaled` */
} pat_kept_scaled;

enum { PAT_SCALED_KEPT = 64 };

/* Zero-initialize, then pat_restorer_init(); pat_restorer_release() when done. */
typedef struct pat_restorer {
    pat_grid grid;
    pat_gaussian kernel[PAT_AXIS_MAX]; /* for unsharp masking, one per sigma */
    const pat_image *damaged;
    int width, height; /* of the restored images: the original's */
    bool resizes;      /* the damaged image has another size */
    bool keeps_blurred;
    bool is_blurred[PAT_AXIS_MAX][PAT_AXIS_MAX][PAT_CHANNELS]; /* kept planes, by color and sigma */
    pat_plane base[PAT_AXIS_MAX][PAT_CHANNELS]; /* after the color operator, if it comes first */
    pat_tone tone[PAT_AXIS_MAX][PAT_CHANNELS];  /* of the color operators */
    pat_plane blurred;                          /* all kept blurred planes, stacked vertically */
    bool keeps_filtered;
    pat_plane kept_filtered; /* results of other filters, in the order of settings and channels */
    bool *is_filtered;       /* of each of these planes, by setting and channel */
    size_t *filtered_before; /* the number of settings with such results before each setting */
    pat_plane blurred_band, filtered, resized; /* scratch for the rows of a band */
    struct {
        int channel, color, sigma, y, rows; /* rows 0: nothing */
    } in_band;                              /* the contents of blurred_band */
    int16_t *sums;                          /* scratch for the blur */
    void *rows;                             /* scratch for other filters */
    pat_kept_scaled scaled[PAT_SCALED_KEPT];
    int scaled_slots, scaled_next; /* number of slots in use; the next slot to reuse */
    pat_resizer resizer;
    pat_scratch base_memory, blurred_memory, band_memory[3], sums_memory, rows_memory;
    pat_scratch scaled_memory;
    pat_scratch filtered_memory, flags_memory, order_memory;
} pat_restorer;

void pat_restorer_init(pat_restorer *restorer, const pat_grid *grid);
void pat_restorer_release(pat_restorer *restorer);

/*
 * Prepare the restorations of `damaged` (borrowed until the next call), resized to width x height.
 * band_rows: the maximum number of rows in one request. Fails with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_restorer_begin(pat_restorer *restorer, const pat_image *damaged,
                                             int width, int height, int band_rows,
                                             pat_error *error);

/* The restoration with a setting of the grid, for channel 0. */
pat_restored pat_restored_of(const pat_grid *grid, size_t setting);

/* Whether it ends with unsharp masking, so that it can share its blur with other strengths. */
bool pat_restored_is_fused(const pat_restored *which);

/* Rows y .. y + rows - 1 of a restored plane: a view, valid until the next call. */
pat_plane pat_restorer_rows(pat_restorer *restorer, const pat_restored *which, int y, int rows);

/* The same rows for a fused setting, color-corrected and blurred, before any resizing. */
pat_plane pat_restorer_blurred_rows(pat_restorer *restorer, const pat_restored *which, int y,
                                    int rows);

#endif
