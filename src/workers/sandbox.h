/*
 * What a worker gives up before it looks at the first image, so that one made to take it over gains
 * nothing: it can use what it has been sent, and reach nothing else. Private to the library.
 */
#ifndef PAT_WORKERS_SANDBOX_H
#define PAT_WORKERS_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "patina/run.h"

/*
 * From here on this process, all its threads, can compute, use the descriptors it has, and start
 * threads, but not open or even name a file, start a program or a process, make a socket, or signal
 * or trace another process. Libraries must have loaded what they need. `achieved` says what the
 * kernel granted: "seccomp, landlock 7", or "none (...)" with the reasons, as always in a build
 * with AddressSanitizer, which needs far more than that. Call it once, from the only thread.
 */
void pat_sandbox_enter(char achieved[PAT_SANDBOX_SIZE]);

/* Let this process use no more than so many bytes of its own, thread stacks included: allocations
 * then fail. No effect with AddressSanitizer, which reserves terabytes. False if it was refused. */
bool pat_sandbox_limit_memory(uint64_t bytes);

/* Half of the machine's memory, in bytes. */
uint64_t pat_sandbox_default_memory(void);

#endif
