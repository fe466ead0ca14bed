#include "learn/summarize.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

enum { SCORES = 3, SUMS = PAT_WAYS * SCORES };
enum { SIMILARITY, PSNR, SSIM };

const char *pat_way_name(pat_way way)
{
    static const char *const names[PAT_WAYS] = {"untouched", "fixed", "predicted", "oracle"};
    return names[way];
}

/* The scores of each way, for one pair or added up. */
typedef struct way_scores {
    double score[PAT_WAYS][SCORES];
} way_scores;

/* What the report is made from. */
struct evaluation {
    const pat_evaluated_pair *pairs;
    size_t count, settings;
    const pat_grid *grid;
    size_t fixed;      /* index in the grid; `settings`: no restoration */
    way_scores *pair;  /* of each */
    way_scores *group; /* sums over the pairs of an original */
    size_t *group_size, *group_of, groups;
};

/* Identical images score infinitely. */
static pat_scores limited(const pat_scores *scores)
{
    pat_scores limited = *scores;
    limited.psnr = fmin(limited.psnr, PAT_PSNR_LIMIT);
    limited.similarity = fmin(limited.similarity, PAT_SIMILARITY_OF_LIMIT);
    return limited;
}

static void set_way(way_scores *of, pat_way way, const pat_scores *scores)
{
    pat_scores values = limited(scores);
    of->score[way][SIMILARITY] = values.similarity;
    of->score[way][PSNR] = values.psnr;
    of->score[way][SSIM] = values.ssim;
}

static void add(way_scores *sum, const way_scores *term)
{
    for (int way = 0; way < PAT_WAYS; way++)
        for (int s = 0; s < SCORES; s++)
            sum->score[way][s] += term->score[way][s];
}

/* The setting with the greatest sum of similarities. Ties: doing nothing wins, then the first
 * setting. */
static size_t find_fixed(const struct evaluation *e)
{
    double best = 0;
    for (size_t i = 0; i < e->count; i++)
        best += limited(&e->pairs[i].untouched).similarity;
    size_t fixed = e->settings;
    for (size_t setting = 0; setting < e->settings; setting++) {
        double sum = 0;
        for (size_t i = 0; i < e->count; i++)
            sum += limited(&e->pairs[i].trials[setting]).similarity;
        if (sum > best) {
            best = sum;
            fixed = setting;
        }
    }
    return fixed;
}

static void score_pair(const struct evaluation *e, size_t index)
{
    const pat_evaluated_pair *pair = &e->pairs[index];
    way_scores *of = &e->pair[index];
    const pat_scores *best = &pair->untouched;
    for (size_t setting = 0; setting < e->settings; setting++)
        if (pair->trials[setting].similarity > best->similarity)
            best = &pair->trials[setting];
    set_way(of, PAT_WAY_UNTOUCHED, &pair->untouched);
    set_way(of, PAT_WAY_FIXED,
            e->fixed == e->settings ? &pair->untouched : &pair->trials[e->fixed]);
    set_way(of, PAT_WAY_PREDICTED, &pair->predicted);
    set_way(of, PAT_WAY_ORACLE, best);
}

struct named {
    const char *original;
    size_t index;
};

static int by_original(const void *a, const void *b)
{
    const struct named *left = a, *right = b;
    int order = strcmp(left->original, right->original);
    return order != 0 ? order : (left->index > right->index) - (left->index < right->index);
}

/* Number the originals, in the order of their names. */
static pat_status find_groups(struct evaluation *e, pat_error *error)
{
    struct named *names = pat_realloc_array(NULL, e->count, sizeof *names);
    if (names == NULL)
        return pat_fail_memory(error, "the originals of the pairs");
    for (size_t i = 0; i < e->count; i++)
        names[i] = (struct named){e->pairs[i].original, i};
    qsort(names, e->count, sizeof *names, by_original);
    for (size_t i = 0; i < e->count; i++) {
        e->groups += i == 0 || strcmp(names[i].original, names[i - 1].original) != 0;
        e->group_of[names[i].index] = e->groups - 1;
    }
    free(names);
    return PAT_OK;
}

/* ---- Estimates ------------------------------------------------------------------------------- */

