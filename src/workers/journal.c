#include "workers/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/fingerprint.h"
#include "base/lock.h"
#include "base/platform.h"
#include "workers/wire.h"

/* The number is the version of the record format. Increase it when one of these changes: the
 * outcome message in workers/wire.c, a task's report, or how tasks/pack.c packs a value. */
static const char title[] = "patina journal 5\n";

enum {
    TITLE_SIZE = sizeof title - 1,
    BLOCK_SIZE = 1 << 20,
    RECORD_MAX = 64 << 20, /* bytes; longer records are damaged */
    BACKUPS_MAX = 10000
};

typedef struct record_header {
    uint64_t size; /* of the contents, which follow */
    pat_fingerprint fingerprint;
} record_header;

struct pat_journal {
    char *path, *kept_as;
    int descriptor;
    const pat_job_list *jobs;
    uint64_t *place; /* offset of each job's record in the file; 0: none */
    uint64_t end;    /* of the file */
    size_t *slots;   /* jobs by name: 0 or index + 1; NULL until needed */
    size_t slot_count;
    bool forgets_failures, is_shared;
    char *platform; /* that of the outcomes; NULL: not known yet */
    char *checked;  /* the platform that was last found to agree with it; NULL: none yet */
    bool is_new;    /* there was no file, or an empty one */
    size_t foreign; /* outcomes of jobs that this run does not have */
    pat_journal_state state;
    pat_buffer bytes; /* a record, or the part of the file that was read */
};

/* ---- Jobs by name ---------------------------------------------------------------------------- */

static bool is_called(const pat_journal *journal, uint64_t index, const char *name)
{
    pat_job job;
    if (index >= journal->jobs->count)
        return false;
    journal->jobs->get(journal->jobs->context, (size_t)index, &job);
    return strcmp(job.name, name) == 0;
}

static size_t first_slot(const pat_journal *journal, const char *name)
{
    return (size_t)pat_fingerprint_of(name, strlen(name)).low & (journal->slot_count - 1);
}

static bool build_slots(pat_journal *journal)
{
    journal->slot_count = 16;
    while (journal->slot_count < 2 * journal->jobs->count)
        journal->slot_count *= 2;
    journal->slots = calloc(journal->slot_count, sizeof *journal->slots);
    if (journal->slots == NULL)
        return false;
    for (size_t i = 0; i < journal->jobs->count; i++) {
        pat_job job;
        journal->jobs->get(journal->jobs->context, i, &job);
        size_t slot = first_slot(journal, job.name);
        while (journal->slots[slot] != 0)
            slot = (slot + 1) & (journal->slot_count - 1);
        journal->slots[slot] = i + 1;
    }
    return true;
}

/* Find the job with this name. It is at `guess` unless files have been added or removed. *index is
 * the number of jobs if there is none. False when memory runs out. */
static bool find_job(pat_journal *journal, uint64_t guess, const char *name, size_t *index)
{
    *index = (size_t)guess;
    if (is_called(journal, guess, name))
        return true;
    if (journal->slots == NULL && !build_slots(journal))
        return false;
    *index = journal->jobs->count;
    for (size_t slot = first_slot(journal, name); journal->slots[slot] != 0;
         slot = (slot + 1) & (journal->slot_count - 1))
        if (is_called(journal, journal->slots[slot] - 1, name)) {
            *index = journal->slots[slot] - 1;
            break;
        }
    return true;
}

/* ---- Records --------------------------------------------------------------------------------- */

/* Begin a record in journal->bytes; the caller appends its contents. */
static void begin_record(pat_journal *journal)
{
    pat_buffer_reset(&journal->bytes);
    pat_buffer_append(&journal->bytes, &(record_header){0}, sizeof(record_header));
}

static pat_status write_record(pat_journal *journal, pat_error *error)
{
    pat_buffer *bytes = &journal->bytes;
    if (bytes->failed)
        return pat_fail_memory(error, "a record of the journal");
    size_t size = bytes->size - sizeof(record_header);
    record_header header = {size, pat_fingerprint_of(bytes->data + sizeof header, size)};
    memcpy(bytes->data, &header, sizeof header);
    pat_status status =
        pat_write_all(journal->descriptor, journal->path, bytes->data, bytes->size, error);
    if (status == PAT_OK)
        journal->end += bytes->size;
    return status;
}

