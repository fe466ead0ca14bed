#include "base/cpu.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cgroup.h"

void pat_cpu_model(char *name, size_t size)
{
    static const char key[] = "model name";
    snprintf(name, size, "unknown");
    FILE *file = fopen("/proc/cpuinfo", "re");
    if (file == NULL)
        return;
    char line[256];
    while (fgets(line, sizeof line, file) != NULL) {
        char *value = strchr(line, ':');
        if (strncmp(line, key, sizeof key - 1) != 0 || value == NULL)
            continue;
        value += strspn(value, ": \t");
        value[strcspn(value, "\n")] = '\0';
        snprintf(name, size, "%s", value);
        break;
    }
    fclose(file);
}

int pat_cpu_count(void)
{
    cpu_set_t set;
    int allowed = (int)sysconf(_SC_NPROCESSORS_ONLN); /* fallback: too many CPUs for a cpu_set_t */
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        allowed = CPU_COUNT(&set);
    if (allowed < 1)
        allowed = 1;
    int quota = pat_cgroup_cpus_now();
    return quota > 0 && quota < allowed ? quota : allowed;
}

uint64_t pat_memory_size(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page_size = sysconf(_SC_PAGESIZE);
    uint64_t size = pages > 0 && page_size > 0 ? (uint64_t)pages * (uint64_t)page_size : 0;
    uint64_t limit = pat_cgroup_memory_now();
    return limit > 0 && (limit < size || size == 0) ? limit : size;
}
