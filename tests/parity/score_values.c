/*
 * Print every score of each restored image, one `name value` per line, then an empty line:
 *
 *     score_values RESTORED ORIGINAL [RESTORED ORIGINAL]...
 *
 * Values have 17 digits. If an image is too small for a score, its value is `too_small`.
 */
#include <patina/patina.h>
#include <stdio.h>
#include <stdlib.h>

static pat_status print_scores(const pat_image *restored, const pat_image *original,
                               pat_error *error)
{
    for (int i = 0; i < pat_score_count(); i++) {
        double value;
        pat_status status = pat_score_compute(i, restored, original, &value, error);
        if (status == PAT_OK)
            printf("%s %.17g\n", pat_score_row(i)->name, value);
        else if (status == PAT_TOO_SMALL)
            printf("%s %s\n", pat_score_row(i)->name, pat_status_name(status));
        else
            return status;
    }
    return PAT_OK;
}

/* Reuses the images and their memory. */
static pat_status print_pair(char **paths, pat_image images[2], pat_error *error)
{
    pat_status status = PAT_OK;
    for (int i = 0; i < 2 && status == PAT_OK; i++)
        status = pat_image_load(paths[i], PAT_MAX_PIXELS_DEFAULT, &images[i], error);
    if (status == PAT_OK)
        status = print_scores(&images[0], &images[1], error);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc % 2 == 0) {
        fprintf(stderr, "usage: score_values RESTORED ORIGINAL [RESTORED ORIGINAL]...\n");
        return 2;
    }
    pat_error error = {0};
    pat_image images[2] = {0};
    pat_status status = pat_codec_init(&error);
    for (int i = 1; i < argc && status == PAT_OK; i += 2) {
        status = print_pair(argv + i, images, &error);
        printf("\n");
    }
    if (status != PAT_OK)
        fprintf(stderr, "%s: %s\n", pat_status_name(status), error.message);
    for (int i = 0; i < 2; i++)
        pat_image_release(&images[i]);
    return status == PAT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
