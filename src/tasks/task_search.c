/* PAT_TASK_SEARCH: find the best setting of a pair, or score all settings, and measure its
 * features. */
#include "tasks/task_search.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "features/likeness.h"
#include "score/affine_fit.h"
#include "tasks/kind.h"
#include "tasks/pack.h"

/* ---- Messages -------------------------------------------------------------------------------- */

void pat_search_setup_pack(pat_buffer *out, const pat_search_setup *setup)
{
    pat_pack_grid(out, &setup->grid);
    pat_pack_u64(out, setup->trials);
    pat_pack_u64(out, setup->extended);
    pat_pack_u64(out, setup->scores);
    pat_pack_u64(out, setup->scores_of_trials);
}

bool pat_search_setup_unpack(pat_bytes bytes, pat_search_setup *setup)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    pat_unpack_grid(&in, &setup->grid);
    setup->trials = pat_unpack_range(&in, 0, 1);
    setup->extended = pat_unpack_range(&in, 0, 1);
    setup->scores = (pat_score_set)pat_unpack_range(&in, 0, (1u << pat_score_count()) - 1);
    setup->scores_of_trials = pat_unpack_range(&in, 0, 1);
    return pat_unpacker_finished(&in);
}

static pat_score_set trial_scores(const pat_search_setup *setup)
{
    return setup->scores_of_trials ? setup->scores : 0;
}

void pat_search_report_pack(pat_buffer *out, const pat_search_setup *setup,
                            const pat_search_report *report, const pat_scores *trials)
{
    size_t count = setup->trials ? pat_grid_count(&setup->grid) : 0;
    pat_pack_setting(out, &report->setting);
    pat_pack_scores(out, &report->best, setup->scores);
    pat_pack_scores(out, &report->untouched, setup->scores);
    pat_pack_u64(out, report->ties);
    pat_pack_u64(out, report->other_shape);
    pat_pack_doubles(out, report->features, PAT_FEATURES_MAX);
    pat_pack_doubles(out, report->colors, PAT_AFFINE_COLUMNS);
    for (size_t i = 0; i < count; i++)
        pat_pack_scores(out, &trials[i], trial_scores(setup));
}

/* Whether these can be the best colors of a pair: numbers that affine color allows and their
 * similarity, or all NaN. */
static bool are_colors(const double colors[PAT_AFFINE_COLUMNS])
{
    const pat_setting setting = pat_setting_affine(colors);
    int unknown = 0;
    for (int i = 0; i < PAT_AFFINE_COLUMNS; i++)
        unknown += isnan(colors[i]);
    return unknown == PAT_AFFINE_COLUMNS ||
           (pat_setting_is_valid(&setting) && colors[PAT_AFFINE_NUMBERS] >= pat_similarity(0, -1));
}

bool pat_search_report_unpack(pat_bytes bytes, const pat_search_setup *setup,
                              pat_search_report *report, pat_scores *trials)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    size_t count = setup->trials ? pat_grid_count(&setup->grid) : 0;
    pat_unpack_setting(&in, &report->setting);
    pat_unpack_scores(&in, &report->best, setup->scores);
    pat_unpack_scores(&in, &report->untouched, setup->scores);
    report->ties = pat_unpack_range(&in, 0, pat_grid_count(&setup->grid) - 1);
    report->other_shape = pat_unpack_range(&in, 0, 1);
    pat_unpack_features(&in, report->features);
    pat_unpack_doubles(&in, report->colors, PAT_AFFINE_COLUMNS);
    in.bad = in.bad || (setup->extended && !are_colors(report->colors)) ||
             pat_grid_find(&setup->grid, &report->setting) == pat_grid_count(&setup->grid);
    for (size_t i = 0; i < count && !in.bad; i++) {
        pat_scores unwanted;
        pat_unpack_scores(&in, trials == NULL ? &unwanted : &trials[i], trial_scores(setup));
    }
    return pat_unpacker_finished(&in);
}

static bool accepts(pat_bytes extra, pat_bytes bytes)
{
    pat_search_setup setup;
    pat_search_report report;
    return pat_search_setup_unpack(extra, &setup) &&
           pat_search_report_unpack(bytes, &setup, &report, NULL);
}

/* ---- Work ------------------------------------------------------------------------------------ */

struct state {
    pat_search_setup setup;
    pat_searcher *searcher;
    pat_affine_work fitting;
};

