/* Whole runs: from folders to files. */
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/sha256.h"
#include "patina/patina.h"
#include "run/pixels.h"
#include "settings.h"
#include "workers/journal.h"
#include "workspace.h"

/* The whole of a file, with a NUL after it. */
static pat_buffer read_file(const char *path)
{
    pat_buffer text = {0};
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    size_t count;
    do {
        char *room = pat_buffer_room(&text, 4096);
        assert_non_null(room);
        count = fread(room, 1, 4096, file);
        text.size += count;
    } while (count > 0);
    fclose(file);
    pat_buffer_append_char(&text, '\0');
    return text;
}

static void assert_file(const char *path, const char *expected)
{
    pat_buffer text = read_file(path);
    assert_string_equal(text.data, expected);
    pat_buffer_release(&text);
}

static size_t count_lines(const char *path)
{
    pat_buffer text = read_file(path);
    size_t lines = 0;
    for (const char *at = text.data; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    pat_buffer_release(&text);
    return lines;
}

static void assert_absent(const char *path)
{
    if (access(path, F_OK) == 0)
        fail_msg("%s exists", path);
}

/* ---- Whole runs ------------------------------------------------------------------------------ */

static volatile sig_atomic_t interrupted;

static const char *const faulty_worker[] = {FAULTY_WORKER, NULL};
static const char *const real_worker[] = {FAULTY_WORKER, "real", NULL};
static const char *const outputs[] = {"x.csv", "x.failures.csv", "x.trials.csv", "x.run.json"};
enum { OUTPUTS = sizeof outputs / sizeof *outputs };

/* A search of the folders d and u into x.csv and its companions. */
static pat_search_options some_search(void)
{
    pat_search_options options = {
        .source = {.damaged = "d", .undamaged = "u"},
        .output = "x.csv",
        .trials = "x.trials.csv",
        .run = {.jobs = 2, .worker_command = faulty_worker, .interrupt = &interrupted},
    };
    assert_int_equal(pat_grid_parse(&options.grid, "sigma=0.5,1;strength=0.5,1.5", NULL), PAT_OK);
    return options;
}

static pat_error search_error;

static pat_status search(const pat_search_options *options, pat_run_summary *summary)
{
    pat_pairs *pairs;
    interrupted = 0;
    assert_int_equal(pat_pairs_find(&options->source, &pairs, NULL), PAT_OK);
    pat_status status = pat_search_run(options, pairs, summary, &search_error);
    pat_pairs_free(pairs);
    return status;
}

static void search_well(const pat_search_options *options, pat_run_summary *summary)
{
    if (search(options, summary) != PAT_OK)
        fail_msg("%s", search_error.message);
}

/* Pairs d/PREFIXnnnn.png, u/PREFIXnnnn.png with the numbers first .. first + count - 1. */
static void make_pairs(const char *prefix, int first, int count)
{
    mkdir("d", 0777);
    mkdir("u", 0777);
    for (int i = first; i < first + count; i++)
        for (int side = 0; side < 2; side++) {
            char path[256];
            snprintf(path, sizeof path, "%c/%s%04d.png", side == 0 ? 'd' : 'u', prefix, i);
            write_text(path, "");
        }
}

/* Some of the sample in d and u, with a broken, an empty and a lone file beside. */
static void link_sample(void)
{
    static const char *const names[] = {
        "astronaut_face.jpg", "astronaut_flag.webp", "astronaut_shuttle.tif",
        "coffee_table.png",   "grass.bmp",           "rocket_tower.tiff",
        "skyline.png"};
    make_pairs("", 0, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int side = 0; side < 2; side++) {
            char path[256], target[1024];
            snprintf(path, sizeof path, "%c/%s", side == 0 ? 'd' : 'u', names[i]);
            snprintf(target, sizeof target, "%s/%s/%s", SAMPLE, side == 0 ? "damaged" : "undamaged",
                     names[i]);
            assert_int_equal(symlink(target, path), 0);
        }
    write_text("d/broken.png", "\x89PNG\r\n\x1a\n, so to speak");
    write_text("u/broken.png", "?");
    write_text("d/empty, \"so\".jpg", "");
    write_text("u/empty, \"so\".jpg", "");
    write_text("d/lone\xff.png", "?");
}

static void assert_same_files(const char *folder_a, const char *folder_b)
{
    for (size_t i = 0; i < 3; i++) {
        char path[2][64];
        snprintf(path[0], sizeof path[0], "%s/%s", folder_a, outputs[i]);
        snprintf(path[1], sizeof path[1], "%s/%s", folder_b, outputs[i]);
        pat_buffer a = read_file(path[0]), b = read_file(path[1]);
        assert_string_equal(a.data, b.data);
        pat_buffer_release(&a);
        pat_buffer_release(&b);
    }
}

static void test_workers_do_not_change_a_byte(void **state)
{
    (void)state;
    static const struct {
        const char *folder;
        int jobs, batch;
        const char *const *command;
    } ways[] = {{"one", 1, 1, real_worker}, {"three", 3, 2, real_worker}, {"here", 1, 0, NULL}};
    link_sample();
    for (size_t i = 0; i < 3; i++) {
        pat_run_summary summary;
        pat_search_options options = some_search();
        char output[64], trials[64];
        snprintf(output, sizeof output, "%s/x.csv", ways[i].folder);
        snprintf(trials, sizeof trials, "%s/x.trials.csv", ways[i].folder);
        options.output = output;
        options.trials = trials;
        assert_int_equal(pat_grid_parse(&options.grid, "sigma=0.5;strength=0.5,1", NULL), PAT_OK);
        options.run.jobs = ways[i].jobs;
        options.run.batch = ways[i].batch;
        options.run.worker_command = ways[i].command;
        assert_int_equal(mkdir(ways[i].folder, 0777), 0);
        search_well(&options, &summary);
        assert_true(summary.total == 9 && summary.rows == 7 && summary.failures == 2);
        assert_int_equal(summary.unpaired, 1);
        assert_int_equal(summary.workers, ways[i].command == NULL ? 0 : ways[i].jobs);
        assert_true(isdigit((unsigned char)summary.decoder_version[0]));
        assert_int_equal(count_entries(ways[i].folder), OUTPUTS + 1); /* failures: a journal */
        assert_int_equal(count_lines(output), summary.rows + 1);
        assert_int_equal(count_lines(trials), summary.rows * (2 * 2 + 1) + 1);
    }
    assert_same_files("one", "three");
    assert_same_files("one", "here");

    pat_search_options again = some_search();
    pat_run_summary summary;
    again.output = "three/x.csv";
    again.trials = "three/x.trials.csv";
    again.run.worker_command = real_worker;
    assert_int_equal(pat_grid_parse(&again.grid, "sigma=0.5;strength=0.5,1", NULL), PAT_OK);
    search_well(&again, &summary);
    assert_true(summary.recalled == 9 && summary.changed == 0 && summary.failures == 2);
    assert_same_files("one", "three");
    again.run.journal = PAT_JOURNAL_RETRY_FAILED;
    search_well(&again, &summary);
    assert_true(summary.recalled == 7 && summary.changed == 0 && summary.failures == 2);
    assert_same_files("one", "three");
}

static void test_made_up_search(void **state)
{
    (void)state;
    pat_run_summary summary;
    pat_search_options options = some_search();
    make_pairs("ok_", 1, 3);
    make_pairs("segv_", 0, 1);
    options.run.jobs = 1;
    search_well(&options, &summary);
    assert_true(summary.total == 4 && summary.rows == 3 && summary.failures == 1);
    assert_string_equal(summary.output, "x.csv");
    assert_string_equal(summary.failures_path, "x.failures.csv");
    assert_string_equal(summary.record_path, "x.run.json");
    assert_string_equal(summary.first_failures[0].name, "segv_0000.png");
    assert_string_equal(summary.first_failures[0].stage, "worker");
    assert_int_equal(summary.first_failures[0].reason, PAT_WORKER_DIED);
    assert_true(summary.labels.scored == 3 && summary.labels.tied == 2);
    assert_true(summary.labels.mean_gain_db == 4 && summary.labels.mean_gain_ssim == 0.25);

    pat_buffer rows = read_file("x.csv"), trials = read_file("x.trials.csv");
    assert_mentions(rows.data, "\nok_0001.png,0.56,31,0.5,1,1.0625,1.125,1.1875,1.25,1.3125,1.375,"
                               "1.4375,1.5,1.5625,1.625,1.6875,0.75,0.8125,white_balance,1,0.5,1.5"
                               "\nok_0002.png,");
    assert_mentions(trials.data, "\nok_0001.png,none,1,1.5,0.33,8,0.5\nok_0001.png,none,0,0,0.405,"
                                 "28,0.25\nok_0002.png,white_balance,0.5,0.5,0.27,2,0.5\n");
    pat_buffer_release(&rows);
    pat_buffer_release(&trials);
    pat_buffer failures = read_file("x.failures.csv");
    assert_mentions(failures.data,
                    "filename,stage,reason,message\nsegv_0000.png,worker,worker_died,\"d/segv");
    pat_buffer_release(&failures);
}

static json_t *load_record(void)
{
    json_error_t error;
    json_t *record = json_load_file("x.run.json", JSON_REJECT_DUPLICATES, &error);
    if (record == NULL)
        fail_msg("x.run.json: %s", error.text);
    return record;
}

/* "results.rows" of a record; missing keys fail. */
static json_t *value_at(json_t *record, const char *path)
{
    char key[64];
    for (const char *at = path; *at != '\0'; at += *at == '.') {
        size_t length = strcspn(at, ".");
        snprintf(key, sizeof key, "%.*s", (int)length, at);
        record = json_object_get(record, key);
        if (record == NULL)
            fail_msg("x.run.json has no %s", path);
        at += length;
    }
    return record;
}

static void assert_record_holds_its_keys(json_t *record)
{
    static const char *const keys[] = {
        "schema.name",
        "schema.version",
        "tool",
        "version",
        "options.damaged",
        "options.undamaged",
        "options.manifest",
        "options.match",
        "options.suffix",
        "options.recursive",
        "options.limit",
        "options.sample",
        "options.jobs",
        "options.batch",
        "options.max_pixels",
        "options.trials",
        "options.output",
        "grid.text",
        "grid.color_method",
        "grid.settings",
        "inputs.pairs",
        "inputs.unpaired",
        "inputs.ignored",
        "results.elapsed_seconds",
        "machine.cpu",
        "machine.libraries.libvips",
        "labels.warnings",
        "machine.libraries.fftw",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        value_at(record, keys[i]);
}

static void test_record_of_a_run(void **state)
{
    (void)state;
    pat_run_summary summary;
    pat_search_options options = some_search();
    make_pairs("ok_", 0, 5);
    make_pairs("exit3_", 9, 1);
    write_text("d/lone\xff.png", "");
    write_text("d/lone\\xff.png", ""); /* the same four letters after "lone" */
    write_text("d/\xc3\xa9\\.png", "");
    search_well(&options, &summary);
    json_t *record = load_record();
    assert_record_holds_its_keys(record);
    assert_int_equal(json_integer_value(value_at(record, "inputs.pairs")), 6);
    static const char *const escaped[] = {"lone\\\\xff.png", "lone\\xff.png", "\xc3\xa9\\\\.png"};
    assert_int_equal(json_integer_value(value_at(record, "inputs.unpaired")), 3);
    for (size_t i = 0; i < 3; i++) {
        json_t *unpaired = json_array_get(value_at(record, "inputs.unpaired_files"), i);
        assert_string_equal(json_string_value(value_at(unpaired, "folder")), "d");
        assert_string_equal(json_string_value(value_at(unpaired, "name")), escaped[i]);
    }
    assert_int_equal(json_integer_value(value_at(record, "results.rows")), 5);
    assert_int_equal(json_integer_value(value_at(record, "results.failures")), 1);
    assert_int_equal(json_integer_value(value_at(record, "results.workers")), 2);
    assert_true(json_number_value(value_at(record, "results.pairs_per_second")) > 0);
    assert_string_equal(json_string_value(value_at(record, "machine.libraries.libvips")),
                        "8.99.1"); /* the workers' word: the driver loads none */

    char digest[PAT_SHA256_TEXT_SIZE];
    pat_sha256 hash;
    pat_buffer rows = read_file("x.csv");
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, rows.data, rows.size - 1);
    pat_sha256_finish(&hash, digest);
    pat_buffer_release(&rows);
    assert_string_equal(json_string_value(value_at(record, "results.sha256")), digest);
    assert_string_equal(summary.sha256, digest);
    json_decref(record);
}

/* The record leads back to pairs of any kind of names. */
static void test_record_finds_the_pairs_again(void **state)
{
    (void)state;
    static const pat_pair_source sources[] = {
        {.damaged = "d", .undamaged = "u"},
        {.damaged = "d", .undamaged = "u", .match = PAT_MATCH_STEM},
        {.damaged = "d", .undamaged = "u", .suffix = "_old\xff"},
        {.damaged = "d", .undamaged = "u", .match = PAT_MATCH_PATTERN, .pattern = "k_([0-9]+)\\."},
    };
    static const size_t counts[] = {2, 3, 1, 4};
    pat_run_summary summary;
    make_pairs("ok_", 1, 2);
    write_text("d/ok_3.png", "");
    write_text("u/ok_3.bmp", "");
    write_text("d/ok_x_old\xff.png", "");
    write_text("u/ok_x.png", "");
    write_text("d/ok_4.png", "");
    write_text("u/k_4.png", "");
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        pat_recorded_pairs found;
        pat_search_options options = some_search();
        const char output[] = {(char)('a' + i), '.', 'c', 's', 'v', '\0'};
        options.source = sources[i];
        options.output = output;
        options.trials = NULL;
        search_well(&options, &summary);
        assert_int_equal(pat_recorded_pairs_find(output, &found, NULL), PAT_OK);
        assert_non_null(found.pairs);
        assert_int_equal(pat_pairs_count(found.pairs), counts[i]);
        pat_recorded_pairs_release(&found);
        assert_int_equal(summary.rows, counts[i]);
    }
}

