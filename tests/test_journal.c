/* The collector, which puts outcomes in order, and the journal, which stores them. */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "workers/collector.h"
#include "workspace.h"

enum { COUNT = 2000, WINDOW_MAX = 40, NAME_SIZE = 32 };

/* ---- Jobs, and a sink that expects them in order --------------------------------------------- */

/* Jobs named 0000.png, 0001.png, ..., except for `skip` names starting at `from`. */
typedef struct names {
    size_t from, skip;
    char text[NAME_SIZE];
} names;

static void get_job(void *context, size_t index, pat_job *job)
{
    names *of = context;
    snprintf(of->text, sizeof of->text, "%04zu.png", index < of->from ? index : index + of->skip);
    *job = (pat_job){.name = of->text, .damaged = of->text, .undamaged = ""};
}

struct order {
    size_t next, fail_at;
    uint64_t number[COUNT];
};

/* An outcome whose report is a number. */
static pat_outcome outcome_of(uint64_t number, bool failed)
{
    pat_outcome outcome = {.status = failed ? PAT_CORRUPT : PAT_OK};
    pat_buffer_append(&outcome.report, &number, sizeof number);
    return outcome;
}

static uint64_t number_of(const pat_outcome *outcome)
{
    uint64_t number;
    assert_int_equal(outcome->report.size, sizeof number);
    memcpy(&number, outcome->report.data, sizeof number);
    return number;
}

static pat_status take_in_order(void *context, size_t index, const pat_outcome *outcome,
                                pat_error *error)
{
    struct order *order = context;
    assert_int_equal(index, order->next);
    if (index == order->fail_at)
        return pat_fail(error, PAT_WRITE_FAILED, "the disk is full");
    order->number[order->next++] = number_of(outcome);
    return PAT_OK;
}

static pat_status put_job(pat_collector *collector, size_t index, bool failed, pat_error *error)
{
    pat_outcome outcome = outcome_of(index, failed);
    pat_status status = pat_collector_put(collector, index, &outcome, error);
    assert_null(outcome.report.data);
    pat_outcome_release(&outcome);
    return status;
}

/* A collector, and the jobs and sink that it uses. */
typedef struct bench {
    names called;
    pat_job_list jobs;
    struct order order;
    pat_sink sink;
    pat_collector *collector;
} bench;

static bench *bench_create(size_t count, size_t window, pat_journal *journal)
{
    bench *of = calloc(1, sizeof *of);
    of->jobs = (pat_job_list){.count = count, .get = get_job, .context = &of->called};
    of->order.fail_at = SIZE_MAX;
    of->sink = (pat_sink){take_in_order, &of->order};
    of->collector = pat_collector_create(&(pat_collector_options){
        .jobs = &of->jobs, .sink = &of->sink, .journal = journal, .window = window});
    return of;
}

static void bench_free(bench *of)
{
    pat_collector_free(of->collector);
    free(of);
}

static bool next_job(bench *of, size_t *index)
{
    return pat_collector_next(of->collector, index);
}

/* ---- The collector --------------------------------------------------------------------------- */

static void test_outcomes_leave_in_order(void **state)
{
    (void)state;
    for (size_t window = 1; window <= WINDOW_MAX; window += window < 4 ? 1 : 12) {
        bench *of = bench_create(COUNT, window, NULL);
        size_t waiting[WINDOW_MAX], count = 0, next = 0, failed = 0, index;
        for (size_t done = 0; done < COUNT; done++) {
            while (next_job(of, &index)) {
                assert_int_equal(index, next);
                waiting[count++] = next++;
            }
            assert_true(next - of->order.next <= window);
            assert_true(next == COUNT || next - of->order.next == window);
            size_t pick = random_below((uint32_t)count);
            index = waiting[pick];
            waiting[pick] = waiting[--count];
            failed += index % 5 == 0;
            assert_int_equal(put_job(of->collector, index, index % 5 == 0, NULL), PAT_OK);
            pat_collector_state now = pat_collector_state_of(of->collector);
            assert_int_equal(now.done, done + 1);
            assert_int_equal(now.failed, failed);
            assert_int_equal(now.written, of->order.next);
        }
        assert_int_equal(of->order.next, COUNT);
        for (size_t i = 0; i < COUNT; i++)
            assert_int_equal(of->order.number[i], i);
        bench_free(of);
    }
    pat_collector_free(NULL);
}