typedef struct record {
    const char *contents;
    size_t size;
} record;

/* Find a complete, undamaged record at the start of the bytes. */
static bool take_record(const char *bytes, size_t size, record *taken)
{
    record_header header;
    if (size < sizeof header)
        return false;
    memcpy(&header, bytes, sizeof header);
    if (header.size > size - sizeof header)
        return false;
    *taken = (record){bytes + sizeof header, (size_t)header.size};
    return pat_fingerprint_equal(header.fingerprint,
                                 pat_fingerprint_of(taken->contents, taken->size));
}

/* The parts of a record besides the outcome. The texts point into the record. */
typedef struct subject {
    const char *name, *damaged, *undamaged; /* as in pat_job */
    uint64_t index;
} subject;

static const char *take_text(record *from)
{
    const char *text = from->contents;
    const char *terminator = memchr(text, '\0', from->size);
    if (terminator == NULL)
        return NULL;
    from->size -= (size_t)(terminator + 1 - text);
    from->contents = terminator + 1;
    return text;
}

static bool parse_outcome(record from, subject *of, pat_outcome *outcome)
{
    pat_frame frame;
    if ((of->name = take_text(&from)) == NULL || (of->damaged = take_text(&from)) == NULL ||
        (of->undamaged = take_text(&from)) == NULL)
        return false;
    const pat_buffer rest = {.data = (char *)from.contents, .size = from.size};
    return pat_wire_next(&rest, &frame) == PAT_FRAME_FOUND && frame.frame_size == rest.size &&
           frame.type == PAT_MESSAGE_OUTCOME && pat_wire_get_outcome(&frame, &of->index, outcome);
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* What to do about a journal that cannot be continued. The commands that share a journal do not
 * have --restart. */
static const char *way_out(const pat_journal *journal)
{
    return journal->is_shared ? "remove it, or choose another folder with -o"
                              : "start over with --restart, which keeps it under another name";
}

static pat_status fail_to_read(const pat_journal *journal, pat_error *error)
{
    return pat_fail(error, PAT_UNREADABLE, "%s: cannot be read (%s); check the disk, or %s",
                    journal->path, strerror(errno), way_out(journal));
}

/* Read more of the file into journal->bytes. *more: whether there was any. */
static pat_status read_block(pat_journal *journal, bool *more, pat_error *error)
{
    char *room = pat_buffer_room(&journal->bytes, BLOCK_SIZE);
    if (room == NULL)
        return pat_fail_memory(error, "the journal");
    ssize_t count;
    do
        count = read(journal->descriptor, room, BLOCK_SIZE);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return fail_to_read(journal, error);
    journal->bytes.size += (size_t)count;
    *more = count > 0;
    return PAT_OK;
}

/* Read `size` bytes from `at` into journal->bytes. */
static bool read_at(pat_journal *journal, uint64_t at, size_t size)
{
    pat_buffer_reset(&journal->bytes);
    char *room = pat_buffer_room(&journal->bytes, size);
    size_t done = 0;
    if (room == NULL || !pat_read_at(journal->descriptor, room, size, at, &done) || done < size)
        return false;
    journal->bytes.size = size;
    return true;
}

enum { SHOWN = 60 };

/* The position after the last separator between `first` and `at`; `first` if there is none. */
static const char *behind_last(const char *separators, const char *first, const char *at)
{
    while (at > first && strchr(separators, at[-1]) == NULL)
        at--;
    return at;
}

/* Show the line that contains `at` in a message: its name, and its value from the axis that
 * contains `at` on, or from closer to `at` if the axis starts far away. */
static void show_line(const char *text, const char *at, char shown[2 * SHOWN])
{
    const char *line = behind_last("\n", text, at), *value = line + strcspn(line, "=\n");
    const char *from = line;
    if (at > value) {
        value++;
        from = behind_last(";", value, at);
        if (at - from > SHOWN / 2)
            from = behind_last(",;", value, at);
    }
    if (from == value)
        from = line;
    int name = from == line ? 0 : (int)(value - line), rest = (int)strcspn(from, "\n");
    snprintf(shown, 2 * SHOWN, "%.*s%s%.*s%s", name < SHOWN ? name : SHOWN, line,
             name > 0 ? "..." : "", rest < SHOWN ? rest : SHOWN, from, rest > SHOWN ? "..." : "");
}

/* Check the first record, which is the identity of the run. */
static pat_status check_identity(const pat_journal *journal, const record *first,
                                 const char *identity, pat_error *error)
{
    if (first->size == strlen(identity) && memcmp(first->contents, identity, first->size) == 0)
        return PAT_OK;
    char was[2 * SHOWN], is[2 * SHOWN], *text = strndup(first->contents, first->size);
    if (text == NULL)
        return pat_fail_memory(error, "the journal");
    size_t same = 0;
    while (text[same] != '\0' && text[same] == identity[same])
        same++;
    show_line(text, text + same, was);
    show_line(identity, identity + same, is);
    free(text);
    return pat_fail(
        error, PAT_INVALID_ARGUMENT,
        "%s: belongs to a run with %s, but this run has %s; finish that run with its own options, "
        "or %s",
        journal->path, was, is, way_out(journal));
}

/* The platform's record begins with a null byte, which no job's does: names are not empty. */
static bool is_platform(const record *from)
{
    return from->size > 0 && from->contents[0] == '\0';
}

/* Add a description of the platform, which may name libraries that earlier ones do not. False when
 * memory runs out. */
static bool add_platform(pat_journal *journal, const char *text, size_t size)
{
    size_t known = journal->platform == NULL ? 0 : strlen(journal->platform);
    char *longer = realloc(journal->platform, known + size + 1);
    if (longer == NULL)
        return false;
    memcpy(longer + known, text, size);
    longer[known + size] = '\0';
    journal->platform = longer;
    return true;
}

/* Note the platform, or the position of a job's outcome. False when memory runs out. */
static bool note_record(pat_journal *journal, const record *from, uint64_t at)
{
    if (is_platform(from))
        return add_platform(journal, from->contents + 1, from->size - 1);
    subject of;
    size_t index;
    pat_outcome outcome = {0};
    if (!parse_outcome(*from, &of, &outcome))
        return true; /* not valid here: the job is done again */
    bool ok = find_job(journal, of.index, of.name, &index);
    if (ok && index < journal->jobs->count) {
        bool forgets = journal->forgets_failures && outcome.status != PAT_OK;
        journal->state.records += journal->place[index] == 0;
        journal->place[index] = forgets ? 0 : at;
    } else {
        journal->foreign += ok;
    }
    pat_outcome_release(&outcome);
    return ok;
}

/* Read records until the end, or until a damaged one; journal->end is then the end of the good
 * ones. */
static pat_status read_records(pat_journal *journal, const char *identity, pat_error *error)
{
    pat_status status = PAT_OK;
    bool more = true, first = true;
    while (status == PAT_OK && more) {
        size_t done = 0;
        record taken;
        while (status == PAT_OK &&
               take_record(journal->bytes.data + done, journal->bytes.size - done, &taken)) {
            if (first)
                status = check_identity(journal, &taken, identity, error);
            else if (!note_record(journal, &taken, journal->end))
                status = pat_fail_memory(error, "the journal");
            first = false;
            done += sizeof(record_header) + taken.size;
            journal->end += sizeof(record_header) + taken.size;
        }
        pat_buffer_consume(&journal->bytes, done);
        if (journal->bytes.size > RECORD_MAX)
            break;
        if (status == PAT_OK)
            status = read_block(journal, &more, error);
    }
    return status;
}

static pat_status fail_foreign(const pat_journal *journal, pat_error *error)
{
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "%s: exists and is not a journal of this version of patina; %s", journal->path,
                    way_out(journal));
}

