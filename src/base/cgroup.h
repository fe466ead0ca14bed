/*
 * The limits of the cgroups that this process is in; private to the library.
 *
 * A limit holds for a group and for all groups below it, so the tightest one of a group and its
 * parents counts. membership: the text of /proc/self/cgroup. mounts: that of /proc/self/mountinfo.
 */
#ifndef PAT_BASE_CGROUP_H
#define PAT_BASE_CGROUP_H

#include <stdint.h>

/* The smallest CPU quota, in CPUs rounded up: cpu.max in version 2, cpu.cfs_quota_us in version 1.
 * 0 if there is none. */
int pat_cgroup_cpus(const char *membership, const char *mounts);

/* The smallest limit on memory, in bytes: memory.max and memory.high in version 2,
 * memory.limit_in_bytes in version 1. 0 if there is none. */
uint64_t pat_cgroup_memory(const char *membership, const char *mounts);

/* How many processes of this process's own groups the kernel has killed because memory ran out:
 * oom_kill in memory.events or memory.oom_control. 0 if it is not known. */
uint64_t pat_cgroup_kills(const char *membership, const char *mounts);

/* The same for this process, now. */
int pat_cgroup_cpus_now(void);
uint64_t pat_cgroup_memory_now(void);
uint64_t pat_cgroup_kills_now(void);

#endif