/* Attempts belong to a job, not to its slot in the window, which is reused. */
static void test_attempts_are_counted_per_job(void **state)
{
    (void)state;
    size_t index;
    bench *of = bench_create(COUNT, 2, NULL);
    assert_true(next_job(of, &index) && next_job(of, &index) && !next_job(of, &index));
    assert_int_equal(pat_collector_attempt(of->collector, 0), 1);
    assert_int_equal(pat_collector_attempt(of->collector, 1), 1);
    assert_int_equal(pat_collector_attempt(of->collector, 0), 2);
    assert_int_equal(put_job(of->collector, 0, false, NULL), PAT_OK);
    assert_true(next_job(of, &index) && index == 2);
    assert_int_equal(pat_collector_attempt(of->collector, 2), 1);
    assert_int_equal(pat_collector_attempt(of->collector, 1), 2);
    bench_free(of);
}

static void test_error_of_the_sink_comes_back(void **state)
{
    (void)state;
    pat_error error = {0};
    size_t index;
    bench *of = bench_create(COUNT, 4, NULL);
    of->order.fail_at = 1;
    while (next_job(of, &index))
        ;
    assert_int_equal(put_job(of->collector, 2, false, &error), PAT_OK);
    assert_int_equal(put_job(of->collector, 1, false, &error), PAT_OK);
    assert_int_equal(put_job(of->collector, 0, false, &error), PAT_WRITE_FAILED);
    assert_string_equal(error.message, "the disk is full");
    assert_int_equal(pat_collector_state_of(of->collector).written, 1);
    bench_free(of); /* with outcomes not yet written */
}

/* ---- The journal ----------------------------------------------------------------------------- */

static pat_journal *open_for(const pat_job_list *jobs, pat_journal_mode mode)
{
    pat_journal *journal;
    pat_error error = {0};
    pat_status status =
        pat_journal_open("x.journal", "grid=a\ntrials=no\n", mode, jobs, &journal, &error);
    if (status != PAT_OK)
        print_message("%s\n", error.message);
    assert_int_equal(status, PAT_OK);
    return journal;
}

static void append(pat_journal *journal, size_t index, uint64_t number, bool failed)
{
    pat_outcome outcome = outcome_of(number, failed);
    assert_int_equal(pat_journal_append(journal, index, &outcome, NULL), PAT_OK);
    pat_outcome_release(&outcome);
}

/* Make a journal with one record. */
static void write_one(const pat_job_list *jobs)
{
    pat_journal *journal = open_for(jobs, PAT_JOURNAL_RESUME);
    append(journal, 0, 0, false);
    pat_journal_close(journal, false);
}

/* The journal's number for a job, or UINT64_MAX if it has none. */
static uint64_t number_on_record(pat_journal *journal, size_t index)
{
    pat_outcome outcome = {0};
    uint64_t number = pat_journal_find(journal, index, &outcome) ? number_of(&outcome) : UINT64_MAX;
    pat_outcome_release(&outcome);
    return number;
}

