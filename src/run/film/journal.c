#include "run/film/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/fingerprint.h"
#include "base/lock.h"
#include "base/memory.h"

/* The number is the version of the records. Increase it when a report is packed differently. */
static const char title[] = "patina film journal 3\n";

enum { BLOCK = 1 << 20, REPORT_MAX = 1 << 24 };

/* Before each record. */
struct header {
    uint64_t step, item;
    uint64_t report_size, payload_size;
    pat_fingerprint report,
        payload;            /* the payload's: of those of its blocks, one after the other */
    pat_fingerprint header; /* of all above */
};

/* Where a record lies. */
struct place {
    uint64_t report, report_size, payload; /* offsets in the file; 0: there is no record */
};

struct pat_film_journal {
    char *path;
    int file;
    uint64_t start, end; /* of the records */
    struct place *places[PAT_FILM_STEPS];
    size_t capacity[PAT_FILM_STEPS], highest[PAT_FILM_STEPS];
    uint8_t *block;
    size_t records;
};

/* Read exactly so many bytes at an offset. */
static bool read_at(int file, void *bytes, size_t size, uint64_t offset)
{
    size_t done;
    return pat_read_at(file, bytes, size, offset, &done) && done == size;
}

/* The fingerprint of what has been read so far, and of one more block. */
static pat_fingerprint chain(pat_fingerprint so_far, const void *block, size_t size)
{
    const pat_fingerprint both[] = {so_far, pat_fingerprint_of(block, size)};
    return pat_fingerprint_of(both, sizeof both);
}

static pat_fingerprint of_header(const struct header *header)
{
    return pat_fingerprint_of(header, offsetof(struct header, header));
}

static bool note(pat_film_journal *journal, const struct header *header, uint64_t at)
{
    size_t step = (size_t)header->step, item = (size_t)header->item;
    size_t known = journal->capacity[step];
    if (!pat_array_reserve(&journal->places[step], &journal->capacity[step], item + 1,
                           sizeof **journal->places))
        return false;
    memset(journal->places[step] + known, 0,
           (journal->capacity[step] - known) * sizeof **journal->places);
    journal->places[step][item] = (struct place){at + sizeof *header, header->report_size,
                                                 at + sizeof *header + header->report_size};
    if (item + 1 > journal->highest[step])
        journal->highest[step] = item + 1;
    journal->records++;
    return true;
}

/* ---- Opening --------------------------------------------------------------------------------- */

static bool is_payload_whole(const pat_film_journal *journal, const struct header *header,
                             uint64_t at)
{
    pat_fingerprint fingerprint = {0};
    uint64_t left = header->payload_size;
    for (; left > 0; left -= left < BLOCK ? left : BLOCK) {
        size_t size = left < BLOCK ? (size_t)left : BLOCK;
        if (!read_at(journal->file, journal->block, size, at))
            return false;
        fingerprint = chain(fingerprint, journal->block, size);
        at += size;
    }
    return pat_fingerprint_equal(fingerprint, header->payload);
}

/* Read the record at `at`. False if there is no whole one. */
static bool read_record(const pat_film_journal *journal, uint64_t at, struct header *header)
{
    if (!read_at(journal->file, header, sizeof *header, at) ||
        !pat_fingerprint_equal(of_header(header), header->header) ||
        header->step >= PAT_FILM_STEPS || header->report_size > REPORT_MAX)
        return false;
    pat_buffer report = {0};
    char *room = pat_buffer_room(&report, (size_t)header->report_size);
    bool whole = room != NULL &&
                 read_at(journal->file, room, (size_t)header->report_size, at + sizeof *header) &&
                 pat_fingerprint_equal(pat_fingerprint_of(room, (size_t)header->report_size),
                                       header->report) &&
                 is_payload_whole(journal, header, at + sizeof *header + header->report_size);
    pat_buffer_release(&report);
    return whole;
}

static pat_status read_records(pat_film_journal *journal, uint64_t start, pat_error *error)
{
    struct header header;
    journal->start = journal->end = start;
    while (read_record(journal, journal->end, &header)) {
        if (!note(journal, &header, journal->end))
            return pat_fail_memory(error, "the journal");
        journal->end += sizeof header + header.report_size + header.payload_size;
    }
    if (ftruncate(journal->file, (off_t)journal->end) != 0)
        return pat_fail_to_write("write", journal->path, error);
    return PAT_OK;
}

static pat_status begin(pat_film_journal *journal, const pat_buffer *start, uint64_t batch,
                        pat_error *error)
{
    if (ftruncate(journal->file, 0) != 0 ||
        !pat_write_at(journal->file, start->data, start->size, 0) ||
        !pat_write_at(journal->file, &batch, sizeof batch, start->size))
        return pat_fail_to_write("write", journal->path, error);
    journal->start = journal->end = start->size + sizeof batch;
    return PAT_OK;
}

