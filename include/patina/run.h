/*
 * Runs: process many pairs or images in worker processes and write CSV files.
 *
 * Rows are in the order of the pairs, and their bytes are the same for any number of workers.
 */
#ifndef PATINA_RUN_H
#define PATINA_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "patina/dataset.h"
#include "patina/grid.h"
#include "patina/image.h"
#include "patina/inspect.h"
#include "patina/score.h"

/* The CPUs this process may use: affinity and cgroup quota respected. At least 1. */
PAT_API int pat_available_cpus(void);

/* Write the processor's model into `name` (`size` bytes, cut to fit); "unknown" if the system does
 * not report it. */
PAT_API void pat_processor_name(char *name, size_t size);

/*
 * The instruction set in use: "avx512", "avx2" or "c": the best that the processor has, or the one
 * that the environment variable PAT_CPU names. It affects only the speed. Static.
 */
PAT_API const char *pat_instruction_tier(void);

/* Fails with PAT_INVALID_ARGUMENT if PAT_CPU names something that this machine cannot run; the best
 * available is then in use. */
PAT_API PAT_MUST_CHECK pat_status pat_check_instruction_tier(pat_error *error);

/* The progress of a run. */
typedef struct pat_progress {
    size_t done, total; /* pairs or images; done counts failures too */
    size_t failed;
    size_t recalled; /* of done: taken from an earlier run */
    double elapsed_s;
    /* Why the run is stalled: no worker could be started recently, and the last one "was killed by
     * SIGKILL". The run keeps trying. NULL: it is not stalled. */
    const char *trouble;
} pat_progress;

enum {
    PAT_JOBS_MAX = 1024,
    PAT_BATCH_MAX = 64,
    PAT_BATCH_DEFAULT = 2,
    PAT_TIMEOUT_DEFAULT_S = 600,
    PAT_PATIENCE_DEFAULT_S = 300
};
#define PAT_MEMORY_UNLIMITED UINT64_MAX

/*
 * A run keeps a journal beside its output ("x.journal" for "x.csv"): the outcome of every pair,
 * with the state of its files. A run that was killed continues from it. The journal is removed when
 * every pair has a row; it is kept if there are failures.
 */
typedef enum pat_journal_mode {
    PAT_JOURNAL_RESUME,       /* continue a run with the same options if there is one; else start */
    PAT_JOURNAL_RESTART,      /* start over; the old journal is kept under another name */
    PAT_JOURNAL_RETRY_FAILED, /* as RESUME, but failures are tried again */
    PAT_JOURNAL_NONE
} pat_journal_mode;

/* How a run is carried out; no option here changes a byte of the result. While workers run, the
 * process ignores SIGPIPE. One run at a time per process. */
typedef struct pat_run_options {
    int jobs;  /* worker processes, 1..PAT_JOBS_MAX; 0: see pat_run_share_memory() */
    int batch; /* maximum number of requests a worker holds, 1..PAT_BATCH_MAX; 0: the default */
    uint64_t max_pixels; /* limit per image; 0: PAT_MAX_PIXELS_DEFAULT */
    /* A worker that takes longer for a pair, or to start, is killed. 0: PAT_TIMEOUT_DEFAULT_S;
     * negative: no limit. */
    int timeout_s;
    /* How long a run keeps trying while every worker is killed at start, for example by the kernel
     * when memory is short. 0: PAT_PATIENCE_DEFAULT_S. */
    int patience_s;
    /* Memory limit of one worker; 0: see pat_run_share_memory(); PAT_MEMORY_UNLIMITED: none. */
    uint64_t memory_bytes;
    bool require_sandbox; /* fail if the kernel does not grant workers the whole sandbox */
    pat_journal_mode journal;
    bool force; /* replace existing files, but never inputs */
    /* The program, with arguments and a NULL at the end, that calls pat_worker_main(). NULL runs
     * everything in this process; a damaged image can then crash it. */
    const char *const *worker_command;
    /* Polled about ten times a second. Positive: start no more jobs, finish those in progress.
     * Negative: drop those too. The run then returns PAT_INTERRUPTED. */
    const volatile sig_atomic_t *interrupt;
    /* Called about ten times a second and at the end. May be NULL. */
    void (*progress)(void *context, const pat_progress *progress);
    void *progress_context;
    /* Called with a sentence to show to the user: the sandbox is incomplete, or a worker printed
     * something. It has no control characters. May be NULL. */
    void (*notice)(const char *text);
} pat_run_options;

