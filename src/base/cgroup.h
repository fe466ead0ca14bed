/*
 * The limits of the cgroups that this process is in; private to the library. A limit applies to a
 * group and to all groups below it, so the tightest limit of a group and its parents counts.
 * membership: the text of /proc/self/cgroup. mounts: the text of /proc/self/mountinfo.
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

/* The number of processes in this process's own groups that the kernel has killed because memory
 * ran out: oom_kill in memory.events or memory.oom_control. If that is 0 or unknown, the number of
 * the nearest parent that has one; 0 if none has. */
uint64_t pat_cgroup_kills(const char *membership, const char *mounts);

/* The same, read from /proc now. */
int pat_cgroup_cpus_now(void);
uint64_t pat_cgroup_memory_now(void);
uint64_t pat_cgroup_kills_now(void);

#endif