/* ---- Opening --------------------------------------------------------------------------------- */

/* Set kept_as to x.journal.1, or to the first number that is free. */
static pat_status choose_other_name(pat_journal *journal, pat_error *error)
{
    struct stat info;
    size_t size = strlen(journal->path) + 16;
    journal->kept_as = malloc(size);
    if (journal->kept_as == NULL)
        return pat_fail_memory(error, "a file name");
    for (int i = 1; i < BACKUPS_MAX; i++) {
        snprintf(journal->kept_as, size, "%s.%d", journal->path, i);
        if (lstat(journal->kept_as, &info) != 0)
            return PAT_OK;
    }
    return pat_fail(error, PAT_WRITE_FAILED,
                    "%s: there are already %d older journals; remove those you do not need",
                    journal->path, BACKUPS_MAX - 1);
}

/* Rename an existing journal. */
static pat_status put_aside(pat_journal *journal, pat_error *error)
{
    pat_status status = choose_other_name(journal, error);
    if (status != PAT_OK)
        return status;
    if (rename(journal->path, journal->kept_as) != 0)
        return pat_fail_to_write("rename the old journal", journal->path, error);
    journal->state.kept_as = journal->kept_as;
    return pat_sync_folder_of(journal->path, error);
}

/* Copy the journal into another file, and make the copy durable. */
static pat_status copy_into(const pat_journal *journal, int copy, pat_error *error)
{
    off_t at = 0;
    ssize_t count;
    do
        count = sendfile(copy, journal->descriptor, &at, BLOCK_SIZE);
    while (count > 0 || (count < 0 && errno == EINTR));
    if (count < 0)
        return pat_fail_to_write("copy the damaged journal", journal->kept_as, error);
    pat_status status = pat_sync(copy, journal->kept_as, error);
    return status == PAT_OK ? pat_sync_folder_of(journal->kept_as, error) : status;
}