static pat_search_options watched; /* by the progress callbacks below */
static int calls_on_the_way;

static void check_old_files(void *context, const pat_progress *progress)
{
    (void)context;
    if (progress->done == progress->total)
        return;
    calls_on_the_way++;
    for (int i = 0; i < OUTPUTS; i++)
        assert_file(outputs[i], "old");
}

static void test_old_files_stay_until_the_end(void **state)
{
    (void)state;
    pat_run_summary summary;
    make_pairs("slow_", 0, 10);
    for (int i = 0; i < OUTPUTS; i++)
        write_text(outputs[i], "old");
    watched = some_search();
    watched.run.force = true;
    watched.run.progress = check_old_files;
    calls_on_the_way = 0;
    search_well(&watched, &summary);
    assert_true(calls_on_the_way > 0);
    assert_int_equal(count_lines("x.csv"), 11);
    assert_int_equal(count_lines("x.failures.csv"), 1);
    assert_int_equal(count_lines("x.trials.csv"), 10 * 9 + 1);
    json_decref(load_record());
    assert_int_equal(count_entries("."), OUTPUTS + 2); /* d, u, and no partial file */
}

static void interrupt_on_the_way(void *context, const pat_progress *progress)
{
    if (progress->done >= *(const size_t *)context)
        interrupted = -SIGINT;
}

