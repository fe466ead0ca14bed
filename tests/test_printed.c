/* What workers print: passed on line by line, filtered and limited. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "workers/printed.h"

static char noticed[1 << 17]; /* short lines grow tenfold */

static void note_text(const char *text)
{
    size_t length = strlen(noticed);
    snprintf(noticed + length, sizeof noticed - length, "%s\n", text);
}

/* The text is cleaned; a worker that has no sandbox is told of once. */
static void test_what_workers_print_is_told(void **state)
{
    (void)state;
    set_crew(2, 1, 1);
    set_job(0, "chat_");
    crew.options.notice = note_text;
    noticed[0] = '\0';
    assert_crew_done();
    assert_string_equal(noticed,
                        "warning: the sandbox of the workers is incomplete: none (a test); do not "
                        "process images that you do not trust (--require-sandbox refuses to run)\n"
                        "a worker printed: stdin null, stdout null, stderr to write to\n"
                        "a worker printed: ?[2Jcleared\n");
}

/* Neither the worker nor the run waits for the text of one that never stops. */
static void test_a_flood_of_text_ends(void **state)
{
    (void)state;
    set_crew(3, 1, 1);
    set_job(1, "flood_");
    crew.options.notice = note_text;
    noticed[0] = '\0';
    assert_crew_done();
    assert_int_equal(crew.outcome[1].status, PAT_OK);
    assert_mentions(noticed, "a worker printed too much; the rest is dropped");
    assert_true(strlen(noticed) < sizeof noticed - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_workers_print_is_told),
        cmocka_unit_test(test_a_flood_of_text_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
