/*
 * Journals: complete records are found, the rest is cut off, and the journal can be appended to.
 *
 * An input that begins with 'r' is followed by the file itself. Otherwise it is a series of
 * records, each a size of two bytes and contents, to which the title and the fingerprints are
 * added: random bytes would never have the right ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "fuzz/fuzz.h"
#include "workers/journal.h"

enum { JOBS = 4 };

static void get_job(void *context, size_t index, pat_job *job)
{
    (void)context;
    static const char *const names[JOBS] = {"a", "b", "c", "d"};
    *job = (pat_job){.name = names[index], .damaged = names[index], .undamaged = ""};
}

static void put_record(pat_buffer *out, const void *contents, size_t size)
{
    uint64_t length = size;
    pat_fingerprint fingerprint = pat_fingerprint_of(contents, size);
    pat_buffer_append(out, &length, sizeof length);
    pat_buffer_append(out, &fingerprint, sizeof fingerprint);
    pat_buffer_append(out, contents, size);
}

static void put_records(pat_buffer *out, const uint8_t *data, size_t size)
{
    pat_buffer_append_text(out, "patina journal 5\n");
    put_record(out, "x=1\n", 4);
    while (size > 2) {
        size_t length = data[0] | (size_t)data[1] << 8;
        data += 2;
        size -= 2;
        length = length < size ? length : size;
        put_record(out, data, length);
        data += length;
        size -= length;
    }
}

enum { FOLDER_SIZE = sizeof "/tmp/fuzz-journal-XXXXXX" - 1 };

static char path[] = "/tmp/fuzz-journal-XXXXXX/x";

static void remove_folder(void)
{
    path[FOLDER_SIZE] = '\0';
    MUST(rmdir(path) == 0);
}

/* Write the journal in its own folder, where pat_journal_open() can keep a copy. */
static void write_file(const pat_buffer *bytes)
{
    static bool made = false;
    if (!made) {
        path[FOLDER_SIZE] = '\0';
        MUST(mkdtemp(path) != NULL && atexit(remove_folder) == 0);
        path[FOLDER_SIZE] = '/';
        made = true;
    }
    FILE *file = fopen(path, "wb");
    MUST(file != NULL);
    MUST(bytes->size == 0 || fwrite(bytes->data, 1, bytes->size, file) == bytes->size);
    MUST(fclose(file) == 0);
}

static pat_journal *open_journal(const pat_job_list *jobs)
{
    pat_journal *journal;
    pat_error error = {0};
    pat_status status = pat_journal_open(path, "x=1\n", PAT_JOURNAL_RESUME, jobs, &journal, &error);
    MUST(status == PAT_OK || status == PAT_INVALID_ARGUMENT);
    MUST((status == PAT_OK) == (journal != NULL) && (status == PAT_OK) == (*error.message == '\0'));
    return journal;
}

/* For each job, whether the journal has an outcome, and its report's fingerprint. */
struct known {
    bool any[JOBS];
    pat_fingerprint report[JOBS];
};

static struct known ask(pat_journal *journal)
{
    struct known known = {0};
    pat_outcome outcome = {0};
    for (size_t i = 0; i < JOBS; i++) {
        known.any[i] = pat_journal_find(journal, i, &outcome);
        if (known.any[i])
            known.report[i] = pat_fingerprint_of(outcome.report.data, outcome.report.size);
        pat_outcome_release(&outcome);
    }
    return known;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pat_buffer bytes = {0};
    pat_job_list jobs = {.count = JOBS, .get = get_job, .context = NULL};
    if (size > 0 && data[0] == 'r')
        pat_buffer_append(&bytes, data + 1, size - 1);
    else
        put_records(&bytes, data, size);
    write_file(&bytes);
    pat_journal *journal = open_journal(&jobs);
    MUST(journal != NULL || size > 0); /* an empty input becomes a valid journal */
    if (journal != NULL) {
        struct known before = ask(journal);
        char text[] = "a report";
        const pat_outcome outcome = {.report = {.data = text, .size = sizeof text}};
        MUST(pat_journal_append(journal, 2, &outcome, NULL) == PAT_OK);
        const char *kept = pat_journal_state_of(journal).kept_as;
        MUST(kept == NULL || unlink(kept) == 0);
        pat_journal_close(journal, false);
        before.any[2] = true;
        before.report[2] = pat_fingerprint_of(text, sizeof text);
        journal = open_journal(&jobs);
        MUST(journal != NULL && pat_journal_state_of(journal).bytes_cut == 0);
        struct known after = ask(journal);
        MUST(memcmp(before.any, after.any, sizeof after.any) == 0);
        MUST(memcmp(before.report, after.report, sizeof after.report) == 0);
        pat_journal_close(journal, false);
    }
    MUST(unlink(path) == 0);
    pat_buffer_release(&bytes);
    return 0;
}