static void test_interrupted_run_leaves_its_rows(void **state)
{
    (void)state;
    pat_run_summary summary;
    size_t enough = 5;
    make_pairs("slow_", 0, 40);
    make_pairs("exit3_", 0, 1); /* the first by name */
    write_text("x.csv", "old");
    watched = some_search();
    watched.run.force = true;
    watched.run.progress = interrupt_on_the_way;
    watched.run.progress_context = &enough;
    assert_int_equal(search(&watched, &summary), PAT_INTERRUPTED);
    assert_int_equal(search_error.status, PAT_INTERRUPTED);
    assert_in_range(summary.rows, 1, 20);
    assert_int_equal(count_lines("x.csv.partial"), summary.rows + 1);
    assert_int_equal(count_lines("x.trials.csv.partial"), summary.rows * 9 + 1);
    assert_int_equal(count_lines("x.failures.csv.partial"), 2);
    assert_file("x.csv", "old");
    for (int i = 1; i < OUTPUTS; i++)
        assert_absent(outputs[i]);

    size_t rows = summary.rows;
    watched.run.progress = NULL; /* again, to the end */
    search_well(&watched, &summary);
    assert_int_equal(summary.rows, 40);
    assert_in_range(summary.recalled, rows + 1, 40);
    assert_int_equal(count_entries("."), OUTPUTS + 3); /* the failure keeps the journal */
    assert_string_equal(summary.journal_path, "x.journal");
}

