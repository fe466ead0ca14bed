/*
 * Limit what a worker can do to the machine: it gives up root and all capabilities, and cannot
 * start many threads or write large files. Private to the library.
 */
#ifndef PAT_WORKERS_PRIVILEGES_H
#define PAT_WORKERS_PRIVILEGES_H

#include <stdbool.h>
#include <stdint.h>

/* The result of giving up root. */
typedef struct pat_privileges {
    bool was_root;
    int refusal; /* why root could not become the user nobody, an errno; 0: it could */
} pat_privileges;

/*
 * If this process runs as root, make it run as the user nobody. Then, for any user, drop all
 * capabilities, disable core files, and limit the stack and the number of threads: to 64 if the
 * kernel grants a user namespace. Without one, the limit counts all processes of the user, so it is
 * 4096 more than the whole machine runs now. The process still gets its signal when its parent
 * dies. Call this while there is only one thread.
 */
pat_privileges pat_privileges_drop(void);

/* Limit the size of the files that this process writes: beyond the limit, write() fails with EFBIG
 * if SIGXFSZ is ignored. False if the kernel refused. */
bool pat_privileges_limit_files(uint64_t bytes);

#endif
