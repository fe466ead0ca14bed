#include "shared_options.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "console.h"
#include "startup.h"

const char *const *worker_command(void)
{
    static const char *command[] = {NULL, "worker", NULL};
    command[0] = startup_program();
    return command;
}

/* ---- Runs ------------------------------------------------------------------------------------ */

/* A worker's libraries need this much memory before the first image. */
#define MEMORY_MIN (64LL << 20)
#define MEMORY_MAX (1LL << 50)

const option_row run_options[] = {
    {"jobs", 'j', "N", OPTION_WHOLE, OPTION_TARGET(run_arguments, run.jobs), .least = 1,
     .greatest = PAT_JOBS_MAX, .standard = "one per CPU",
     .help = "Number of worker processes, 1..1024; by default fewer if memory is short, so "
             "that each gets 1G"},
    {"batch", 0, "N", OPTION_WHOLE, OPTION_TARGET(run_arguments, run.batch), .least = 1,
     .greatest = PAT_BATCH_MAX, .standard = "2, or 12 frames of a film",
     .help = "How many requests, or frames of a film, a worker gets at a time, 1..64"},
    {"in-process", .type = OPTION_FLAG, OPTION_TARGET(run_arguments, in_process),
     .help = "Run in this process, without workers, for debugging; a crash ends the run"},
    {"max-pixels", 0, "N", OPTION_WHOLE, OPTION_TARGET(run_arguments, run.max_pixels), .least = 1,
     .greatest = PAT_MAX_PIXELS_DEFAULT, .standard = "268435456",
     .help = "Reject images with more pixels"},
    {"timeout", 0, "SECONDS", OPTION_WHOLE, OPTION_TARGET(run_arguments, run.timeout_s), .least = 0,
     .greatest = INT_MAX, .standard = "600",
     .help = "Kill a worker that takes longer than this for one pair or image; 0: never"},
    {"memory", 0, "SIZE", OPTION_SIZE, OPTION_TARGET(run_arguments, run.memory_bytes),
     .least = MEMORY_MIN, .greatest = MEMORY_MAX, .standard = "an equal share",
     .help = "Memory limit of each worker, such as 500M or 4G, at least 64M; 0: no limit. K, "
             "M, G, T and KiB, MiB, GiB, TiB are powers of 1024, KB, MB, GB, TB of 1000"},
    {"require-sandbox", .type = OPTION_FLAG, OPTION_TARGET(run_arguments, run.require_sandbox),
     .help = "Fail if the kernel does not grant workers the whole sandbox (seccomp and Landlock), "
             "instead of printing a warning"},
    {0},
};

static void warn_of_short_memory(pat_run_options run)
{
    if (pat_run_share_memory(&run))
        fprintf(stderr,
                "patina: memory is short: at most %d worker%s for %d CPUs, each with %llu MiB; "
                "use --jobs or --memory to change this\n",
                run.jobs, run.jobs == 1 ? "" : "s", pat_available_cpus(),
                (unsigned long long)(run.memory_bytes >> 20));
}

void check_run(const option_line *line, void *target)
{
    run_arguments *arguments = target;
    pat_run_options *run = &arguments->run;
    option_exclude(line, "in-process", "jobs batch timeout memory require-sandbox",
                   "without workers it has no effect");
    run->worker_command = arguments->in_process ? NULL : worker_command();
    run->notice = arguments->quiet ? NULL : console_notice;
    if (option_given(line, "timeout") != NULL && run->timeout_s == 0)
        run->timeout_s = -1;
    if (option_given(line, "memory") != NULL && run->memory_bytes == 0)
        run->memory_bytes = PAT_MEMORY_UNLIMITED;
    if (!arguments->quiet)
        warn_of_short_memory(*run);
}

static const char *progress_name(int number)
{
    static const char *const names[] = {"auto", "always", "never", NULL};
    return names[number];
}

const option_row output_options[] = {
    {"json", .type = OPTION_FLAG, OPTION_TARGET(run_arguments, json),
     .help = "Print one JSON document instead of text"},
    {"quiet", 'q', .type = OPTION_FLAG, OPTION_TARGET(run_arguments, quiet),
     .help = "Print only errors"},
    {"progress", .type = OPTION_CHOICE, OPTION_TARGET(run_arguments, progress),
     .choices = progress_name, .standard = "auto",
     .help = "Show progress; auto redraws one line on a terminal, and elsewhere prints a line "
             "every ten seconds"},
    {0},
};