/* After the first worker has died, something kills all others as they start. */
static void test_run_that_lost_its_workers_continues(void **state)
{
    (void)state;
    pat_run_summary summary;
    pat_search_options options = some_search();
    make_pairs("ok_", 0, 4);
    make_pairs("segv_", 0, 1);
    options.run.jobs = 1;
    options.run.patience_s = 1;
    options.run.worker_command = (const char *const[]){FAULTY_WORKER, "killed_later", NULL};
    assert_int_equal(search(&options, &summary), PAT_WORKER_DIED);
    assert_mentions(search_error.message, "was killed by SIGKILL");
    assert_mentions(search_error.message, "run the same command again");
    assert_string_equal(summary.journal_path, "x.journal");
    assert_int_equal(count_lines("x.csv.partial"), 4 + 1);
    for (int i = 0; i < OUTPUTS; i++)
        assert_absent(outputs[i]);

    options.run.worker_command = faulty_worker;
    search_well(&options, &summary);
    assert_true(summary.rows == 4 && summary.failures == 1 && summary.recalled == 4);
}

static void test_run_interrupted_before_the_first_row_leaves_nothing(void **state)
{
    (void)state;
    pat_run_summary summary;
    size_t enough = 0;
    make_pairs("hang_", 0, 2);
    watched = some_search();
    watched.run.progress = interrupt_on_the_way;
    watched.run.progress_context = &enough;
    assert_int_equal(search(&watched, &summary), PAT_INTERRUPTED);
    assert_int_equal(count_entries("."), 2);
}

