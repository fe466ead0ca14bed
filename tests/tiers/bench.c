#include "tiers/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tiers/patterns.h"

#ifdef __x86_64__
#include <x86intrin.h>
static const char UNIT[] = "reference cycles (of the time-stamp counter, not of the core)";

static double now(void)
{
    return (double)__rdtsc();
}
#else
static const char UNIT[] = "nanoseconds";

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}
#endif

enum {
    WIDEST = 4096,
    STRIDE = WIDEST + 64,
    TAPS = 13,
    TILE_ROWS = 102,
    AREA_ROWS = 32,
    STRENGTHS = 5,
    TIERS_MAX = 8
};

/* Rows of noise, soft enough for an SSIM that is no constant. */
static int32_t near[WIDEST];
static int16_t both_weights[2 * WIDEST];
static uint8_t row[TILE_ROWS][STRIDE], other[TILE_ROWS][STRIDE], out[WIDEST], table[256];
static int16_t sums[WIDEST + TAPS - 1];
static const uint8_t *rows[TAPS];
static const uint8_t weights[TAPS] = {1, 2, 7, 16, 31, 45, 52, 45, 31, 16, 7, 2, 1}; /* sigma 2 */
static const uint8_t few_weights[3] = {27, 202, 27};                                 /* sigma 0.5 */
static volatile uint64_t sink; /* so that no result goes unused */

static void fill_rows(void)
{
    uint64_t random = 1;
    for (int x = 0; x < WIDEST; x++) {
        near[x] = x;
        both_weights[2 * x] = both_weights[2 * x + 1] = 1024;
    }
    for (int y = 0; y < TILE_ROWS; y++)
        for (int x = 0; x < STRIDE; x++) {
            row[y][x] = (uint8_t)(100 + (x + y) % 64 + (int)next_random(&random, 40));
            other[y][x] = (uint8_t)(row[y][x] + next_random(&random, 30));
        }
    for (int i = 0; i < TAPS; i++)
        rows[i] = row[i];
    for (int i = 0; i < 256; i++)
        table[i] = (uint8_t)(255 - i);
    for (int i = 0; i < WIDEST + TAPS - 1; i++)
        sums[i] = (int16_t)((int)next_random(&random, 65281) - 32768);
}

typedef void measured_call(const pat_kernels *tier, int n);

static void call_sum(const pat_kernels *tier, int n)
{
    sink += tier->sum(row[0], n);
}

static void call_map(const pat_kernels *tier, int n)
{
    tier->map(row[0], table, n, out);
}

static void call_columns_3(const pat_kernels *tier, int n)
{
    tier->blur_columns(rows, few_weights, 3, n, sums);
}

static void call_columns_13(const pat_kernels *tier, int n)
{
    tier->blur_columns(rows, weights, TAPS, n, sums);
}

static void call_row_3(const pat_kernels *tier, int n)
{
    tier->blur_row(sums, few_weights, 3, n, out);
}

static void call_row_13(const pat_kernels *tier, int n)
{
    tier->blur_row(sums, weights, TAPS, n, out);
}

static void call_sharpen(const pat_kernels *tier, int n)
{
    tier->sharpen(row[0], row[1], 3, n, out);
}

static void call_sharpen_any(const pat_kernels *tier, int n)
{
    tier->sharpen_any(row[0], row[1], 1.3F, -0.3F, n, out);
}

static void call_squared_error(const pat_kernels *tier, int n)
{
    sink += tier->squared_error(row[0], row[1], n);
}

static void call_sharpen_errors(const pat_kernels *tier, int n)
{
    static const int doubled[STRENGTHS] = {1, 2, 3, 4, 5};
    uint64_t errors[STRENGTHS] = {0};
    const pat_sharpen_area area = {
        {row[0], STRIDE}, {row[1], STRIDE}, {other[0], STRIDE}, n, AREA_ROWS};
    tier->sharpen_errors(&area, doubled, STRENGTHS, errors);
    sink += errors[0];
}

static uint16_t across[2][WIDEST];

static void call_across(const pat_kernels *tier, int n)
{
    tier->resize_across(row[0], STRIDE, &(pat_resize_columns){near, both_weights}, 0, n, across[0]);
}

static void call_down(const pat_kernels *tier, int n)
{
    tier->resize_down(across[0], across[1], 1000, 1048, n, out);
}

static uint8_t rgb[3][WIDEST];
static uint16_t deep[6][WIDEST];
static float chroma[2][WIDEST];

static void call_rgb(const pat_kernels *tier, int n)
{
    static const pat_to_rgb map = {1.164F, 1.793F, -0.213F, -0.533F, 2.112F, 16, 128, 255};
    tier->yuv_to_rgb((const uint8_t *const[3]){row[0], row[1], row[2]}, &map, n,
                     (uint8_t *const[3]){rgb[0], rgb[1], rgb[2]});
}

static void call_rgb_deep(const pat_kernels *tier, int n)
{
    static const pat_to_rgb map = {1.164F, 1.793F, -0.213F, -0.533F, 2.112F, 4096, 32768, 65535};
    tier->yuv_to_rgb_deep((const uint16_t *const[3]){deep[0], deep[1], deep[2]}, &map, n,
                          (uint16_t *const[3]){deep[3], deep[4], deep[5]});
}

static const pat_to_yuv back = {
    {0.183F, 0.614F, 0.062F}, {-0.101F, -0.338F, 0.439F}, {0.439F, -0.399F, -0.04F}, 16, 255};

