#include "learn/booster.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "learn/xgboost.h"

struct pat_booster {
    BoosterHandle handle;
    int inputs, outputs;
};

static pat_xgboost xgboost;
static char version[32];

const char *pat_booster_version(void)
{
    return version;
}

static pat_status load_library(pat_error *error)
{
    if (version[0] != '\0')
        return PAT_OK;
    pat_status status = pat_xgboost_load(&xgboost, error);
    if (status != PAT_OK)
        return status;
    int major, minor, patch;
    xgboost.XGBoostVersion(&major, &minor, &patch);
    snprintf(version, sizeof version, "%d.%d.%d", major, minor, patch);
    return PAT_OK;
}

/* XGBoost's messages continue with a stack trace: the first line is enough. */
static pat_status fail_of(pat_status status, const char *what, pat_error *error)
{
    const char *message = xgboost.XGBGetLastError();
    int length = 0;
    if (strstr(message, "bad_alloc") != NULL)
        return pat_fail_memory(error, "a model");
    while (message[length] != '\0' && message[length] != '\n')
        length++;
    return pat_fail(error, status, "XGBoost cannot %s (%.*s)", what, length, message);
}

static pat_status create(int inputs, int outputs, const DMatrixHandle *matrix, pat_booster **out,
                         pat_error *error)
{
    *out = NULL;
    pat_booster *booster = calloc(1, sizeof *booster);
    if (booster == NULL)
        return pat_fail_memory(error, "a model");
    booster->inputs = inputs;
    booster->outputs = outputs;
    if (xgboost.XGBSetGlobalConfig("{\"verbosity\": 0}") != 0 ||
        xgboost.XGBoosterCreate(matrix, matrix == NULL ? 0 : 1, &booster->handle) != 0 ||
        xgboost.XGBoosterSetParam(booster->handle, "nthread", "1") != 0) {
        pat_booster_free(booster);
        return fail_of(PAT_INTERNAL, "begin", error);
    }
    *out = booster;
    return PAT_OK;
}

void pat_booster_free(pat_booster *booster)
{
    if (booster == NULL)
        return;
    if (booster->handle != NULL)
        xgboost.XGBoosterFree(booster->handle);
    free(booster);
}

/* XGBoost refuses infinity, which a large double becomes in single precision. */
static float to_float(double value)
{
    return (float)fmin(fmax(value, -(double)FLT_MAX), (double)FLT_MAX);
}

static float *to_floats(const double *value, size_t rows, int columns)
{
    size_t count = rows * (size_t)columns;
    float *single = pat_realloc_array(NULL, count, sizeof *single);
    for (size_t i = 0; single != NULL && i < count; i++)
        single[i] = to_float(value[i]);
    return single;
}

static pat_status make_matrix(const double *input, size_t rows, int inputs, DMatrixHandle *matrix,
                              pat_error *error)
{
    float *single = to_floats(input, rows, inputs);
    if (single == NULL)
        return pat_fail_memory(error, "the inputs of a model");
    int result =
        xgboost.XGDMatrixCreateFromMat_omp(single, rows, (bst_ulong)inputs, NAN, matrix, 1);
    free(single);
    return result == 0 ? PAT_OK : fail_of(PAT_INTERNAL, "take the inputs of a model", error);
}

/* Several outputs form a table, and only this call accepts one. The array is described in JSON. */
static pat_status set_outputs(DMatrixHandle matrix, const pat_samples *samples, pat_error *error)
{
    float *single = to_floats(samples->output, samples->rows, samples->outputs);
    if (single == NULL)
        return pat_fail_memory(error, "the outputs of a model");
    char array[160];
    snprintf(array, sizeof array,
             "{\"data\": [%" PRIuPTR ", true], \"shape\": [%zu, %d], \"typestr\": \"<f4\", "
             "\"version\": 3}",
             (uintptr_t)single, samples->rows, samples->outputs);
    int result = xgboost.XGDMatrixSetInfoFromInterface(matrix, "label", array);
    free(single);
    return result == 0 ? PAT_OK : fail_of(PAT_INTERNAL, "take the outputs of a model", error);
}

static pat_status set_parameters(pat_booster *booster, const pat_growth *growth, uint64_t seed,
                                 pat_error *error)
{
    const struct {
        const char *name;
        double value;
    } number[] = {
        {"num_parallel_tree", growth->parallel_trees},
        {"max_depth", growth->max_depth},
        {"eta", growth->eta},
        {"lambda", growth->lambda},
        {"min_child_weight", growth->min_child_weight},
        {"subsample", growth->subsample},
        {"colsample_bynode", growth->colsample_bynode},
        {"base_score", growth->is_probability ? 0.5 : 0}, /* other outputs are standardized */
        {"max_bin", growth->max_bin == 0 ? 256 : growth->max_bin},
        {"seed", (double)((seed ^ seed >> 32) & INT32_MAX)},
    };
    const char *objective = growth->is_probability ? "binary:logistic" : "reg:squarederror";
    bool done = xgboost.XGBoosterSetParam(booster->handle, "objective", objective) == 0 &&
                xgboost.XGBoosterSetParam(booster->handle, "tree_method", growth->tree_method) == 0;
    for (size_t i = 0; i < sizeof number / sizeof *number && done; i++) {
        char text[PAT_NUMBER_TEXT_SIZE];
        snprintf(text, sizeof text, "%.10g", number[i].value);
        done = xgboost.XGBoosterSetParam(booster->handle, number[i].name, text) == 0;
    }
    return done ? PAT_OK : fail_of(PAT_INTERNAL, "take the parameters of a model", error);
}