/* The search fails with `status`, and what is in the current folder stays as it is. */
static void assert_writes_nothing(const pat_search_options *options, pat_status status,
                                  const char *mentions)
{
    pat_run_summary summary;
    int entries = count_entries(".");
    assert_int_equal(search(options, &summary), status);
    assert_int_equal(search_error.status, status);
    assert_mentions(search_error.message, mentions);
    assert_int_equal(count_entries("."), entries);
}

/* The same search may write its table again; another one may not, unless it is forced to. */
static void test_finished_search_is_not_replaced_by_another(void **state)
{
    (void)state;
    pat_run_summary summary;
    make_pairs("ok_", 0, 4);
    pat_search_options options = some_search();
    search_well(&options, &summary);
    pat_buffer before = read_file("x.csv");
    search_well(&options, &summary);

    pat_search_options other = some_search();
    other.source.limit = 2;
    assert_writes_nothing(&other, PAT_INVALID_ARGUMENT, "x.csv: already exists");
    other = some_search();
    other.source.damaged = "u";
    assert_writes_nothing(&other, PAT_INVALID_ARGUMENT, "x.csv: already exists");
    other = some_search();
    other.run.journal = PAT_JOURNAL_RESTART;
    other.source.limit = 2;
    assert_writes_nothing(&other, PAT_INVALID_ARGUMENT, "x.csv: already exists");
    other = some_search();
    other.output = "y.csv";
    assert_writes_nothing(&other, PAT_INVALID_ARGUMENT, "x.trials.csv: already exists");
    pat_buffer after = read_file("x.csv");
    assert_true(before.size == after.size && memcmp(before.data, after.data, after.size) == 0);
    pat_buffer_release(&before);
    pat_buffer_release(&after);

    other = some_search();
    other.source.limit = 2;
    other.run.force = true;
    search_well(&other, &summary);
    assert_int_equal(count_lines("x.csv"), 3);
}

