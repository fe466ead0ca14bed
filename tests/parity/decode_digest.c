/*
 * usage: decode_digest FILE...
 *
 * Prints a line for each file: `width height sha256`, with the digest of the decoded pixels as rows
 * of R, G, B bytes, or `not decodable`. check_pixels.py compares them with cv2.imread.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <nettle/sha2.h>

#include "patina/image.h"

static void hash_pixels(const pat_image *image, uint8_t digest[SHA256_DIGEST_SIZE])
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            uint8_t pixel[PAT_CHANNELS];
            for (int c = 0; c < PAT_CHANNELS; c++)
                pixel[c] = image->plane[c].data[y * image->plane[c].stride + x];
            sha256_update(&hash, sizeof pixel, pixel);
        }
    sha256_digest(&hash, SHA256_DIGEST_SIZE, digest);
}

static pat_status print_digest(const char *path)
{
    pat_error error = {0};
    pat_image image = {0};
    pat_status status = pat_image_load(path, PAT_MAX_PIXELS_DEFAULT, &image, &error);
    if (status != PAT_OK) {
        fprintf(stderr, "%s: %s\n", pat_status_name(status), error.message);
        printf("not decodable");
    } else {
        uint8_t digest[SHA256_DIGEST_SIZE];
        hash_pixels(&image, digest);
        printf("%d %d ", image.width, image.height);
        for (size_t i = 0; i < sizeof digest; i++)
            printf("%02" PRIx8, digest[i]);
    }
    printf("\n");
    fflush(stdout); /* the next file may end the process */
    pat_image_release(&image);
    return status;
}

int main(int argc, char **argv)
{
    pat_error error = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: decode_digest FILE...\n");
        return 2;
    }
    if (pat_codec_init(&error) != PAT_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 2;
    }
    int exit_status = EXIT_SUCCESS;
    for (int i = 1; i < argc; i++)
        if (print_digest(argv[i]) != PAT_OK)
            exit_status = EXIT_FAILURE;
    return exit_status;
}
