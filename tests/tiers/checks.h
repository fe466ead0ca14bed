/*
 * Checks of the kernels of one tier. Each drives a kernel through everything its callers could do
 * and compares it with the C tier and with a naive twin; the first difference ends it.
 */
#ifndef TEST_TIERS_CHECKS_H
#define TEST_TIERS_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/kernels.h"
#include "tiers/memory.h"

typedef void kernel_check(const pat_kernels *tested, uint64_t *random);

kernel_check check_sum, check_map, check_blur_columns, check_blur_row, check_sharpen,
    check_sharpen_any, check_squared_error, check_sharpen_errors, check_resize_across,
    check_resize_down, check_ssim_prepare, check_ssim_exact, check_ssim_bound, check_yuv_to_rgb,
    check_yuv_to_rgb_deep, check_rgb_to_yuv, check_rgb_to_yuv_deep;

/* Run a check, print its outcome in one line, and say whether it passed. */
bool check_run(const char *kernel, kernel_check *check, const pat_kernels *tested, uint64_t seed);

/* ---- for the checks themselves ---- */

/* The C tier. */
const pat_kernels *plain_kernels(void);

/* Count a case and describe it, for the message should it fail. */
void check_case(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* `against`: whose result `want` is. A difference ends the check. */
void check_bytes(const char *against, const uint8_t *got, const uint8_t *want, size_t count);
void check_words(const char *against, const int16_t *got, const int16_t *want, size_t count);
void check_numbers(const char *against, const uint64_t *got, const uint64_t *want, size_t count);
void check_number(const char *against, int64_t got, int64_t want);
void check_close(const char *against, double got, double want, double tolerance);
void check_intact(const guarded_span *span);

extern const char TWIN[], C_TIER[];

/* Counts of samples: all up to SMALL_SIZES - 1, and some long ones that are no multiples. */
enum { SMALL_SIZES = 201, SIZES = SMALL_SIZES + 10, LARGEST_SIZE = 8193 };
int size_at(int index);

#endif