static void test_run_without_pairs_writes_nothing(void **state)
{
    (void)state;
    pat_search_options options = some_search();
    make_pairs("", 0, 0);
    assert_writes_nothing(&options, PAT_NOTHING_TO_DO, "no pair");
    write_text("d/a.png", "");
    assert_writes_nothing(&options, PAT_NOTHING_TO_DO, "no pair");
}

static void test_outputs_that_cannot_be_written(void **state)
{
    (void)state;
    make_pairs("ok_", 0, 3);
    pat_search_options options = some_search();
    options.output = "gone/x.csv";
    assert_writes_nothing(&options, PAT_WRITE_FAILED, "gone/x.journal");
    options.output = "d";
    assert_writes_nothing(&options, PAT_WRITE_FAILED, "d: is not a regular file");
    options = some_search();
    options.trials = "gone/trials.csv";
    assert_writes_nothing(&options, PAT_WRITE_FAILED, "gone/trials.csv");
    for (int i = 0; i < OUTPUTS; i++) {
        options = some_search();
        assert_int_equal(mkdir(outputs[i], 0777), 0);
        assert_writes_nothing(&options, PAT_WRITE_FAILED, outputs[i]);
        assert_int_equal(rmdir(outputs[i]), 0);
    }
}

static void test_outputs_must_not_replace_each_other_or_an_input(void **state)
{
    (void)state;
    make_pairs("ok_", 0, 3);
    pat_search_options options = some_search();
    static const char *const taken[] = {
        "x.csv",      "x.failures.csv", "x.run.json",    "./x.csv", "./x.run.json",
        "d/../x.csv", "x.csv.partial",  "d/ok_0001.png", "NEW.JPG", ""};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        options.trials = taken[i];
        assert_writes_nothing(&options, PAT_INVALID_ARGUMENT, taken[i]);
    }
    write_text("m.csv", "damaged,undamaged\nd/ok_0001.png,u/ok_0001.png\n");
    options = some_search();
    options.source = (pat_pair_source){.manifest = "m.csv"};
    options.output = "./m.csv";
    assert_writes_nothing(&options, PAT_INVALID_ARGUMENT, "./m.csv: is the manifest");
    assert_file("m.csv", "damaged,undamaged\nd/ok_0001.png,u/ok_0001.png\n");
}

static void get_named_job(void *context, size_t index, pat_job *job)
{
    (void)index;
    *job = (pat_job){.name = context, .damaged = context, .undamaged = ""};
}

/* Write on the journal of a run, as if by it: an outcome of `name` whose report is none. */
static void add_nonsense(const char *path, char *name)
{
    enum { IDENTITY_AT = sizeof "patina journal 4\n" - 1 + sizeof(uint64_t[3]) };
    pat_buffer bytes = read_file(path);
    uint64_t size;
    memcpy(&size, bytes.data + IDENTITY_AT - sizeof(uint64_t[3]), sizeof size);
    char *identity = strndup(bytes.data + IDENTITY_AT, size);
    assert_non_null(identity);
    pat_job_list jobs = {.count = 1, .get = get_named_job, .context = name};
    pat_journal *journal;
    pat_outcome outcome = {
        .content = {pat_content_look("d/ok_0001.png"), pat_content_look("u/ok_0001.png")}};
    assert_int_equal(pat_journal_open(path, identity, PAT_JOURNAL_RESUME, &jobs, &journal, NULL),
                     PAT_OK);
    pat_buffer_append_text(&outcome.report, "nonsense");
    assert_int_equal(pat_journal_append(journal, 0, &outcome, NULL), PAT_OK);
    pat_journal_close(journal, false);
    pat_outcome_release(&outcome);
    pat_buffer_release(&bytes);
    free(identity);
}

