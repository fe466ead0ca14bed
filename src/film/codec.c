#include "film/codec.h"

#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "film/container.h"

enum { SEGMENT_FRAMES = 48, SEGMENT_BYTES = 128 << 20, LEAST_FRAMES = 4 };

/* ---- The table ------------------------------------------------------------------------------- */

static const pat_film_codec *const codecs[] = {&pat_film_codec_ffv1, &pat_film_codec_x264};

enum { CODECS = sizeof codecs / sizeof *codecs };

const pat_film_codec *pat_film_codec_at(int number)
{
    return number >= 0 && number < CODECS ? codecs[number] : NULL;
}

int pat_film_codec_number(const pat_film_codec *codec)
{
    int number = 0;
    while (codecs[number] != codec)
        number++;
    return number;
}

bool pat_film_codec_fits(const pat_film_codec *codec, const char *extension)
{
    size_t length = strlen(extension);
    for (const char *at = codec->kinds; *at != '\0'; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == length && strncasecmp(at, extension, length) == 0)
            return true;
    return false;
}

pat_status pat_film_codec_check(const pat_film_codec *codec, const pat_film_facts *facts,
                                const char *name, pat_error *error)
{
    const char *why = codec->refuses(&facts->layout);
    return why == NULL
               ? PAT_OK
               : pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                          "%s: cannot be stored as %s: %s (%s, %dx%d); %s", name, codec->title, why,
                          facts->samples, facts->layout.width, facts->layout.height, codec->advice);
}

size_t pat_film_segment_frames(const pat_film_layout *layout)
{
    size_t fit = SEGMENT_BYTES / pat_film_offset(layout, layout->planes);
    return fit < LEAST_FRAMES ? LEAST_FRAMES : fit < SEGMENT_FRAMES ? fit : SEGMENT_FRAMES;
}

/* ---- Encoders -------------------------------------------------------------------------------- */

/* Whether samples of one layout can be stored in the other as they are. */
static bool holds(const pat_film_layout *stored, const pat_film_layout *wanted)
{
    return stored->depth == wanted->depth && stored->planes == wanted->planes &&
           stored->is_rgb == wanted->is_rgb &&
           (wanted->planes < 3 ||
            (stored->shift_x == wanted->shift_x && stored->shift_y == wanted->shift_y)) &&
           !stored->full_range;
}

/* The layout of samples in which the codec stores the film. */
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

static void describe(AVCodecContext *context, const pat_film_facts *facts)
{
    context->width = facts->layout.width;
    context->height = facts->layout.height;
    context->time_base = (AVRational){facts->time_base.over, facts->time_base.under};
    context->sample_aspect_ratio = (AVRational){facts->aspect.over, facts->aspect.under};
    context->color_range = (enum AVColorRange)facts->colors.range;
    if (facts->layout.full_range)
        context->color_range = AVCOL_RANGE_JPEG;
    context->color_primaries = (enum AVColorPrimaries)facts->colors.primaries;
    context->color_trc = (enum AVColorTransferCharacteristic)facts->colors.transfer;
    context->colorspace = (enum AVColorSpace)facts->colors.matrix;
    context->chroma_sample_location = (enum AVChromaLocation)facts->colors.chroma;
    context->thread_count = 1; /* other numbers may give other bytes */
    context->flags |= AV_CODEC_FLAG_BITEXACT;
}

pat_status pat_film_codec_open(const pat_film_coding *coding, const pat_film_facts *facts,
                               const char *name, AVCodecContext **out, pat_error *error)
{
    *out = NULL;
    const pat_libav *libav = pat_libav_get();
    const pat_film_codec *codec = coding->codec;
    pat_status status = pat_film_codec_check(codec, facts, name, error);
    if (status != PAT_OK)
        return status;
    const AVCodec *found = libav->avcodec_find_encoder_by_name(codec->encoder);
    if (found == NULL)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: FFmpeg has no encoder %s; install one that has, or use another codec",
                        name, codec->encoder);
    enum AVPixelFormat format = format_of(found, facts);
    if (format == AV_PIX_FMT_NONE)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: %s cannot store its samples (%s) as they are; %s", name, codec->title,
                        facts->samples, codec->advice);
    AVDictionary *options = NULL;
    AVCodecContext *context = libav->avcodec_alloc_context3(found);
    if (context == NULL)
        return pat_fail_memory(error, "an encoder");
    describe(context, facts);
    context->pix_fmt = format;
    int code = codec->set_up(coding, facts, context, &options);
    if (code >= 0)
        code = libav->avcodec_open2(context, found, &options);
    libav->av_dict_free(&options);
    if (code < 0) {
        libav->avcodec_free_context(&context);
        return pat_libav_fail(libav, name, code, PAT_INTERNAL,
                              "its frames cannot be encoded; report this as a defect", error);
    }
    *out = context;
    return PAT_OK;
}
