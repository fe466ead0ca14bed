/*
 * The sandbox that a worker enters before it reads the first image, so that a malicious image that
 * takes over the worker gains nothing: it can use the data sent to the worker and nothing else.
 * Private to the library.
 */
#ifndef PAT_WORKERS_SANDBOX_H
#define PAT_WORKERS_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "patina/run.h"

/*
 * Afterwards this process with all its threads can compute, use its open descriptors, and start
 * threads, but cannot open or even name a file, start a program or process, create a socket, or
 * signal or trace another process. Libraries must already have loaded what they need. `achieved`
 * tells which protections are in force: "seccomp, landlock 7", or "none (...)" with the reasons, as
 * always in a build with AddressSanitizer, which needs more rights. Call it once, while there is
 * only one thread.
 */
void pat_sandbox_enter(char achieved[PAT_SANDBOX_SIZE]);

/* Limit the private memory of this process, including thread stacks: allocations above it fail. No
 * effect with AddressSanitizer, which reserves terabytes. False if the kernel refused. */
bool pat_sandbox_limit_memory(uint64_t bytes);

/* Half of the machine's memory, in bytes. */
uint64_t pat_sandbox_default_memory(void);

#endif