/* Whole as a record, but no report on a search: a worker's would have been refused. */
static void test_journal_with_a_report_that_is_none(void **state)
{
    (void)state;
    pat_run_summary summary;
    pat_search_options options = some_search();
    make_pairs("ok_", 1, 2);
    make_pairs("abort_", 3, 1); /* the failure keeps the journal */
    search_well(&options, &summary);
    add_nonsense("x.journal", (char[]){"ok_0001.png"});
    assert_int_equal(search(&options, &summary), PAT_MALFORMED);
    assert_mentions(search_error.message, "x.journal: its result for ok_0001.png is invalid");
    options.run.journal = PAT_JOURNAL_RESTART;
    search_well(&options, &summary);
}

/* What is at the journal's place is neither replaced nor removed by a slip. */
static void test_journals_of_others_are_left_alone(void **state)
{
    (void)state;
    make_pairs("ok_", 0, 3);
    make_pairs("abort_", 3, 1);
    pat_run_summary summary;
    pat_search_options options = some_search();
    search_well(&options, &summary);
    assert_string_equal(summary.journal_path, "x.journal");

    options.run.force = true;
    pat_search_options other = options;
    write_text("m.csv", "damaged,undamaged,id\nd/ok_0001.png,u/ok_0001.png,another\n");
    other.source = (pat_pair_source){.manifest = "m.csv"};
    pat_buffer before = read_file("x.journal");
    other.trials = "./x.journal";
    assert_writes_nothing(&other, PAT_INVALID_ARGUMENT, "x.journal");
    other = options;
    other.source = (pat_pair_source){.manifest = "m.csv"};
    assert_writes_nothing(&other, PAT_INVALID_ARGUMENT, "over other files");
    options.trials = "./x.journal";
    assert_writes_nothing(&options, PAT_INVALID_ARGUMENT, "this run's journal");
    pat_buffer after = read_file("x.journal");
    assert_true(before.size == after.size && memcmp(before.data, after.data, after.size) == 0);
    pat_buffer_release(&before);
    pat_buffer_release(&after);

    write_text("y.journal", "damaged,undamaged\nd/ok_0001.png,u/ok_0001.png\n");
    other.source.manifest = "y.journal";
    other.output = "y.csv";
    other.trials = "y.trials.csv";
    other.run.journal = PAT_JOURNAL_RESTART;
    assert_writes_nothing(&other, PAT_INVALID_ARGUMENT, "y.journal: is the manifest");
    assert_file("y.journal", "damaged,undamaged\nd/ok_0001.png,u/ok_0001.png\n");
}

static void test_workers_that_do_not_start_leave_nothing(void **state)
{
    (void)state;
    make_pairs("ok_", 0, 3);
    pat_search_options options = some_search();
    options.run.worker_command = (const char *const[]){FAULTY_WORKER, "die", NULL};
    assert_writes_nothing(&options, PAT_WORKER_DIED, "exited with status 5");
}

static void test_feature_run(void **state)
{
    (void)state;
    make_pairs("ok_", 1, 2);
    make_pairs("abort_", 3, 1);
    const pat_feature_input inputs[] = {{"u/ok_0002.png", NULL}, {"d", "a,b"}};
    pat_feature_options options = {.inputs = inputs,
                                   .input_count = 2,
                                   .label_name = "class",
                                   .output = "x.csv",
                                   .run = {.jobs = 2, .worker_command = faulty_worker}};
    pat_run_summary summary;
    pat_error error = {0};
    if (pat_feature_run(&options, &summary, &error) != PAT_OK)
        fail_msg("%s", error.message);
    assert_true(summary.total == 4 && summary.rows == 3 && summary.failures == 1);
    assert_int_equal(count_entries("."), 6); /* d, u, rows, failures, record, and a journal */
    pat_buffer rows = read_file("x.csv"), failures = read_file("x.failures.csv");
    const char *first = strchr(rows.data, '\n') + 1, *second = strchr(first, '\n') + 1;
    assert_int_equal(strncmp(first, "u/ok_0002.png,2,", 16), 0);
    assert_int_equal(strncmp(second - 9, ",0.8125,\n", 9), 0); /* no label */
    assert_int_equal(strncmp(second, "ok_0001.png,1,", 14), 0);
    assert_mentions(second, ",0.8125,\"a,b\"\nok_0002.png,2,");
    assert_mentions(failures.data, "\nabort_0003.png,worker,worker_died,");
    pat_buffer_release(&rows);
    pat_buffer_release(&failures);
}

