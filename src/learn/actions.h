/*
 * What a tone model may do to an image: one of a list of filters, and a share of the colors that it
 * predicts; private to the library.
 */
#ifndef PAT_LEARN_ACTIONS_H
#define PAT_LEARN_ACTIONS_H

#include "data/affine_columns.h"
#include "patina/grid.h"

enum {
    PAT_ACTION_FILTERS_MAX = 64,
    PAT_ACTION_SHARES = 5, /* of the predicted colors: 0, 1/4, 1/2, 3/4, 1 */
    PAT_ACTIONS_MAX = PAT_ACTION_FILTERS_MAX * PAT_ACTION_SHARES
};

/* Action a applies filter a / PAT_ACTION_SHARES and share a % PAT_ACTION_SHARES. Action 0 does
 * nothing. */
typedef struct pat_actions {
    int filters;
    pat_setting filter[PAT_ACTION_FILTERS_MAX]; /* without colors; the first is none */
} pat_actions;

int pat_actions_count(const pat_actions *actions);

/* The share of the colors, 0..1. */
double pat_action_share(int action);

/*
 * Models learn from images of a few hundred pixels, and measure detail at no more: the filters that
 * they choose fit only this size. So the scale of a model's setting is PAT_SCALE_TO_FIT until the
 * size of the image is known; pat_action_fit() then sets the scale at which the filter works on it,
 * and leaves other settings as they are.
 */
enum { PAT_ACTION_SIDE = 640, PAT_SCALE_TO_FIT = -1 };
void pat_action_fit(pat_setting *setting, int width, int height);

/* The filters that models choose from: a line of pat_grid_parse() for each row. Static. */
extern const char *const pat_action_rows[];
extern const int pat_action_row_count;

/* Add the filters of a row. Fails as pat_grid_parse(), or with PAT_INVALID_ARGUMENT if there are
 * too many. */
PAT_MUST_CHECK pat_status pat_actions_add(pat_actions *actions, const char *row, pat_error *error);

/* affine: gain and offset of red, green and blue, as the axes from PAT_AXIS_RED_GAIN on. */

/* The setting of an action for predicted colors; a share of 0 has color none. The scale of a filter
 * is PAT_SCALE_TO_FIT. */
pat_setting pat_action_setting(const pat_actions *actions, int action,
                               const double affine[PAT_AFFINE_NUMBERS]);

/* The gain and offset of a channel after a share of the colors. */
void pat_action_affine(int action, const double affine[PAT_AFFINE_NUMBERS], int channel,
                       double *gain, double *offset);

#endif
