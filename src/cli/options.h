/*
 * Options as data. Each command has tables of the options it accepts, their targets and their
 * meaning; the parser, --help and the shell completions use them.
 */
#ifndef PAT_CLI_OPTIONS_H
#define PAT_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The type of an option's value, and what is stored. */
typedef enum option_type {
    OPTION_FLAG,      /* no value; stores `stored`, or true if that is 0 */
    OPTION_WHOLE,     /* a whole number, least..greatest */
    OPTION_NUMBER,    /* a double, lowest..highest */
    OPTION_SHARE,     /* a share such as 2% or 0.02; stored as a double, 0..1 */
    OPTION_SIZE,      /* bytes, such as 500M, least..greatest, or 0; a uint64_t */
    OPTION_MEBIBYTES, /* least..greatest mebibytes, which is also the default unit; rounded up; an
                       * int64_t */
    OPTION_TEXT,      /* any text; this and the next four store a const char * */
    OPTION_FILE,      /* a file to read */
    OPTION_FOLDER,    /* a folder */
    OPTION_OUTPUT,    /* a file to write; "-" is refused */
    OPTION_STREAM,    /* a file to write; "-" is the standard output */
    OPTION_LIST,      /* whole numbers, least..greatest, separated by commas; an option_list */
    OPTION_CHOICE,    /* one of `choices`; stores its number */
    OPTION_NAMED_NUMBER, /* one of `choices`; stores its number as a double */
    OPTION_CHOICES       /* one of `choices`, repeatable; sets that element of an array of bool */
} option_type;

/* A command line being read; see the functions below. */
typedef struct option_line option_line;

/*
 * An option or, without a name, a positional argument, which takes the next value that no option
 * takes. {0} ends a table.
 */
typedef struct option_row {
    const char *name;     /* the long spelling; NULL: an argument */
    char letter;          /* the short one; 0: none */
    const char *argument; /* name of the value; NULL with choices: they are listed instead */
    option_type type;
    size_t offset, size; /* of the target: OPTION_TARGET */
    long long stored, least, greatest;
    double lowest, highest;
    /* The name of choice 0, 1, ...; "" for a number that cannot be chosen, NULL past the last. */
    const char *(*choices)(int number);
    /* Parse a value of a special form into the target; call option_fail() if it is invalid. NULL:
     * parse by type. */
    void (*take)(const option_line *line, void *target, char *text);
    bool repeated;        /* an argument that takes all remaining values */
    const char *missing;  /* the message if it is missing; NULL: it is optional */
    const char *standard; /* the default, as the help shows it; NULL: none is shown */
    const char *help;
    const char *old_of; /* the option that this is an old spelling of: accepted, but not shown */
} option_row;

/* The target of a row: a field of its group's struct. */
#define OPTION_TARGET(type, field)                                                                 \
    .offset = offsetof(type, field), .size = sizeof(((type *)0)->field)

/* The struct of a group: a field of the command's `struct arguments`. */
#define OPTION_ABOUT(field) .offset = offsetof(struct arguments, field)

/* Options that go together. A group without a table ends a list of groups. */
typedef struct option_group {
    const char *title;               /* title in the help; NULL: none */
    const option_row *rows;          /* the table */
    const option_row *(*make)(void); /* makes the table, instead of `rows`; or NULL */
    size_t offset;                   /* of the group's struct in the command's */
    const char *without;             /* names of rows to leave out, separated by spaces; or NULL */
    /* Check the values once all are read. May be NULL. */
    void (*check)(const option_line *line, void *target);
} option_group;

/* The options and arguments of a command. */
typedef struct option_set {
    const char *usage;   /* the arguments; a line for each way to call it */
    const char *summary; /* what the command does */
    const char *notes;   /* below the options: examples, exit statuses */
    const option_group *groups;
} option_set;

enum { OPTION_ROWS_MAX = 64 };

/* A row in a command's set. */
typedef struct option_slot {
    const option_row *row;
    const option_group *group;
    bool given;
} option_slot;

struct option_line {
    const char *program; /* "patina search" */
    const option_set *set;
    option_slot slot[OPTION_ROWS_MAX];
    int count;
    void *arguments; /* the command's struct */
    int argc;
    char **argv;
};

/*
 * Read the command line into `arguments`, the command's struct; argv[0] is the name for messages.
 * Strings point into argv. Exits with EXIT_USAGE and a message after wrong usage, and with
 * EXIT_ALL_WELL after --help and --usage.
 */
void options_read(const option_set *set, int argc, char **argv, void *arguments);

/* All rows of a set, in order, then --help. */
void options_collect(const option_set *set, option_line *line);

/* Exit with EXIT_USAGE after a message and a hint to use --help. */
__attribute__((noreturn, format(printf, 2, 3))) void option_fail(const option_line *line,
                                                                 const char *format, ...);

/* The first option or argument that was given among `names`, separated by spaces; else NULL. An
 * argument has a name such as DATA.csv. */
const char *option_given(const option_line *line, const char *names);

/* Fail if one of `names` and one of `others` were given: "give either --x or --y, not both: why".
 */
void option_exclude(const option_line *line, const char *names, const char *others,
                    const char *why);

/* Fail if one of `names` was given and none of `others`: "--x: why". */
void option_need(const option_line *line, const char *names, const char *others, const char *why);

/* The next word, for an option that takes two values; NULL at the end. */
char *option_next_word(const option_line *line);

/* Whether `name` is in `names`, separated by spaces; `names` may be NULL. */
bool option_is_among(const char *name, const char *names);

bool option_takes_value(const option_row *row);

/* Print the help for a command, or only its usage. */
void options_print_help(const option_line *line);
void options_print_usage(const option_line *line);

/* Write the values of an option with choices into `text`, separated by `between`. */
enum { OPTION_TEXT_SIZE = 256 };
void option_join_choices(const option_row *row, const char *between, char text[OPTION_TEXT_SIZE]);

/* ---- Values ---------------------------------------------------------------------------------- */

enum { OPTION_LIST_MAX = 12 };

/* Whole numbers, ascending, each once. */
typedef struct option_list {
    int count, value[OPTION_LIST_MAX];
} option_list;

/* Read a row's value into its target; text: NULL for a flag; it may be modified. */
void option_take(const option_line *line, const option_row *row, void *target, char *text);

/* Parse a whole number; option: its name for messages. */
long long option_whole(const option_line *line, const char *option, const char *text,
                       long long least, long long greatest);

#endif