const option_row journal_options[] = {
    {"restart", .type = OPTION_FLAG, .size = sizeof(pat_journal_mode),
     .stored = PAT_JOURNAL_RESTART,
     .help = "Start over instead of resuming; the old journal is kept under another name"},
    {"retry-failed", .type = OPTION_FLAG, .size = sizeof(pat_journal_mode),
     .stored = PAT_JOURNAL_RETRY_FAILED,
     .help = "Resume and retry failures; after a finished run, retry only the failures"},
    {0},
};

void check_journal(const option_line *line, void *target)
{
    (void)target;
    option_exclude(line, "restart", "retry-failed", "one starts over, the other resumes");
}

/* ---- Pairs ----------------------------------------------------------------------------------- */

static const char *match_name(int number)
{
    static const char *const names[] = {"name", "stem", NULL};
    return names[number];
}

/* Take a name, which may be abbreviated, or a pattern. A pattern contains a parenthesis, so it
 * cannot be mistaken for a name; pat_pairs_find() checks it. */
static void take_match(const option_line *line, void *target, char *text)
{
    pat_pair_source *source = target;
    (void)line;
    source->match = PAT_MATCH_PATTERN;
    source->pattern = text;
    for (int i = 0; match_name(i) != NULL && *text != '\0'; i++)
        if (strncmp(match_name(i), text, strlen(text)) == 0)
            source->match = (pat_match)i;
}

static void take_grid(const option_line *line, void *target, char *text)
{
    pat_error error = {0};
    if (pat_grid_parse(target, text, &error) != PAT_OK)
        option_fail(line, "%s", error.message);
}

#define RECURSIVE "recursive", .type = OPTION_FLAG, .help = "Include subfolders"

const option_row recursive_options[] = {
    {RECURSIVE, .size = sizeof(bool)},
    {0},
};

const option_row force_options[] = {
    {"force", .size = sizeof(bool),
     .help = "Replace existing files, but never inputs. Without it, a command replaces only files "
             "that the same command wrote"},
    {0},
};

const option_row dry_run_options[] = {
    {"dry-run", .size = sizeof(bool), .help = "Print what would be done, but write nothing"},
    {0},
};

const option_row source_options[] = {
    {"manifest", 0, "FILE", OPTION_FILE, OPTION_TARGET(source_arguments, source.manifest),
     .help = "Read the pairs from a CSV file instead of two folders. It has the columns "
             "damaged and undamaged, and optionally id and original; relative paths start at "
             "the file's folder"},
    {"match", 0, "name|stem|REGEX", OPTION_CHOICE, OPTION_TARGET(source_arguments, source),
     .choices = match_name, .take = take_match, .standard = "name",
     .help = "Pair files by full name, by name without the extension (stem), or by what the first "
             "group of a regular expression matches in both names: 'scan_([0-9]+)' pairs "
             "old_scan_12.jpg with scan_12.png. It is a POSIX extended expression, searched "
             "anywhere in the name; with --recursive, in the path below the folder"},
    {"suffix", 0, "TEXT", OPTION_TEXT, OPTION_TARGET(source_arguments, source.suffix),
     .help = "Text before the extension that only damaged names have: _damaged pairs "
             "photo_damaged.jpg with photo.jpg"},
    {RECURSIVE, OPTION_TARGET(source_arguments, source.recursive)},
    {"limit", 0, "N", OPTION_WHOLE, OPTION_TARGET(source_arguments, source.limit), .least = 1,
     .greatest = INT_MAX, .standard = "all", .help = "Use only the first N pairs"},
    {NULL, 0, "DAMAGED_DIR", OPTION_FOLDER, OPTION_TARGET(source_arguments, source.damaged)},
    {NULL, 0, "UNDAMAGED_DIR", OPTION_FOLDER, OPTION_TARGET(source_arguments, source.undamaged)},
    {0},
};

#define GRID                                                                                       \
    "grid", 0, "AXES", OPTION_TEXT, OPTION_TARGET(source_arguments, grid),                         \
        .take = take_grid,                                                                         \
        .help = "The settings, such as 'color=white_balance,none;sigma=0.5:2:0.5;"                 \
                "strength=0,0.5,1'. Axes that are left out keep their defaults. 'patina restore "  \
                "--help' lists the names for color and filter"