/* Score two settings on the pair of this name. */
static pat_status score_pair(const char *prefix, pat_pixels *pixels, pat_error *error)
{
    const pat_setting order[] = {SETTING(PAT_COLOR_NONE, 1, 2), SETTING(LEVELS, 0.5, 0)};
    const pat_pixel_job job = {0, order};
    const pat_run_options run = {.jobs = 1, .worker_command = faulty_worker};
    pat_run_summary summary = {0};
    pat_grid grid;
    pat_pairs *pairs;
    make_pairs(prefix, 1, 1);
    assert_int_equal(
        pat_pairs_find(&(pat_pair_source){.damaged = "d", .undamaged = "u"}, &pairs, NULL), PAT_OK);
    assert_int_equal(pat_grid_parse(&grid, "sigma=1;strength=1,2", NULL), PAT_OK);
    const pat_pixel_options options = {
        .pairs = pairs, .jobs = &job, .count = 1, .orders = 2, .grid = &grid, .run = &run};
    pat_status status = pat_pixels_run(&options, pixels, &summary, error);
    pat_pairs_free(pairs);
    return status;
}

static void test_scored_settings(void **state)
{
    (void)state;
    pat_pixels pixels;
    pat_error error = {0};
    if (score_pair("ok_", &pixels, &error) != PAT_OK)
        fail_msg("%s", error.message);
    assert_true(pixels.scored[0] && pixels.choice[1].setting.value[PAT_AXIS_COLOR] == LEVELS);
    assert_true(pixels.choice[1].scores.psnr == 26);
    pat_pixels_release(&pixels);
}

static void refuse_report(const char *prefix)
{
    pat_pixels pixels;
    pat_error error = {0};
    assert_int_equal(score_pair(prefix, &pixels, &error), PAT_INTERNAL);
    assert_mentions(error.message, "sent an invalid report");
    assert_false(pixels.scored[0]);
    pat_pixels_release(&pixels);
}

static void test_scores_of_settings_that_were_not_asked_for(void **state)
{
    (void)state;
    refuse_report("color_");
}

static void test_scores_of_another_strength(void **state)
{
    (void)state;
    refuse_report("strength_");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_made_up_search),
        IN_FOLDER(test_record_of_a_run),
        IN_FOLDER(test_record_finds_the_pairs_again),
        IN_FOLDER(test_old_files_stay_until_the_end),
        IN_FOLDER(test_interrupted_run_leaves_its_rows),
        IN_FOLDER(test_finished_search_is_not_replaced_by_another),
        IN_FOLDER(test_run_that_lost_its_workers_continues),
        IN_FOLDER(test_run_interrupted_before_the_first_row_leaves_nothing),
        IN_FOLDER(test_run_without_pairs_writes_nothing),
        IN_FOLDER(test_outputs_that_cannot_be_written),
        IN_FOLDER(test_outputs_must_not_replace_each_other_or_an_input),
        IN_FOLDER(test_journal_with_a_report_that_is_none),
        IN_FOLDER(test_journals_of_others_are_left_alone),
        IN_FOLDER(test_workers_that_do_not_start_leave_nothing),
        IN_FOLDER(test_feature_run),
        IN_FOLDER(test_scored_settings),
        IN_FOLDER(test_scores_of_settings_that_were_not_asked_for),
        IN_FOLDER(test_scores_of_another_strength),
        IN_FOLDER(test_workers_do_not_change_a_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
