/*
 * How a worker process ended; private to the library.
 */
#ifndef PAT_WORKERS_DEATH_H
#define PAT_WORKERS_DEATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAT_DEATH_SIZE = 128 }; /* of a description, with its NUL */

/* The exit status of a worker that ran out of memory and could not report a failure. */
enum { PAT_DEATH_EXIT_MEMORY = 99 };

typedef struct pat_death {
    char fault[64]; /* why the driver ended it, or could not start it; "": it ended by itself */
    int64_t exit_status;
    int exit_signal;       /* 0: none */
    bool kernel_reclaimed; /* the kernel killed a process of this cgroup to free memory */
} pat_death;

/* Write text to follow "the worker": "was killed by SIGSEGV", "exited with status 3". */
void pat_death_describe(const pat_death *death, char text[PAT_DEATH_SIZE]);

/* Whether the worker ended because it reached its own memory limit, or that of the cgroup or
 * machine. */
bool pat_death_is_of_memory(const pat_death *death);

/* Whether a start that ended like this will probably fail again: no program, no library, a crash.
 * False if the worker was killed from outside, by the kernel because memory ran out or by a user,
 * which may not happen again. */
bool pat_death_recurs(const pat_death *death);

#endif
