#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options.h"

/* Store a whole number in a target of the row's size: a bool, an int or enum, or 64 bits. */
static void store(const option_row *row, void *target, long long value)
{
    if (row->size == sizeof(bool))
        *(bool *)target = value != 0;
    else if (row->size == sizeof(int))
        *(int *)target = (int)value;
    else
        *(int64_t *)target = value;
}

long long option_whole(const option_line *line, const char *option, const char *text,
                       long long least, long long greatest)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < least || value > greatest)
        option_fail(line, "--%s: '%s' is not a whole number in %lld..%lld", option, text, least,
                    greatest);
    return value;
}

static void take_flag(const option_line *line, const option_row *row, void *target, char *text)
{
    (void)line;
    (void)text;
    store(row, target, row->stored == 0 ? 1 : row->stored);
}

static void take_whole(const option_line *line, const option_row *row, void *target, char *text)
{
    store(row, target, option_whole(line, row->name, text, row->least, row->greatest));
}

static void take_number(const option_line *line, const option_row *row, void *target, char *text)
{
    char *end;
    double value = strtod(text, &end);
    if (end != text && *end == '\0' && value >= row->lowest && value <= row->highest)
        *(double *)target = value;
    else if (isinf(row->highest))
        option_fail(line, "--%s: '%s' is not a number >= %g", row->name, text, row->lowest);
    else
        option_fail(line, "--%s: '%s' is not a number in %g..%g", row->name, text, row->lowest,
                    row->highest);
}

/* 1 without a percent sign could mean 1 % or all, so it is refused. */
static void take_share(const option_line *line, const option_row *row, void *target, char *text)
{
    char *end;
    double value = strtod(text, &end);
    bool percent = end != text && *end == '%';
    value = percent ? value / 100 : value;
    if (end == text || end[percent] != '\0' || !(value >= 0 && value <= 1) ||
        (!percent && value == 1))
        option_fail(line, "--%s: '%s' is not a share: write 2%% or 0.02, up to 100%%", row->name,
                    text);
    *(double *)target = value;
}

/* Parse a size of at most `greatest` bytes, a whole number with or without a unit; without one, the
 * unit is `alone` bytes. K and KiB are powers of 1024, KB of 1000, as in GNU programs; the case of
 * the letters is ignored. -1 if it is not such a size. */
static long long parse_size(const char *text, long long alone, long long greatest)
{
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    bool whole = errno == 0 && end != text && value >= 0 && value <= greatest;
    const char *unit = *end == '\0' ? NULL : strchr(units, toupper((unsigned char)*end));
    end += unit != NULL;
    int base = strcasecmp(end, "B") == 0 ? 1000 : 1024;
    if (unit != NULL && (base == 1000 || strcasecmp(end, "iB") == 0))
        end += strlen(end);
    if (whole && unit == NULL)
        value = value <= greatest / alone ? value * alone : greatest + 1;
    for (const char *at = units; whole && unit != NULL && at <= unit && value <= greatest; at++)
        value *= base;
    return whole && *end == '\0' && value <= greatest ? value : -1;
}

static void take_size(const option_line *line, const option_row *row, void *target, char *text)
{
    long long value = parse_size(text, 1, row->greatest);
    if (value < 0 || (value != 0 && value < row->least))
        option_fail(line, "--%s: '%s' is not a size such as 500M or 4G, at least %lldM, or 0",
                    row->name, text, row->least >> 20);
    store(row, target, value);
}

static void take_mebibytes(const option_line *line, const option_row *row, void *target, char *text)
{
    const long long mebibyte = 1 << 20;
    long long value = parse_size(text, mebibyte, row->greatest * mebibyte);
    value = value < 0 ? -1 : (value + mebibyte - 1) / mebibyte;
    if (value < row->least)
        option_fail(line, "--%s: '%s' is not a size in %lldM..%lldM", row->name, text, row->least,
                    row->greatest);
    store(row, target, value);
}

static void take_text(const option_line *line, const option_row *row, void *target, char *text)
{
    (void)line;
    (void)row;
    *(const char **)target = text;
}

