/* Decoding yields an image within the limit, with readable samples and features, or an error. */

#include "fuzz/fuzz.h"
#include "patina/features.h"
#include "patina/image.h"

enum { MAX_PIXELS = 1 << 18, MEASURED_PIXELS = 1 << 12 };

static void check_image(const pat_image *image)
{
    MUST(image->width >= 1 && image->height >= 1);
    MUST((uint64_t)image->width * (uint64_t)image->height <= MAX_PIXELS);
    unsigned sum = 0;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_plane *plane = &image->plane[c];
        MUST(plane->width == image->width && plane->height == image->height);
        for (int y = 0; y < plane->height; y++)
            for (int x = 0; x < plane->width; x++)
                sum += plane->data[y * plane->stride + x];
    }
    static volatile unsigned sink;
    sink = sum;
    (void)sink;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pat_image image; /* reused, as in a worker */
    static pat_feature_extractor *extractor;
    pat_error error = {0};
    double features[PAT_FEATURE_COUNT];
    if (extractor == NULL) {
        MUST(pat_codec_init(NULL) == PAT_OK);
        extractor = pat_feature_extractor_create();
        MUST(extractor != NULL);
    }
    pat_status status = pat_image_decode(data, size, "input", MAX_PIXELS, &image, &error);
    if (status == PAT_OK) {
        check_image(&image);
        if (image.width * image.height <= MEASURED_PIXELS)
            MUST(pat_features_extract(extractor, &image, features, NULL) == PAT_OK);
    } else {
        MUST(status == error.status && error.message[0] != '\0');
        MUST(status == PAT_EMPTY_FILE || status == PAT_UNSUPPORTED_FORMAT ||
             status == PAT_CORRUPT || status == PAT_TOO_LARGE || status == PAT_OUT_OF_MEMORY);
    }
    return 0;
}
