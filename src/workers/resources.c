#include "workers/resources.h"

#include <sys/resource.h>

#include "base/cpu.h"

/* A worker needs the first for its libraries, and the second for a pair of 50-megapixel images. */
#define LEAST_BYTES ((uint64_t)64 << 20)
#define USUAL_BYTES ((uint64_t)1 << 30)

enum { OTHER_DESCRIPTORS = 36 }; /* outputs, inputs, the event loop, a worker being started */

static int at_most(uint64_t count, int most)
{
    return count < 1 ? 1 : count < (uint64_t)most ? (int)count : most;
}

pat_resources pat_resources_now(void)
{
    struct rlimit files = {.rlim_cur = RLIM_INFINITY};
    getrlimit(RLIMIT_NOFILE, &files);
    return (pat_resources){pat_cpu_count(), pat_memory_size(), files.rlim_cur};
}

int pat_resources_workers(const pat_resources *resources)
{
    uint64_t all = resources->descriptors;
    return at_most(all > OTHER_DESCRIPTORS ? all - OTHER_DESCRIPTORS : 0, PAT_JOBS_MAX);
}

bool pat_resources_share(const pat_resources *resources, pat_run_options *options)
{
    bool bounded = resources->memory_bytes != 0 && options->worker_command != NULL;
    uint64_t all = resources->memory_bytes / 4 * 3;
    bool short_of_memory = false;
    if (options->jobs == 0) {
        int cpus = at_most((uint64_t)resources->cpus, pat_resources_workers(resources));
        uint64_t each = options->memory_bytes != 0 ? options->memory_bytes : USUAL_BYTES;
        options->jobs = cpus;
        if (bounded && each != PAT_MEMORY_UNLIMITED)
            options->jobs = at_most(all / each, cpus);
        short_of_memory = options->jobs < cpus;
    }
    if (bounded && options->memory_bytes == 0 && options->jobs > 0) {
        uint64_t least = all < USUAL_BYTES ? all : USUAL_BYTES;
        uint64_t each = all / (uint64_t)options->jobs;
        each = each < least ? least : each;
        options->memory_bytes = each < LEAST_BYTES ? LEAST_BYTES : each;
    }
    return short_of_memory;
}
