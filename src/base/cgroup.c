#include "base/cgroup.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read a small text file; 0 if it cannot be read or is empty. */
static int read_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    text[0] = '\0';
    if (file == NULL)
        return 0;
    size_t length = fread(text, 1, size - 1, file);
    text[length] = '\0';
    fclose(file);
    return length > 0;
}

static int read_entry(const char *folder, const char *name, char text[1024])
{
    char path[2 * PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return read_text(path, text, 1024);
}

/* ---- The limits of one group; 0: none ------------------------------------------------------- */

/* CPUs from quota and period in microseconds, rounded up. */
static uint64_t cpus_of(long quota, long period)
{
    return quota <= 0 || period <= 0 ? 0 : (uint64_t)(quota / period + (quota % period != 0));
}

static uint64_t cpus_2(const char *folder)
{
    char text[1024];
    long quota = 0, period = 0;
    if (!read_entry(folder, "cpu.max", text) || sscanf(text, "%ld %ld", &quota, &period) != 2)
        return 0;
    return cpus_of(quota, period);
}

static uint64_t cpus_1(const char *folder)
{
    char quota[1024], period[1024];
    if (!read_entry(folder, "cpu.cfs_quota_us", quota) ||
        !read_entry(folder, "cpu.cfs_period_us", period))
        return 0;
    return cpus_of(atol(quota), atol(period));
}

static uint64_t tighter(uint64_t a, uint64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* Read a limit in bytes; 0: none. "max" means no limit, and so does the number that version 1 uses
 * for it, which exceeds the memory of any machine. */
static uint64_t bytes_in(const char *folder, const char *name)
{
    char text[1024], *end;
    if (!read_entry(folder, name, text) || text[0] < '0' || text[0] > '9')
        return 0;
    uint64_t bytes = strtoull(text, &end, 10);
    return end == text || bytes >= (uint64_t)1 << 60 ? 0 : bytes == 0 ? 1 : bytes;
}

static uint64_t memory_2(const char *folder)
{
    return tighter(bytes_in(folder, "memory.max"), bytes_in(folder, "memory.high"));
}

static uint64_t memory_1(const char *folder)
{
    return bytes_in(folder, "memory.limit_in_bytes");
}

/* Read the number after "oom_kill " and add one. 0: unknown. */
static uint64_t kills_in(const char *folder, const char *name)
{
    char text[1024];
    static const char key[] = "oom_kill ";
    const char *at = read_entry(folder, name, text) ? strstr(text, key) : NULL;
    return at == NULL ? 0 : 1 + strtoull(at + strlen(key), NULL, 10);
}

/* Not memory.events, which also counts kills in the groups below. */
static uint64_t kills_2(const char *folder)
{
    return kills_in(folder, "memory.events.local");
}

/* Version 1 counts only the group's own processes. */
static uint64_t kills_1(const char *folder)
{
    return kills_in(folder, "memory.oom_control");
}

/* A value to read from groups. ask_1 and ask_2 read it from a group's folder in version 1 and 2. */
struct question {
    const char *controller; /* its name in version 1 */
    uint64_t (*ask_1)(const char *folder);
    uint64_t (*ask_2)(const char *folder);
    bool of_parents; /* combine it with the parents' values */
};

/* ---- Mounts and groups ---------------------------------------------------------------------- */

/* Whether `word` is in a comma-separated list, which ends at a space or a line end. */
static bool lists(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *end = list; *list != '\0'; list = end + 1) {
        end = list + strcspn(list, ", \n");
        if ((size_t)(end - list) == length && memcmp(list, word, length) == 0)
            return true;
        if (*end != ',')
            break;
    }
    return false;
}

/* Where a hierarchy is mounted, and the group that is the root of this mount. */
struct mount {
    char group[PATH_MAX], folder[PATH_MAX];
};

/* Find the mount of a controller's hierarchy. controller: "" for version 2. A line of mountinfo is:
 * 36 25 0:29 GROUP FOLDER OPTIONS ... - TYPE SOURCE OPTIONS. */
static bool find_mount(const char *mounts, const char *controller, struct mount *mount)
{
    const char *type = *controller == '\0' ? "cgroup2" : "cgroup";
    for (const char *line = mounts; line != NULL && *line != '\0';) {
        const char *next = strchr(line, '\n'), *rest = strstr(line, " - ");
        char found[32];
        int options = 0;
        if (rest != NULL && (next == NULL || rest < next) &&
            sscanf(rest, " - %31s %*s %n", found, &options) == 1 && options > 0 &&
            strcmp(found, type) == 0 &&
            (*controller == '\0' || lists(rest + options, controller)) &&
            sscanf(line, "%*s %*s %*s %4095s %4095s", mount->group, mount->folder) == 2)
            return true;
        line = next == NULL ? NULL : next + 1;
    }
    return false;
}

/* Ask a group and its parents. With of_parents, return the lowest value; otherwise the first value
 * other than 0, from the group upward, because the kernel counts the processes of a group in its
 * parent if the controller is off in the group. Parents outside a container are not visible and
 * have no value. */
static uint64_t ask_group(const struct question *question, const struct mount *mount,
                          const char *group, int version)
{
    char folder[2 * PATH_MAX];
    size_t root = strlen(mount->folder), hidden = strlen(mount->group);
    uint64_t answer = 0;
    bool below = hidden > 1 && strncmp(group, mount->group, hidden) == 0 &&
                 (group[hidden] == '/' || group[hidden] == '\0');
    if (snprintf(folder, sizeof folder, "%s%s", mount->folder, below ? group + hidden : group) >=
        PATH_MAX)
        return 0;
    for (;;) {
        answer = tighter(answer, version == 2 ? question->ask_2(folder) : question->ask_1(folder));
        char *slash = strrchr(folder, '/');
        if (!question->of_parents && answer != 0)
            return answer;
        if (strlen(folder) <= root || slash == NULL || slash < folder + root)
            return answer;
        *slash = '\0';
    }
}

/* Each line of `membership` is HIERARCHY:CONTROLLERS:GROUP, without controllers in version 2. */
static uint64_t ask(const struct question *question, const char *membership, const char *mounts)
{
    struct mount mount;
    uint64_t answer = 0;
    for (const char *line = membership; line != NULL && *line != '\0';) {
        const char *next = strchr(line, '\n');
        size_t length = next == NULL ? strlen(line) : (size_t)(next - line);
        char copy[PATH_MAX + 256], *save = copy;
        snprintf(copy, sizeof copy, "%.*s", (int)(length < INT_MAX ? length : INT_MAX), line);
        line = next == NULL ? NULL : next + 1;
        const char *number = strsep(&save, ":"), *controllers = strsep(&save, ":");
        if (number == NULL || controllers == NULL || save == NULL)
            continue;
        bool second = *controllers == '\0';
        if ((second || lists(controllers, question->controller)) &&
            find_mount(mounts, second ? "" : question->controller, &mount))
            answer = tighter(answer, ask_group(question, &mount, save, second ? 2 : 1));
    }
    return answer;
}

static const struct question cpus = {"cpu", cpus_1, cpus_2, true};
static const struct question memory = {"memory", memory_1, memory_2, true};
static const struct question kills = {"memory", kills_1, kills_2, false};

static int as_cpus(uint64_t answer)
{
    return answer < INT_MAX ? (int)answer : INT_MAX;
}

int pat_cgroup_cpus(const char *membership, const char *mounts)
{
    return as_cpus(ask(&cpus, membership, mounts));
}

uint64_t pat_cgroup_memory(const char *membership, const char *mounts)
{
    return ask(&memory, membership, mounts);
}

static uint64_t known_kills(uint64_t answer)
{
    return answer == 0 ? 0 : answer - 1;
}

uint64_t pat_cgroup_kills(const char *membership, const char *mounts)
{
    return known_kills(ask(&kills, membership, mounts));
}

/* ---- This process --------------------------------------------------------------------------- */

static uint64_t ask_now(const struct question *question)
{
    enum { GROUPS = 1 << 14, MOUNTS = 1 << 18 };
    char *membership = malloc(GROUPS), *mounts = malloc(MOUNTS);
    uint64_t answer = 0;
    if (membership != NULL && mounts != NULL &&
        read_text("/proc/self/cgroup", membership, GROUPS) &&
        read_text("/proc/self/mountinfo", mounts, MOUNTS))
        answer = ask(question, membership, mounts);
    free(membership);
    free(mounts);
    return answer;
}

int pat_cgroup_cpus_now(void)
{
    return as_cpus(ask_now(&cpus));
}

uint64_t pat_cgroup_memory_now(void)
{
    return ask_now(&memory);
}

uint64_t pat_cgroup_kills_now(void)
{
    return known_kills(ask_now(&kills));
}
