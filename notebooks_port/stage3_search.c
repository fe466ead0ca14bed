/*
 * The notebook's third stage, one pair at a time and step by step: decode, try every setting,
 * measure the features, print what was found. patina search does the same for folders, in
 * parallel.
 *
 *     stage3_search DAMAGED_IMAGE UNDAMAGED_IMAGE
 */
#include <patina/patina.h>
#include <stdio.h>

struct work {
    pat_image damaged, undamaged;
    pat_searcher *searcher;
    pat_feature_extractor *extractor;
};

static pat_status search(struct work *work, char **paths, pat_evaluation *found,
                         double features[PAT_FEATURE_COUNT], pat_error *error)
{
    pat_status status = pat_codec_init(error);
    if (status == PAT_OK)
        status = pat_image_load(paths[0], PAT_MAX_PIXELS_DEFAULT, &work->damaged, error);
    if (status == PAT_OK)
        status = pat_image_load(paths[1], PAT_MAX_PIXELS_DEFAULT, &work->undamaged, error);
    if (status == PAT_OK)
        status =
            pat_searcher_evaluate(work->searcher, &work->damaged, &work->undamaged, found, error);
    if (status == PAT_OK)
        status = pat_features_extract(work->extractor, &work->damaged, features, error);
    return status;
}

static void print_found(const pat_evaluation *found, const double features[PAT_FEATURE_COUNT])
{
    char color[PAT_VALUE_TEXT_SIZE];
    printf("best: %s, sigma %g, strength %g\n",
           pat_value_format(PAT_AXIS_COLOR, found->setting.value[PAT_AXIS_COLOR], color),
           found->setting.value[PAT_AXIS_SIGMA], found->setting.value[PAT_AXIS_STRENGTH]);
    printf("%-20s %12s %12s\n", "", "best", "untouched");
    printf("%-20s %12.6f %12.6f\n", "similarity_score", found->best.similarity,
           found->untouched.similarity);
    printf("%-20s %12.6f %12.6f\n", "psnr", found->best.psnr, found->untouched.psnr);
    printf("%-20s %12.6f %12.6f\n", "ssim", found->best.ssim, found->untouched.ssim);
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        printf("%-20s %12.6f\n", pat_feature_name(i), features[i]);
}

int main(int argc, char **argv)
{
    pat_error error = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: stage3_search DAMAGED_IMAGE UNDAMAGED_IMAGE\n");
        return 2;
    }
    pat_grid grid;
    pat_grid_init_default(&grid);
    struct work work = {
        .searcher = pat_searcher_create(&grid),
        .extractor = pat_feature_extractor_create(),
    };
    pat_evaluation found;
    double features[PAT_FEATURE_COUNT];
    int exit_status = 1;
    if (work.searcher == NULL || work.extractor == NULL) {
        fprintf(stderr, "stage3_search: not enough memory\n");
    } else if (search(&work, argv + 1, &found, features, &error) != PAT_OK) {
        fprintf(stderr, "stage3_search: %s\n", error.message);
    } else {
        print_found(&found, features);
        exit_status = 0;
    }
    pat_image_release(&work.damaged);
    pat_image_release(&work.undamaged);
    pat_searcher_free(work.searcher);
    pat_feature_extractor_free(work.extractor);
    return exit_status;
}