static pat_status grow(const pat_growth *growth, const pat_samples *samples, DMatrixHandle matrix,
                       uint64_t seed, pat_booster **booster, pat_error *error)
{
    pat_status status = set_outputs(matrix, samples, error);
    if (status == PAT_OK)
        status = create(samples->inputs, samples->outputs, &matrix, booster, error);
    if (status == PAT_OK)
        status = set_parameters(*booster, growth, seed, error);
    for (int round = 0; round < growth->rounds && status == PAT_OK; round++)
        if (xgboost.XGBoosterUpdateOneIter((*booster)->handle, round, matrix) != 0)
            status = fail_of(PAT_INTERNAL, "train", error);
    return status;
}

pat_status pat_booster_fit(const pat_growth *growth, const pat_samples *samples, uint64_t seed,
                           pat_booster **booster, pat_error *error)
{
    *booster = NULL;
    DMatrixHandle matrix = NULL;
    pat_status status = load_library(error);
    if (status == PAT_OK)
        status = make_matrix(samples->input, samples->rows, samples->inputs, &matrix, error);
    if (status != PAT_OK)
        return status;
    status = grow(growth, samples, matrix, seed, booster, error);
    xgboost.XGDMatrixFree(matrix);
    if (status != PAT_OK) {
        pat_booster_free(*booster);
        *booster = NULL;
    }
    return status;
}

pat_status pat_booster_predict(const pat_booster *booster, const double *input, size_t rows,
                               double *output, pat_error *error)
{
    static const char config[] = "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, "
                                 "\"iteration_end\": 0, \"strict_shape\": true}";
    DMatrixHandle matrix;
    pat_status status = make_matrix(input, rows, booster->inputs, &matrix, error);
    if (status != PAT_OK)
        return status;
    const bst_ulong *shape;
    bst_ulong dimensions;
    const float *value;
    if (xgboost.XGBoosterPredictFromDMatrix(booster->handle, matrix, config, &shape, &dimensions,
                                            &value) != 0)
        status = fail_of(PAT_INTERNAL, "predict", error);
    else if (dimensions != 2 || shape[0] != rows || shape[1] != (bst_ulong)booster->outputs)
        status =
            pat_fail(error, PAT_MALFORMED, "the trees do not have %d outputs", booster->outputs);
    for (size_t i = 0; i < rows * (size_t)booster->outputs && status == PAT_OK; i++)
        output[i] = (double)value[i];
    xgboost.XGDMatrixFree(matrix);
    return status;
}

pat_status pat_booster_gains(const pat_booster *booster, double *gain, pat_error *error)
{
    const char **name;
    const bst_ulong *shape;
    const float *score;
    bst_ulong count, dimensions;
    if (xgboost.XGBoosterFeatureScore(booster->handle, "{\"importance_type\": \"total_gain\"}",
                                      &count, &name, &dimensions, &shape, &score) != 0)
        return fail_of(PAT_INTERNAL, "list what a model uses", error);
    for (int i = 0; i < booster->inputs; i++)
        gain[i] = 0;
    for (bst_ulong i = 0; i < count; i++) {
        int index; /* inputs without names are called f0, f1, ...; unused ones are left out */
        if (sscanf(name[i], "f%d", &index) == 1 && index >= 0 && index < booster->inputs)
            gain[index] = (double)score[i];
    }
    return PAT_OK;
}

pat_status pat_booster_put(const pat_booster *booster, pat_buffer *out, pat_error *error)
{
    bst_ulong size;
    const char *bytes;
    if (xgboost.XGBoosterSaveModelToBuffer(booster->handle, "{\"format\": \"ubj\"}", &size,
                                           &bytes) != 0)
        return fail_of(PAT_INTERNAL, "save a model", error);
    pat_buffer_append(out, bytes, size);
    return out->failed ? pat_fail_memory(error, "the bytes of a model") : PAT_OK;
}

/* XGBoost would accept a table of another width, so check the trees. */
static pat_status check_shape(const pat_booster *booster, pat_error *error)
{
    bst_ulong inputs;
    if (xgboost.XGBoosterGetNumFeature(booster->handle, &inputs) != 0)
        return fail_of(PAT_MALFORMED, "count the inputs of a model", error);
    if (inputs != (bst_ulong)booster->inputs)
        return pat_fail(error, PAT_MALFORMED, "the trees were grown on %" PRIu64 " inputs, not %d",
                        (uint64_t)inputs, booster->inputs);
    double *input = calloc((size_t)booster->inputs, sizeof *input);
    double output[PAT_OUTPUTS_MAX];
    pat_status status = input == NULL ? pat_fail_memory(error, "a model")
                                      : pat_booster_predict(booster, input, 1, output, error);
    free(input);
    return status;
}

pat_status pat_booster_get(const void *bytes, size_t size, int inputs, int outputs,
                           pat_booster **booster, pat_error *error)
{
    *booster = NULL;
    pat_status status = load_library(error);
    if (status == PAT_OK)
        status = create(inputs, outputs, NULL, booster, error);
    if (status != PAT_OK)
        return status;
    if (size == 0)
        status = pat_fail(error, PAT_MALFORMED, "there are no trees");
    else if (xgboost.XGBoosterLoadModelFromBuffer((*booster)->handle, bytes, size) != 0)
        status = fail_of(PAT_MALFORMED, "read the trees", error);
    if (status == PAT_OK)
        status = check_shape(*booster, error);
    if (status != PAT_OK) {
        pat_booster_free(*booster);
        *booster = NULL;
    }
    return status;
}
