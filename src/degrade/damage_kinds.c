/* The table of damage kinds and their parameters: the default recipe, and every recipe's limits. */
#include "degrade/damage_kinds.h"

#include "patina/restore.h"

static const struct {
    const char *name;
    double probability;
} kinds[PAT_DAMAGE_KINDS] = {
    [PAT_FADE] = {"fade", 0.7},           [PAT_DARKEN] = {"darken", 0.2},
    [PAT_CAST] = {"cast", 0.4},           [PAT_YELLOWING] = {"yellowing", 0.6},
    [PAT_BLUR] = {"blur", 0.8},           [PAT_STAINS] = {"stains", 0.2},
    [PAT_SCRATCHES] = {"scratches", 0.2}, [PAT_GRAIN] = {"grain", 0.4},
    [PAT_RESCALE] = {"rescale", 0.25},    [PAT_JPEG] = {"jpeg", 0.5},
};

enum { COUNT_MAX = 1000 };

#define LOW PAT_MILD_LOW
#define HIGH PAT_MILD_HIGH
#define NEITHER PAT_MILD_NEITHER

static const pat_parameter_info parameters[PAT_DAMAGE_PARAMETERS] = {
    /* damage, name, column, limits, default range, whole, mild end */
    {PAT_FADE, "amount", "fade_amount", 0, 1, 0.1, 0.6, false, LOW},
    {PAT_FADE, "level", "fade_level", 0, 255, 130, 235, false, NEITHER},
    {PAT_DARKEN, "amount", "darken_amount", 0, 1, 0.05, 0.5, false, LOW},
    {PAT_DARKEN, "level", "darken_level", 0, 255, 0, 40, false, NEITHER},
    {PAT_CAST, "amount", "cast_amount", 0, 1, 0.02, 0.25, false, LOW},
    {PAT_CAST, "hue", "cast_hue", 0, 360, 0, 360, false, NEITHER},
    {PAT_YELLOWING, "amount", "yellowing_amount", 0, 1, 0.1, 0.8, false, LOW},
    {PAT_BLUR, "sigma", "blur_sigma", 0, PAT_SIGMA_MAX, 0.4, 2.5, false, LOW},
    {PAT_STAINS, "count", "stains_count", 0, COUNT_MAX, 1, 4, true, LOW},
    {PAT_STAINS, "radius", "stains_radius", 0, 1, 0.03, 0.2, false, LOW},
    {PAT_STAINS, "depth", "stains_depth", 0, 1, 0.1, 0.6, false, LOW},
    {PAT_SCRATCHES, "count", "scratches_count", 0, COUNT_MAX, 1, 12, true, LOW},
    {PAT_SCRATCHES, "width", "scratches_width", 0, 100, 0.8, 2.5, false, LOW},
    {PAT_SCRATCHES, "length", "scratches_length", 0, 2, 0.1, 0.8, false, LOW},
    {PAT_SCRATCHES, "opacity", "scratches_opacity", 0, 1, 0.2, 0.9, false, LOW},
    {PAT_SCRATCHES, "level", "scratches_level", 0, 255, 150, 255, false, NEITHER},
    {PAT_GRAIN, "sigma", "grain_sigma", 0, 100, 0.5, 12, false, LOW},
    {PAT_RESCALE, "factor", "rescale_factor", 0.01, 1, 0.5, 0.9, false, HIGH},
    {PAT_JPEG, "quality", "jpeg_quality", 1, 100, 30, 95, true, HIGH},
};

const char *pat_damage_name(pat_damage_kind kind)
{
    return kinds[kind].name;
}

double pat_damage_default_probability(pat_damage_kind kind)
{
    return kinds[kind].probability;
}

const pat_parameter_info *pat_damage_parameter_info(pat_damage_parameter parameter)
{
    return &parameters[parameter];
}