/* A statistic of a sample, computed from its sums and its number of pairs. */
typedef double statistic(const way_scores *sum, double count, int way, int score);

static double mean_of(const way_scores *sum, double count, int way, int score)
{
    return sum->score[way][score] / count;
}

static double gain_over_untouched(const way_scores *sum, double count, int way, int score)
{
    return (sum->score[way][score] - sum->score[PAT_WAY_UNTOUCHED][score]) / count;
}

static double gain_over_fixed(const way_scores *sum, double count, int way, int score)
{
    return (sum->score[way][score] - sum->score[PAT_WAY_FIXED][score]) / count;
}

static double share_of(const way_scores *sum, double count, int way, int score)
{
    (void)count;
    double untouched = sum->score[PAT_WAY_UNTOUCHED][score];
    double possible = sum->score[PAT_WAY_ORACLE][score] - untouched;
    return possible > 0 ? (sum->score[way][score] - untouched) / possible : NAN;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return isnan(left) || isnan(right) ? isnan(left) - isnan(right)
                                       : (left > right) - (left < right);
}

/* The samples drawn for the bootstrap: their sums and numbers of pairs. */
struct bootstrap {
    way_scores sum[PAT_BOOTSTRAP_ROUNDS];
    double count[PAT_BOOTSTRAP_ROUNDS];
    double value[PAT_BOOTSTRAP_ROUNDS]; /* scratch */
};

/* Each sample is as many originals as there are, drawn with replacement. */
static pat_status draw(const struct evaluation *e, uint64_t seed, struct bootstrap *drawn,
                       pat_error *error)
{
    pat_random *random;
    pat_status status = pat_random_create(&random, error);
    if (status != PAT_OK)
        return status;
    pat_random_seed(random, pat_random_seed_of(&seed, sizeof seed));
    for (int round = 0; round < PAT_BOOTSTRAP_ROUNDS; round++)
        for (size_t i = 0; i < e->groups; i++) {
            size_t group = (size_t)(pat_random_uniform(random) * (double)e->groups);
            add(&drawn->sum[round], &e->group[group]);
            drawn->count[round] += (double)e->group_size[group];
        }
    pat_random_free(random);
    return PAT_OK;
}

/* Percentiles 2.5 and 97.5 of the statistic over the drawn samples, ignoring NaN. */
static pat_estimate estimate(struct bootstrap *drawn, const way_scores *sum, double count,
                             statistic *figure, int way, int score)
{
    size_t values = 0;
    for (int round = 0; round < PAT_BOOTSTRAP_ROUNDS; round++) {
        double value = figure(&drawn->sum[round], drawn->count[round], way, score);
        if (!isnan(value))
            drawn->value[values++] = value;
    }
    pat_estimate estimate = {figure(sum, count, way, score), NAN, NAN};
    if (values == 0)
        return estimate;
    qsort(drawn->value, values, sizeof drawn->value[0], by_value);
    estimate.low = drawn->value[(values - 1) * 25 / 1000];
    estimate.high = drawn->value[values - 1 - (values - 1) * 25 / 1000];
    return estimate;
}

static void estimate_all(const struct evaluation *e, struct bootstrap *drawn,
                         pat_evaluation_report *report)
{
    way_scores sum = {0};
    double count = (double)e->count;
    for (size_t i = 0; i < e->groups; i++)
        add(&sum, &e->group[i]);
    for (int way = 0; way < PAT_WAYS; way++) {
        report->similarity[way] = estimate(drawn, &sum, count, mean_of, way, SIMILARITY);
        report->psnr[way] = estimate(drawn, &sum, count, mean_of, way, PSNR);
        report->ssim[way] = estimate(drawn, &sum, count, mean_of, way, SSIM);
    }
    int predicted = PAT_WAY_PREDICTED;
    report->gain = estimate(drawn, &sum, count, gain_over_untouched, predicted, SIMILARITY);
    report->gain_psnr = estimate(drawn, &sum, count, gain_over_untouched, predicted, PSNR);
    report->gain_ssim = estimate(drawn, &sum, count, gain_over_untouched, predicted, SSIM);
    report->over_fixed = estimate(drawn, &sum, count, gain_over_fixed, predicted, SIMILARITY);
    report->captured = estimate(drawn, &sum, count, share_of, predicted, SIMILARITY);
    report->captured_psnr = estimate(drawn, &sum, count, share_of, predicted, PSNR);
    report->captured_ssim = estimate(drawn, &sum, count, share_of, predicted, SSIM);
    report->fixed_captured = estimate(drawn, &sum, count, share_of, PAT_WAY_FIXED, SIMILARITY);
}

