/* Facts about the machine; private to the library. */
#ifndef PAT_BASE_CPU_H
#define PAT_BASE_CPU_H

#include <stddef.h>

/* The CPUs this process may use, by affinity and cgroup quota; at least 1. */
int pat_cpu_count(void);

/* Write the processor's model name into `name`; "unknown" if the system does not report it. */
void pat_cpu_model(char *name, size_t size);

/*
 * The smallest CPU quota, in CPUs rounded up, of the cgroups in a /proc/self/cgroup text and all
 * their parents, as found under `root` (normally "/sys/fs/cgroup"): cpu.max in version 2,
 * cpu.cfs_quota_us in version 1. 0 if there is none.
 */
int pat_cgroup_cpus(const char *membership, const char *root);

#endif
