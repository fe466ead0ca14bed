/* Numbers and settings in words, and building the data of a page; private to the folder. */
#ifndef PAT_REPORT_WORDS_H
#define PAT_REPORT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "patina/grid.h"

struct json_t;

/* A number as text: pat_digits_of(1088).text is "1,088", valid within the full expression. */
typedef struct pat_digits {
    char text[32];
} pat_digits;

pat_digits pat_digits_of(size_t count);

/* "44 %", "0.4 %"; only 0 is "0 %", and only all is "100 %". */
pat_digits pat_percent_of(size_t part, size_t whole);

/* "pair" or "pairs". */
#define PAT_PLURAL(count, word) ((count) == 1 ? word : word "s")

typedef struct pat_setting_words {
    char text[PAT_SETTING_TEXT_SIZE];
} pat_setting_words;

/* "levels, sigma 1, strength 0.5", "white balance, no sharpening", "nothing done". */
pat_setting_words pat_words_of(const pat_setting *setting);

/* A path without its folders, which a page does not reveal. */
const char *pat_name_of_path(const char *path);

/* The words for a color operator: "white balance", "levels", "colors unchanged". Static. */
const char *pat_color_words(double number);

/* The operators of a setting: the color, and the filter unless it is the default. */
pat_setting_words pat_choice_words(const pat_setting *setting);

/* Formatted text as pat_json_text(). NULL when memory runs out. */
struct json_t *pat_words(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The contents of a page: template data, and chart data by chart name. */
typedef struct pat_shown {
    struct json_t *words, *charts;
    bool failed;   /* memory ran out; check once, at the end */
    unsigned mode; /* permissions of the page, as in 0666: those that all its images have */
} pat_shown;

/* Set a member, taking ownership of `value`; NULL sets shown->failed. */
void pat_show(pat_shown *shown, struct json_t *object, const char *name, struct json_t *value);
/* The same, appending to an array. */
void pat_show_next(pat_shown *shown, struct json_t *array, struct json_t *value);

/*
 * Add a figure to an array, and its chart to the charts. id: its id in the page. alt: describes it
 * in words. Takes ownership of title, alt and chart. Returns the figure, borrowed, to add members
 * (see figure.html), or NULL when memory ran out.
 */
struct json_t *pat_show_figure(pat_shown *shown, struct json_t *figures, const char *id,
                               struct json_t *title, struct json_t *alt, struct json_t *chart);

/* Add a table (see table.html) to an object, taking ownership of columns and rows. */
void pat_show_table(pat_shown *shown, struct json_t *object, const char *name,
                    struct json_t *columns, struct json_t *rows);

/* Add a row of `count` texts to a table's rows, taking ownership of the texts. */
void pat_show_row(pat_shown *shown, struct json_t *rows, size_t count, struct json_t **cells);

/* The same with the cells as arguments. */
#define PAT_ROW(shown, rows, ...)                                                                  \
    pat_show_row(shown, rows, sizeof((struct json_t *[]){__VA_ARGS__}) / sizeof(struct json_t *),  \
                 (struct json_t *[]){__VA_ARGS__})

#endif