static void test_journal_remembers(void **state)
{
    (void)state;
    names called = {0};
    pat_job_list jobs = {.count = 100, .get = get_job, .context = &called};
    pat_journal *journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    for (size_t i = 0; i < 100; i += 3)
        append(journal, i, 1000 + i, i % 2 == 0);
    append(journal, 3, 7, false); /* the last record counts */
    assert_int_equal(number_on_record(journal, 3), 7);
    pat_journal_close(journal, false);

    journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    assert_int_equal(pat_journal_state_of(journal).records, 34);
    assert_int_equal(pat_journal_state_of(journal).bytes_cut, 0);
    for (size_t i = 0; i < 100; i++)
        assert_true(number_on_record(journal, i) == (i == 3       ? 7
                                                     : i % 3 == 0 ? 1000 + i
                                                                  : UINT64_MAX));
    pat_journal_close(journal, false);

    journal = open_for(&jobs, PAT_JOURNAL_RETRY_FAILED);
    for (size_t i = 0; i < 100; i += 3)
        assert_true((number_on_record(journal, i) == UINT64_MAX) == (i % 2 == 0 && i != 3));
    pat_journal_close(journal, true);
    assert_int_not_equal(access("x.journal", F_OK), 0);
}

static void assert_refused(const char *identity, const pat_job_list *jobs, pat_journal_mode mode,
                           pat_status status, const char *part);

static void test_journal_in_use_is_refused(void **state)
{
    (void)state;
    names called = {0};
    pat_job_list jobs = {.count = 100, .get = get_job, .context = &called};
    pat_journal *journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    append(journal, 0, 0, false);
    assert_refused("grid=a\ntrials=no\n", &jobs, PAT_JOURNAL_RESUME, PAT_WRITE_FAILED, "another");
    assert_refused("grid=a\ntrials=no\n", &jobs, PAT_JOURNAL_RESTART, PAT_WRITE_FAILED, "another");
    append(journal, 1, 1, false);
    pat_journal_close(journal, false);
    journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    assert_int_equal(pat_journal_state_of(journal).records, 2);
    pat_journal_close(journal, false);
}

/* Jobs are found even if added or removed files change their indices. */
static void test_journal_goes_by_names(void **state)
{
    (void)state;
    names called = {0};
    pat_job_list jobs = {.count = 100, .get = get_job, .context = &called};
    pat_journal *journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    for (size_t i = 0; i < 100; i++)
        append(journal, i, i, false);
    pat_journal_close(journal, false);
    called = (names){.from = 20, .skip = 5};
    jobs.count = 97;
    journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    for (size_t i = 0; i < 97; i++)
        assert_true(number_on_record(journal, i) == (i < 20 ? i : i < 95 ? i + 5 : UINT64_MAX));
    pat_journal_close(journal, false);
}

static size_t size_of(const char *path)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return (size_t)info.st_size;
}

static void *read_file(const char *path, size_t *size)
{
    *size = size_of(path);
    void *bytes = malloc(*size + 1);
    FILE *file = fopen(path, "rb");
    assert_true(file != NULL && fread(bytes, 1, *size, file) == *size);
    fclose(file);
    return bytes;
}

static void assert_contents(const char *path, const char *bytes, size_t size)
{
    size_t found_size;
    char *found = read_file(path, &found_size);
    assert_int_equal(found_size, size);
    assert_memory_equal(found, bytes, size);
    free(found);
}

/* The number of jobs in the journal, which must be the first ones. */
static size_t known_jobs(pat_journal *journal, size_t count)
{
    size_t known = 0;
    while (known < count && number_on_record(journal, known) == known)
        known++;
    for (size_t i = known; i < count; i++)
        assert_true(number_on_record(journal, i) == UINT64_MAX);
    return known;
}

/* Makes a journal of all jobs. Returns its bytes; `whole` gets its size after the header and after
 * each record. */
static char *make_journal(const pat_job_list *jobs, size_t *whole, size_t *size)
{
    pat_journal *journal = open_for(jobs, PAT_JOURNAL_RESUME);
    whole[0] = size_of("x.journal");
    for (size_t i = 0; i < jobs->count; i++) {
        append(journal, i, i, false);
        whole[i + 1] = size_of("x.journal");
    }
    pat_journal_close(journal, false);
    char *bytes = read_file("x.journal", size);
    assert_int_equal(*size, whole[jobs->count]);
    return bytes;
}

enum { TITLE_SIZE = sizeof "patina journal 4\n" - 1, RECORD_MAX = 64 << 20 };