static void take_output(const option_line *line, const option_row *row, void *target, char *text)
{
    if (strcmp(text, "-") == 0)
        option_fail(line, "--%s -: this cannot be written to the standard output; name a file",
                    row->name);
    *(const char **)target = text;
}

static void take_list(const option_line *line, const option_row *row, void *target, char *text)
{
    option_list *list = target;
    list->count = 0;
    while (text != NULL) {
        int value =
            (int)option_whole(line, row->name, strsep(&text, ","), row->least, row->greatest);
        int at = 0;
        while (at < list->count && list->value[at] < value)
            at++;
        if (at < list->count && list->value[at] == value)
            continue;
        if (list->count == OPTION_LIST_MAX)
            option_fail(line, "--%s: more than %d values", row->name, OPTION_LIST_MAX);
        memmove(&list->value[at + 1], &list->value[at],
                (size_t)(list->count - at) * sizeof list->value[0]);
        list->value[at] = value;
        list->count++;
    }
}

void option_join_choices(const option_row *row, const char *between, char text[OPTION_TEXT_SIZE])
{
    int length = 0;
    *text = '\0';
    for (int i = 0; row->choices(i) != NULL && length < OPTION_TEXT_SIZE; i++)
        if (*row->choices(i) != '\0')
            length += snprintf(text + length, (size_t)(OPTION_TEXT_SIZE - length), "%s%s",
                               length > 0 ? between : "", row->choices(i));
}

/* Find a choice by its name, or by an unambiguous prefix. */
static int find_choice(const option_line *line, const option_row *row, const char *text)
{
    int found = 0, count = 0;
    for (int i = 0; row->choices(i) != NULL && *text != '\0'; i++) {
        if (strcmp(row->choices(i), text) == 0)
            return i;
        if (strncmp(row->choices(i), text, strlen(text)) == 0) {
            found = i;
            count++;
        }
    }
    char names[OPTION_TEXT_SIZE];
    option_join_choices(row, ", ", names);
    if (count != 1)
        option_fail(line, "%s%s: '%s' is not one of %s", row->name != NULL ? "--" : "",
                    row->name != NULL ? row->name : row->argument, text, names);
    return found;
}

static void take_choice(const option_line *line, const option_row *row, void *target, char *text)
{
    store(row, target, find_choice(line, row, text));
}

static void take_named_number(const option_line *line, const option_row *row, void *target,
                              char *text)
{
    *(double *)target = find_choice(line, row, text);
}

static void take_choices(const option_line *line, const option_row *row, void *target, char *text)
{
    ((bool *)target)[find_choice(line, row, text)] = true;
}

/* "old/" is the folder old: paths below it then have one slash. */
static void trim_slashes(char *text)
{
    for (size_t length = strlen(text); length > 1 && text[length - 1] == '/'; length--)
        text[length - 1] = '\0';
}

void option_take(const option_line *line, const option_row *row, void *target, char *text)
{
    static void (*const takers[])(const option_line *, const option_row *, void *, char *) = {
        [OPTION_FLAG] = take_flag,
        [OPTION_WHOLE] = take_whole,
        [OPTION_NUMBER] = take_number,
        [OPTION_SIZE] = take_size,
        [OPTION_TEXT] = take_text,
        [OPTION_FILE] = take_text,
        [OPTION_FOLDER] = take_text,
        [OPTION_OUTPUT] = take_output,
        [OPTION_STREAM] = take_text,
        [OPTION_LIST] = take_list,
        [OPTION_CHOICE] = take_choice,
        [OPTION_CHOICES] = take_choices,
        [OPTION_NAMED_NUMBER] = take_named_number,
        [OPTION_SHARE] = take_share,
        [OPTION_MEBIBYTES] = take_mebibytes,
    };
    bool names_inputs = row->type == OPTION_FILE && row->repeated;
    if (row->type == OPTION_FOLDER || names_inputs)
        trim_slashes(text);
    if (row->take != NULL)
        row->take(line, target, text);
    else
        takers[row->type](line, row, target, text);
}
