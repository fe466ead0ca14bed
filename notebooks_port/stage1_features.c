/*
 * The notebook's first stage: the features of damaged and undamaged images in one table, told
 * apart by a label column.
 *
 *     stage1_features DAMAGED_DIR UNDAMAGED_DIR features.csv
 */
#include <patina/patina.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    static pat_run_summary summary;
    pat_error error = {0};
    if (argc != 4) {
        fprintf(stderr, "usage: stage1_features DAMAGED_DIR UNDAMAGED_DIR OUTPUT.csv\n");
        return 2;
    }
    const pat_feature_input inputs[] = {{argv[1], "damaged"}, {argv[2], "undamaged"}};
    const pat_feature_options options = {
        .inputs = inputs,
        .input_count = 2,
        .label_name = "label",
        .output = argv[3],
    };
    if (pat_feature_run(&options, &summary, &error) != PAT_OK) {
        fprintf(stderr, "stage1_features: %s\n", error.message);
        return 2;
    }
    printf("%zu images, %zu rows in %s\n", summary.total, summary.rows, summary.output);
    return summary.failures > 0;
}
