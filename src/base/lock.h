/* Locks on files that only one process at a time may write; private to the library. */
#ifndef PAT_BASE_LOCK_H
#define PAT_BASE_LOCK_H

#include <sys/types.h>

#include "patina/status.h"

/*
 * Open or create the regular file `path` and lock it. flags: O_WRONLY or O_RDWR. The lock is
 * released when every copy of the descriptor is closed. On a file system without locks, the file is
 * not locked. Fails with PAT_WRITE_FAILED, also for a symbolic link and for a file that another
 * process has locked (the message names the process if it is known); *descriptor is then -1.
 */
PAT_MUST_CHECK pat_status pat_lock_open(const char *path, int flags, int *descriptor,
                                        pat_error *error);

/*
 * The same for a new, empty file, which is opened for writing only. A regular file that is there
 * and not locked loses the name `path`; its bytes stay where it has another name. mode: the
 * permissions of the new file, before the file mode mask.
 */
PAT_MUST_CHECK pat_status pat_lock_create(const char *path, mode_t mode, int *descriptor,
                                          pat_error *error);

#endif
