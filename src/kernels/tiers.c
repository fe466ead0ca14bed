#include "kernels/tiers.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TIER(tier)                                                                                 \
    {                                                                                              \
        .name = #tier, .sum = pat_sum_##tier, .map = pat_map_##tier,                               \
        .blur_columns = pat_blur_columns_##tier, .blur_row = pat_blur_row_##tier,                  \
        .sharpen = pat_sharpen_##tier, .sharpen_any = pat_sharpen_any_##tier,                      \
        .squared_error = pat_squared_error_##tier, .sharpen_errors = pat_sharpen_errors_##tier,    \
        .resize_across = pat_resize_across_##tier, .resize_down = pat_resize_down_##tier,          \
        .yuv_to_rgb = pat_yuv_to_rgb_##tier, .yuv_to_rgb_deep = pat_yuv_to_rgb_deep_##tier,        \
        .rgb_to_yuv = pat_rgb_to_yuv_##tier, .rgb_to_yuv_deep = pat_rgb_to_yuv_deep_##tier,        \
        .ssim_prepare = pat_ssim_prepare_##tier, .ssim_exact = pat_ssim_exact_##tier,              \
        .ssim_bound = pat_ssim_bound_##tier,                                                       \
    }

/* From the slowest to the fastest. */
static const pat_kernels tiers[] = {
    TIER(c),
#ifdef PAT_X86_KERNELS
    TIER(avx2),
    TIER(avx512),
#endif
};

enum { TIERS = sizeof tiers / sizeof *tiers };

static bool runs_here(const pat_kernels *tier)
{
#ifdef PAT_X86_KERNELS
    if (strcmp(tier->name, "avx2") == 0)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (strcmp(tier->name, "avx512") == 0) /* Ice Lake, Zen 4 and later */
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni") &&
               __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
               __builtin_cpu_supports("bmi2");
#endif
    (void)tier;
    return true;
}

const pat_kernels *pat_kernels_find(const char *name)
{
    for (int i = 0; i < TIERS; i++)
        if (strcmp(tiers[i].name, name) == 0)
            return runs_here(&tiers[i]) ? &tiers[i] : NULL;
    return NULL;
}

static const pat_kernels *choose(void)
{
    const char *wanted = getenv("PAT_CPU");
    const pat_kernels *chosen = wanted == NULL ? NULL : pat_kernels_find(wanted);
    for (int i = TIERS - 1; chosen == NULL; i--)
        if (runs_here(&tiers[i]))
            chosen = &tiers[i];
    return chosen;
}

const pat_kernels *pat_kernels_get(void)
{
    static _Atomic(const pat_kernels *) chosen;
    const pat_kernels *kernels = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (kernels == NULL) { /* concurrent threads choose the same */
        kernels = choose();
        atomic_store_explicit(&chosen, kernels, memory_order_relaxed);
    }
    return kernels;
}
