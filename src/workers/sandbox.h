/*
 * The sandbox that a worker enters before it reads its first image: a malicious image that takes
 * over the worker has access to the data sent to that worker and to nothing else. Private to the
 * library.
 */
#ifndef PAT_WORKERS_SANDBOX_H
#define PAT_WORKERS_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "patina/run.h"

/*
 * Afterwards this process and all its threads can compute, use open descriptors and start threads,
 * but have no privileges (workers/privileges.h), and cannot open or even name a file, start a
 * program or process, create a socket, share memory, or signal or trace another process. A call
 * that no decoder makes kills the process with SIGSYS; others fail with EPERM. Libraries must
 * already have loaded everything they need. `achieved` receives the protections in force, "seccomp,
 * landlock 7", those that were not granted with the reasons, and for root its new user. A build
 * with AddressSanitizer, which needs more rights, always gets "none". Call it once, while there is
 * only one thread.
 */
void pat_sandbox_enter(char achieved[PAT_SANDBOX_SIZE]);

/* Whether both seccomp and Landlock are in force. A build with AddressSanitizer counts as such, so
 * that tests see no warning. */
bool pat_sandbox_is_whole(const char *achieved);

/* Limit the private memory of this process, including thread stacks: allocations beyond the limit
 * fail. No effect with AddressSanitizer, which reserves terabytes. False if the kernel refused. */
bool pat_sandbox_limit_memory(uint64_t bytes);

#endif
