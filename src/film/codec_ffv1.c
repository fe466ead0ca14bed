/*
 * FFV1 (RFC 9043, version 3): without loss, every frame a key frame with checksums. Damage to one
 * frame stays in it.
 */
#include "film/codec.h"
#include "film/libav.h"

enum { LEAST_SIDE = 16, SLICES = 4 };

static const char *refuses(const pat_film_layout *layout)
{
    return layout->width < 2 || layout->height < 2 /* FFmpeg encodes them wrongly */
               ? "its frames have one row or column"
               : NULL;
}

static int set_up(const pat_film_coding *coding, const pat_film_facts *facts,
                  AVCodecContext *context, AVDictionary **options)
{
    const pat_film_layout *layout = &facts->layout;
    (void)coding;
    context->gop_size = 1;
    context->level = 3;
    /* Decoders use so many threads. Small frames cannot be divided. */
    context->slices = layout->width >= LEAST_SIDE && layout->height >= LEAST_SIDE ? SLICES : 1;
    return pat_libav_get()->av_dict_set(options, "slicecrc", "1", 0);
}

const pat_film_codec pat_film_codec_ffv1 = {
    .name = "ffv1",
    .title = "FFV1",
    .encoder = "ffv1",
    .kinds = ".mkv .avi .nut",
    .advice = "convert it first: ffmpeg -i FILM -c:v ffv1 -pix_fmt yuva444p16 NEW.mkv",
    .refuses = refuses,
    .set_up = set_up,
};
