/*
 * Telling the library that memory has run out.
 *
 * The libraries that decode and encode images report a failed allocation in words of their own,
 * often as damage to the file. A program that defines malloc() and pthread_create(), for these
 * libraries too, can say that one has failed: a job that then fails is reported as
 * PAT_OUT_OF_MEMORY. patina does so (src/cli/allocations.c); a program need not.
 *
 * Both functions may be called from any thread. They allocate nothing and leave errno alone.
 */
#ifndef PATINA_MEMORY_H
#define PATINA_MEMORY_H

#include "patina/export.h"

/* An allocation has failed. */
PAT_API void pat_memory_note_failure(void);

/* A thread could not be started. A worker ends here, as it does after many failed allocations: some
 * decoders would wait for the thread forever. Its driver gives the job to another worker. */
PAT_API void pat_memory_note_missing_thread(void);

#endif
