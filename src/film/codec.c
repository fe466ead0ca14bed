#include "film/codec.h"

#include "base/error.h"
#include "film/container.h"

enum { LEAST_SIDE = 16 };

/* Whether samples of one layout can be stored in the other as they are. */
static bool holds(const pat_film_layout *stored, const pat_film_layout *wanted)
{
    return stored->depth == wanted->depth && stored->planes == wanted->planes &&
           stored->is_rgb == wanted->is_rgb &&
           (wanted->planes < 3 ||
            (stored->shift_x == wanted->shift_x && stored->shift_y == wanted->shift_y)) &&
           !stored->full_range;
}

/* The layout of samples in which FFV1 stores the film. */
static enum AVPixelFormat format_of(const AVCodec *codec, const pat_film_facts *facts)
{
    const pat_film_layout *wanted = &facts->layout;
    pat_film_layout layout;
    for (const enum AVPixelFormat *format = codec->pix_fmts;
         format != NULL && *format != AV_PIX_FMT_NONE; format++)
        if (pat_film_layout_of(*format, wanted->width, wanted->height, "", &layout, NULL) ==
                PAT_OK &&
            holds(&layout, wanted))
            return *format;
    return AV_PIX_FMT_NONE;
}

static void set_up(AVCodecContext *codec, const pat_film_facts *facts, enum AVPixelFormat format)
{
    codec->width = facts->layout.width;
    codec->height = facts->layout.height;
    codec->pix_fmt = format;
    codec->time_base = (AVRational){facts->time_base.over, facts->time_base.under};
    codec->sample_aspect_ratio = (AVRational){facts->aspect.over, facts->aspect.under};
    codec->color_range = (enum AVColorRange)facts->colors.range;
    if (facts->layout.full_range)
        codec->color_range = AVCOL_RANGE_JPEG;
    codec->color_primaries = (enum AVColorPrimaries)facts->colors.primaries;
    codec->color_trc = (enum AVColorTransferCharacteristic)facts->colors.transfer;
    codec->colorspace = (enum AVColorSpace)facts->colors.matrix;
    codec->chroma_sample_location = (enum AVChromaLocation)facts->colors.chroma;
    codec->gop_size = 1;
    codec->level = 3;
    codec->thread_count = 1;
    /* Decoders use so many threads. Small frames cannot be divided. */
    codec->slices = facts->layout.width >= LEAST_SIDE && facts->layout.height >= LEAST_SIDE ? 4 : 1;
    codec->flags |= AV_CODEC_FLAG_BITEXACT;
}

pat_status pat_film_codec_open(const pat_film_facts *facts, const char *name, AVCodecContext **out,
                               pat_error *error)
{
    *out = NULL;
    const pat_libav *libav = pat_libav_get();
    if (facts->layout.width < 2 || facts->layout.height < 2) /* FFmpeg encodes them wrongly */
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: frames of one row or column (%dx%d) cannot be stored as FFV1", name,
                        facts->layout.width, facts->layout.height);
    const AVCodec *found = libav->avcodec_find_encoder(AV_CODEC_ID_FFV1);
    enum AVPixelFormat format = found == NULL ? AV_PIX_FMT_NONE : format_of(found, facts);
    if (format == AV_PIX_FMT_NONE)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: FFV1 cannot store its samples (%s) as they are; convert it first: "
                        "ffmpeg -i FILM -c:v ffv1 -pix_fmt yuva444p16 NEW.mkv",
                        name, facts->samples);
    AVDictionary *options = NULL;
    AVCodecContext *codec = libav->avcodec_alloc_context3(found);
    if (codec == NULL || libav->av_dict_set(&options, "slicecrc", "1", 0) < 0) {
        libav->avcodec_free_context(&codec);
        return pat_fail_memory(error, "an encoder");
    }
    set_up(codec, facts, format);
    int code = libav->avcodec_open2(codec, found, &options);
    libav->av_dict_free(&options);
    if (code < 0) {
        libav->avcodec_free_context(&codec);
        return pat_libav_fail(libav, name, code, PAT_INTERNAL,
                              "FFV1 cannot encode its frames; report this as a defect", error);
    }
    *out = codec;
    return PAT_OK;
}
