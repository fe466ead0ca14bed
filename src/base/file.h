/*
 * Output files that appear complete or not at all; private to the library.
 *
 * Data is written with write() to PATH.partial, then synced, renamed to PATH, and the folder
 * synced. stdio is not used, because after ENOSPC its functions can report success.
 */
#ifndef PAT_BASE_FILE_H
#define PAT_BASE_FILE_H

#include <sys/types.h>

#include "base/buffer.h"
#include "base/sha256.h"
#include "patina/status.h"

/* Permissions of new files, before the file mode mask. */
enum { PAT_FILE_PUBLIC = 0666, PAT_FILE_PRIVATE = 0600 };

/* Zero-initialize. Owns a descriptor from a successful open until abandon. */
typedef struct pat_file {
    char *path, *partial_path;
    int descriptor; /* valid while `path` is set */
    pat_buffer pending;
    pat_sha256 hash; /* of everything appended */
    bool replace, placed;
} pat_file;

/*
 * Start writing `path`. A lock on the partial file detects another process that writes the same
 * file. An existing file is replaced only if `replace` is set. Fails with PAT_INVALID_ARGUMENT (it
 * exists), PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_file_open(pat_file *file, const char *path, bool replace,
                                        pat_error *error);

/*
 * The same for contents that may be private: only their owner may read them, unless
 * pat_file_permit() says otherwise. It gives the file the permissions `mode`, less the file mode
 * mask; call it before anything is appended. Fails like pat_file_open().
 */
PAT_MUST_CHECK pat_status pat_file_open_private(pat_file *file, const char *path, bool replace,
                                                pat_error *error);
PAT_MUST_CHECK pat_status pat_file_permit(pat_file *file, mode_t mode, pat_error *error);

/* Fail with PAT_INVALID_ARGUMENT if `path` is a file or a link and may not be replaced. Other
 * kinds, such as folders, are not checked: writing to them fails anyway. */
PAT_MUST_CHECK pat_status pat_check_free(const char *path, bool replace, pat_error *error);

/* Append bytes; they reach the partial file in blocks, or at pat_file_flush(). */
PAT_MUST_CHECK pat_status pat_file_append(pat_file *file, const void *bytes, size_t size,
                                          pat_error *error);
PAT_MUST_CHECK pat_status pat_file_flush(pat_file *file, pat_error *error);

/*
 * Finish in two steps, so that several files can be complete before the first appears.
 *
 * pat_file_finish(): write and sync everything; nothing may be appended after it. `digest` (may be
 * NULL) receives the SHA-256 of the contents. On failure `path` is untouched.
 *
 * pat_file_place(): rename the finished file to `path` and sync the folder. On failure `path` is
 * untouched, unless only syncing the folder failed. Fails with PAT_WRITE_FAILED, and with
 * PAT_INVALID_ARGUMENT if `path` exists by now and may not be replaced. Either way, release the
 * file with pat_file_abandon().
 */
PAT_MUST_CHECK pat_status pat_file_finish(pat_file *file, char digest[PAT_SHA256_TEXT_SIZE],
                                          pat_error *error);
PAT_MUST_CHECK pat_status pat_file_place(pat_file *file, pat_error *error);

/*
 * Release everything. If the file was not placed, the partial file is removed, or with `keep` left
 * for the user. Safe on a zeroed, failed or placed file.
 */
void pat_file_abandon(pat_file *file, bool keep);

/* Write `size` bytes. path: for messages. Fails with PAT_WRITE_FAILED; some bytes may have been
 * written. */
PAT_MUST_CHECK pat_status pat_write_all(int descriptor, const char *path, const void *bytes,
                                        size_t size, pat_error *error);

/* Make written bytes durable. Does nothing for files that cannot be synced, such as pipes. Fails
 * with PAT_WRITE_FAILED. */
PAT_MUST_CHECK pat_status pat_sync(int descriptor, const char *path, pat_error *error);

/*
 * Sync the complete file `partial_path`, rename it to `path`, and sync the folder. An existing
 * `path` is replaced only if `replace` is set. Fails with PAT_WRITE_FAILED or, if `path` exists,
 * PAT_INVALID_ARGUMENT; the partial file then remains, unless only syncing the folder failed.
 */
PAT_MUST_CHECK pat_status pat_place(const char *partial_path, const char *path, bool replace,
                                    pat_error *error);

/* The SHA-256 of a file's bytes. Fails with PAT_UNREADABLE; errno then has the cause. */
PAT_MUST_CHECK pat_status pat_file_digest(const char *path, char text[PAT_SHA256_TEXT_SIZE],
                                          pat_error *error);

/* Whether two paths name the same file; false if either does not exist. */
bool pat_same_file(const char *a, const char *b);

/* Whether `path` is inside `folder`, or is that folder. `path` need not exist. False if the folder
 * does not exist. Links are followed. */
bool pat_lies_in(const char *path, const char *folder);

/* Create the missing parent folders of `path`. Fails with PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_make_folder_of(const char *path, pat_error *error);

/* Make the creation, renaming or removal of `path` durable. Fails with PAT_WRITE_FAILED. */
PAT_MUST_CHECK pat_status pat_sync_folder_of(const char *path, pat_error *error);

#endif
