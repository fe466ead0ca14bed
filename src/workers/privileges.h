/*
 * What a worker may take from the machine: it gives up root, all capabilities, and the right to
 * start many threads or to write endless files. Private to the library.
 */
#ifndef PAT_WORKERS_PRIVILEGES_H
#define PAT_WORKERS_PRIVILEGES_H

#include <stdbool.h>
#include <stdint.h>

/* What became of the user. */
typedef struct pat_privileges {
    bool was_root;
    int refusal; /* the errno if root could not become the user nobody; else 0 */
} pat_privileges;

/*
 * If this process runs as root, it becomes the user nobody. Then, for any user: no capabilities, no
 * core files, a bounded stack, and, if the kernel grants a user namespace, at most 64 threads.
 * Otherwise the limit on threads covers all processes of the user, and so has to be generous: 4096
 * more than the whole machine runs now. The signal for the death of the parent is kept. Call it
 * while there is only one thread.
 */
pat_privileges pat_privileges_drop(void);

/* Limit the size of the files that this process writes: beyond it, write() fails with EFBIG. False
 * if the kernel refused. */
bool pat_privileges_limit_files(uint64_t bytes);

#endif
