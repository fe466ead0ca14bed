#include "run/film/setup.h"

#include <math.h>

#include "base/error.h"
#include "base/fingerprint.h"
#include "tasks/measurer.h"

static pat_status read_model(const pat_film_how *how, pat_buffer *model, pat_error *error)
{
    pat_predictor predictor = {.model = NULL};
    pat_status status = pat_predictor_read(&predictor, how->model, model, error);
    if (status == PAT_OK && how->max_harm != NULL)
        status = pat_predictor_limit_harm(&predictor, *how->max_harm, how->model, error);
    if (status == PAT_OK && how->model_read != NULL)
        how->model_read(how->model_read_context, predictor.model);
    pat_predictor_release(&predictor);
    return status;
}

pat_status pat_film_read_setup(const pat_film_how *how, pat_buffer *extra, uint64_t *identity,
                               pat_error *error)
{
    pat_buffer model = {0};
    pat_status status = how->model != NULL ? read_model(how, &model, error) : PAT_OK;
    const pat_measurer_setup setup = {
        .model_name = how->model != NULL ? how->model : "",
        .max_harm = how->max_harm != NULL ? *how->max_harm : NAN,
        .model = pat_buffer_bytes(&model),
    };
    const uint64_t both[] = {pat_fingerprint_of(model.data, model.size).low,
                             pat_fingerprint_of(&setup.max_harm, sizeof setup.max_harm).low};
    *identity = pat_fingerprint_of(both, sizeof both).low;
    pat_measurer_setup_pack(extra, &setup);
    pat_buffer_release(&model);
    return status == PAT_OK && extra->failed ? pat_fail_memory(error, "the workers' setup")
                                             : status;
}
