/* The CPUs that a process may use, cgroup limits, the clock, the version. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cgroup.h"
#include "base/clock.h"
#include "base/cpu.h"
#include "folder.h"
#include "patina/run.h"
#include "patina/version.h"

/* The mounts of a machine whose groups of version 2 are in `root`, and those of version 1 in
 * folders of it. */
static const char *mounts_at(const char *root)
{
    static char mounts[4 * PATH_SIZE];
    snprintf(mounts, sizeof mounts,
             "21 26 0:20 / /proc rw,relatime - proc proc rw\n"
             "30 22 0:27 / %s rw,relatime shared:9 - cgroup2 cgroup2 rw\n"
             "31 30 0:28 / %s/cpu rw,relatime - cgroup cgroup rw,cpuacct,cpu\n"
             "32 30 0:29 / %s/memory rw,relatime - cgroup cgroup rw,memory\n",
             root, root, root);
    return mounts;
}

static int cpus(const char *membership, const char *root)
{
    return pat_cgroup_cpus(membership, mounts_at(root));
}

static uint64_t memory(const char *membership, const char *root)
{
    return pat_cgroup_memory(membership, mounts_at(root));
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void test_cgroup_version_2(void **state)
{
    static const struct {
        const char *limit;
        int wanted;
    } cases[] = {{"max 100000\n", 0},
                 {"150000 100000\n", 2},
                 {"100000 100000\n", 1},
                 {"100001 100000\n", 2},
                 {"1000 100000\n", 1},
                 {"400000 50000\n", 8},
                 {"0 100000\n", 0},
                 {"-1 100000\n", 0},
                 {"100000 0\n", 0},
                 {"100000\n", 0},
                 {"max\n", 0},
                 {"", 0},
                 {"\n", 0},
                 {"lots of it\n", 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        put(*state, "group/cpu.max", cases[i].limit);
        assert_int_equal(cpus("0::/group\n", *state), cases[i].wanted);
        assert_int_equal(cpus("0::/group", *state), cases[i].wanted);
    }
    assert_int_equal(cpus("0::/\n", *state), 0);
    assert_int_equal(cpus("0::/no/such\n", *state), 0);
}

static void test_cgroup_tightest_limit_of_the_hierarchy(void **state)
{
    put(*state, "a/b/c/cpu.max", "800000 100000\n");
    put(*state, "a/b/cpu.max", "max 100000\n");
    put(*state, "a/cpu.max", "400000 100000\n");
    put(*state, "other/cpu.max", "100000 100000\n");
    assert_int_equal(cpus("0::/a/b/c\n", *state), 4);
    assert_int_equal(cpus("0::/a/b\n", *state), 4);
    put(*state, "a/b/cpu.max", "200000 100000\n");
    assert_int_equal(cpus("0::/a/b/c\n", *state), 2);
    assert_int_equal(cpus("0::/a\n", *state), 4);
    assert_int_equal(cpus("0::/\n", *state), 0);
    put(*state, "cpu.max", "300000 100000\n"); /* a container sees its own limit at the root */
    assert_int_equal(cpus("0::/\n", *state), 3);
    assert_int_equal(cpus("0::/a/b/c\n", *state), 2);
    assert_int_equal(cpus("0::/unknown/here\n", *state), 3);
}

static void test_cgroup_version_1(void **state)
{
    static const char membership[] = "5:memory:/m\n4:cpu,cpuacct:/docker/x\n1:name=systemd:/\n";
    static const struct {
        const char *quota, *period;
        int wanted;
    } cases[] = {{"-1\n", "100000\n", 0},  {"250000\n", "100000\n", 3}, {"100000\n", "100000\n", 1},
                 {"0\n", "100000\n", 0},   {"100000\n", "0\n", 0},      {"100000\n", "", 0},
                 {"what\n", "100000\n", 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        put(*state, "cpu/docker/x/cpu.cfs_quota_us", cases[i].quota);
        put(*state, "cpu/docker/x/cpu.cfs_period_us", cases[i].period);
        assert_int_equal(cpus(membership, *state), cases[i].wanted);
    }
    put(*state, "cpu/cpu.cfs_quota_us", "500000\n");
    put(*state, "cpu/cpu.cfs_period_us", "100000\n");
    assert_int_equal(cpus(membership, *state), 5);
    assert_int_equal(cpus("4:cpu,cpuacct:/not/mounted/here\n", *state), 5);
    put(*state, "cpu/cpu.cfs_quota_us", "700000\n");
    put(*state, "cpu/cpu.cfs_period_us", "100000\n");
    assert_int_equal(cpus("1:cpu:/\n", *state), 7);
}

/* A container sees its own group as the root of the mount. */
static void test_cgroup_of_a_container(void **state)
{
    char mounts[2 * PATH_SIZE];
    put(*state, "cpu.max", "300000 100000\n");
    put(*state, "inner/cpu.max", "200000 100000\n");
    snprintf(mounts, sizeof mounts, "30 22 0:27 /docker/x %s rw - cgroup2 cgroup rw\n",
             (const char *)*state);
    assert_int_equal(pat_cgroup_cpus("0::/docker/x\n", mounts), 3);
    assert_int_equal(pat_cgroup_cpus("0::/docker/x/inner\n", mounts), 2);
    assert_int_equal(pat_cgroup_cpus("0::/docker/xy\n", mounts), 3);
    assert_int_equal(pat_cgroup_cpus("0::/docker/x\n", ""), 0);
    assert_int_equal(pat_cgroup_cpus("0::/docker/x\n", "30 22 0:27 / - cgroup2\n - \n"), 0);
}

static void test_cgroup_memory_version_2(void **state)
{
    static const struct {
        const char *limit;
        uint64_t wanted;
    } cases[] = {{"max\n", 0}, {"1073741824\n", 1 << 30},    {"0\n", 1},    {"", 0}, {"much\n", 0},
                 {"-1\n", 0},  {"9223372036854771712\n", 0}, {"4096", 4096}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        put(*state, "group/memory.max", cases[i].limit);
        assert_int_equal(memory("0::/group\n", *state), cases[i].wanted);
    }
    put(*state, "a/b/memory.max", "800000\n");
    put(*state, "a/b/memory.high", "max\n");
    assert_int_equal(memory("0::/a/b\n", *state), 800000);
    put(*state, "a/b/memory.high", "700000\n");
    assert_int_equal(memory("0::/a/b\n", *state), 700000);
    put(*state, "a/memory.max", "600000\n");
    assert_int_equal(memory("0::/a/b\n", *state), 600000);
    put(*state, "memory.high", "500000\n");
    assert_int_equal(memory("0::/a/b\n", *state), 500000);
    assert_int_equal(memory("0::/not/visible\n", *state), 500000);
}

static void test_cgroup_memory_version_1(void **state)
{
    put(*state, "memory/docker/x/memory.limit_in_bytes", "9223372036854771712\n");
    assert_int_equal(memory("5:memory:/docker/x\n4:cpu:/\n", *state), 0);
    put(*state, "memory/docker/memory.limit_in_bytes", "2000000\n");
    assert_int_equal(memory("5:memory:/docker/x\n4:cpu:/\n", *state), 2000000);
    assert_int_equal(memory("5:cpu:/docker/x\n", *state), 0);
    put(*state, "unified/memory.max", "1000000\n");
    assert_int_equal(memory("5:memory:/docker/x\n0::/unified\n", *state), 1000000);
}

static void test_cgroup_kills(void **state)
{
    const char *mounts = mounts_at(*state);
    put(*state, "a/memory.events", "oom_kill 70\n");
    put(*state, "a/memory.events.local", "low 0\nhigh 4\noom 2\noom_kill 7\noom_group_kill 0\n");
    put(*state, "memory/b/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 9\n");
    assert_int_equal(pat_cgroup_kills("0::/a\n", mounts), 7);
    assert_int_equal(pat_cgroup_kills("3:memory:/b\n", mounts), 9);
    assert_int_equal(pat_cgroup_kills("0::/other\n", mounts), 0);
}

/* Siblings, and what is in a parent's own group, may be killed at any time. */
static void test_cgroup_kills_of_other_groups_do_not_count(void **state)
{
    const char *mounts = mounts_at(*state);
    put(*state, "p/memory.events", "oom_kill 5\n");
    put(*state, "p/memory.events.local", "oom_kill 2\n");
    put(*state, "p/own/memory.events", "oom_kill 3\n");
    put(*state, "p/own/memory.events.local", "oom_kill 0\n");
    put(*state, "memory/p/memory.oom_control", "oom_kill 4\n");
    put(*state, "memory/p/own/memory.oom_control", "oom_kill 0\n");
    assert_int_equal(pat_cgroup_kills("0::/p/own\n", mounts), 0);
    assert_int_equal(pat_cgroup_kills("3:memory:/p/own\n", mounts), 0);
    /* where memory control is off, the kernel counts in the parent */
    assert_int_equal(pat_cgroup_kills("0::/p/off\n", mounts), 2);
    put(*state, "p/own/memory.events.local", "oom_kill 1\n");
    assert_int_equal(pat_cgroup_kills("0::/p/own\n", mounts), 1);
}

static void test_cgroup_other_controllers_do_not_count(void **state)
{
    static const char *const controllers[] = {"cpuset", "cpuacct", "memory", "name=systemd"};
    for (size_t i = 0; i < COUNT(controllers); i++) {
        char name[64], membership[64];
        snprintf(name, sizeof name, "%s/cpu.cfs_quota_us", controllers[i]);
        put(*state, name, "100000\n");
        snprintf(name, sizeof name, "%s/cpu.cfs_period_us", controllers[i]);
        put(*state, name, "100000\n");
        snprintf(membership, sizeof membership, "3:%s:/\n", controllers[i]);
        assert_int_equal(cpus(membership, *state), 0);
    }
}

static void test_cgroup_both_versions_at_once(void **state)
{
    put(*state, "cpu/g/cpu.cfs_quota_us", "600000\n");
    put(*state, "cpu/g/cpu.cfs_period_us", "100000\n");
    put(*state, "g/cpu.max", "300000 100000\n");
    assert_int_equal(cpus("7:cpu:/g\n0::/g\n", *state), 3);
    put(*state, "g/cpu.max", "900000 100000\n");
    assert_int_equal(cpus("7:cpu:/g\n0::/g\n", *state), 6);
}

static void test_cgroup_garbage(void **state)
{
    static const char *const garbage[] = {"",       "\n\n",         "no colons", "0:",
                                          "0::",    ":::",          "0:cpu\n",   "0::relative",
                                          "4:cpu:", "::/../../..\n"};
    for (size_t i = 0; i < COUNT(garbage); i++)
        assert_int_equal(cpus(garbage[i], *state), 0);
    char text[9000];
    memset(text, '/', sizeof text);
    memcpy(text, "0::", 3);
    text[sizeof text - 1] = '\0';
    assert_int_equal(cpus(text, *state), 0);

    put(*state, "huge/cpu.max", "99999999999999999999999 100000\n");
    int many = cpus("0::/huge\n", *state);
    assert_true(many == 0 || many > 1000000);
}

static void test_available_cpus_follows_the_affinity(void **state)
{
    (void)state;
    cpu_set_t all, one;
    CPU_ZERO(&one);
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    size_t first = 0;
    while (!CPU_ISSET(first, &all))
        first++;
    CPU_SET(first, &one);

    int usual = pat_available_cpus();
    assert_true(usual >= 1 && usual <= CPU_COUNT(&all));
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    int restricted = pat_available_cpus();
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_int_equal(restricted, 1);
    assert_int_equal(pat_available_cpus(), usual);
}

static void test_cpu_model(void **state)
{
    (void)state;
    char name[128] = "", small[4] = "";
    pat_cpu_model(name, sizeof name);
    assert_true(strlen(name) > 0);
    assert_null(strchr(name, '\n'));
    pat_cpu_model(small, sizeof small);
    assert_int_equal(strncmp(small, name, 3), 0);
}

static void test_clock_moves_forward(void **state)
{
    (void)state;
    double start = pat_clock_seconds();
    usleep(20000);
    double elapsed = pat_clock_seconds() - start;
    assert_true(elapsed >= 0.02 && elapsed < 60);
}

static void test_version(void **state)
{
    (void)state;
    int major, minor, patch, length = 0;
    sscanf(pat_version(), "%d.%d.%d%n", &major, &minor, &patch, &length);
    assert_int_equal(length, strlen(pat_version()));
    assert_true(length >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(test_cgroup_version_2),
        FOLDER_TEST(test_cgroup_tightest_limit_of_the_hierarchy),
        FOLDER_TEST(test_cgroup_version_1),
        FOLDER_TEST(test_cgroup_of_a_container),
        FOLDER_TEST(test_cgroup_memory_version_2),
        FOLDER_TEST(test_cgroup_memory_version_1),
        FOLDER_TEST(test_cgroup_kills),
        FOLDER_TEST(test_cgroup_kills_of_other_groups_do_not_count),
        FOLDER_TEST(test_cgroup_other_controllers_do_not_count),
        FOLDER_TEST(test_cgroup_both_versions_at_once),
        FOLDER_TEST(test_cgroup_garbage),
        cmocka_unit_test(test_available_cpus_follows_the_affinity),
        cmocka_unit_test(test_cpu_model),
        cmocka_unit_test(test_clock_moves_forward),
        cmocka_unit_test(test_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
