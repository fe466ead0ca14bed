/* none: does nothing. There is one for each kind. */
#include "restore/operator.h"

static bool always(const pat_setting *setting)
{
    (void)setting;
    return true;
}

const pat_operator pat_op_none = {
    .name = "none",
    .words = "colors unchanged",
    .help = "leave the colors as they are",
    .place = PAT_COLOR_BEFORE_FILTER,
    .is_idle = always,
};

const pat_operator pat_op_no_filter = {
    .name = "none",
    .words = "no filter",
    .help = "do not filter",
    .place = PAT_FILTER,
    .is_idle = always,
};