static void release(void *place)
{
    struct state *state = place;
    if (state == NULL)
        return;
    pat_searcher_free(state->searcher);
    pat_affine_work_release(&state->fitting);
    free(state);
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    pat_status status = PAT_OK;
    if (state == NULL)
        return pat_fail_memory(error, "a worker's tables");
    if (!pat_search_setup_unpack(extra, &state->setup))
        status = pat_fail(error, PAT_INTERNAL, "a worker cannot read the setup of a search");
    else if ((state->searcher = pat_searcher_create(&state->setup.grid)) == NULL)
        status = pat_fail_memory(error, "a worker's tables");
    if (status != PAT_OK) {
        release(state);
        return status;
    }
    pat_searcher_set_scores(state->searcher, state->setup.scores, state->setup.scores_of_trials);
    *out = state;
    return PAT_OK;
}

/* Name the file in a message about the image's size. error: the message of a score. */
static pat_status fail_too_small(const pat_work *work, pat_error *error)
{
    int width = work->undamaged.width, height = work->undamaged.height;
    const char *path = work->job->undamaged;
    pat_error cause = {0};
    if (error != NULL)
        cause = *error;
    if (width >= PAT_SSIM_WINDOW && height >= PAT_SSIM_WINDOW)
        return pat_fail(error, PAT_TOO_SMALL, "%s: %s; leave the pair out", path, cause.message);
    return pat_fail(error, PAT_TOO_SMALL,
                    "%s: an image of %dx%d pixels is too small to score: SSIM needs at least %d "
                    "pixels a side; leave the pair out",
                    path, width, height, PAT_SSIM_WINDOW);
}

pat_status pat_work_search(pat_work *work, pat_searcher *searcher, bool every_setting,
                           pat_evaluation *evaluation, pat_error *error)
{
    work->stage = PAT_STAGE_SEARCH;
    pat_status status = (every_setting ? pat_searcher_evaluate : pat_searcher_find_best)(
        searcher, &work->damaged, &work->undamaged, evaluation, error);
    return status == PAT_TOO_SMALL ? fail_too_small(work, error) : status;
}

bool pat_work_has_other_shape(const pat_work *work)
{
    const pat_image *damaged = &work->damaged, *original = &work->undamaged;
    return pat_shapes_differ((const int[]){damaged->width, original->width},
                             (const int[]){damaged->height, original->height});
}

/* The similarity with this affine color alone. */
static pat_status score_colors(pat_work *work, const double *colors, double *similarity,
                               pat_error *error)
{
    pat_grid alone;
    const pat_setting setting = pat_setting_affine(colors);
    pat_evaluation found;
    pat_grid_init_single(&alone, &setting);
    pat_searcher *searcher = pat_searcher_create(&alone);
    if (searcher == NULL)
        return pat_fail_memory(error, "a worker's tables");
    pat_status status = pat_work_search(work, searcher, false, &found, error);
    if (status == PAT_OK)
        *similarity = found.best.similarity;
    pat_searcher_free(searcher);
    return status;
}

/* Pairs whose images differ in size have no best color: NaN. */
static pat_status find_colors(struct state *state, pat_work *work,
                              double colors[PAT_AFFINE_COLUMNS], pat_error *error)
{
    const pat_image *damaged = &work->damaged, *original = &work->undamaged;
    pat_affine_fit fit;
    for (int i = 0; i < PAT_AFFINE_COLUMNS; i++)
        colors[i] = NAN;
    if (damaged->width != original->width || damaged->height != original->height)
        return PAT_OK;
    pat_status status = pat_affine_fit_find(&fit, damaged, original, &state->fitting, error);
    if (status != PAT_OK)
        return status;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        colors[2 * c] = fit.scale[c];
        colors[2 * c + 1] = fit.offset[c];
    }
    return score_colors(work, colors, &colors[PAT_AFFINE_NUMBERS], error);
}

static pat_status search_pair(void *place, pat_work *work, pat_buffer *out, pat_error *error)
{
    struct state *state = place;
    const pat_search_setup *setup = &state->setup;
    pat_evaluation found;
    pat_status status = pat_work_search(work, state->searcher, setup->trials, &found, error);
    if (status != PAT_OK)
        return status;
    pat_search_report report = {.setting = found.setting,
                                .best = found.best,
                                .untouched = found.untouched,
                                .ties = found.ties,
                                .other_shape = pat_work_has_other_shape(work)};
    status = pat_work_measure(work, setup->extended, 0, report.features, error);
    if (status == PAT_OK && setup->extended)
        status = find_colors(state, work, report.colors, error);
    if (status == PAT_OK)
        pat_search_report_pack(out, setup, &report, found.trials);
    return status;
}

const pat_kind pat_search_kind = {
    .takes_pairs = true,
    .accepts = accepts,
    .create = create,
    .free = release,
    .run = search_pair,
};