/*
 * Replace zeros in `jobs` and `memory_bytes` with the defaults. Every run does this itself. By
 * default, all workers together may use three quarters of the machine's memory or, if that is less,
 * of the cgroup's limit. Each worker gets an equal share of at least 1 GiB, which is enough for a
 * pair of 50-megapixel images. If memory is short, there are fewer workers than CPUs; a single
 * worker may get less than 1 GiB. Returns whether there are fewer workers for that reason.
 */
PAT_API bool pat_run_share_memory(pat_run_options *options);

/*
 * The main function of a worker process: answer requests on the descriptor until it closes. Returns
 * the exit status. Sets process-wide state (signals, the decoding library) and sandboxes the
 * process: afterwards it cannot open files or start programs.
 */
enum { PAT_WORKER_DESCRIPTOR = 3 };
PAT_API int pat_worker_main(int descriptor);

enum { PAT_FAILURES_KEPT = 10, PAT_VERSION_SIZE = 32 };

/* A pair or image without a row. */
typedef struct pat_failure {
    char name[256]; /* cut if longer; the failures file has the full text */
    const char *stage;
    pat_status reason;
    char message[PAT_ERROR_MESSAGE_SIZE];
} pat_failure;

/* The outcome of a run. All strings live as long as the struct. */
typedef struct pat_run_summary {
    size_t total, rows, failures; /* total: pairs or images to do */
    size_t unpaired;              /* files in no pair, or folder entries that were left out */
    size_t ignored;               /* ignored files of an operating system, such as .DS_Store */
    size_t skipped;               /* images whose output exists (restore only); not in total */
    size_t recalled;              /* of total: taken from the journal */
    size_t changed;               /* of total: in the journal, but their files have changed since */
    uint64_t journal_cut;         /* bytes of the journal's damaged end */
    pat_failure first_failures[PAT_FAILURES_KEPT];
    double elapsed_s;
    int workers;                            /* 0: in this process */
    char decoder_version[PAT_VERSION_SIZE]; /* of libvips, as the processes that loaded it report */
    char sandbox[PAT_SANDBOX_SIZE];         /* of the workers: "seccomp, landlock 7, as nobody" */
    char output[PAT_PATH_SIZE], failures_path[PAT_PATH_SIZE], record_path[PAT_PATH_SIZE];
    char journal_path[PAT_PATH_SIZE];     /* "" if there is none, or no longer */
    char old_journal_path[PAT_PATH_SIZE]; /* where an old journal was kept; else "" */
    char sha256[65];                      /* of the output file */
    char trials_sha256[65];               /* "" if there are no trials */
    pat_label_report labels;              /* search only */
} pat_run_summary;

/* A search over all pairs. */
typedef struct pat_search_options {
    pat_pair_source source;
    pat_grid grid;
    const char *output;   /* the CSV; x.failures.csv and x.run.json are written beside x.csv */
    const char *trials;   /* a CSV of every setting of every pair; NULL: none */
    bool extended;        /* add the extended features, as columns after the others */
    pat_score_set scores; /* scores beyond PSNR and SSIM become columns at the end; 0: none */
    /* In every CSV, put a single quote before names and messages that a spreadsheet would take for
     * a formula; see docs/input.md. */
    bool spreadsheet_safe;
    pat_run_options run;
} pat_search_options;

/*
 * Search every pair of `pairs` (found from options->source) and write the data set. PAT_OK also
 * when pairs failed: summary->failures tells. Fails with PAT_NOTHING_TO_DO (no pair; nothing is
 * written), PAT_INVALID_ARGUMENT, PAT_WRITE_FAILED, PAT_WORKER_DIED (workers do not start),
 * PAT_INTERRUPTED or PAT_OUT_OF_MEMORY; `output` has then not been created or replaced, and the
 * rows so far, if any, are in `output`.partial.
 */