/* A damaged record, unlike a truncated one, may be followed by good ones that somebody may want to
 * see. Copy the whole journal before it is cut. */
static pat_status keep_damaged(pat_journal *journal, pat_error *error)
{
    pat_status status = choose_other_name(journal, error);
    if (status != PAT_OK)
        return status;
    int copy = open(journal->kept_as, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (copy < 0)
        return pat_fail_to_write("copy the damaged journal", journal->kept_as, error);
    status = copy_into(journal, copy, error);
    close(copy);
    if (status == PAT_OK)
        journal->state.kept_as = journal->kept_as;
    else
        unlink(journal->kept_as);
    return status;
}

/* Cut off everything after the good records. */
static pat_status cut(pat_journal *journal, pat_error *error)
{
    record_header header;
    off_t size = lseek(journal->descriptor, 0, SEEK_END);
    if (size < 0)
        return pat_fail_to_write("read the journal", journal->path, error);
    journal->state.bytes_cut = (uint64_t)size - journal->end;
    bool torn = journal->state.bytes_cut < sizeof header;
    if (!torn && read_at(journal, journal->end, sizeof header)) {
        memcpy(&header, journal->bytes.data, sizeof header);
        torn = header.size > journal->state.bytes_cut - sizeof header && header.size < RECORD_MAX;
    }
    pat_status status = torn ? PAT_OK : keep_damaged(journal, error);
    if (status != PAT_OK)
        return status;
    if (ftruncate(journal->descriptor, (off_t)journal->end) != 0 ||
        lseek(journal->descriptor, 0, SEEK_END) < 0)
        return pat_fail_to_write("cut the journal", journal->path, error);
    return PAT_OK;
}

static pat_status begin(pat_journal *journal, const char *identity, pat_error *error)
{
    pat_status status = PAT_OK;
    if (journal->end == 0)
        status = pat_write_all(journal->descriptor, journal->path, title, TITLE_SIZE, error);
    if (status != PAT_OK)
        return status;
    journal->end = TITLE_SIZE;
    begin_record(journal);
    pat_buffer_append_text(&journal->bytes, identity);
    status = write_record(journal, error);
    return status == PAT_OK ? pat_sync_folder_of(journal->path, error) : status;
}

/* A journal that has outcomes, but none for this run's jobs, was probably named by mistake. */
static pat_status check_subject(const pat_journal *journal, pat_error *error)
{
    if (journal->state.records > 0 || journal->foreign == 0 || journal->is_shared)
        return PAT_OK;
    return pat_fail(
        error, PAT_INVALID_ARGUMENT,
        "%s: belongs to a run over other files: none of its %zu results is for this run; "
        "choose another name with -o, or start over with --restart, which keeps the journal under "
        "another name",
        journal->path, journal->foreign);
}

/* Resume from the file, or begin if it is empty. */
static pat_status resume(pat_journal *journal, const char *identity, pat_error *error)
{
    bool more;
    pat_status status = read_block(journal, &more, error);
    if (status != PAT_OK)
        return status;
    size_t size = journal->bytes.size;
    journal->is_new = size == 0;
    if (size > 0 && memcmp(journal->bytes.data, title, size < TITLE_SIZE ? size : TITLE_SIZE) != 0)
        return fail_foreign(journal, error);
    journal->end = 0;
    if (size >= TITLE_SIZE) {
        pat_buffer_consume(&journal->bytes, TITLE_SIZE);
        journal->end = TITLE_SIZE;
        status = read_records(journal, identity, error);
    }
    if (status == PAT_OK)
        status = check_subject(journal, error);
    if (status == PAT_OK)
        status = cut(journal, error);
    if (status == PAT_OK && journal->end <= TITLE_SIZE) /* new, or killed before it had begun */
        status = begin(journal, identity, error);
    return status;
}

/* Fail if the file has another name: in a backup made with hard links, it must not change. */
static pat_status check_alone(const pat_journal *journal, pat_error *error)
{
    struct stat info;
    if (fstat(journal->descriptor, &info) != 0)
        return pat_fail_to_write("read the journal", journal->path, error);
    if (info.st_nlink <= 1)
        return PAT_OK;
    return pat_fail(
        error, PAT_INVALID_ARGUMENT,
        "%s: has another name (a hard link, perhaps in a backup), under which it would change too; "
        "replace it by a copy of itself (cp it to a new name, and mv that back), or %s",
        journal->path, way_out(journal));
}

/* Open the file. To restart, first rename the old one, unless its run is still in progress. */
static pat_status open_for(pat_journal *journal, pat_journal_mode mode, pat_error *error)
{
    struct stat info;
    bool exists = lstat(journal->path, &info) == 0;
    if (mode == PAT_JOURNAL_RETRY_FAILED && !exists)
        return pat_fail(error, PAT_NOTHING_TO_DO,
                        "%s: there is no journal with failures to retry; run without "
                        "--retry-failed to do everything",
                        journal->path);
    if (mode == PAT_JOURNAL_RESTART && exists) {
        if (S_ISREG(info.st_mode)) {
            pat_status status = pat_lock_open(journal->path, O_RDWR, &journal->descriptor, error);
            if (status != PAT_OK)
                return status;
        }
        pat_status status = put_aside(journal, error);
        if (journal->descriptor >= 0)
            close(journal->descriptor);
        journal->descriptor = -1;
        if (status != PAT_OK)
            return status;
    }
    return pat_lock_open(journal->path, O_RDWR, &journal->descriptor, error);
}

static pat_status open_journal(pat_journal *journal, const char *identity, pat_journal_mode mode,
                               pat_error *error)
{
    pat_status status = open_for(journal, mode, error);
    if (status == PAT_OK)
        status = check_alone(journal, error);
    if (status == PAT_OK)
        status = resume(journal, identity, error);
    return status;
}

static pat_status open_as(bool is_shared, const char *path, const char *identity,
                          pat_journal_mode mode, const pat_job_list *jobs, pat_journal **out,
                          pat_error *error)
{
    *out = NULL;
    pat_journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL)
        return pat_fail_memory(error, "the journal");
    *journal = (pat_journal){.path = strdup(path),
                             .descriptor = -1,
                             .jobs = jobs,
                             .place = calloc(jobs->count + 1, sizeof *journal->place),
                             .forgets_failures = is_shared || mode == PAT_JOURNAL_RETRY_FAILED,
                             .is_shared = is_shared};
    pat_status status = journal->path == NULL || journal->place == NULL
                            ? pat_fail_memory(error, "the journal")
                            : open_journal(journal, identity, mode, error);
    if (status == PAT_OK)
        *out = journal;
    else
        pat_journal_close(journal, false);
    return status;
}

