/* How many workers a run starts by default, and the memory of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "workers/resources.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define UNLIMITED PAT_MEMORY_UNLIMITED

static const char *const command[] = {"worker", NULL};

/* What a machine has, what was asked for, and what a run gets. */
static const struct {
    pat_resources machine;
    int asked_jobs;
    uint64_t asked_memory;
    int jobs;
    uint64_t memory;
    bool is_short;
} cases[] = {
    /* Three quarters of the memory, in equal parts. */
    {{2, 16 * GIB, 4096}, 0, 0, 2, 6 * GIB, false},
    {{8, 16 * GIB, 4096}, 0, 0, 8, 12 * GIB / 8, false},
    {{1, 16 * GIB, 4096}, 0, 0, 1, 12 * GIB, false},
    /* Fewer workers, each with enough for a usual image. */
    {{64, 16 * GIB, 4096}, 0, 0, 12, GIB, true},
    {{4, 4 * GIB, 4096}, 0, 0, 3, GIB, true},
    {{2, GIB, 4096}, 0, 0, 1, 768 * MIB, true},
    {{1, GIB, 4096}, 0, 0, 1, 768 * MIB, false},
    {{8, 20 * MIB, 4096}, 0, 0, 1, 64 * MIB, true},
    /* What was asked for stays. */
    {{8, 16 * GIB, 4096}, 0, 6 * GIB, 2, 6 * GIB, true},
    {{8, 16 * GIB, 4096}, 0, 100 * GIB, 1, 100 * GIB, true},
    {{8, 16 * GIB, 4096}, 0, UNLIMITED, 8, UNLIMITED, false},
    {{8, 16 * GIB, 4096}, 3, 0, 3, 4 * GIB, false},
    {{8, 16 * GIB, 4096}, 100, 0, 100, GIB, false},
    {{8, GIB, 4096}, 100, 0, 100, 768 * MIB, false},
    {{8, 16 * GIB, 4096}, 100, 6 * GIB, 100, 6 * GIB, false},
    /* Unknown memory, few descriptors, more CPUs than a run can use. */
    {{8, 0, 4096}, 0, 0, 8, 0, false},
    {{8, 16 * GIB, 40}, 0, 0, 4, 3 * GIB, false},
    {{8, 16 * GIB, 3}, 0, 0, 1, 12 * GIB, false},
    {{5000, 16384 * GIB, UINT64_MAX}, 0, UNLIMITED, PAT_JOBS_MAX, UNLIMITED, false},
};

static void test_shares(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_run_options options = {.jobs = cases[i].asked_jobs,
                                   .memory_bytes = cases[i].asked_memory,
                                   .worker_command = command};
        bool is_short = pat_resources_share(&cases[i].machine, &options);
        if (options.jobs != cases[i].jobs || options.memory_bytes != cases[i].memory ||
            is_short != cases[i].is_short)
            fail_msg("case %zu: %d workers with %llu MiB each", i, options.jobs,
                     (unsigned long long)(options.memory_bytes / MIB));
    }
}

static void test_one_process_has_no_limit(void **state)
{
    (void)state;
    const pat_resources machine = {8, GIB, 4096};
    pat_run_options options = {0};
    assert_false(pat_resources_share(&machine, &options));
    assert_int_equal(options.jobs, 8);
    assert_int_equal(options.memory_bytes, 0);
}

static void test_this_machine(void **state)
{
    (void)state;
    pat_resources machine = pat_resources_now();
    assert_true(machine.cpus >= 1 && machine.memory_bytes > 64 * MIB && machine.descriptors > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_one_process_has_no_limit),
        cmocka_unit_test(test_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