/* At whatever length a crash cuts the journal, complete records are kept, and the rest is cut off
 * and can be written again. */
static void test_torn_journal_is_cut(void **state)
{
    (void)state;
    enum { JOBS = 5 };
    names called = {0};
    pat_job_list jobs = {.count = JOBS, .get = get_job, .context = &called};
    size_t size, whole[JOBS + 1];
    char *bytes = make_journal(&jobs, whole, &size);
    for (size_t length = 0; length < size; length++) {
        write_bytes("x.journal", bytes, length);
        size_t want = 0;
        while (want < JOBS && whole[want + 1] <= length)
            want++;
        pat_journal *journal = open_for(&jobs, PAT_JOURNAL_RESUME);
        assert_int_equal(known_jobs(journal, JOBS), want);
        size_t good = length < TITLE_SIZE ? 0 : length < whole[0] ? TITLE_SIZE : whole[want];
        assert_int_equal(pat_journal_state_of(journal).bytes_cut, length - good);
        assert_null(pat_journal_state_of(journal).kept_as);
        for (size_t i = want; i < JOBS; i++)
            append(journal, i, i, false);
        pat_journal_close(journal, false);
        assert_contents("x.journal", bytes, size);
    }
    free(bytes);
}

/* A record begins with its size and a fingerprint, 24 bytes in total. */
static uint64_t record_size_at(const char *bytes, size_t at)
{
    uint64_t size;
    memcpy(&size, bytes + at, sizeof size);
    return size;
}

/* Whether the record might have been cut short: it would extend beyond the end of the file. */
static bool looks_torn(const char *bytes, size_t size, size_t at)
{
    uint64_t record = record_size_at(bytes, at), rest = size - at - 24;
    return record > rest && record < RECORD_MAX;
}

/* A flipped bit after the title loses its record and those after it. A copy of the journal is kept,
 * unless the bit is in a record's size and makes the record look cut short. */
static void test_damaged_journal_is_cut(void **state)
{
    (void)state;
    enum { JOBS = 3 };
    names called = {0};
    pat_job_list jobs = {.count = JOBS, .get = get_job, .context = &called};
    size_t size, whole[JOBS + 1], torn = 0;
    char *bytes = make_journal(&jobs, whole, &size);
    for (size_t at = TITLE_SIZE; at < size; at++) {
        bytes[at] ^= (char)(1 << at % 8);
        write_bytes("x.journal", bytes, size);
        size_t want = 0;
        while (want < JOBS && whole[want + 1] <= at)
            want++;
        size_t good = at < whole[0] ? TITLE_SIZE : whole[want];
        pat_journal *journal = open_for(&jobs, PAT_JOURNAL_RESUME);
        assert_int_equal(known_jobs(journal, JOBS), at < whole[0] ? 0 : want);
        assert_int_equal(pat_journal_state_of(journal).bytes_cut, size - good);
        const char *kept = pat_journal_state_of(journal).kept_as;
        if (looks_torn(bytes, size, good)) {
            assert_true(at - good < sizeof(uint64_t));
            assert_null(kept);
            torn++;
        } else {
            assert_string_equal(kept, "x.journal.1");
            assert_contents(kept, bytes, size);
            assert_int_equal(unlink(kept), 0);
        }
        bytes[at] ^= (char)(1 << at % 8);
        assert_contents("x.journal", bytes, at < whole[0] ? whole[0] : good);
        pat_journal_close(journal, false);
    }
    assert_in_range(torn, 1, sizeof(uint64_t) * (JOBS + 1));
    free(bytes);
}

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A damaged part is cut off only after the journal has been copied. */
static void test_damaged_journal_that_cannot_be_kept_stays(void **state)
{
    (void)state;
    names called = {0};
    pat_job_list jobs = {.count = 3, .get = get_job, .context = &called};
    pat_journal *journal;
    pat_error error = {0};
    size_t size, whole[4];
    char *bytes = make_journal(&jobs, whole, &size);
    bytes[whole[2] - 1] ^= 1;
    write_bytes("x.journal", bytes, size);
    for (size_t limit = 0; limit < size; limit += 100) {
        limit_file_size(limit);
        pat_status status = pat_journal_open("x.journal", "grid=a\ntrials=no\n", PAT_JOURNAL_RESUME,
                                             &jobs, &journal, &error);
        limit_file_size(RLIM_INFINITY);
        assert_int_equal(status, PAT_WRITE_FAILED);
        assert_mentions(error.message, "x.journal.1: cannot copy the damaged journal");
        assert_contents("x.journal", bytes, size);
        assert_int_equal(count_entries("."), 1);
    }
    journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    assert_int_equal(known_jobs(journal, 3), 1);
    assert_contents("x.journal.1", bytes, size);
    pat_journal_close(journal, false);
    free(bytes);
}

