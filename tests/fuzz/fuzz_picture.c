/*
 * An image that is decoded can also be loaded and saved: in its own format and in another one. The
 * saved files decode to the same size, and to the same samples where nothing is lost.
 *
 * The first byte of an input chooses the other format, a quality, and whether to strip; the image
 * file follows.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "image/picture.h"

enum { MAX_PIXELS = 1 << 14, STRIPS = 0x80, HAS_QUALITY = 0x40, FORMAT = 0x3f };

static void must_fail_with_reason(pat_status status, const pat_error *error)
{
    MUST(status == error->status && error->message[0] != '\0');
}

static bool same_size(const pat_image *image, int width, int height)
{
    return image->width == width && image->height == height;
}

static bool same_samples(const pat_image *a, const pat_image *b)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < a->height; y++)
            if (memcmp(a->plane[c].data + y * a->plane[c].stride,
                       b->plane[c].data + y * b->plane[c].stride, (size_t)a->width) != 0)
                return false;
    return true;
}

/* Whether the image is saved upright, turned by an orientation that only libvips reads: decoding
 * ignores that of WebP. */
static bool may_be_turned(const pat_picture *picture, const pat_picture_options *options)
{
    bool upright = (options->format != PAT_FORMAT_NONE && options->format != picture->format) ||
                   options->strip;
    return upright && (picture->recipe.orientation < 1 || picture->recipe.orientation > 8);
}

/* Whether the format and the options keep every sample. Decoding gives the colors of premultiplied
 * alpha as they are, but saving makes them straight. */
static bool is_exact(const pat_picture *picture, const pat_picture_options *options)
{
    bool lossless = !pat_format_has_quality(picture->format) ||
                    (picture->recipe.lossless && options->quality == 0);
    return options->format == PAT_FORMAT_NONE && lossless && !options->strip &&
           pat_format_is_written(picture->format) &&
           !pat_picture_has_note(picture, PAT_NOTE_MULTIPLIED_ALPHA);
}

static void check_saved(pat_picture *picture, const pat_picture_options *options,
                        const pat_image *decoded)
{
    static pat_image again;
    pat_buffer file = {0};
    pat_error error = {0};
    pat_format format = options->format != PAT_FORMAT_NONE ? options->format
                                                           : pat_format_written_as(picture->format);
    pat_status status = pat_picture_save(picture, options, &file, &error);
    if (status != PAT_OK) {
        must_fail_with_reason(status, &error);
        MUST(status == PAT_OUT_OF_MEMORY || status == PAT_TOO_LARGE);
    } else {
        const pat_file_bytes bytes = {(const uint8_t *)file.data, file.size};
        MUST(pat_format_of_file(bytes) == format);
        MUST(pat_image_decode(file.data, file.size, "saved", MAX_PIXELS, &again, &error) == PAT_OK);
        MUST(same_size(&again, decoded->width, decoded->height) ||
             (may_be_turned(picture, options) &&
              same_size(&again, decoded->height, decoded->width)));
        MUST(!is_exact(picture, options) || same_samples(&again, decoded));
    }
    pat_buffer_release(&file);
}

static void check_loaded(const pat_picture *picture, const pat_image *decoded)
{
    MUST(picture->depth == 8 || picture->depth == 16);
    MUST(picture->channels == 1 || picture->channels == PAT_CHANNELS);
    MUST(same_size(decoded, picture->width, picture->height) ||
         same_size(decoded, picture->height, picture->width));
}

static void check_picture(const uint8_t *data, size_t size, unsigned choice,
                          const pat_image *decoded)
{
    pat_picture picture = {0};
    pat_error error = {0};
    const pat_format format = choice & FORMAT;
    pat_picture_options options = {.strip = (choice & STRIPS) != 0,
                                   .quality = (choice & HAS_QUALITY) != 0 ? 40 : 0};
    pat_status status = pat_picture_load(&picture, data, size, "input", &error);
    if (status == PAT_OK) {
        check_loaded(&picture, decoded);
        check_saved(&picture, &options, decoded);
        options.format = format >= 1 && format <= pat_format_count() ? format : PAT_FORMAT_NONE;
        if (options.format != PAT_FORMAT_NONE && options.format != picture.format &&
            pat_format_is_made(options.format))
            check_saved(&picture, &options, decoded);
    } else {
        must_fail_with_reason(status, &error);
        MUST(status == PAT_CORRUPT || status == PAT_UNSUPPORTED_FORMAT ||
             status == PAT_OUT_OF_MEMORY);
    }
    pat_picture_release(&picture);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pat_image decoded; /* reused, as in a worker */
    static bool ready;
    if (!ready)
        MUST(pat_codec_init(NULL) == PAT_OK);
    ready = true;
    if (size > 0 &&
        pat_image_decode(data + 1, size - 1, "input", MAX_PIXELS, &decoded, NULL) == PAT_OK)
        check_picture(data + 1, size - 1, data[0], &decoded);
    return 0;
}
