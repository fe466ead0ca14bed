#include "options.h"

#include <assert.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "spelling.h"

/* getopt_long() returns FIRST_KEY plus the row of a long option, which is above all letters. */
enum { FIRST_KEY = 0x100 };

static void take_help(const option_line *line, void *target, char *text)
{
    (void)target;
    (void)text;
    options_print_help(line);
    exit(console_flush(EXIT_ALL_WELL));
}

static void take_usage(const option_line *line, void *target, char *text)
{
    (void)target;
    (void)text;
    options_print_usage(line);
    exit(console_flush(EXIT_ALL_WELL));
}

static const option_row help_options[] = {
    {"help", 'h', .take = take_help, .help = "Print this help"},
    {"usage", .take = take_usage, .help = "Print only the usage"},
    {0},
};

static const option_group help_group = {.rows = help_options};

bool option_is_among(const char *name, const char *names)
{
    size_t length = strlen(name);
    for (const char *at = names; at != NULL && *at != '\0'; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, name, length) == 0)
            return true;
        at += word;
    }
    return false;
}

static const char *name_of(const option_row *row)
{
    return row->name != NULL ? row->name : row->argument;
}

/* NULL at the end of a list of groups. */
static const option_row *rows_of(const option_group *group)
{
    return group->make != NULL ? group->make() : group->rows;
}

static void collect_group(const option_group *group, option_line *line)
{
    for (const option_row *row = rows_of(group); name_of(row) != NULL; row++) {
        if (option_is_among(name_of(row), group->without))
            continue;
        assert(line->count < OPTION_ROWS_MAX);
        line->slot[line->count++] = (option_slot){.row = row, .group = group};
    }
}

void options_collect(const option_set *set, option_line *line)
{
    line->set = set;
    for (const option_group *group = set->groups; rows_of(group) != NULL; group++)
        collect_group(group, line);
    collect_group(&help_group, line);
}

void option_fail(const option_line *line, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s: ", line->program);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nTry '%s --help' for more information.\n", line->program);
    exit(EXIT_USAGE);
}

const char *option_given(const option_line *line, const char *names)
{
    for (int i = 0; i < line->count; i++)
        if (line->slot[i].given && option_is_among(name_of(line->slot[i].row), names))
            return name_of(line->slot[i].row);
    return NULL;
}

/* Messages show arguments in capitals and options with dashes. */
static const char *dashes(const char *name)
{
    return name[0] >= 'A' && name[0] <= 'Z' ? "" : "--";
}

void option_exclude(const option_line *line, const char *names, const char *others, const char *why)
{
    const char *name = option_given(line, names), *other = option_given(line, others);
    if (name != NULL && other != NULL)
        option_fail(line, "use either %s%s or %s%s, not both: %s", dashes(name), name,
                    dashes(other), other, why);
}

void option_need(const option_line *line, const char *names, const char *others, const char *why)
{
    const char *name = option_given(line, names);
    if (name != NULL && option_given(line, others) == NULL)
        option_fail(line, "--%s: %s", name, why);
}

char *option_next_word(const option_line *line)
{
    return optind < line->argc ? line->argv[optind++] : NULL;
}

/* The row that an old spelling stands for; else the row itself. */
static option_slot *resolve(option_line *line, option_slot *slot)
{
    const char *name = slot->row->old_of;
    for (int i = 0; i < line->count && name != NULL; i++)
        if (strcmp(name_of(line->slot[i].row), name) == 0)
            return &line->slot[i];
    return slot;
}

static void take(option_line *line, option_slot *slot, char *text)
{
    slot = resolve(line, slot);
    slot->given = true;
    char *target = (char *)line->arguments + slot->group->offset + slot->row->offset;
    option_take(line, slot->row, target, text);
}

static void take_argument(option_line *line, char *text)
{
    for (int i = 0; i < line->count; i++) {
        option_slot *slot = &line->slot[i];
        if (slot->row->name == NULL && (!slot->given || slot->row->repeated)) {
            take(line, slot, text);
            return;
        }
    }
    option_fail(line, "'%s' is one argument too many", text);
}

bool option_takes_value(const option_row *row)
{
    return row->argument != NULL || row->choices != NULL;
}

/* Prepare for getopt_long(). The '-' keeps the order of arguments, because a label of patina
 * features applies to the inputs after it. */
static void describe(option_line *line, struct option *names, char *letters)
{
    *letters++ = '-';
    for (int i = 0; i < line->count; i++) {
        const option_row *row = line->slot[i].row;
        bool valued = option_takes_value(resolve(line, &line->slot[i])->row);
        if (row->letter != 0)
            letters = stpcpy(letters, (char[]){row->letter, valued ? ':' : '\0', '\0'});
        if (row->name != NULL)
            *names++ = (struct option){row->name, valued, NULL, FIRST_KEY + i};
    }
    *letters = '\0';
    *names = (struct option){0};
}

/* The slot for a return value of getopt_long(). */
static option_slot *find_slot(option_line *line, int key)
{
    for (int i = 0; i < line->count && key < FIRST_KEY; i++)
        if (line->slot[i].row->letter == key)
            return &line->slot[i];
    return &line->slot[key - FIRST_KEY];
}

/* getopt_long() has printed the error; suggest what the user may have meant. */
__attribute__((noreturn)) static void suggest(const option_line *line, const char *word)
{
    struct spelling nearest = spelling_of(word + strspn(word, "-"));
    for (int i = 0; i < line->count && strncmp(word, "--", 2) == 0 && optopt == 0; i++)
        if (line->slot[i].row->name != NULL && line->slot[i].row->old_of == NULL)
            spelling_try(&nearest, line->slot[i].row->name);
    if (nearest.found != NULL)
        fprintf(stderr, "Did you mean --%s?\n", nearest.found);
    fprintf(stderr, "Try '%s --help' for more information.\n", line->program);
    exit(EXIT_USAGE);
}

static void read_words(option_line *line)
{
    struct option names[OPTION_ROWS_MAX + 1];
    char letters[2 * OPTION_ROWS_MAX + 2];
    describe(line, names, letters);
    for (int key; (key = getopt_long(line->argc, line->argv, letters, names, NULL)) != -1;) {
        if (key == '?')
            suggest(line, line->argv[optind - 1]);
        else if (key == 1)
            take_argument(line, optarg);
        else
            take(line, find_slot(line, key), optarg);
    }
    while (optind < line->argc) /* after "--" */
        take_argument(line, line->argv[optind++]);
}

void options_read(const option_set *set, int argc, char **argv, void *arguments)
{
    option_line line = {.program = argv[0], .arguments = arguments, .argc = argc, .argv = argv};
    options_collect(set, &line);
    read_words(&line);
    for (int i = 0; i < line.count; i++)
        if (line.slot[i].row->missing != NULL && !line.slot[i].given)
            option_fail(&line, "%s", line.slot[i].row->missing);
    for (const option_group *group = set->groups; rows_of(group) != NULL; group++)
        if (group->check != NULL)
            group->check(&line, (char *)arguments + group->offset);
}
