/* Numbers and settings in words, and putting them into what a page shows; private to the folder. */
#ifndef PAT_REPORT_WORDS_H
#define PAT_REPORT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "patina/grid.h"

struct json_t;

/* A number as text, to be used at once: pat_digits_of(1088).text is "1,088". */
typedef struct pat_digits {
    char text[32];
} pat_digits;

pat_digits pat_digits_of(size_t count);

/* "44 %", "0.4 %"; nothing else than 0 is "0 %", and nothing else than all is "100 %". */
pat_digits pat_percent_of(size_t part, size_t whole);

/* "pair" or "pairs". */
#define PAT_PLURAL(count, word) ((count) == 1 ? word : word "s")

typedef struct pat_setting_words {
    char text[PAT_SETTING_TEXT_SIZE];
} pat_setting_words;

/* "levels, sigma 1, strength 0.5", "white balance, no sharpening", "nothing done". */
pat_setting_words pat_words_of(const pat_setting *setting);

/* A path without its folders, which are of no concern to others. */
const char *pat_name_of_path(const char *path);

/* A color operator by its number: "white balance", "levels", "colors unchanged". Static. */
const char *pat_color_words(double number);

/* The operators of a setting: the color, and the filter unless it is the usual one. */
pat_setting_words pat_choice_words(const pat_setting *setting);

/* Formatted text as JSON, as pat_json_text() has it. NULL when memory runs out. */
struct json_t *pat_words(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What a page shows: what is put into the template, and the data of the charts by their names. */
typedef struct pat_shown {
    struct json_t *words, *charts;
    bool failed; /* memory ran out; check once, at the end */
} pat_shown;

/* Set a member, taking `value`; NULL means that memory ran out. */
void pat_show(pat_shown *shown, struct json_t *object, const char *name, struct json_t *value);
/* The same for the end of an array. */
void pat_show_next(pat_shown *shown, struct json_t *array, struct json_t *value);

/*
 * Add a chart to an array of figures: `id` names it in the page; title; `alt` says in words what is
 * to be seen; `chart`, taken, goes to the charts. Returns the figure, borrowed, for more members
 * (see figure.html), or NULL when memory ran out.
 */
struct json_t *pat_show_figure(pat_shown *shown, struct json_t *figures, const char *id,
                               struct json_t *title, struct json_t *alt, struct json_t *chart);

/* Give an object a table: columns and rows, both taken, as table.html has them. */
void pat_show_table(pat_shown *shown, struct json_t *object, const char *name,
                    struct json_t *columns, struct json_t *rows);

/* Add a row of `count` texts (taken) to the rows of a table. */
void pat_show_row(pat_shown *shown, struct json_t *rows, size_t count, struct json_t **cells);

/* The same with the cells named one by one. */
#define PAT_ROW(shown, rows, ...)                                                                  \
    pat_show_row(shown, rows, sizeof((struct json_t *[]){__VA_ARGS__}) / sizeof(struct json_t *),  \
                 (struct json_t *[]){__VA_ARGS__})

#endif
