/*
 * The notebook's fourth stage: train a random forest and gradient-boosted trees on a data set,
 * cross-validate both by what they restore, save the better one; then load it, as a program that
 * comes later would, and restore one image with it.
 *
 *     stage4_train DATA.csv DAMAGED_DIR UNDAMAGED_DIR MODEL IMAGE RESTORED_IMAGE
 */
#include <patina/patina.h>
#include <stdio.h>

static void print_training(const pat_train_report *report)
{
    printf("%-10s %10s %10s %10s   R2 of", "", "restored", "untouched", "captured");
    for (int t = 0; t < PAT_TARGET_COUNT; t++)
        printf(" %s", pat_target_name(t));
    printf("\n");
    for (size_t k = 0; k < report->kind_count; k++) {
        const pat_kind_report *kind = &report->kinds[k];
        const pat_evaluation_report *pixels = &kind->cross_pixels;
        printf("%-10s %10.6f %10.6f %9.1f%%  ", pat_model_kind_name(kind->kind),
               pixels->similarity[PAT_WAY_PREDICTED].value,
               pixels->similarity[PAT_WAY_UNTOUCHED].value, 100 * pixels->captured.value);
        for (int t = 0; t < PAT_TARGET_COUNT; t++)
            printf(" %.3f", kind->cross[t].r2);
        printf("\n");
    }
    printf("saved: %s\n", pat_model_kind_name(report->kinds[report->chosen].kind));
}

static pat_status train(char **paths, pat_error *error)
{
    pat_pairs *pairs;
    pat_pair_source folders = {.damaged = paths[1], .undamaged = paths[2]};
    pat_status status = pat_pairs_find(&folders, &pairs, error);
    if (status != PAT_OK)
        return status;
    pat_train_options options = {
        .data = paths[0],
        .output = paths[3],
        .kind = {[PAT_MODEL_FOREST] = true, [PAT_MODEL_BOOSTING] = true},
        .max_harm = PAT_MAX_HARM_DEFAULT,
        .keep_harmful = true,
        .seed = 1,
        .pairs = pairs,
    };
    pat_train_report report = {0};
    status = pat_train_run(&options, &report, error);
    if (status == PAT_OK)
        print_training(&report);
    pat_train_report_release(&report);
    pat_pairs_free(pairs);
    return status;
}

static void print_restoration(void *context, const pat_restoration *done)
{
    (void)context;
    char color[PAT_VALUE_TEXT_SIZE];
    if (done->status == PAT_OK)
        printf("%s: %s, sigma %g, strength %g\n", done->output,
               pat_value_format(PAT_AXIS_COLOR, done->setting.value[PAT_AXIS_COLOR], color),
               done->setting.value[PAT_AXIS_SIGMA], done->setting.value[PAT_AXIS_STRENGTH]);
}

static pat_status restore(const char *model, const char *image, const char *output,
                          pat_error *error)
{
    static pat_run_summary summary;
    pat_restoration_options options = {
        .inputs = &image,
        .input_count = 1,
        .model = model,
        .output = output,
        .done = print_restoration,
    };
    pat_status status = pat_restoration_run(&options, &summary, error);
    if (status != PAT_OK || summary.failures == 0)
        return status;
    const pat_failure *failure = &summary.first_failures[0];
    snprintf(error->message, sizeof error->message, "%s", failure->message);
    return failure->reason;
}

int main(int argc, char **argv)
{
    pat_error error = {0};
    if (argc != 7) {
        fprintf(stderr, "usage: stage4_train DATA.csv DAMAGED_DIR UNDAMAGED_DIR MODEL IMAGE "
                        "RESTORED_IMAGE\n");
        return 2;
    }
    if (train(argv + 1, &error) != PAT_OK || restore(argv[4], argv[5], argv[6], &error) != PAT_OK) {
        fprintf(stderr, "stage4_train: %s\n", error.message);
        return 1;
    }
    return 0;
}