pat_status pat_journal_open(const char *path, const char *identity, pat_journal_mode mode,
                            const pat_job_list *jobs, pat_journal **journal, pat_error *error)
{
    return open_as(false, path, identity, mode, jobs, journal, error);
}

pat_status pat_journal_open_shared(const char *path, const char *identity, const pat_job_list *jobs,
                                   pat_journal **journal, pat_error *error)
{
    return open_as(true, path, identity, PAT_JOURNAL_RESUME, jobs, journal, error);
}

pat_journal_state pat_journal_state_of(const pat_journal *journal)
{
    pat_journal_state state = journal->state;
    state.begun_in_vain = journal->is_new && state.records == 0;
    return state;
}

/* ---- In use ---------------------------------------------------------------------------------- */

/* Record entries that the journal does not have yet: a worker may load a library later. */
static pat_status extend_platform(pat_journal *journal, const char *platform, pat_error *error)
{
    if (!pat_platform_adds(journal->platform == NULL ? "" : journal->platform, platform))
        return PAT_OK;
    if (!add_platform(journal, platform, strlen(platform)))
        return pat_fail_memory(error, "a journal");
    begin_record(journal);
    pat_buffer_append_char(&journal->bytes, '\0');
    pat_buffer_append_text(&journal->bytes, platform);
    return write_record(journal, error);
}