static void assert_refused(const char *identity, const pat_job_list *jobs, pat_journal_mode mode,
                           pat_status status, const char *part)
{
    pat_journal *journal;
    pat_error error = {0};
    assert_int_equal(pat_journal_open("x.journal", identity, mode, jobs, &journal, &error), status);
    assert_null(journal);
    assert_mentions(error.message, part);
    assert_mentions(error.message, "x.journal");
}

/* As in a backup made by `cp -al`: the journal in the backup must stay as it is. */
static void test_journal_with_another_name_is_refused(void **state)
{
    (void)state;
    names called = {0};
    pat_job_list jobs = {.count = 3, .get = get_job, .context = &called};
    write_one(&jobs);
    assert_int_equal(link("x.journal", "backup"), 0);
    size_t size = size_of("backup");
    assert_refused("grid=a\ntrials=no\n", &jobs, PAT_JOURNAL_RESUME, PAT_INVALID_ARGUMENT,
                   "has another name");
    pat_journal *journal = open_for(&jobs, PAT_JOURNAL_RESTART);
    append(journal, 0, 0, false);
    append(journal, 1, 1, false);
    pat_journal_close(journal, false);
    assert_int_equal(size_of("backup"), size);
}

/* Restore and degrade, which share journals, have no --restart. */
static void test_advice_fits_the_command(void **state)
{
    (void)state;
    names called = {0};
    pat_job_list jobs = {.count = 3, .get = get_job, .context = &called};
    pat_journal *journal;
    pat_error error = {0};
    FILE *file = fopen("x.journal", "w");
    assert_true(file != NULL && fputs("x\n", file) >= 0 && fclose(file) == 0);
    assert_refused("grid=a\n", &jobs, PAT_JOURNAL_RESUME, PAT_INVALID_ARGUMENT, "--restart");
    assert_int_equal(
        pat_journal_open_shared("x.journal", "command=restore\n", &jobs, &journal, &error),
        PAT_INVALID_ARGUMENT);
    assert_null(strstr(error.message, "--restart"));
    assert_mentions(error.message, "remove it, or choose another folder with -o");

    pat_journal_close(open_for(&jobs, PAT_JOURNAL_RESTART), false);
    journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    append(journal, 0, 0, false);
    pat_journal_close(journal, false);
    assert_int_equal(/* for the other command */
                     pat_journal_open_shared("x.journal", "command=restore\n", &jobs, &journal,
                                             &error),
                     PAT_INVALID_ARGUMENT);
    assert_null(strstr(error.message, "--restart"));
}

