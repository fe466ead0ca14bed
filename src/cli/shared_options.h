/* Option tables that several commands share, so that each option is described once. */
#ifndef PAT_CLI_SHARED_OPTIONS_H
#define PAT_CLI_SHARED_OPTIONS_H

#include "options.h"
#include "patina/patina.h"
#include "progress.h"

/* The command line that starts this program as a worker. Static. */
const char *const *worker_command(void);

/* Options for how a command runs and what it prints. */
typedef struct run_arguments {
    pat_run_options run;
    bool in_process;
    bool json, quiet;
    progress_mode progress;
} run_arguments;

/* --jobs, --batch, --in-process, --max-pixels, --timeout, --memory, --require-sandbox; about a
 * run_arguments. check_run completes run_arguments.run. */
extern const option_row run_options[];
void check_run(const option_line *line, void *target);
#define RUN_OPTION_NAMES "jobs batch in-process max-pixels timeout memory require-sandbox"

/* --json, --quiet, --progress; about a run_arguments. */
extern const option_row output_options[];

/* --restart, --retry-failed; about a pat_journal_mode. */
extern const option_row journal_options[];
void check_journal(const option_line *line, void *target);

/* Pairs of images, and the settings to try or, of a data set, that were tried. */
typedef struct source_arguments {
    pat_pair_source source;
    pat_grid grid;
    bool grid_given; /* with --grid; else it is the default */
} source_arguments;

/* The options that name images; only report has `pairs`. */
#define SOURCE_NAMES "DAMAGED_DIR manifest pairs"

/* --manifest, --match, --recursive, --limit and the arguments DAMAGED_DIR UNDAMAGED_DIR; about a
 * source_arguments. check_source: the source may be missing; check_source_needed: it is required;
 * check_source_optional: without it, options about images are refused. */
extern const option_row source_options[];
void check_source(const option_line *line, void *target);
void check_source_needed(const option_line *line, void *target);
void check_source_optional(const option_line *line, void *target);

/* --grid, about a source_arguments that is checked as above: to make a data set, or to read one. */
extern const option_row grid_options[];
extern const option_row data_grid_options[];

/* --recursive, --force and --dry-run, each about a bool; --sample, about a pat_pair_source. */
extern const option_row recursive_options[];
extern const option_row force_options[];
extern const option_row dry_run_options[];
extern const option_row sample_options[];

/* --trials-from, about a const char *, for commands that also have --grid. */
extern const option_row trials_options[];
void check_trials(const option_line *line, void *target);

/* --max-harm, about a model_limit. */
typedef struct model_limit {
    double share;
    bool given;
} model_limit;
extern const option_row max_harm_options[];
void check_max_harm(const option_line *line, void *target);

/* --model FILE and --seed, about a const char * and a uint64_t. */
extern const option_row named_model_options[]; /* without a default */
extern const option_row model_options[];       /* restore, serve: by default the one shipped */
extern const option_row seed_options[];

/* About a pat_degrade_options: --per-image, --shrink and --crop, with the defaults of degrade and
 * of learn; and --recipe, --families and --except. */
extern const option_row degrade_options[], learn_options[];
extern const option_row recipe_options[];

/* The argument DATA.csv, about a const char *. */
extern const option_row data_options[];

/* --extended and --spreadsheet-safe. */
typedef struct table_arguments {
    bool extended, spreadsheet_safe;
} table_arguments;
extern const option_row table_options[];

/* An option for each axis, about a pat_setting, and their names, separated by spaces; both static.
 * The check refuses numbers without effect, and reports numbers that are missing. */
const option_row *setting_rows(void);
const char *setting_keys(void);
void check_setting(const option_line *line, void *target);

#endif