/* ---- Counts and extremes --------------------------------------------------------------------- */

static double gain_of(const way_scores *scores, pat_way way)
{
    return scores->score[way][SIMILARITY] - scores->score[PAT_WAY_UNTOUCHED][SIMILARITY];
}

/* Insert a pair into the list of extremes, the greatest gain * sign first. */
static void keep_extreme(pat_extreme kept[PAT_EXTREMES], size_t count, double sign,
                         const pat_extreme *one)
{
    size_t at = count < PAT_EXTREMES ? count : PAT_EXTREMES;
    while (at > 0 && sign * one->gain > sign * kept[at - 1].gain) {
        if (at < PAT_EXTREMES)
            kept[at] = kept[at - 1];
        at--;
    }
    if (at < PAT_EXTREMES)
        kept[at] = *one;
}

static void count_pairs(const struct evaluation *e, pat_evaluation_report *report)
{
    for (size_t i = 0; i < e->count; i++) {
        const pat_evaluated_pair *pair = &e->pairs[i];
        pat_extreme one = {.setting = pair->setting,
                           .gain = gain_of(&e->pair[i], PAT_WAY_PREDICTED),
                           .oracle_gain = gain_of(&e->pair[i], PAT_WAY_ORACLE)};
        snprintf(one.name, sizeof one.name, "%s", pair->name);
        report->worse += one.gain < 0;
        report->left_alone += pat_setting_is_idle(&pair->setting);
        report->flagged += pair->flagged;
        report->worse_flagged += one.gain < 0 && pair->flagged;
        report->identical += isinf(pair->untouched.psnr) != 0;
        keep_extreme(report->best, i, 1, &one);
        keep_extreme(report->worst, i, -1, &one);
    }
    report->extremes = e->count < PAT_EXTREMES ? e->count : PAT_EXTREMES;
}

static pat_status reserve(struct evaluation *e, pat_error *error)
{
    e->pair = calloc(e->count, sizeof *e->pair);
    e->group = calloc(e->count, sizeof *e->group);
    e->group_size = calloc(e->count, sizeof *e->group_size);
    e->group_of = calloc(e->count, sizeof *e->group_of);
    if (e->pair == NULL || e->group == NULL || e->group_size == NULL || e->group_of == NULL)
        return pat_fail_memory(error, "the scores of the pairs");
    return find_groups(e, error);
}

pat_status pat_evaluation_summarize(const pat_evaluated_pair *pairs, size_t count,
                                    const pat_grid *grid, uint64_t seed,
                                    pat_evaluation_report *report, pat_error *error)
{
    struct evaluation e = {
        .pairs = pairs, .count = count, .settings = pat_grid_count(grid), .grid = grid};
    *report = (pat_evaluation_report){.pairs = count};
    struct bootstrap *drawn = calloc(1, sizeof *drawn);
    pat_status status =
        drawn == NULL ? pat_fail_memory(error, "the bootstrap") : reserve(&e, error);
    if (status == PAT_OK) {
        e.fixed = find_fixed(&e);
        for (size_t i = 0; i < count; i++) {
            score_pair(&e, i);
            add(&e.group[e.group_of[i]], &e.pair[i]);
            e.group_size[e.group_of[i]]++;
        }
        report->originals = e.groups;
        report->fixed = e.fixed == e.settings ? pat_setting_of(PAT_COLOR_NONE, 0, 0)
                                              : pat_grid_setting(grid, e.fixed);
        status = draw(&e, seed, drawn, error);
    }
    if (status == PAT_OK) {
        estimate_all(&e, drawn, report);
        count_pairs(&e, report);
    }
    free(drawn);
    free(e.pair);
    free(e.group);
    free(e.group_size);
    free(e.group_of);
    return status;
}