static void test_other_runs_and_files_are_refused(void **state)
{
    (void)state;
    names called = {0};
    pat_job_list jobs = {.count = 3, .get = get_job, .context = &called};
    pat_journal *journal;
    assert_refused("grid=a\n", &jobs, PAT_JOURNAL_RETRY_FAILED, PAT_NOTHING_TO_DO, "no journal");
    journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    append(journal, 0, 0, false);
    pat_journal_close(journal, false);
    size_t size;
    char *bytes = read_file("x.journal", &size);
    assert_refused("grid=b\ntrials=no\n", &jobs, PAT_JOURNAL_RESUME, PAT_INVALID_ARGUMENT,
                   "grid=a, but this run has grid=b");
    assert_refused("grid=a\ntrials=yes\n", &jobs, PAT_JOURNAL_RETRY_FAILED, PAT_INVALID_ARGUMENT,
                   "trials=no, but this run has trials=yes");
    assert_contents("x.journal", bytes, size); /* unchanged */
    free(bytes);

    /* The message shows the line that differs. */
    assert_refused("grid=a\ntrials=no\nx=1\n", &jobs, PAT_JOURNAL_RESUME, PAT_INVALID_ARGUMENT,
                   "this run has x=1");
    write_text("x.journal", "dear diary, today");
    assert_refused("grid=a\n", &jobs, PAT_JOURNAL_RESUME, PAT_INVALID_ARGUMENT, "not a journal");
    write_text("x.journal", "patina journal 2\nwho knows");
    assert_refused("grid=a\n", &jobs, PAT_JOURNAL_RESUME, PAT_INVALID_ARGUMENT, "this version");
    assert_int_equal(unlink("x.journal"), 0);
    assert_int_equal(mkfifo("x.journal", 0666), 0);
    assert_refused("grid=a\n", &jobs, PAT_JOURNAL_RESUME, PAT_WRITE_FAILED, "not a regular file");
}

/* The rows that a library computed before it was upgraded must not be mixed with later ones. */
static void test_outcomes_of_another_platform_are_refused(void **state)
{
    (void)state;
    static const char before[] = "libm.so.6 a1\nlibvips.so.42 b2\nprocessor avx2\n";
    names called = {0};
    pat_error error = {0};
    pat_job_list jobs = {.count = 3, .get = get_job, .context = &called};
    pat_journal *journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    assert_int_equal(pat_journal_check_platform(journal, before, &error), PAT_OK);
    append(journal, 0, 0, false);
    pat_journal_close(journal, false);

    static const struct {
        const char *text, *differs; /* NULL: nothing that counts */
    } ways[] = {{before, NULL},
                {"libm.so.6 a1\nprocessor avx2\n", NULL},
                {"libextra.so.1 c3\nlibm.so.6 a1\nprocessor avx2\n", NULL},
                {"libextra.so.1 c4\nlibm.so.6 a1\nprocessor avx2\n", "libextra.so.1"},
                {"libm.so.6 a1\nlibvips.so.42 b3\nprocessor avx2\n", "libvips.so.42"},
                {"libm.so.6 a1\nlibvips.so.42 b22\nprocessor avx2\n", "libvips.so.42"},
                {"libm.so.6 a1\nlibvips.so.42 b2\nprocessor avx512\n", "processor"}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        journal = open_for(&jobs, PAT_JOURNAL_RESUME);
        assert_int_equal(pat_journal_state_of(journal).records, 1);
        pat_status status = pat_journal_check_platform(journal, ways[i].text, &error);
        assert_int_equal(status, ways[i].differs == NULL ? PAT_OK : PAT_INVALID_ARGUMENT);
        if (ways[i].differs != NULL)
            assert_mentions(error.message, ways[i].differs);
        pat_journal_close(journal, false);
    }
}

