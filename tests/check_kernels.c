/*
 * Check every kernel of every tier that this machine can run against the C tier and naive versions.
 *
 *     check_kernels [--kernel NAME] [--tier NAME] [--seed N]
 *     check_kernels --bench [--kernel NAME]      measure the kernels
 *     check_kernels --list                       list the tiers, and whether they run here
 *
 * Exit status: 0 if all agree, 1 if one does not, 2 for a wrong option, and 77 if this machine
 * cannot run the requested tier.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiers/bench.h"
#include "tiers/checks.h"

enum { CANNOT_RUN = 77 };

static const char *const tier_names[] = {"c", "avx2", "avx512"};

static const struct {
    const char *name;
    kernel_check *check;
} kernels[] = {
    {"sum", check_sum},
    {"map", check_map},
    {"blur_columns", check_blur_columns},
    {"blur_row", check_blur_row},
    {"sharpen", check_sharpen},
    {"sharpen_any", check_sharpen_any},
    {"squared_error", check_squared_error},
    {"sharpen_errors", check_sharpen_errors},
    {"resize_across", check_resize_across},
    {"resize_down", check_resize_down},
    {"yuv_to_rgb", check_yuv_to_rgb},
    {"yuv_to_rgb_deep", check_yuv_to_rgb_deep},
    {"rgb_to_yuv", check_rgb_to_yuv},
    {"rgb_to_yuv_deep", check_rgb_to_yuv_deep},
    {"ssim_prepare", check_ssim_prepare},
    {"ssim_exact", check_ssim_exact},
    {"ssim_bound", check_ssim_bound},
};

enum {
    TIERS = sizeof tier_names / sizeof *tier_names,
    KERNELS = sizeof kernels / sizeof *kernels,
    MEMBERS = (sizeof(pat_kernels) - sizeof(const char *)) / sizeof(void (*)(void))
};

_Static_assert((int)KERNELS == (int)MEMBERS, "a kernel has no check");

typedef struct options {
    const char *kernel, *tier; /* NULL: all */
    uint64_t seed;
    bool bench, list;
} options;

static bool is_wanted(const char *wanted, const char *name)
{
    return wanted == NULL || strcmp(wanted, name) == 0;
}

static bool is_known(const options *wanted)
{
    bool kernel = false, tier = false;
    for (int i = 0; i < KERNELS; i++)
        kernel = kernel || is_wanted(wanted->kernel, kernels[i].name);
    for (int i = 0; i < TIERS; i++)
        tier = tier || is_wanted(wanted->tier, tier_names[i]);
    return kernel && tier;
}

static bool parse(int argc, char **argv, options *parsed)
{
    *parsed = (options){.seed = 1};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--bench") == 0) {
            parsed->bench = true;
        } else if (strcmp(argv[i], "--list") == 0) {
            parsed->list = true;
        } else if (value == NULL) {
            return false;
        } else {
            if (strcmp(argv[i], "--kernel") == 0)
                parsed->kernel = value;
            else if (strcmp(argv[i], "--tier") == 0)
                parsed->tier = value;
            else if (strcmp(argv[i], "--seed") == 0)
                parsed->seed = strtoull(value, NULL, 10);
            else
                return false;
            i++;
        }
    }
    return is_known(parsed);
}

/* Prints the tiers that do not run here. */
static int tiers_that_run(const char *wanted, const pat_kernels **tiers)
{
    int count = 0;
    for (int i = 0; i < TIERS; i++) {
        const pat_kernels *tier = pat_kernels_find(tier_names[i]);
        if (!is_wanted(wanted, tier_names[i]))
            continue;
        if (tier == NULL)
            printf("%s: this processor cannot run it\n", tier_names[i]);
        else
            tiers[count++] = tier;
    }
    return count;
}

int main(int argc, char **argv)
{
    options wanted;
    if (!parse(argc, argv, &wanted)) {
        fprintf(stderr, "usage: check_kernels [--kernel NAME] [--tier c|avx2|avx512] [--seed N] "
                        "[--bench] [--list]\n");
        return 2;
    }
    const pat_kernels *tiers[TIERS];
    int count = tiers_that_run(wanted.bench ? NULL : wanted.tier, tiers), failures = 0;
    if (wanted.bench) {
        bench_tiers(tiers, count, wanted.kernel);
        return EXIT_SUCCESS;
    }
    if (count == 0)
        return CANNOT_RUN;
    for (int i = 0; i < count; i++) {
        if (wanted.list)
            printf("%s\n", tiers[i]->name);
        for (int k = 0; k < KERNELS && !wanted.list; k++)
            if (is_wanted(wanted.kernel, kernels[k].name))
                failures += !check_run(kernels[k].name, kernels[k].check, tiers[i], wanted.seed);
    }
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