/* start: the title and identity, with a null at the end. */
static pat_status open_file(pat_film_journal *journal, const pat_buffer *start, bool restart,
                            size_t *batch, pat_error *error)
{
    struct stat info;
    pat_status status = pat_lock_open(journal->path, O_RDWR, &journal->file, error);
    if (status != PAT_OK)
        return status;
    if (fstat(journal->file, &info) != 0)
        return pat_fail_to_write("open", journal->path, error);
    if (info.st_size == 0 || restart)
        return begin(journal, start, *batch, error);
    pat_buffer found = {0};
    uint64_t its_batch = 0;
    char *room = pat_buffer_room(&found, start->size);
    bool same = room != NULL && read_at(journal->file, room, start->size, 0) &&
                memcmp(room, start->data, start->size) == 0 &&
                read_at(journal->file, &its_batch, sizeof its_batch, start->size) &&
                its_batch >= 1 && its_batch <= PAT_FILM_JOURNAL_BATCH_MAX;
    pat_buffer_release(&found);
    if (!same)
        return pat_fail(
            error, PAT_INVALID_ARGUMENT,
            "%s: is the journal of another film, model or setting, or of another version of "
            "patina or of its libraries; repeat that command, or start over with --restart",
            journal->path);
    *batch = (size_t)its_batch;
    return read_records(journal, start->size + sizeof its_batch, error);
}

pat_status pat_film_journal_open(const char *path, const char *identity, bool restart,
                                 size_t *batch, pat_film_journal **out, pat_error *error)
{
    *out = NULL;
    pat_buffer start = {0};
    pat_film_journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL)
        return pat_fail_memory(error, "the journal");
    journal->file = -1;
    journal->path = strdup(path);
    journal->block = malloc(BLOCK);
    pat_buffer_append_text(&start, title);
    pat_buffer_append_text(&start, identity);
    pat_buffer_append_char(&start, '\0');
    pat_status status = journal->path == NULL || journal->block == NULL || start.failed
                            ? pat_fail_memory(error, "the journal")
                            : open_file(journal, &start, restart, batch, error);
    pat_buffer_release(&start);
    if (status != PAT_OK) {
        if (journal->file >= 0)
            close(journal->file);
        journal->file = -1;
        pat_film_journal_close(journal, false);
        return status;
    }
    *out = journal;
    return PAT_OK;
}

/* ---- Records --------------------------------------------------------------------------------- */

size_t pat_film_journal_count(const pat_film_journal *journal, pat_film_step step)
{
    size_t count = 0;
    while (count < journal->highest[step] && journal->places[step][count].report != 0)
        count++;
    return count;
}

pat_status pat_film_journal_read(const pat_film_journal *journal, pat_film_step step, size_t item,
                                 pat_buffer *report, pat_error *error)
{
    const struct place *place = &journal->places[step][item];
    char *room = pat_buffer_room(report, (size_t)place->report_size);
    if (room == NULL)
        return pat_fail_memory(error, "the journal");
    if (!read_at(journal->file, room, (size_t)place->report_size, place->report))
        return pat_fail(error, PAT_UNREADABLE, "%s: cannot be read: %s", journal->path,
                        strerror(errno));
    report->size += (size_t)place->report_size;
    return PAT_OK;
}

uint64_t pat_film_journal_payload(const pat_film_journal *journal, size_t item)
{
    return journal->places[PAT_FILM_ENCODED][item].payload;
}

int pat_film_journal_file(const pat_film_journal *journal)
{
    return journal->file;
}

/* Copy the payload to its place. */
static bool copy_payload(pat_film_journal *journal, struct header *header, int payload, uint64_t at)
{
    for (uint64_t done = 0;;) {
        size_t size;
        if (!pat_read_at(payload, journal->block, BLOCK, done, &size))
            return false;
        if (size == 0)
            return true;
        header->payload = chain(header->payload, journal->block, size);
        if (!pat_write_at(journal->file, journal->block, size, at + done))
            return false;
        done += size;
        header->payload_size = done;
    }
}

pat_status pat_film_journal_add(pat_film_journal *journal, pat_film_step step, size_t item,
                                pat_bytes report, int payload, pat_error *error)
{
    struct header header = {.step = (uint64_t)step,
                            .item = item,
                            .report_size = report.size,
                            .report = pat_fingerprint_of(report.data, report.size)};
    uint64_t at = journal->end;
    bool written =
        payload < 0 || copy_payload(journal, &header, payload, at + sizeof header + report.size);
    header.header = of_header(&header);
    written = written &&
              pat_write_at(journal->file, report.data, report.size, at + sizeof header) &&
              pat_write_at(journal->file, &header, sizeof header, at); /* last: now it is whole */
    if (!written)
        return pat_fail_to_write("write", journal->path, error);
    if (!note(journal, &header, at))
        return pat_fail_memory(error, "the journal");
    journal->end = at + sizeof header + header.report_size + header.payload_size;
    return PAT_OK;
}

pat_status pat_film_journal_clear(pat_film_journal *journal, pat_error *error)
{
    if (ftruncate(journal->file, (off_t)journal->start) != 0)
        return pat_fail_to_write("write", journal->path, error);
    journal->end = journal->start;
    journal->records = 0;
    for (int step = 0; step < PAT_FILM_STEPS; step++) {
        free(journal->places[step]);
        journal->places[step] = NULL;
        journal->capacity[step] = journal->highest[step] = 0;
    }
    return PAT_OK;
}

void pat_film_journal_close(pat_film_journal *journal, bool finished)
{
    if (journal == NULL)
        return;
    if (journal->file >= 0 && (finished || journal->records == 0))
        unlink(journal->path);
    if (journal->file >= 0)
        close(journal->file);
    for (int step = 0; step < PAT_FILM_STEPS; step++)
        free(journal->places[step]);
    free(journal->block);
    free(journal->path);
    free(journal);
}
