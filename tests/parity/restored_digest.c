/*
 * Print the SHA-256 of every restored image of a pair, in grid order:
 *
 *     restored_digest DAMAGED UNDAMAGED [GRID]
 */
#include <nettle/sha2.h>
#include <patina/patina.h>
#include <stdio.h>
#include <stdlib.h>

/* Resize `image` to the size of `like`. */
static pat_status fit(const pat_image *image, const pat_image *like, pat_image *fitted,
                      pat_error *error)
{
    pat_status status = pat_image_resize_canvas(fitted, like->width, like->height, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        status = pat_resize_linear(&image->plane[c], &fitted->plane[c], error);
    return status;
}

static void print_digest(const pat_setting *setting, const pat_image *image)
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            for (int c = 0; c < PAT_CHANNELS; c++)
                sha256_update(&hash, 1, &image->plane[c].data[y * image->plane[c].stride + x]);
    char color[PAT_VALUE_TEXT_SIZE];
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&hash, sizeof digest, digest);
    printf("%s,%.12g,%.12g,",
           pat_value_format(PAT_AXIS_COLOR, setting->value[PAT_AXIS_COLOR], color),
           setting->value[PAT_AXIS_SIGMA], setting->value[PAT_AXIS_STRENGTH]);
    for (size_t i = 0; i < sizeof digest; i++)
        printf("%02x", digest[i]);
    printf("\n");
}

static pat_status print_all(char **paths, const char *grid_text, pat_error *error)
{
    pat_grid grid;
    pat_image damaged = {0}, undamaged = {0}, restored = {0}, fitted = {0};
    pat_grid_init_default(&grid);
    pat_status status = grid_text == NULL ? PAT_OK : pat_grid_parse(&grid, grid_text, error);
    if (status == PAT_OK)
        status = pat_codec_init(error);
    if (status == PAT_OK)
        status = pat_image_load(paths[0], PAT_MAX_PIXELS_DEFAULT, &damaged, error);
    if (status == PAT_OK)
        status = pat_image_load(paths[1], PAT_MAX_PIXELS_DEFAULT, &undamaged, error);
    for (size_t i = 0; i < pat_grid_count(&grid) && status == PAT_OK; i++) {
        pat_setting setting = pat_grid_setting(&grid, i);
        status = pat_image_restore(&damaged, &setting, &restored, error);
        if (status == PAT_OK)
            status = fit(&restored, &undamaged, &fitted, error);
        if (status == PAT_OK)
            print_digest(&setting, &fitted);
    }
    pat_image_release(&damaged);
    pat_image_release(&undamaged);
    pat_image_release(&restored);
    pat_image_release(&fitted);
    return status;
}

int main(int argc, char **argv)
{
    pat_error error = {0};
    if (argc != 3 && argc != 4) {
        fprintf(stderr, "usage: restored_digest DAMAGED UNDAMAGED [GRID]\n");
        return EXIT_FAILURE;
    }
    if (print_all(argv + 1, argc == 4 ? argv[3] : NULL, &error) == PAT_OK)
        return EXIT_SUCCESS;
    fprintf(stderr, "restored_digest: %s\n", error.message);
    return EXIT_FAILURE;
}
