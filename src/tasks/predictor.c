#include "tasks/predictor.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "learn/actions.h"
#include "learn/model.h"

pat_status pat_predictor_init(pat_predictor *predictor, pat_model *model, const char *name,
                              pat_error *error)
{
    *predictor = (pat_predictor){.model = model};
    for (int i = 0; i < pat_model_feature_count(model); i++) {
        const char *wanted = pat_model_feature_name(model, i);
        int found = 0;
        while (found < PAT_FEATURES_MAX && strcmp(pat_feature_name(found), wanted) != 0)
            found++;
        if (found == PAT_FEATURES_MAX)
            return pat_fail(error, PAT_MALFORMED,
                            "%s: the model needs the feature '%s', which this patina does not "
                            "measure; train it again, or use the patina that made it",
                            name, wanted);
        predictor->feature[i] = found;
        predictor->extended = predictor->extended || found >= PAT_FEATURE_COUNT;
    }
    return PAT_OK;
}

void pat_predictor_release(pat_predictor *predictor)
{
    pat_model_free(predictor->model);
    *predictor = (pat_predictor){0};
}

pat_status pat_predictor_init_from(pat_predictor *predictor, const void *bytes, size_t size,
                                   const char *name, pat_error *error)
{
    pat_model *model;
    *predictor = (pat_predictor){0};
    pat_status status = pat_model_read(bytes, size, name, &model, error);
    return status == PAT_OK ? pat_predictor_init(predictor, model, name, error) : status;
}

pat_status pat_predictor_run(const pat_predictor *predictor, pat_work *work,
                             double features[PAT_FEATURES_MAX], pat_prediction *prediction,
                             pat_error *error)
{
    double own[PAT_MODEL_FEATURES_MAX];
    int longest = pat_model_longest(predictor->model);
    pat_status status = pat_work_measure(work, predictor->extended, longest, features, error);
    if (status != PAT_OK)
        return status;
    for (int i = 0; i < pat_model_feature_count(predictor->model); i++)
        own[i] = features[predictor->feature[i]];
    status = pat_model_predict(predictor->model, own, prediction, error);
    if (status == PAT_OK)
        pat_action_fit(&prediction->setting, work->damaged.width, work->damaged.height);
    for (int i = 0; status == PAT_OK && i < prediction->unlike_count; i++)
        prediction->unlike[i] = predictor->feature[prediction->unlike[i]];
    return status;
}

bool pat_expects(double gain, double harm)
{
    return (isnan(gain) || fabs(gain) <= 2) && (isnan(harm) || (harm >= 0 && harm <= 1));
}

pat_status pat_predictor_limit_harm(const pat_predictor *predictor, double share, const char *name,
                                    pat_error *error)
{
    pat_model_kind kind = pat_model_get_kind(predictor->model);
    if (isnan(share))
        return PAT_OK;
    if (kind != PAT_MODEL_TONE)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--max-harm: %s is a %s model, which does not predict harm; use a tone "
                        "model, or leave the option out",
                        name, pat_model_kind_name(kind));
    pat_model_set_max_harm(predictor->model, share);
    return PAT_OK;
}

pat_status pat_predictor_read(pat_predictor *predictor, const char *path, pat_buffer *bytes,
                              pat_error *error)
{
    size_t start = bytes->size;
    *predictor = (pat_predictor){0};
    pat_status status = pat_model_read_bytes(path, bytes, error);
    if (status == PAT_OK)
        status = pat_predictor_init_from(predictor, bytes->data + start, bytes->size - start, path,
                                         error);
    return status;
}
