/*
 * Settings: how an image is restored, as one value on each of a few axes.
 */
#ifndef PATINA_SETTING_H
#define PATINA_SETTING_H

#include <stdbool.h>

#include "patina/status.h"

/*
 * The axes, in the nesting order of a grid: the last varies fastest. A new axis needs a name here
 * and a row in restore/axes.c.
 */
typedef enum pat_axis {
    PAT_AXIS_COLOR,    /* the color operator */
    PAT_AXIS_FILTER,   /* the filter */
    PAT_AXIS_SIGMA,    /* of the filter's blur, in pixels */
    PAT_AXIS_STRENGTH, /* of the sharpening, 0 = none */
    PAT_AXIS_RANGE,    /* difference of colors that are averaged, in gray levels */
    PAT_AXIS_NOISE,    /* noise power divided by signal power */
    PAT_AXIS_SCALE,    /* of the image that the filter works on; 1: its own size */
    PAT_AXIS_RED_GAIN, /* the affine map of each channel: gain * v + offset, of 255 */
    PAT_AXIS_RED_OFFSET,
    PAT_AXIS_GREEN_GAIN,
    PAT_AXIS_GREEN_OFFSET,
    PAT_AXIS_BLUE_GAIN,
    PAT_AXIS_BLUE_OFFSET,
    PAT_AXES
} pat_axis;

/*
 * One restoration. On PAT_AXIS_COLOR and PAT_AXIS_FILTER a value is the number of an operator; 0 is
 * `none`. The value of an axis that none of the setting's operators reads has no meaning. All
 * zeros: nothing is done.
 */
typedef struct pat_setting {
    double value[PAT_AXES];
} pat_setting;

/* The color operators of the default data set; find others by name. These numbers never change. */
enum { PAT_COLOR_NONE = 0, PAT_COLOR_WHITE_BALANCE = 1 };

#define PAT_SIGMA_MIN 0.01
#define PAT_SIGMA_MAX 20.0
#define PAT_STRENGTH_MAX 100.0
#define PAT_SCALE_MIN 0.01
#define PAT_AFFINE_GAIN_MAX 10.0
#define PAT_AFFINE_OFFSET_MAX 2550.0

/* The description of an axis. All texts are static. */
typedef struct pat_axis_row {
    const char *key;        /* "sigma": in a grid's text, as an option, on the web */
    const char *column;     /* "sharpen_sigma": in tables and JSON */
    const char *header;     /* "Patina-Sigma": in the server's responses */
    const char *target;     /* the column that models predict for it; NULL: none */
    const char *argument;   /* "PX": what the help calls its number; NULL for a choice */
    const char *unit;       /* "px"; "" without one */
    bool is_choice;         /* its values are operators, written by name */
    bool is_optional;       /* its column is only written if the grid differs from `tried` */
    bool is_tacit;          /* sentences leave out the value `tried` */
    double least, greatest; /* of its values; for a choice see pat_axis_greatest() */
    const char *tried;      /* the values of the default grid, as pat_grid_parse() reads them */
    const char *help;       /* one line: what it is */
} pat_axis_row;

/* Static. */
PAT_API const pat_axis_row *pat_axis_of(pat_axis axis);
/* Its greatest value; for a choice the number of its last operator. */
PAT_API double pat_axis_greatest(pat_axis axis);
/* Whether `value` is within the limits of the axis; for a choice, whether it is an operator. */
PAT_API bool pat_axis_allows(pat_axis axis, double value);

enum { PAT_VALUE_TEXT_SIZE = 32 };

/* A value as text: an operator's name, or the shortest number that reads back to the same. A value
 * that is not an operator is written as a number. Returns `text`. */
PAT_API const char *pat_value_format(pat_axis axis, double value, char text[PAT_VALUE_TEXT_SIZE]);
/* The reverse. False, with *value unchanged, if the text is not an operator of the axis, or not a
 * number. Limits are not checked. */
PAT_API bool pat_value_parse(pat_axis axis, const char *text, double *value);

/* A choice by number, 0 .. pat_axis_greatest(): its name in tables, its name in sentences ("white
 * balance"), and what it does, in one line. Static; NULL beyond the last. */
PAT_API const char *pat_operator_name(pat_axis axis, int number);
PAT_API const char *pat_operator_words(pat_axis axis, int number);
PAT_API const char *pat_operator_help(pat_axis axis, int number);

enum { PAT_NAMES_TEXT_SIZE = 512 };

/* All names of a choice: "none, white_balance, levels". Returns `text`. */
PAT_API const char *pat_operator_names(pat_axis axis, char text[PAT_NAMES_TEXT_SIZE]);

/*
 * The setting that a table without columns for the axes stands for: on each axis the value that the
 * default grid tries if it tries only one, else 0.
 */
PAT_API pat_setting pat_setting_default(void);
/* The default setting with these values. color: the number of a color operator. */
PAT_API pat_setting pat_setting_of(double color, double sigma, double strength);

/* A setting with only affine color. number: gain and offset of red, green and blue. */
PAT_API pat_setting pat_setting_affine(const double number[6]);

/* The value of an axis that is left out because it is optional: the one that the default grid
 * tries; for a number that the setting does not read, 0. The setting's choices must be set. */
PAT_API double pat_setting_left_out(const pat_setting *setting, pat_axis axis);

/* Whether an operator of the setting reads the axis. True for a choice. */
PAT_API bool pat_setting_reads(const pat_setting *setting, pat_axis axis);
/* Whether an operator that is not idle reads the axis. For a choice: whether its operator is not
 * idle. */
PAT_API bool pat_setting_uses(const pat_setting *setting, pat_axis axis);
/* Whether another value on the axis would make a difference: at strength 0, sigma makes none. */
PAT_API bool pat_setting_depends_on(const pat_setting *setting, pat_axis axis);
/* Whether the setting can be applied: all values that it uses are allowed, and the rest are
 * finite. */
PAT_API bool pat_setting_is_valid(const pat_setting *setting);
/* The same, with a message about the first wrong value: fails with PAT_INVALID_ARGUMENT. */
PAT_API PAT_MUST_CHECK pat_status pat_setting_check(const pat_setting *setting, pat_error *error);
/* Whether the axis appears when the setting is written: always, unless the axis is optional and the
 * setting has the value of an axis that is left out. */
PAT_API bool pat_setting_shows(const pat_setting *setting, pat_axis axis);
/* Whether a sentence about the setting names the number: the setting uses it, and it is not left
 * out as tacit. */
PAT_API bool pat_setting_tells(const pat_setting *setting, pat_axis axis);
/* Whether two settings are equal; and whether they have the same effect on every image: at strength
 * 0, sigma makes no difference. */
PAT_API bool pat_setting_equal(const pat_setting *a, const pat_setting *b);
PAT_API bool pat_setting_same_effect(const pat_setting *a, const pat_setting *b);
/* Whether it leaves every image as it is. */
PAT_API bool pat_setting_is_idle(const pat_setting *setting);
/* Order for sorting: negative, 0 or positive if `a` comes before, with or after `b`. Operators are
 * in the order in which they are tried, numbers by size. */
PAT_API int pat_setting_compare(const pat_setting *a, const pat_setting *b);

enum { PAT_SETTING_TEXT_SIZE = 256 };

/* In words: "white balance, sharpened (sigma 1, strength 1.5)"; idle: "". Returns `text`. */
PAT_API const char *pat_setting_describe(const pat_setting *setting,
                                         char text[PAT_SETTING_TEXT_SIZE]);

#endif
