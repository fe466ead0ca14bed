/* Facts about the machine; private to the library. */
#ifndef PAT_BASE_CPU_H
#define PAT_BASE_CPU_H

#include <stddef.h>

/* The CPUs this process may use, by affinity and cgroup quota; at least 1. */
int pat_cpu_count(void);

/* Write the processor's model name into `name`; "unknown" if the system does not report it. */
void pat_cpu_model(char *name, size_t size);

/*
 * The smallest CPU quota of the cgroups described by a /proc/self/cgroup text, read below `root`
 * (normally "/sys/fs/cgroup"): version 2's cpu.max and version 1's cpu.cfs_quota_us, up to the
 * root of the hierarchy. In CPUs, rounded up; 0 when there is none.
 */
int pat_cgroup_cpus(const char *membership, const char *root);

#endif