/* For a long line, the message has its name and the axis that differs. */
static void test_refusal_shows_what_differs(void **state)
{
    (void)state;
#define LONG "1.01,1.02,1.03,1.04,1.05,1.06,1.07,1.08,1.09,1.11,1.12,1.13"
    static const char *const ways[][3] = {
        {"color=none;sigma=1;strength=1", "color=none,white_balance;sigma=1;strength=1",
         "grid=color=none;sigma=1;strength=1, but this run has "
         "grid=color=none,white_balance;sigma=1;strength=1;"},
        {"color=none;sigma=0.5,1;strength=1", "color=none;sigma=1;strength=1",
         "grid=...sigma=0.5,1;strength=1, but this run has "
         "grid=...sigma=1;strength=1;"},
        {"color=none;sigma=1;strength=1,2", "color=none;sigma=1;strength=1",
         "grid=...strength=1,2, but this run has grid=...strength=1;"},
        {"color=none;sigma=" LONG ",1.2;strength=1", "color=none;sigma=" LONG ",1.3;strength=1",
         "grid=...1.2;strength=1, but this run has grid=...1.3;strength=1;"},
    };
    names called = {0};
    pat_job_list jobs = {.count = 3, .get = get_job, .context = &called};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char was[200], is[200];
        pat_journal *journal;
        snprintf(was, sizeof was, "command=search\ngrid=%s\ntrials=no\n", ways[i][0]);
        snprintf(is, sizeof is, "command=search\ngrid=%s\ntrials=no\n", ways[i][1]);
        assert_int_equal(
            pat_journal_open("x.journal", was, PAT_JOURNAL_RESUME, &jobs, &journal, NULL), PAT_OK);
        append(journal, 0, 0, false);
        pat_journal_close(journal, false);
        assert_refused(is, &jobs, PAT_JOURNAL_RESUME, PAT_INVALID_ARGUMENT, ways[i][2]);
        assert_int_equal(unlink("x.journal"), 0);
    }
}

static void test_restart_keeps_the_old_journal(void **state)
{
    (void)state;
    names called = {0};
    pat_job_list jobs = {.count = 3, .get = get_job, .context = &called};
    for (int i = 0; i < 3; i++) {
        pat_journal *journal = open_for(&jobs, PAT_JOURNAL_RESTART);
        assert_int_equal(known_jobs(journal, 3), 0);
        const char *kept = pat_journal_state_of(journal).kept_as;
        assert_true((kept == NULL) == (i == 0));
        if (i == 1)
            assert_string_equal(kept, "x.journal.1");
        if (i == 2)
            assert_string_equal(kept, "x.journal.2");
        append(journal, 0, 0, false);
        pat_journal_close(journal, false);
    }
    assert_true(size_of("x.journal.1") == size_of("x.journal.2"));
}

/* If the journal cannot be renamed, it stays in place and can be resumed. */
static void test_restart_that_cannot_keep_leaves_it(void **state)
{
    (void)state;
    names called = {0};
    pat_job_list jobs = {.count = 3, .get = get_job, .context = &called};
    write_one(&jobs);
    pat_journal *journal;
    char path[NAME_MAX + 1]; /* too long to append ".1" */
    memset(path, 'x', NAME_MAX);
    path[NAME_MAX] = '\0';
    assert_int_equal(rename("x.journal", path), 0);
    pat_error error = {0};
    assert_int_equal(
        pat_journal_open(path, "grid=a\ntrials=no\n", PAT_JOURNAL_RESTART, &jobs, &journal, &error),
        PAT_WRITE_FAILED);
    assert_null(journal);
    assert_mentions(error.message, "cannot rename the old journal");
    assert_mentions(error.message, "choose a shorter name");
    assert_int_equal(rename(path, "x.journal"), 0);
    journal = open_for(&jobs, PAT_JOURNAL_RESUME);
    assert_int_equal(known_jobs(journal, 3), 1);
    pat_journal_close(journal, false);
}

/* ---- Both together --------------------------------------------------------------------------- */

static pat_content content_of(const char *path)
{
    pat_content content = pat_content_look(path);
    content.bytes = (pat_fingerprint){1, 2};
    return content;
}

