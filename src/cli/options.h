/* Command-line options that several subcommands share, as argp children. */
#ifndef PAT_CLI_OPTIONS_H
#define PAT_CLI_OPTIONS_H

#include <argp.h>

#include "patina/patina.h"
#include "progress.h"

/* --jobs, --batch, --in-process, --max-pixels, --timeout, --memory, --quiet, --progress. */
typedef struct run_arguments {
    pat_run_options run;
    progress_mode progress;
    bool quiet;
} run_arguments;

/* What starts a worker: this program. */
extern const char *const worker_command[];

/* input: a zeroed run_arguments. */
extern const struct argp run_argp;

/* --restart, --retry-failed. input: a pat_journal_mode. */
extern const struct argp journal_argp;

/* --manifest, --match, --recursive, --limit, --grid and the arguments DAMAGED UNDAMAGED. */
typedef struct source_arguments {
    pat_pair_source source;
    pat_grid grid;
    bool optional;   /* no source at all will do */
    bool grid_given; /* with --grid; else it is the default */
} source_arguments;

/* input: a source_arguments that is zeroed, or has `optional` set. */
extern const struct argp source_argp;

/* Option keys without a short form, beyond all characters. */
enum {
    KEY_BATCH = 0x100,
    KEY_COLOR,
    KEY_CROP,
    KEY_DETAILS,
    KEY_DRY_RUN,
    KEY_EXTENDED,
    KEY_FOLDS,
    KEY_FORCE,
    KEY_FORMAT,
    KEY_GRID,
    KEY_IN_PROCESS,
    KEY_JSON,
    KEY_LABEL,
    KEY_LIMIT,
    KEY_MANIFEST,
    KEY_MATCH,
    KEY_MAX_PIXELS,
    KEY_MEMORY,
    KEY_MODEL,
    KEY_PAIRS,
    KEY_PER_IMAGE,
    KEY_PRINT_RECIPE,
    KEY_PROGRESS,
    KEY_QUALITY,
    KEY_RECIPE,
    KEY_RECURSIVE,
    KEY_REPEAT,
    KEY_RESTART,
    KEY_RETRY_FAILED,
    KEY_RTOL,
    KEY_ATOL,
    KEY_SAMPLE,
    KEY_SCORES,
    KEY_SECONDS,
    KEY_SEED,
    KEY_SIGMA,
    KEY_SINGLE,
    KEY_SPREADSHEET_SAFE,
    KEY_STRENGTH,
    KEY_STRICT,
    KEY_STRIP,
    KEY_TIMEOUT,
    KEY_TRIALS
};

/* The option --spreadsheet-safe, for a command's table. */
#define SPREADSHEET_SAFE_OPTION                                                                    \
    {                                                                                              \
        "spreadsheet-safe", KEY_SPREADSHEET_SAFE, NULL, 0,                                         \
            "Put a single quote before names and messages that a spreadsheet would take for a "    \
            "formula; without it names are written exactly",                                       \
            0                                                                                      \
    }

/* The option --extended, likewise. */
#define EXTENDED_OPTION                                                                            \
    {                                                                                              \
        "extended", KEY_EXTENDED, NULL, 0,                                                         \
            "Also measure the 22 extended features: colours, noise and detail, from which models " \
            "learn more; their columns come last",                                                 \
            0                                                                                      \
    }

/* argp_parse(), ending the program when memory runs out. */
void parse_arguments(const struct argp *argp, int argc, char **argv, unsigned flags, void *input);

/* A whole number of an option; anything else ends the program with a usage error. */
long long parse_whole(const struct argp_state *state, const char *option, const char *text,
                      long long minimum, long long maximum);

/* A size in bytes such as "500M", at least 64M, likewise; "0": PAT_MEMORY_UNLIMITED. */
uint64_t parse_memory(const struct argp_state *state, const char *text);

/* A number >= 0, likewise. */
double parse_tolerance(const struct argp_state *state, const char *option, const char *text);

/* When to show progress, likewise. */
progress_mode parse_progress(const struct argp_state *state, const char *text);

enum { OPTION_LIST_MAX = 12 };

/* Whole numbers, ascending, each once. */
typedef struct option_list {
    int count, value[OPTION_LIST_MAX];
} option_list;

/* Numbers 1..maximum, separated by commas in `text`, likewise. `text` is cut up. */
void parse_list(const struct argp_state *state, const char *option, char *text, int maximum,
                option_list *list);

#endif
