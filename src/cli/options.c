#include "options.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

void parse_arguments(const struct argp *argp, int argc, char **argv, unsigned flags, void *input)
{
    if (argp_parse(argp, argc, argv, flags, NULL, input) == 0)
        return;
    fprintf(stderr, "patina: not enough memory to read the arguments\n");
    exit(EXIT_SOMETHING_FAILED);
}

long long parse_whole(const struct argp_state *state, const char *option, const char *text,
                      long long minimum, long long maximum)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < minimum || value > maximum)
        argp_error(state, "%s: '%s' is not a whole number in %lld..%lld", option, text, minimum,
                   maximum);
    return value;
}

double parse_tolerance(const struct argp_state *state, const char *option, const char *text)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= 0))
        argp_error(state, "%s: '%s' is not a number >= 0", option, text);
    return value;
}

void parse_list(const struct argp_state *state, const char *option, char *text, int maximum,
                option_list *list)
{
    list->count = 0;
    while (text != NULL) {
        int value = (int)parse_whole(state, option, strsep(&text, ","), 1, maximum), at = 0;
        while (at < list->count && list->value[at] < value)
            at++;
        if (at < list->count && list->value[at] == value)
            continue;
        if (list->count == OPTION_LIST_MAX)
            argp_error(state, "%s: more than %d values", option, OPTION_LIST_MAX);
        memmove(&list->value[at + 1], &list->value[at],
                (size_t)(list->count - at) * sizeof list->value[0]);
        list->value[at] = value;
        list->count++;
    }
}

/* The program itself, whatever it is called and wherever it was started. */
const char *const worker_command[] = {"/proc/self/exe", "worker", NULL};

static const struct argp_option run_options[] = {
    {"jobs", 'j', "N", 0, "Worker processes, 1..1024 (default: the CPUs this process may use)", 0},
    {"batch", KEY_BATCH, "N", 0, "Requests a worker holds at most, 1..64 (default: 2)", 0},
    {"in-process", KEY_IN_PROCESS, NULL, 0,
     "Do the work in this process, for debugging: a crash ends the run", 0},
    {"max-pixels", KEY_MAX_PIXELS, "N", 0, "Refuse images with more pixels (default: 268435456)",
     0},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0,
     "End a worker that takes longer for one pair or image; 0: never (default: 600)", 0},
    {"memory", KEY_MEMORY, "SIZE", 0,
     "What one worker may use, such as 500M or 4G; 0: no limit (default: half of the memory)", 0},
    {"quiet", 'q', NULL, 0, "Print errors only", 0},
    {"progress", KEY_PROGRESS, "WHEN", 0,
     "Show progress: auto, always or never (default: auto, which redraws one line on a terminal "
     "and elsewhere prints a line now and then)",
     0},
    {0},
};

progress_mode parse_progress(const struct argp_state *state, const char *text)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0)
            return (progress_mode)i;
    argp_error(state, "--progress: '%s' is not one of auto, always, never", text);
    return PROGRESS_AUTO;
}

/* At least what the libraries take before the first image. */
uint64_t parse_memory(const struct argp_state *state, const char *text)
{
    static const char units[] = "KMGT";
    const long long minimum = 64 << 20, maximum = 1LL << 50;
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    const char *unit = *end == '\0' ? NULL : strchr(units, *end);
    bool whole = errno == 0 && end != text && end[unit != NULL] == '\0' && value <= maximum;
    for (const char *at = units; whole && unit != NULL && at <= unit && value <= maximum; at++)
        value *= 1024;
    if (whole && value == 0)
        return PAT_MEMORY_UNLIMITED;
    if (!whole || value < minimum || value > maximum)
        argp_error(state, "--memory: '%s' is not a size such as 500M or 4G, at least 64M, or 0",
                   text);
    return (uint64_t)value;
}

