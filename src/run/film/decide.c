/* Between the passes over a film: where its scenes begin, and what is done to each frame. */
#include <stdlib.h>

#include "run/film/work.h"

static int compare_guesses(const void *a, const void *b)
{
    const pat_film_guess *left = a, *right = b;
    return (left->frame > right->frame) - (left->frame < right->frame);
}

static pat_status plan_scenes(pat_film_work *film, pat_error *error)
{
    const pat_film_how *how = &film->options->how;
    const pat_film_evidence evidence = {film->records, film->guesses, film->guess_count};
    pat_status status = PAT_OK;
    for (size_t s = 0; s < film->scene_count && status == PAT_OK; s++) {
        pat_film_scene *scene = &film->scenes[s];
        bool has_setting = how->scenes != NULL && film->wanted.has_setting[s];
        status = pat_film_settle_scene(scene, s > 0 ? scene - 1 : NULL, how,
                                       has_setting ? &film->wanted.scenes[s].setting : NULL,
                                       &evidence, error);
    }
    return status;
}

pat_status pat_film_plan_all(pat_film_work *film, pat_error *error)
{
    const pat_film_options *options = film->options;
    const pat_rational *rate = &film->facts.rate;
    pat_status status = PAT_OK;
    free(film->scenes);
    film->scenes = NULL;
    pat_film_find_cuts(film->records, film->thumbs, film->count);
    if (options->how.scenes != NULL)
        status = pat_film_scenes_begin(&film->wanted, options->how.scenes, film->records,
                                       film->count, error);
    if (film->guess_count > 0)
        qsort(film->guesses, film->guess_count, sizeof *film->guesses, compare_guesses);
    if (status == PAT_OK)
        status = pat_film_find_scenes(film->records, film->count, &film->scenes, &film->scene_count,
                                      error);
    if (status == PAT_OK && !options->how.keep_flicker)
        status = pat_film_plan_gains(film->records, film->scenes, film->scene_count,
                                     (double)rate->over / rate->under, error);
    if (status == PAT_OK && film->story != NULL)
        pat_film_choose_looks(film->story, film->scenes, film->scene_count);
    return status == PAT_OK ? plan_scenes(film, error) : status;
}
