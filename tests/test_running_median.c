/* The running median, compared with sorting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "film/running_median.h"
#include "tiers/patterns.h"

enum { NUMBERS = 3000, LARGEST = 500, LEVELS = 1 << 16 };

static int compare(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

static uint32_t twice_by_sorting(const uint16_t *numbers, size_t count)
{
    static uint16_t sorted[LARGEST];
    if (count == 0)
        return 0;
    memcpy(sorted, numbers, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    return (uint32_t)sorted[(count - 1) / 2] + sorted[count / 2];
}

/* Numbers of a few levels, of all, near the ends, and steps like those of a cut. */
static uint16_t number(int kind, int i, uint64_t *random)
{
    switch (kind) {
    case 0:
        return (uint16_t)next_random(random, 3);
    case 1:
        return (uint16_t)next_random(random, LEVELS);
    case 2:
        return next_random(random, 2) ? 0 : LEVELS - 1;
    default:
        return (uint16_t)(i / 700 % 2 * 60000 + (int)next_random(random, 100));
    }
}

static void check_window(int kind, int width, uint64_t *random)
{
    static uint16_t numbers[NUMBERS];
    pat_running_median *median = pat_running_median_create(LEVELS);
    assert_non_null(median);
    assert_int_equal(pat_running_median_twice(median), 0);
    for (int i = 0; i < NUMBERS; i++) {
        numbers[i] = number(kind, i, random);
        pat_running_median_add(median, numbers[i]);
        int first = i - width + 1;
        if (first > 0)
            pat_running_median_remove(median, numbers[first - 1]);
        first = first > 0 ? first : 0;
        if (i % 7 == 6) /* it need not be asked for every time */
            continue;
        assert_int_equal(pat_running_median_twice(median),
                         twice_by_sorting(numbers + first, (size_t)(i - first + 1)));
    }
    for (int i = NUMBERS - width; i < NUMBERS; i++) { /* until nothing is left */
        assert_int_equal(pat_running_median_twice(median),
                         twice_by_sorting(numbers + i, (size_t)(NUMBERS - i)));
        pat_running_median_remove(median, numbers[i]);
    }
    assert_int_equal(pat_running_median_twice(median), 0);
    pat_running_median_free(median);
}

static void test_windows(void **state)
{
    static const int widths[] = {1, 2, 3, 4, 25, 100, LARGEST};
    uint64_t random = 1;
    (void)state;
    for (int kind = 0; kind < 4; kind++)
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
            check_window(kind, widths[i], &random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_windows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