PAT_API PAT_MUST_CHECK pat_status pat_search_run(const pat_search_options *options,
                                                 const pat_pairs *pairs, pat_run_summary *summary,
                                                 pat_error *error);

/* What came of it as a JSON document: patina.search of docs/json.md. Free with free(); NULL when
 * memory runs out. */
PAT_API PAT_MUST_CHECK char *pat_search_json(const pat_search_options *options,
                                             const pat_pairs *pairs,
                                             const pat_run_summary *summary);

/*
 * The outcome of a search run twice, with one worker and with several, as a JSON document:
 * patina.verify. compared: the results of pat_csv_compare_json() for the data sets, the trials and
 * the failures. Free with free(); NULL when memory runs out.
 */
enum { PAT_VERIFY_RUNS = 2, PAT_VERIFY_FILES = 3 };
PAT_API PAT_MUST_CHECK char *pat_verify_json(const pat_run_summary summaries[PAT_VERIFY_RUNS],
                                             const char *const compared[PAT_VERIFY_FILES]);

/* One input of a feature run. */
typedef struct pat_feature_input {
    const char *path;  /* an image, or a folder of images */
    const char *label; /* the value of the label column; NULL leaves it empty */
} pat_feature_input;

/* Features of many images. */
typedef struct pat_feature_options {
    const pat_feature_input *inputs; /* in the order of the CSV; a folder's images by name */
    size_t input_count;
    const char *label_name; /* name of the label column; NULL: no such column */
    bool recursive;
    bool extended; /* measure the extended features too */
    /* Called before the work starts for each entry of a folder that is not an image, with the
     * reason; the entry is valid during the call. NULL: not reported. */
    void (*left_out)(void *context, const pat_unpaired *entry);
    void *left_out_context;
    bool spreadsheet_safe; /* as in pat_search_options; also applies to labels */
    const char *output;    /* the CSV; x.failures.csv is written beside x.csv */
    pat_run_options run;
} pat_feature_options;

/* Measure the features of every image and write them as CSV. Returns and fails as
 * pat_search_run(). */
PAT_API PAT_MUST_CHECK pat_status pat_feature_run(const pat_feature_options *options,
                                                  pat_run_summary *summary, pat_error *error);

/* What came of it as a JSON document: patina.features of docs/json.md. Free with free(); NULL when
 * memory runs out. */
PAT_API PAT_MUST_CHECK char *pat_feature_json(const pat_feature_options *options,
                                              const pat_run_summary *summary);

/* What is inspected. */
typedef struct pat_inspect_options {
    const char *data;       /* a CSV that has the 22 columns of a data set */
    const char *trials;     /* the CSV of all scores that was written with it; NULL: none */
    const pat_grid *grid;   /* tried; NULL: taken from the trials, else guessed */
    const pat_pairs *pairs; /* the images, to be checked as well; NULL: none */
    pat_run_options run;    /* `journal` is ignored */
} pat_inspect_options;

/*
 * Inspect a data set and, if given, its pairs. inspection: zeroed; release it in any case. Fails
 * with PAT_MALFORMED (not a table, missing columns, text in place of numbers; trials of other
 * data), PAT_NOTHING_TO_DO (no row, no pair), PAT_INVALID_ARGUMENT (a row whose setting is not in
 * `grid`), PAT_NOT_FOUND, PAT_UNREADABLE, PAT_NOT_A_FILE, PAT_OUT_OF_MEMORY, and like
 * pat_search_run() when workers do not start or the run is interrupted.
 */
PAT_API PAT_MUST_CHECK pat_status pat_inspect(const pat_inspect_options *options,
                                              pat_inspection *inspection, pat_error *error);

/*
 * An inspection as a JSON document: patina.inspect of docs/json.md. Free with free(). Fails with
 * PAT_OUT_OF_MEMORY.
 */
PAT_API PAT_MUST_CHECK pat_status pat_inspection_json(const pat_inspection *inspection, char **text,
                                                      pat_error *error);

#endif
