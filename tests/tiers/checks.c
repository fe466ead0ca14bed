#include "tiers/checks.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char TWIN[] = "by definition", C_TIER[] = "in the C tier";

/* The check that runs: left by a jump where it fails. */
static struct {
    const char *kernel, *tier;
    char description[240];
    long cases;
    sigjmp_buf way_out;
} running;

static _Noreturn void leave(void)
{
    siglongjmp(running.way_out, 1);
}

static void tell_failure(void)
{
    printf("%-15s %-7s FAILED, %s:\n    ", running.kernel, running.tier, running.description);
}

/* No handler for the world outside: the kernels neither lock nor allocate. */
static void on_signal(int number)
{
    tell_failure();
    printf("%s\n", number == SIGILL ? "an instruction that this processor lacks"
                                    : "an access outside the samples");
    leave();
}

/* In a function of its own: it has no variable that the jump could spoil. */
static bool comes_back(kernel_check *check, const pat_kernels *tested, uint64_t *random)
{
    if (sigsetjmp(running.way_out, 1) != 0)
        return false;
    check(tested, random);
    return true;
}

bool check_run(const char *kernel, kernel_check *check, const pat_kernels *tested, uint64_t seed)
{
    enum { SIGNALS = 3 };
    static const int signals[SIGNALS] = {SIGSEGV, SIGBUS, SIGILL};
    struct sigaction action = {.sa_handler = on_signal}, before[SIGNALS];
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, &before[i]);
    running.kernel = kernel;
    running.tier = tested->name;
    running.cases = 0;
    bool passed = comes_back(check, tested, &seed);
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &before[i], NULL);
    if (passed)
        printf("%-15s %-7s ok, %ld cases\n", kernel, tested->name, running.cases);
    fflush(stdout);
    return passed;
}

const pat_kernels *plain_kernels(void)
{
    return pat_kernels_find("c");
}

void check_case(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(running.description, sizeof running.description, format, arguments);
    va_end(arguments);
    running.cases++;
}

static _Noreturn void differs(const char *against, size_t index, int64_t got, int64_t want)
{
    tell_failure();
    printf("[%zu] is %lld, but %s %lld\n", index, (long long)got, against, (long long)want);
    leave();
}

void check_bytes(const char *against, const uint8_t *got, const uint8_t *want, size_t count)
{
    if (memcmp(got, want, count) == 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (got[i] != want[i])
            differs(against, i, got[i], want[i]);
}

void check_words(const char *against, const int16_t *got, const int16_t *want, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (got[i] != want[i])
            differs(against, i, got[i], want[i]);
}

void check_numbers(const char *against, const uint64_t *got, const uint64_t *want, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (got[i] != want[i])
            differs(against, i, (int64_t)got[i], (int64_t)want[i]);
}

void check_number(const char *against, int64_t got, int64_t want)
{
    if (got != want)
        differs(against, 0, got, want);
}

void check_close(const char *against, double got, double want, double tolerance)
{
    if (fabs(got - want) <= tolerance)
        return;
    tell_failure();
    printf("%.17g, but %s %.17g\n", got, against, want);
    leave();
}

void check_intact(const guarded_span *span)
{
    if (span_is_intact(span))
        return;
    tell_failure();
    printf("a write beside the samples\n");
    leave();
}

int size_at(int index)
{
    static const int large[SIZES - SMALL_SIZES] = {255,  256,  257,  511,  513,
                                                   1000, 1023, 1025, 4097, LARGEST_SIZE};
    return index < SMALL_SIZES ? index : large[index - SMALL_SIZES];
}