pat_status pat_journal_check_platform(pat_journal *journal, const char *platform, pat_error *error)
{
    char name[64];
    const char *known = journal->platform == NULL ? "" : journal->platform;
    if (journal->is_shared || (journal->checked != NULL && strcmp(journal->checked, platform) == 0))
        return PAT_OK;
    if (!pat_platform_differs(known, platform, name, sizeof name)) {
        free(journal->checked);
        journal->checked = strdup(platform);
        return journal->checked == NULL ? pat_fail_memory(error, "a journal")
                                        : extend_platform(journal, platform, error);
    }
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "%s: its results were computed with another version of %s, so the rows could "
                    "differ; start over with --restart, which keeps the journal under another name",
                    journal->path, name);
}

pat_status pat_journal_append(pat_journal *journal, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    pat_job job;
    uint64_t at = journal->end;
    journal->jobs->get(journal->jobs->context, index, &job);
    begin_record(journal);
    const char *const texts[] = {job.name, job.damaged, job.undamaged};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        pat_buffer_append(&journal->bytes, texts[i], strlen(texts[i]) + 1);
    pat_wire_put_outcome(&journal->bytes, index, outcome);
    pat_status status = write_record(journal, error);
    if (status != PAT_OK)
        return status;
    journal->state.records += journal->place[index] == 0;
    journal->place[index] = at;
    return PAT_OK;
}

/* Whether a record is about a job. The message of a failure names its files, so it must not be
 * reused for other files. */
static bool is_of(const pat_journal *journal, size_t index, const subject *of,
                  const pat_outcome *outcome)
{
    pat_job job;
    journal->jobs->get(journal->jobs->context, index, &job);
    return strcmp(job.name, of->name) == 0 &&
           (outcome->status == PAT_OK ||
            (strcmp(job.damaged, of->damaged) == 0 && strcmp(job.undamaged, of->undamaged) == 0));
}

bool pat_journal_find(pat_journal *journal, size_t index, pat_outcome *outcome)
{
    uint64_t at = journal->place[index];
    record_header header;
    record taken;
    subject of;
    pat_outcome_release(outcome);
    if (at == 0 || !read_at(journal, at, sizeof header))
        return false;
    memcpy(&header, journal->bytes.data, sizeof header);
    return header.size <= RECORD_MAX && read_at(journal, at, sizeof header + (size_t)header.size) &&
           take_record(journal->bytes.data, journal->bytes.size, &taken) &&
           parse_outcome(taken, &of, outcome) && is_of(journal, index, &of, outcome);
}

pat_status pat_journal_fail(const pat_journal *journal, pat_error *error)
{
    return pat_fail(error, PAT_WRITE_FAILED,
                    "%s: cannot read back its own records; check the disk and run again",
                    journal->path);
}

pat_status pat_journal_fail_to_read(const char *path, const char *name, pat_error *error)
{
    return pat_fail(error, PAT_MALFORMED,
                    "%s: its result for %s is invalid; start over with --restart", path, name);
}

pat_status pat_journal_sync(pat_journal *journal, pat_error *error)
{
    return pat_sync(journal->descriptor, journal->path, error);
}

/* A failure does no harm: the next run finds that all of this work is done. */
static void remove_file(const char *path)
{
    if (unlink(path) != 0 || pat_sync_folder_of(path, NULL) != PAT_OK)
        return;
}

void pat_journal_close(pat_journal *journal, bool finished)
{
    if (journal == NULL)
        return;
    if (finished || pat_journal_state_of(journal).begun_in_vain)
        remove_file(journal->path);
    if (journal->descriptor >= 0)
        close(journal->descriptor);
    free(journal->path);
    free(journal->kept_as);
    free(journal->platform);
    free(journal->checked);
    free(journal->place);
    free(journal->slots);
    pat_buffer_release(&journal->bytes);
    free(journal);
}