static error_t parse_run(int key, char *argument, struct argp_state *state)
{
    run_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        arguments->run.worker_command = worker_command;
        return 0;
    case 'j':
        arguments->run.jobs = (int)parse_whole(state, "--jobs", argument, 1, PAT_JOBS_MAX);
        return 0;
    case KEY_BATCH:
        arguments->run.batch = (int)parse_whole(state, "--batch", argument, 1, PAT_BATCH_MAX);
        return 0;
    case KEY_IN_PROCESS:
        arguments->run.worker_command = NULL;
        return 0;
    case KEY_MAX_PIXELS:
        arguments->run.max_pixels =
            (uint64_t)parse_whole(state, "--max-pixels", argument, 1, PAT_MAX_PIXELS_DEFAULT);
        return 0;
    case KEY_TIMEOUT:
        arguments->run.timeout_s = (int)parse_whole(state, "--timeout", argument, 0, INT_MAX);
        if (arguments->run.timeout_s == 0)
            arguments->run.timeout_s = -1;
        return 0;
    case KEY_MEMORY:
        arguments->run.memory_bytes = parse_memory(state, argument);
        return 0;
    case 'q':
        arguments->quiet = true;
        return 0;
    case KEY_PROGRESS:
        arguments->progress = parse_progress(state, argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp run_argp = {.options = run_options, .parser = parse_run};

static const struct argp_option journal_options[] = {
    {"restart", KEY_RESTART, NULL, 0,
     "Begin anew instead of continuing; the journal that is there is kept under another name", 0},
    {"retry-failed", KEY_RETRY_FAILED, NULL, 0,
     "Continue, and try again what failed: of a finished run, nothing else", 0},
    {0},
};

static error_t parse_journal(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    pat_journal_mode *mode = state->input;
    if (key != KEY_RESTART && key != KEY_RETRY_FAILED)
        return ARGP_ERR_UNKNOWN;
    pat_journal_mode wanted = key == KEY_RESTART ? PAT_JOURNAL_RESTART : PAT_JOURNAL_RETRY_FAILED;
    if (*mode != PAT_JOURNAL_RESUME && *mode != wanted)
        argp_error(state, "give either --restart or --retry-failed, not both");
    *mode = wanted;
    return 0;
}

const struct argp journal_argp = {.options = journal_options, .parser = parse_journal};

static const struct argp_option source_options[] = {
    {"manifest", KEY_MANIFEST, "FILE", 0,
     "Take the pairs from a CSV file with the columns damaged, undamaged and optionally id and "
     "original, instead of from two folders; relative paths start at the file's folder",
     0},
    {"match", KEY_MATCH, "HOW", 0,
     "Pair files by their whole name, or by stem: the name without its extension (default: name)",
     0},
    {"recursive", KEY_RECURSIVE, NULL, 0, "Enter subfolders", 0},
    {"limit", KEY_LIMIT, "N", 0, "Only the first N pairs", 0},
    {"grid", KEY_GRID, "AXES", 0,
     "The settings to try, such as 'color=white_balance,none;sigma=0.5:2:0.5;strength=0,0.5,1'; "
     "color levels may join in; axes left out keep their default (default: the 40 settings of the "
     "study)",
     0},
    {0},
};

static void end_of_source(const struct argp_state *state, const source_arguments *arguments)
{
    const pat_pair_source *source = &arguments->source;
    bool folders = source->damaged != NULL;
    if (source->manifest != NULL && folders)
        argp_error(state, "give either --manifest or two folders, not both");
    if (source->manifest != NULL && (source->recursive || source->match != PAT_MATCH_NAME))
        argp_error(state, "--recursive and --match are about folders, not --manifest");
    if (source->manifest == NULL && source->undamaged == NULL && (folders || !arguments->optional))
        argp_error(state, "give two folders, DAMAGED and UNDAMAGED, or --manifest FILE");
}

static error_t parse_source(int key, char *argument, struct argp_state *state)
{
    source_arguments *arguments = state->input;
    pat_pair_source *source = &arguments->source;
    pat_error error = {0};
    switch (key) {
    case ARGP_KEY_INIT:
        pat_grid_init_default(&arguments->grid);
        return 0;
    case KEY_MANIFEST:
        source->manifest = argument;
        return 0;
    case KEY_MATCH:
        if (strcmp(argument, "name") != 0 && strcmp(argument, "stem") != 0)
            argp_error(state, "--match: '%s' is not one of name, stem", argument);
        source->match = *argument == 's' ? PAT_MATCH_STEM : PAT_MATCH_NAME;
        return 0;
    case KEY_RECURSIVE:
        source->recursive = true;
        return 0;
    case KEY_LIMIT:
        source->limit = (size_t)parse_whole(state, "--limit", argument, 1, INT_MAX);
        return 0;
    case KEY_GRID:
        if (pat_grid_parse(&arguments->grid, argument, &error) != PAT_OK)
            argp_error(state, "%s", error.message);
        arguments->grid_given = true;
        return 0;
    case ARGP_KEY_ARG:
        if (source->undamaged != NULL)
            argp_error(state, "'%s' is one folder too many: give DAMAGED and UNDAMAGED", argument);
        *(source->damaged == NULL ? &source->damaged : &source->undamaged) = argument;
        return 0;
    case ARGP_KEY_END:
        end_of_source(state, arguments);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp source_argp = {.options = source_options, .parser = parse_source};