const option_row grid_options[] = {
    {GRID, .standard = "the 40 settings of the study"},
    {0},
};

const option_row data_grid_options[] = {
    {GRID, .standard = "the settings of the data set"},
    {0},
};

static const char folders_missing[] = "name two folders, DAMAGED_DIR and UNDAMAGED_DIR, or use "
                                      "--manifest FILE";

void check_source(const option_line *line, void *target)
{
    source_arguments *arguments = target;
    const pat_pair_source *source = &arguments->source;
    option_exclude(line, "manifest", "DAMAGED_DIR pairs", "both name the pairs");
    option_exclude(line, "manifest", "match suffix recursive", "a manifest names the files");
    if (source->match == PAT_MATCH_PATTERN && source->suffix != NULL)
        option_fail(line, "--suffix cannot be combined with a regular expression; write the suffix "
                          "into the expression of --match");
    if (source->damaged != NULL && source->undamaged == NULL)
        option_fail(line, "%s", folders_missing);
    arguments->grid_given = option_given(line, "grid") != NULL;
    if (!arguments->grid_given)
        pat_grid_init_default(&arguments->grid);
}

void check_source_needed(const option_line *line, void *target)
{
    check_source(line, target);
    if (option_given(line, SOURCE_NAMES) == NULL)
        option_fail(line, "%s", folders_missing);
}

void check_source_optional(const option_line *line, void *target)
{
    check_source(line, target);
    option_need(line, "match suffix recursive limit progress " RUN_OPTION_NAMES, SOURCE_NAMES,
                "has no effect without images; name two folders or use --manifest");
}

const option_row sample_options[] = {
    {"sample", 0, "K", OPTION_WHOLE, OPTION_TARGET(pat_pair_source, sample), .least = 1,
     .greatest = INT_MAX, .standard = "all, or 24 for bench",
     .help = "Use only K pairs, evenly spaced over all"},
    {0},
};

/* ---- Inputs and results ---------------------------------------------------------------------- */

const option_row trials_options[] = {
    {"trials-from", 0, "FILE", OPTION_FILE,
     .help = "The scores of all settings, written with the data set by 'patina search --trials "
             "FILE'"},
    {"trials", .old_of = "trials-from"},
    {0},
};

void check_trials(const option_line *line, void *target)
{
    (void)target;
    option_exclude(line, "trials-from", "grid", "the scores include their settings");
}

const option_row named_model_options[] = {
    {"model", 0, "FILE", OPTION_FILE, .help = "A model written by 'patina train'"},
    {0},
};

const option_row model_options[] = {
    {"model", 0, "FILE", OPTION_FILE, .standard = "the model that comes with patina",
     .help = "A model written by 'patina train'"},
    {0},
};

const option_row max_harm_options[] = {
    {"max-harm", 0, "SHARE", OPTION_SHARE, OPTION_TARGET(model_limit, share),
     .standard = "the limit that the model was trained with",
     .help = "The share of images that the model may make worse, such as 1%; a stricter limit "
             "leaves more images alone. For tone models"},
    {0},
};

void check_max_harm(const option_line *line, void *target)
{
    model_limit *limit = target;
    limit->given = option_given(line, "max-harm") != NULL;
}

const option_row seed_options[] = {
    {"seed", 0, "S", OPTION_WHOLE, .size = sizeof(uint64_t), .least = 0, .greatest = INT64_MAX,
     .standard = "1", .help = "Random seed; the same seed gives the same results"},
    {0},
};

const option_row data_options[] = {
    {NULL, 0, "DATA.csv", OPTION_FILE,
     .missing = "name a data set, such as regression_training_data.csv"},
    {0},
};

const option_row table_options[] = {
    {"extended", .type = OPTION_FLAG, OPTION_TARGET(table_arguments, extended),
     .help = "Also measure the extended features (colors, noise, detail); their columns "
             "come last"},
    {"spreadsheet-safe", .type = OPTION_FLAG, OPTION_TARGET(table_arguments, spreadsheet_safe),
     .help = "Put a single quote before names and messages that a spreadsheet would run as "
             "formulas"},
    {0},
};
