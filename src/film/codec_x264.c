/*
 * H.264 by x264: small files that every player plays, in closed segments. Each is encoded by an
 * encoder of its own, and has one IDR frame, its first, so segments can be joined.
 */
#include <stdio.h>

#include "base/number.h"
#include "film/codec.h"
#include "film/libav.h"

enum {
    SIDE_MAX = 16384,  /* x264's limit */
    LOOK_AHEAD = 40,   /* frames: that of x264's preset `medium` */
    ENDLESS = 1 << 30, /* x264's word for it: key frames are never due */
    USUAL_RATE = 25    /* frames a second, if the film does not say */
};

static const char *refuses(const pat_film_layout *layout)
{
    if (layout->is_rgb)
        return "its colors are RGB";
    if (layout->planes != 1 && layout->planes != 3)
        return "it has transparency";
    if (layout->depth != 8 && layout->depth != 10)
        return "its samples have neither 8 nor 10 bits";
    if (layout->width > SIDE_MAX || layout->height > SIDE_MAX)
        return "its frames are too large";
    if (layout->planes == 1)
        return NULL;
    if (layout->shift_x > 1 || layout->shift_y > layout->shift_x)
        return "its chroma has a resolution that x264 lacks";
    return layout->width % (1 << layout->shift_x) != 0 ||
                   layout->height % (1 << layout->shift_y) != 0
               ? "its chroma has half the resolution, and a side is odd"
               : NULL;
}

/* The rate counts for VUI timing and for how bits are shared out; the times are the file's. */
static void set_rate(AVCodecContext *context, const pat_rational *rate)
{
    context->framerate = (AVRational){USUAL_RATE, 1};
    if (rate->over > 0)
        context->framerate = (AVRational){rate->over, rate->under};
    context->time_base = (AVRational){context->framerate.den, context->framerate.num};
}

/*
 * With AVX-512, x264 (164) reads memory that it has not written, and the same frames may give other
 * bytes. Without, they give the same ones, from SSSE3 on whatever the processor.
 */
static const char *instructions(void)
{
#ifdef PAT_X86_KERNELS
    if (__builtin_cpu_supports("avx512f")) /* it has these, too */
        return "asm=sse2fast,lzcnt,avx2,fma3,bmi2";
#endif
    return "";
}

static int set_up(const pat_film_coding *coding, const pat_film_facts *facts,
                  AVCodecContext *context, AVDictionary **options)
{
    const pat_libav *libav = pat_libav_get();
    char quality[PAT_NUMBER_TEXT_SIZE], further[64];
    size_t frames = pat_film_segment_frames(&facts->layout);
    set_rate(context, &facts->rate);
    context->gop_size = context->keyint_min = ENDLESS;
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (coding->interlaced)
        context->flags |= AV_CODEC_FLAG_INTERLACED_DCT;
    pat_number_format(coding->quality, quality);
    int code = libav->av_dict_set(options, "preset", "medium", 0);
    /* At 10 bits, CRF 0 is not without loss; a quantizer of 0 always is. */
    if (code >= 0)
        code = libav->av_dict_set(options, coding->quality == 0 ? "qp" : "crf", quality, 0);
    if (code >= 0)
        code = libav->av_dict_set_int(options, "rc-lookahead",
                                      frames < LOOK_AHEAD ? (int64_t)frames : LOOK_AHEAD, 0);
    const char *fields = !coding->interlaced ? "" : coding->top_first ? "tff=1:" : "bff=1:";
    snprintf(further, sizeof further, "%s%s", fields, instructions());
    if (code >= 0)
        code = libav->av_dict_set(options, "x264-params", further, 0);
    return code;
}

const pat_film_codec pat_film_codec_x264 = {
    .name = "x264",
    .title = "H.264",
    .encoder = "libx264",
    .kinds = ".mkv .mp4 .mov",
    .in_segments = true,
    .most_quality = 51,
    .usual_quality = 16,
    .advice = "leave out --codec x264",
    .refuses = refuses,
    .set_up = set_up,
};
