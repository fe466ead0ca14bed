/* Facts about the machine; private to the library. */
#ifndef PAT_BASE_CPU_H
#define PAT_BASE_CPU_H

#include <stddef.h>
#include <stdint.h>

/* The CPUs this process may use, by affinity and cgroup quota; at least 1. */
int pat_cpu_count(void);

/* Write the processor's model name into `name`; "unknown" if the system does not report it. */
void pat_cpu_model(char *name, size_t size);

/* The memory that this process and its children may use, in bytes: the machine's or, if that is
 * smaller, the limit of the cgroup. 0 if it is not known. */
uint64_t pat_memory_size(void);

#endif
