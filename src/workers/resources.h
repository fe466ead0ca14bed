/* How many workers a run starts, and what each may use; private to the library. */
#ifndef PAT_WORKERS_RESOURCES_H
#define PAT_WORKERS_RESOURCES_H

#include "patina/run.h"

/* What a machine has. */
typedef struct pat_resources {
    int cpus;
    uint64_t memory_bytes; /* 0: unknown */
    uint64_t descriptors;  /* files that may be open at once */
} pat_resources;

pat_resources pat_resources_now(void);

/*
 * Replace zeros in options->jobs and options->memory_bytes with the defaults. All workers together
 * get three quarters of the memory, in equal parts; each gets enough for a usual image, so there
 * may be fewer workers than CPUs. What is not zero is left as it is. Returns whether memory allows
 * fewer workers than there are CPUs.
 */
bool pat_resources_share(const pat_resources *resources, pat_run_options *options);

/* How many workers the open files suffice for. */
int pat_resources_workers(const pat_resources *resources);

#endif
