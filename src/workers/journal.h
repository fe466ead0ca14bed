/*
 * The journal of a run: the work already done, in case the run is killed; private to the library.
 * The file has a title, a record with the run's identity, and one record per outcome, with the
 * job's name, in order of arrival. Every record has a fingerprint. The journal ends at the first
 * truncated or damaged record: opening cuts off that record and everything after it, and those jobs
 * are done again.
 */
#ifndef PAT_WORKERS_JOURNAL_H
#define PAT_WORKERS_JOURNAL_H

#include "patina/run.h"
#include "workers/jobs.h"

typedef struct pat_journal pat_journal;

/* Facts about a journal that was opened. */
typedef struct pat_journal_state {
    size_t records;      /* jobs with an outcome, including forgotten failures */
    bool begun_in_vain;  /* it is new and has no outcome: closing removes it */
    uint64_t bytes_cut;  /* from a damaged end */
    const char *kept_as; /* where an old journal is kept; NULL: there was none */
} pat_journal_state;

/*
 * Open or create the journal at `path`. identity: everything besides the files that affects the
 * results, as lines of "name=value"; a journal with another identity is refused, unless mode is
 * PAT_JOURNAL_RESTART, which renames an existing journal. PAT_JOURNAL_RETRY_FAILED forgets its
 * failures. jobs: borrowed. Fails with PAT_WRITE_FAILED, PAT_INVALID_ARGUMENT (another run's
 * journal, or one that has a hard link), PAT_UNREADABLE, PAT_NOTHING_TO_DO (no failures to retry)
 * or PAT_OUT_OF_MEMORY; *journal is then NULL.
 */
PAT_MUST_CHECK pat_status pat_journal_open(const char *path, const char *identity,
                                           pat_journal_mode mode, const pat_job_list *jobs,
                                           pat_journal **journal, pat_error *error);

/*
 * The same for a journal that runs over different files take turns to use: it may have outcomes of
 * other jobs only, forgets failures, and is not bound to a platform.
 */
PAT_MUST_CHECK pat_status pat_journal_open_shared(const char *path, const char *identity,
                                                  const pat_job_list *jobs, pat_journal **journal,
                                                  pat_error *error);
pat_journal_state pat_journal_state_of(const pat_journal *journal);

/*
 * Call before each outcome is recorded. platform: as pat_platform_put() describes it. Fails
 * with PAT_INVALID_ARGUMENT if the recorded outcomes were computed on another one, so that rows
 * might not agree; never for a shared journal. Also fails like pat_journal_append().
 */
PAT_MUST_CHECK pat_status pat_journal_check_platform(pat_journal *journal, const char *platform,
                                                     pat_error *error);

/* Record the outcome of job `index`. Fails with PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_journal_append(pat_journal *journal, size_t index,
                                             const pat_outcome *outcome, pat_error *error);

/* Get the recorded outcome of job `index`, replacing *outcome. False if there is none. */
bool pat_journal_find(pat_journal *journal, size_t index, pat_outcome *outcome);

/* Fail with PAT_WRITE_FAILED: a record can no longer be read. */
pat_status pat_journal_fail(const pat_journal *journal, pat_error *error);

/* Fail with PAT_MALFORMED: the journal at `path` has an invalid outcome for the job `name`. */
pat_status pat_journal_fail_to_read(const char *path, const char *name, pat_error *error);

/* Make the records durable. Fails with PAT_WRITE_FAILED. */
PAT_MUST_CHECK pat_status pat_journal_sync(pat_journal *journal, pat_error *error);

/* Close the journal, and remove it if the run has finished or the journal is new and empty. Accepts
 * NULL. */
void pat_journal_close(pat_journal *journal, bool finished);

#endif
