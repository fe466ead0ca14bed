/* How many workers a run starts, and what each may use; private to the library. */
#ifndef PAT_WORKERS_RESOURCES_H
#define PAT_WORKERS_RESOURCES_H

#include "patina/run.h"

/* The resources that a run may use. */
typedef struct pat_resources {
    int cpus;
    uint64_t memory_bytes; /* 0: unknown */
    uint64_t descriptors;  /* maximum number of open files */
} pat_resources;

pat_resources pat_resources_now(void);

/*
 * Set options->jobs and options->memory_bytes to their defaults if they are 0. By default, all
 * workers together get three quarters of the memory, in equal shares. Each share suffices for a
 * typical image, so there may be fewer workers than CPUs; the return value tells whether there are.
 */
bool pat_resources_share(const pat_resources *resources, pat_run_options *options);

/* The maximum number of workers that the limit on open files allows. */
int pat_resources_workers(const pat_resources *resources);

#endif
