#include "base/cpu.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Read a small text file; 0 if it cannot be read or is empty. */
static int read_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    size_t length = fread(text, 1, size - 1, file);
    text[length] = '\0';
    fclose(file);
    return length > 0;
}

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

/* CPUs from quota and period in microseconds, rounded up; 0 for no limit. */
static int cpus_of(long quota, long period)
{
    if (quota <= 0 || period <= 0)
        return 0;
    long cpus = quota / period + (quota % period != 0);
    return cpus < INT_MAX ? (int)cpus : INT_MAX;
}

static int folder_cpus(const char *folder, int version)
{
    char path[4096 + 32], text[128], period_text[128];
    long quota = 0, period = 0;
    if (version == 2) {
        snprintf(path, sizeof path, "%s/cpu.max", folder);
        if (read_text(path, text, sizeof text) && sscanf(text, "%ld %ld", &quota, &period) == 2)
            return cpus_of(quota, period);
        return 0;
    }
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
    if (!read_text(path, text, sizeof text))
        return 0;
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
    if (!read_text(path, period_text, sizeof period_text))
        return 0;
    return cpus_of(atol(text), atol(period_text));
}

/* The tightest limit of a group and its parents. */
static int hierarchy_cpus(const char *root, const char *group, int version)
{
    char folder[4096];
    int tightest = 0;
    size_t root_length = strlen(root);
    if (snprintf(folder, sizeof folder, "%s%s", root, group) >= (int)sizeof folder)
        return 0;
    for (;;) {
        int cpus = folder_cpus(folder, version);
        if (cpus > 0 && (tightest == 0 || cpus < tightest))
            tightest = cpus;
        char *slash = strrchr(folder, '/');
        if (strlen(folder) <= root_length || slash == NULL || slash < folder + root_length)
            return tightest;
        *slash = '\0';
    }
}

/* Whether `word` is in a comma-separated list. */
static bool lists(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

int pat_cgroup_cpus(const char *membership, const char *root)
{
    char copy[16384];
    int tightest = 0;
    snprintf(copy, sizeof copy, "%s", membership);
    char *save = NULL;
    for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        /* hierarchy:controllers:group */
        char *controllers = strchr(line, ':');
        char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (group == NULL)
            continue;
        *group++ = '\0';
        controllers++;
        int cpus = 0;
        if (*controllers == '\0') {
            cpus = hierarchy_cpus(root, group, 2);
        } else if (lists(controllers, "cpu")) {
            char controller_root[4096];
            snprintf(controller_root, sizeof controller_root, "%s/%s", root, controllers);
            cpus = hierarchy_cpus(controller_root, group, 1);
        }
        if (cpus > 0 && (tightest == 0 || cpus < tightest))
            tightest = cpus;
    }
    return tightest;
}

int pat_cpu_count(void)
{
    cpu_set_t set;
    int allowed = (int)sysconf(_SC_NPROCESSORS_ONLN); /* fallback: too many CPUs for a cpu_set_t */
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        allowed = CPU_COUNT(&set);
    if (allowed < 1)
        allowed = 1;
    char membership[16384];
    int quota = 0;
    if (read_text("/proc/self/cgroup", membership, sizeof membership))
        quota = pat_cgroup_cpus(membership, "/sys/fs/cgroup");
    return quota > 0 && quota < allowed ? quota : allowed;
}