/* Do at most `stop` jobs, as a pool would; return how many were handed out. */
static size_t work(size_t count, size_t stop, bool unchanged, pat_collector_state *end)
{
    bench *of = bench_create(count, 8, NULL);
    pat_journal *journal = open_for(&of->jobs, PAT_JOURNAL_RESUME);
    pat_collector_free(of->collector);
    of->collector = pat_collector_create(&(pat_collector_options){
        .jobs = &of->jobs, .sink = &of->sink, .journal = journal, .window = 8});
    size_t index, handed_out = 0;
    while (handed_out < stop && next_job(of, &index)) {
        pat_job job;
        pat_collector_job(of->collector, index, &job);
        pat_outcome outcome = outcome_of(index, false);
        outcome.content[0] = content_of(job.damaged);
        if (job.done_before && unchanged) {
            pat_outcome_release(&outcome);
            outcome.unchanged = true;
            outcome.content[0] = content_of(job.damaged);
        }
        assert_int_equal(pat_collector_put(of->collector, index, &outcome, NULL), PAT_OK);
        handed_out++;
    }
    while (pat_collector_state_of(of->collector).written <
           pat_collector_state_of(of->collector).settled)
        assert_int_equal(pat_collector_catch_up(of->collector, 3, NULL), PAT_OK);
    *end = pat_collector_state_of(of->collector);
    for (size_t i = 0; i < of->order.next; i++)
        assert_int_equal(of->order.number[i], i);
    pat_journal_close(journal, false);
    bench_free(of);
    return handed_out;
}

static void test_work_is_taken_up_where_it_was_left(void **state)
{
    (void)state;
    enum { JOBS = 30 };
    pat_collector_state end;
    for (int i = 0; i < JOBS; i++) {
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "%04d.png", i);
        write_text(name, "a picture");
    }
    assert_int_equal(work(JOBS, 11, false, &end), 11);
    assert_int_equal(work(JOBS, SIZE_MAX, false, &end), JOBS - 11);
    assert_int_equal(end.recalled, 11);
    assert_int_equal(end.written, JOBS);
    assert_int_equal(work(JOBS, SIZE_MAX, false, &end), 0);
    assert_int_equal(end.recalled, JOBS);
    assert_int_equal(end.written, JOBS);

    /* New times: a worker has to check. The same bytes need no work, and are recognized. */
    write_text("0004.png", "a picture!");
    assert_int_equal(work(JOBS, SIZE_MAX, true, &end), 1);
    assert_true(end.recalled == JOBS && end.changed == 0);
    assert_int_equal(work(JOBS, SIZE_MAX, true, &end), 0);

    /* Different bytes do need work. */
    write_text("0007.png", "another picture");
    assert_int_equal(work(JOBS, SIZE_MAX, false, &end), 1);
    assert_true(end.recalled == JOBS - 1 && end.changed == 1 && end.written == JOBS);
}

/* A worker must not report "unchanged" unless it was asked to check. */
static void test_unchanged_needs_a_question(void **state)
{
    (void)state;
    pat_error error = {0};
    size_t index;
    bench *of = bench_create(3, 2, NULL);
    assert_true(next_job(of, &index));
    assert_int_equal(
        pat_collector_put(of->collector, index, &(pat_outcome){.unchanged = true}, &error),
        PAT_INTERNAL);
    bench_free(of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes_leave_in_order),
        cmocka_unit_test(test_attempts_are_counted_per_job),
        cmocka_unit_test(test_error_of_the_sink_comes_back),
        IN_FOLDER(test_journal_remembers),
        IN_FOLDER(test_journal_in_use_is_refused),
        IN_FOLDER(test_journal_goes_by_names),
        IN_FOLDER(test_torn_journal_is_cut),
        IN_FOLDER(test_damaged_journal_is_cut),
        IN_FOLDER(test_damaged_journal_that_cannot_be_kept_stays),
        IN_FOLDER(test_journal_with_another_name_is_refused),
        IN_FOLDER(test_advice_fits_the_command),
        IN_FOLDER(test_other_runs_and_files_are_refused),
        IN_FOLDER(test_outcomes_of_another_platform_are_refused),
        IN_FOLDER(test_refusal_shows_what_differs),
        IN_FOLDER(test_restart_keeps_the_old_journal),
        IN_FOLDER(test_restart_that_cannot_keep_leaves_it),
        IN_FOLDER(test_work_is_taken_up_where_it_was_left),
        cmocka_unit_test(test_unchanged_needs_a_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
