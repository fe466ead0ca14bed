/*
 * Model files: any bytes are refused with a reason, or are a model that predicts valid settings and
 * that is the same when it is written and read again.
 *
 * An input that begins with 'r' is followed by the file itself; one that begins with 's', by what
 * the checksum covers. Any other input is a description and, after a NUL, the trees; the rest of
 * the file is made from them. XGBoost trusts its trees, so this program takes its place: it accepts
 * any, and predicts their bytes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/deflate.h"
#include "base/sha256.h"
#include "fuzz/fuzz.h"
#include "learn/booster.h"
#include "learn/model.h"

/* ---- In place of XGBoost --------------------------------------------------------------------- */

struct pat_booster {
    int inputs, outputs;
    pat_buffer trees;
};

pat_status pat_booster_fit(const pat_growth *growth, const pat_samples *samples, uint64_t seed,
                           pat_booster **booster, pat_error *error)
{
    (void)growth, (void)samples, (void)seed, (void)booster, (void)error;
    MUST(!"trained");
    return PAT_INTERNAL;
}

pat_status pat_booster_get(const void *bytes, size_t size, int inputs, int outputs,
                           pat_booster **booster, pat_error *error)
{
    *booster = NULL;
    if (size == 0) {
        *error = (pat_error){PAT_MALFORMED, "there are no trees"};
        return PAT_MALFORMED;
    }
    pat_booster *made = calloc(1, sizeof *made);
    MUST(made != NULL && inputs >= 1 && outputs >= 1 && outputs <= PAT_OUTPUTS_MAX);
    made->inputs = inputs;
    made->outputs = outputs;
    pat_buffer_append(&made->trees, bytes, size);
    MUST(!made->trees.failed);
    *booster = made;
    return PAT_OK;
}

void pat_booster_free(pat_booster *booster)
{
    if (booster != NULL)
        pat_buffer_release(&booster->trees);
    free(booster);
}

pat_status pat_booster_predict(const pat_booster *booster, const double *input, size_t rows,
                               double *output, pat_error *error)
{
    (void)error;
    for (size_t i = 0; i < rows * (size_t)booster->inputs; i++)
        MUST(isfinite(input[i]));
    for (size_t i = 0; i < rows * (size_t)booster->outputs; i++)
        output[i] = booster->trees.data[i % booster->trees.size] / 32.0;
    return PAT_OK;
}

pat_status pat_booster_gains(const pat_booster *booster, double *gain, pat_error *error)
{
    (void)error;
    for (int i = 0; i < booster->inputs; i++)
        gain[i] = 1;
    return PAT_OK;
}

pat_status pat_booster_put(const pat_booster *booster, pat_buffer *out, pat_error *error)
{
    (void)error;
    pat_buffer_append(out, booster->trees.data, booster->trees.size);
    return PAT_OK;
}

const char *pat_booster_version(void)
{
    return "";
}

/* ---- Files ----------------------------------------------------------------------------------- */

static void put_file(pat_buffer *file, const void *hashed, size_t size)
{
    char digest[PAT_SHA256_TEXT_SIZE];
    pat_sha256 hash;
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, hashed, size);
    pat_sha256_finish(&hash, digest);
    pat_buffer_append_text(file, "patina-model 2\n");
    pat_buffer_append_text(file, digest);
    pat_buffer_append(file, hashed, size);
}

/* The file of a description and trees. */
static void put_parts(pat_buffer *file, const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
    size_t description = nul != NULL ? (size_t)(nul - data) : size;
    size_t trees = nul != NULL ? size - description - 1 : 0;
    char sizes[80];
    pat_buffer compressed = {0}, hashed = {0};
    if (trees > 0)
        MUST(pat_deflate((pat_bytes){(const char *)nul + 1, trees}, &compressed, NULL) == PAT_OK);
    snprintf(sizes, sizeof sizes, " %zu %zu %zu\n", description, compressed.size, trees);
    pat_buffer_append_text(&hashed, sizes);
    pat_buffer_append(&hashed, data, description);
    pat_buffer_append(&hashed, compressed.data, compressed.size);
    put_file(file, hashed.data, hashed.size);
    pat_buffer_release(&compressed);
    pat_buffer_release(&hashed);
}

/* ---- Checks ---------------------------------------------------------------------------------- */

static pat_status read_model(const pat_buffer *file, pat_model **model)
{
    pat_error error = {0};
    pat_status status = pat_model_read(file->data, file->size, "input", model, &error);
    MUST((status == PAT_OK) == (*model != NULL) && status == error.status);
    MUST((status == PAT_OK) == (error.message[0] == '\0'));
    MUST(status == PAT_OK || status == PAT_MALFORMED || status == PAT_CORRUPT);
    return status;
}

/* Loading the file gives the same status as reading its bytes. */
static void check_loaded(const pat_buffer *file, pat_status expected)
{
    pat_model *model;
    pat_status status = pat_model_load(fuzz_file(0, file->data, file->size), &model, NULL);
    MUST(status == expected || (file->size == 0 && status == PAT_EMPTY_FILE));
    pat_model_free(model);
}

static void check_predictions(const pat_model *model)
{
    static const double values[] = {0, 1, -1e30, 1e300, INFINITY, NAN};
    double features[PAT_MODEL_FEATURES_MAX];
    pat_prediction prediction;
    const int count = pat_model_feature_count(model);
    MUST(count >= 1 && count <= PAT_MODEL_FEATURES_MAX);
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        for (int i = 0; i < count; i++)
            features[i] = values[v];
        MUST(pat_model_predict(model, features, &prediction, NULL) == PAT_OK);
        MUST(pat_setting_is_valid(&prediction.setting));
    }
}

static void check_written(const pat_model *model)
{
    pat_buffer once = {0}, twice = {0};
    pat_model *again;
    MUST(pat_model_put(model, NULL, NULL, &once, NULL) == PAT_OK);
    MUST(read_model(&once, &again) == PAT_OK);
    MUST(pat_model_put(again, NULL, NULL, &twice, NULL) == PAT_OK);
    MUST(once.size == twice.size && memcmp(once.data, twice.data, once.size) == 0);
    pat_model_free(again);
    pat_buffer_release(&once);
    pat_buffer_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pat_buffer file = {0};
    pat_model *model;
    char summary[PAT_MODEL_SUMMARY_SIZE];
    if (size > 0 && data[0] == 'r')
        pat_buffer_append(&file, data + 1, size - 1);
    else if (size > 0 && data[0] == 's')
        put_file(&file, data + 1, size - 1);
    else
        put_parts(&file, data, size);
    MUST(!file.failed);
    pat_status status = read_model(&file, &model);
    check_loaded(&file, status);
    if (status == PAT_OK) {
        pat_model_summarize(model, true, summary);
        MUST(strnlen(summary, sizeof summary) < sizeof summary);
        check_predictions(model);
        check_written(model);
    }
    pat_model_free(model);
    pat_buffer_release(&file);
    return 0;
}
