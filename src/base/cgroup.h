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

/*
 * How many processes the kernel has killed because memory ran out, of those that it counts in the
 * same group as this process: oom_kill in memory.events.local (Linux 5.2) or, in version 1, in
 * memory.oom_control. Groups below and above do not count; but where memory control is off in this
 * process's group, the kernel counts its processes in the nearest parent where it is on. 0 if
 * unknown.
 */
uint64_t pat_cgroup_kills(const char *membership, const char *mounts);

/* The same, read from /proc now. */
int pat_cgroup_cpus_now(void);
uint64_t pat_cgroup_memory_now(void);
uint64_t pat_cgroup_kills_now(void);

#endif
