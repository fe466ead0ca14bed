/*
 * Whole runs: many pairs or images through a pool of worker processes into CSV files.
 *
 * Rows are written in the order of the pairs and are the same bytes for any number of workers.
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

/* The processor's model into `name` (`size` bytes, cut to fit); "unknown" where the system does not
 * tell. */
PAT_API void pat_processor_name(char *name, size_t size);

/*
 * The instructions in use: "avx512", "avx2" or "c", the best that the processor has or what the
 * environment variable PAT_CPU names. They change the speed and nothing else. Static.
 */
PAT_API const char *pat_instruction_tier(void);

/* Fails with PAT_INVALID_ARGUMENT if PAT_CPU is set to something that this machine cannot run; the
 * best that it can is then in use. */
PAT_API PAT_MUST_CHECK pat_status pat_check_instruction_tier(pat_error *error);

/* How far a run is. */
typedef struct pat_progress {
    size_t done, total; /* pairs or images; done counts failures too */
    size_t failed;
    size_t recalled; /* of done: known from an earlier run */
    double elapsed_s;
    /* Why nothing is being done: no worker could be started lately, and the last one "was killed by
     * SIGKILL". The run tries again. NULL: there is no such trouble. */
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
 * While it works, a run keeps a journal beside its output ("x.journal" for "x.csv"): the outcome
 * of every pair, with what its files were. A run that was killed continues from it. When everything
 * has given a row the journal is removed; failures keep it.
 */
typedef enum pat_journal_mode {
    PAT_JOURNAL_RESUME,       /* continue a run that was begun with the same options; else begin */
    PAT_JOURNAL_RESTART,      /* begin, and put aside a journal that is there */
    PAT_JOURNAL_RETRY_FAILED, /* as RESUME, but what failed is tried again */
    PAT_JOURNAL_NONE
} pat_journal_mode;

/* How a run is carried out; none of it changes a byte of the result. While workers run, the process
 * ignores SIGPIPE. One run at a time per process. */
typedef struct pat_run_options {
    int jobs;            /* worker processes, 1..PAT_JOBS_MAX; 0: pat_available_cpus() */
    int batch;           /* requests a worker holds at most, 1..PAT_BATCH_MAX; 0: the default */
    uint64_t max_pixels; /* per image; 0: PAT_MAX_PIXELS_DEFAULT */
    /* A worker that takes longer for a pair, or to start, is ended. 0: PAT_TIMEOUT_DEFAULT_S;
     * negative: it may take for ever. */
    int timeout_s;
    /* How long a run goes on trying while something kills every worker that starts, as the kernel
     * does where memory is short. 0: PAT_PATIENCE_DEFAULT_S. */
    int patience_s;
    /* What one worker may allocate; 0: half of the machine's memory; PAT_MEMORY_UNLIMITED: all. */
    uint64_t memory_bytes;
    pat_journal_mode journal;
    /* The program, with arguments and a NULL at the end, that calls pat_worker_main(). NULL runs
     * everything in this process, which a damaged image may then take down. */
    const char *const *worker_command;
    /* Polled about ten times a second. Positive: no more jobs are begun, those in hand are
     * finished. Negative: those are dropped too. The run then returns PAT_INTERRUPTED. */
    const volatile sig_atomic_t *interrupt;
    /* Called about ten times a second and at the end. May be NULL. */
    void (*progress)(void *context, const pat_progress *progress);
    void *progress_context;
} pat_run_options;

/*
 * The worker's side: answer requests on the descriptor until it closes. What a worker_command's
 * main() returns. Sets process-wide state (signals, the decoding library), and locks the process
 * up: it can open no file and start no program afterwards.
 */
enum { PAT_WORKER_DESCRIPTOR = 3 };
PAT_API int pat_worker_main(int descriptor);

enum { PAT_FAILURES_KEPT = 10, PAT_VERSION_SIZE = 32, PAT_SANDBOX_SIZE = 128 };

/* A pair or image that gave no row. */
typedef struct pat_failure {
    char name[256]; /* cut if longer; the failures file has all of it */
    const char *stage;
    pat_status reason;
    char message[PAT_ERROR_MESSAGE_SIZE];
} pat_failure;

/* What came of a run. All strings end with the struct. */
typedef struct pat_run_summary {
    size_t total, rows, failures; /* total: pairs or images to do */
    size_t unpaired;              /* files in no pair (search only) */
    size_t recalled;              /* of total: taken from the journal */
    size_t changed;               /* of total: in the journal, but the files had changed since */
    uint64_t journal_cut;         /* bytes of a damaged end of the journal */
    pat_failure first_failures[PAT_FAILURES_KEPT];
    double elapsed_s;
    int workers;                            /* 0: in this process */
    char decoder_version[PAT_VERSION_SIZE]; /* of libvips, as those who loaded it say */
    char sandbox[PAT_SANDBOX_SIZE];         /* of the workers: "seccomp, landlock 7" */
    char output[PAT_PATH_SIZE], failures_path[PAT_PATH_SIZE], record_path[PAT_PATH_SIZE];
    char journal_path[PAT_PATH_SIZE];     /* "" if there is none (any more) */
    char old_journal_path[PAT_PATH_SIZE]; /* of one that was put aside; else "" */
    char sha256[65];                      /* of the output file */
    pat_label_report labels;              /* search only */
} pat_run_summary;

/* A search over all pairs. */
typedef struct pat_search_options {
    pat_pair_source source;
    pat_grid grid;
    const char *output;   /* the CSV; "x.csv" brings x.failures.csv and x.run.json beside it */
    const char *trials;   /* a CSV of every setting of every pair; NULL: none */
    bool extended;        /* add the extended features, as columns after the others */
    pat_score_set scores; /* those beyond PSNR and SSIM are columns at the end; 0: none */
    /* Names and messages that a spreadsheet would take for a formula get a single quote before
     * them, in every CSV; docs/input.md. */
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
 * A search that was run twice, with one worker and with several, as a JSON document: patina.verify.
 * compared: what pat_csv_compare_json() says of the data sets, the trials and the failures. Free
 * with free(); NULL when memory runs out.
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
    /* Called before the work for each entry of a folder that is no image to measure, with the
     * reason; what it is given ends with the call. NULL: no one is told. */
    void (*left_out)(void *context, const pat_unpaired *entry);
    void *left_out_context;
    bool spreadsheet_safe; /* as in pat_search_options, labels too */
    const char *output;    /* the CSV; "x.csv" brings x.failures.csv beside it */
    pat_run_options run;
} pat_feature_options;

/* Measure the features of every image and write them as CSV. As pat_search_run(). */
PAT_API PAT_MUST_CHECK pat_status pat_feature_run(const pat_feature_options *options,
                                                  pat_run_summary *summary, pat_error *error);

/* What came of it as a JSON document: patina.features of docs/json.md. Free with free(); NULL when
 * memory runs out. */
PAT_API PAT_MUST_CHECK char *pat_feature_json(const pat_feature_options *options,
                                              const pat_run_summary *summary);

/* What is inspected. */
typedef struct pat_inspect_options {
    const char *data;   /* a CSV with the 22 columns of a data set, in any order, maybe others */
    const char *trials; /* the CSV of all scores that was written with it; NULL: none */
    const pat_grid
        *grid; /* the settings that were tried; NULL: the trials tell, or it is guessed */
    const pat_pairs *pairs; /* the images, to be looked at as well; NULL: none */
    pat_run_options run;    /* how; there is no journal */
} pat_inspect_options;

/*
 * Inspect a data set and, if they are given, its pairs. inspection: zeroed; to be released in any
 * case. Fails with PAT_MALFORMED (a table that is none, lacks columns, or holds text for numbers;
 * trials that do not belong to the data), PAT_NOTHING_TO_DO (no row, no pair), PAT_INVALID_ARGUMENT
 * (a row that is not of `grid`), PAT_NOT_FOUND, PAT_UNREADABLE, PAT_NOT_A_FILE, PAT_OUT_OF_MEMORY,
 * and like pat_search_run() when workers do not start or the run is interrupted.
 */
PAT_API PAT_MUST_CHECK pat_status pat_inspect(const pat_inspect_options *options,
                                              pat_inspection *inspection, pat_error *error);

/*
 * All of an inspection as a JSON document: patina.inspect of docs/json.md. Free with free(). Fails
 * with PAT_OUT_OF_MEMORY.
 */
PAT_API PAT_MUST_CHECK pat_status pat_inspection_json(const pat_inspection *inspection, char **text,
                                                      pat_error *error);

#endif