static void call_yuv(const pat_kernels *tier, int n)
{
    tier->rgb_to_yuv((const uint8_t *const[3]){row[0], row[1], row[2]}, &back, n, rgb[0],
                     chroma[0], chroma[1]);
}

static void call_yuv_deep(const pat_kernels *tier, int n)
{
    tier->rgb_to_yuv_deep((const uint16_t *const[3]){deep[0], deep[1], deep[2]}, &back, n, deep[3],
                          chroma[0], chroma[1]);
}

static pat_ssim_prepared prepared[PAT_SSIM_BLOCKS * TILE_ROWS];

/* n windows wide, in tiles of 512. All are prepared in the same place, which does no harm here. */
static void call_tiles(const pat_kernels *tier, int n, int64_t (*kernel)(const pat_ssim_tile *))
{
    for (int x = 0; x < n; x += PAT_SSIM_TILE_WIDTH - 6) {
        int width = n - x < PAT_SSIM_TILE_WIDTH - 6 ? n - x + 6 : PAT_SSIM_TILE_WIDTH;
        pat_ssim_tile tile = {
            {row[0] + x, STRIDE}, {other[0] + x, STRIDE}, prepared, width, TILE_ROWS};
        if (kernel == NULL)
            tier->ssim_prepare(&tile.original, width, TILE_ROWS, prepared);
        else
            sink += (uint64_t)kernel(&tile);
    }
}

static void call_prepare(const pat_kernels *tier, int n)
{
    call_tiles(tier, n, NULL);
}

static void call_exact(const pat_kernels *tier, int n)
{
    call_tiles(tier, n, tier->ssim_exact);
}

static void call_bound(const pat_kernels *tier, int n)
{
    call_tiles(tier, n, tier->ssim_bound);
}

static const struct {
    const char *kernel, *what;
    measured_call *call;
    double per; /* samples, samples and strengths, or windows of a call, for each column */
} measured[] = {
    {"sum", "sum", call_sum, 1},
    {"map", "map", call_map, 1},
    {"blur_columns", "blur_columns, 3 taps", call_columns_3, 1},
    {"blur_columns", "blur_columns, 13 taps", call_columns_13, 1},
    {"blur_row", "blur_row, 3 taps", call_row_3, 1},
    {"blur_row", "blur_row, 13 taps", call_row_13, 1},
    {"sharpen", "sharpen", call_sharpen, 1},
    {"sharpen_any", "sharpen_any", call_sharpen_any, 1},
    {"squared_error", "squared_error", call_squared_error, 1},
    {"sharpen_errors", "sharpen_errors, per strength", call_sharpen_errors, STRENGTHS *AREA_ROWS},
    {"resize_across", "resize_across", call_across, 1},
    {"resize_down", "resize_down", call_down, 1},
    {"yuv_to_rgb", "yuv_to_rgb, per pixel", call_rgb, 1},
    {"yuv_to_rgb_deep", "yuv_to_rgb_deep, per pixel", call_rgb_deep, 1},
    {"rgb_to_yuv", "rgb_to_yuv, per pixel", call_yuv, 1},
    {"rgb_to_yuv_deep", "rgb_to_yuv_deep, per pixel", call_yuv_deep, 1},
    {"ssim_prepare", "ssim_prepare, per window", call_prepare, TILE_ROWS - 6},
    {"ssim_exact", "ssim_exact, per window", call_exact, TILE_ROWS - 6},
    {"ssim_bound", "ssim_bound, per window", call_bound, TILE_ROWS - 6},
};

enum { MEASURED = sizeof measured / sizeof *measured };

static double time_of(const pat_kernels *tier, measured_call *call, int n, int calls)
{
    double start = now();
    for (int i = 0; i < calls; i++)
        call(tier, n);
    return (now() - start) / calls;
}

/* The least of many batches, each long enough for the clock not to matter. */
static double least_time(const pat_kernels *tier, measured_call *call, int n)
{
    enum { BATCH = 100000, BATCHES = 300 };
    double least = time_of(tier, call, n, 3); /* warms up */
    int calls = least < BATCH ? (int)(BATCH / least) + 1 : 1;
    for (int i = 0; i < BATCHES; i++)
        least = fmin(least, time_of(tier, call, n, calls));
    return least;
}

static void bench_line(const pat_kernels *const *tiers, int count, int line, int width)
{
    double cost[TIERS_MAX];
    printf("%-28s %5d", measured[line].what, width);
    for (int i = 0; i < count; i++) {
        cost[i] = least_time(tiers[i], measured[line].call, width) / width / measured[line].per;
        printf(" %9.4f", cost[i]);
    }
    for (int i = 1; i < count; i++)
        printf(" %8.1fx", cost[0] / cost[i]);
    printf("\n");
    fflush(stdout);
}

void bench_tiers(const pat_kernels *const *tiers, int count, const char *kernel)
{
    fill_rows();
    printf("Per sample, in %s;\nthe least of many runs from the cache. The last columns: how many "
           "times as fast as C.\n\n%-28s %5s",
           UNIT, "kernel", "width");
    for (int i = 0; i < count; i++)
        printf(" %9s", tiers[i]->name);
    for (int i = 1; i < count; i++)
        printf(" %9s", tiers[i]->name);
    printf("\n");
    for (int i = 0; i < MEASURED; i++) {
        if (kernel != NULL && strcmp(kernel, measured[i].kernel) != 0)
            continue;
        bench_line(tiers, count, i, 512);
        bench_line(tiers, count, i, WIDEST);
    }
}
