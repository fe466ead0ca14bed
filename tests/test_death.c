/* How a worker's death is described, and whether it is likely to happen again. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "workers/death.h"

static const struct {
    pat_death death;
    const char *text;
    bool recurs, of_memory;
} cases[] = {
    {{.exit_status = 0}, "exited with status 0", true, false},
    {{.exit_status = 127}, "exited with status 127", true, false}, /* a library is missing */
    {{.exit_signal = SIGSEGV}, "was killed by SIGSEGV", true, false},
    {{.exit_signal = SIGILL}, "was killed by SIGILL", true, false},
    {{.exit_signal = SIGABRT}, "was killed by SIGABRT", true, false},
    {{.exit_signal = SIGSYS},
     "was killed by SIGSYS (a system call that the sandbox forbids)",
     true,
     false},
    {{.exit_signal = SIGKILL}, "was killed by SIGKILL (possibly out of memory)", false, false},
    {{.exit_signal = SIGKILL, .kernel_reclaimed = true},
     "was killed by the kernel because memory ran out",
     false,
     true},
    {{.exit_signal = SIGTERM, .kernel_reclaimed = true}, "was killed by SIGTERM", false, false},
    {{.exit_status = PAT_DEATH_EXIT_MEMORY}, "ran out of memory", true, true},
    {{.exit_signal = SIGTERM}, "was killed by SIGTERM", false, false},
    {{.exit_signal = SIGXCPU}, "was killed by SIGXCPU", false, false},
    /* Killed by the driver, not from outside. */
    {{.fault = "did not start within 1 s, and was killed", .exit_signal = SIGKILL},
     "did not start within 1 s, and was killed",
     true,
     false},
};

static void test_descriptions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[PAT_DEATH_SIZE];
        pat_death_describe(&cases[i].death, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_out_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (pat_death_is_of_memory(&cases[i].death) != cases[i].of_memory)
            fail_msg("wrong cause: a worker %s", cases[i].text);
}

static void test_what_happens_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (pat_death_recurs(&cases[i].death) != cases[i].recurs)
            fail_msg("wrong prediction whether this recurs: a worker %s", cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptions),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_what_happens_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
