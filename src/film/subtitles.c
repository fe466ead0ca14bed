#include "film/subtitles.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { TEXT_MAX = 1 << 16 };

/* Times within a packet. */
static const AVRational millisecond = {1, 1000};

/* FFmpeg's decoders of text give ASS, and its encoders take it. */
struct pat_film_subtitles {
    const pat_libav *libav;
    AVCodecContext *decoder, *encoder;
    AVRational unit; /* of the stream's times */
    uint8_t text[TEXT_MAX];
};

/* A context for one direction, not yet open; NULL: there is no such codec, or no memory. */
static AVCodecContext *context_for(const pat_libav *libav, const AVCodec *codec)
{
    return codec == NULL ? NULL : libav->avcodec_alloc_context3(codec);
}

static int open_decoder(pat_film_subtitles *subtitles, const AVStream *stream)
{
    const pat_libav *libav = subtitles->libav;
    subtitles->decoder =
        context_for(libav, libav->avcodec_find_decoder(stream->codecpar->codec_id));
    if (subtitles->decoder == NULL)
        return AVERROR_DECODER_NOT_FOUND;
    int code = libav->avcodec_parameters_to_context(subtitles->decoder, stream->codecpar);
    subtitles->decoder->pkt_timebase = stream->time_base;
    return code < 0 ? code : libav->avcodec_open2(subtitles->decoder, NULL, NULL);
}

static int open_encoder(pat_film_subtitles *subtitles, const char *wanted)
{
    const pat_libav *libav = subtitles->libav;
    const AVCodecContext *decoder = subtitles->decoder;
    subtitles->encoder = context_for(libav, libav->avcodec_find_encoder_by_name(wanted));
    AVCodecContext *encoder = subtitles->encoder;
    if (encoder == NULL)
        return AVERROR_ENCODER_NOT_FOUND;
    encoder->time_base = millisecond;
    encoder->width = decoder->width;
    encoder->height = decoder->height;
    encoder->flags |= AV_CODEC_FLAG_BITEXACT;
    if (decoder->subtitle_header_size > 0) { /* the styles; the encoder frees its copy */
        encoder->subtitle_header = libav->av_calloc(1, (size_t)decoder->subtitle_header_size + 1);
        if (encoder->subtitle_header == NULL)
            return AVERROR(ENOMEM);
        memcpy(encoder->subtitle_header, decoder->subtitle_header,
               (size_t)decoder->subtitle_header_size);
        encoder->subtitle_header_size = decoder->subtitle_header_size;
    }
    return libav->avcodec_open2(encoder, NULL, NULL);
}

static bool is_text(const pat_libav *libav, const AVStream *stream)
{
    const AVCodecDescriptor *codec = libav->avcodec_descriptor_get(stream->codecpar->codec_id);
    return stream->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE && codec != NULL &&
           (codec->props & AV_CODEC_PROP_TEXT_SUB) != 0;
}

pat_status pat_film_subtitles_create(const AVStream *stream, const char *wanted,
                                     pat_film_subtitles **out, pat_error *error)
{
    const pat_libav *libav = pat_libav_get();
    *out = NULL;
    if (!is_text(libav, stream))
        return PAT_OK;
    pat_film_subtitles *subtitles = calloc(1, sizeof *subtitles);
    if (subtitles == NULL)
        return pat_fail_memory(error, "subtitles");
    subtitles->libav = libav;
    subtitles->unit = stream->time_base;
    int code = open_decoder(subtitles, stream);
    if (code >= 0)
        code = open_encoder(subtitles, wanted);
    if (code >= 0) {
        *out = subtitles;
        return PAT_OK;
    }
    pat_film_subtitles_free(subtitles);
    return code == AVERROR(ENOMEM) ? pat_fail_memory(error, "subtitles") : PAT_OK;
}

void pat_film_subtitles_free(pat_film_subtitles *subtitles)
{
    if (subtitles == NULL)
        return;
    subtitles->libav->avcodec_free_context(&subtitles->decoder);
    subtitles->libav->avcodec_free_context(&subtitles->encoder);
    free(subtitles);
}

int pat_film_subtitles_describe(const pat_film_subtitles *subtitles, AVCodecParameters *stream)
{
    return subtitles->libav->avcodec_parameters_from_context(stream, subtitles->encoder);
}

/* Put the new text, of this size, into the packet. */
static int replace(const pat_film_subtitles *subtitles, const AVSubtitle *shown, int size,
                   AVPacket *packet)
{
    const pat_libav *libav = subtitles->libav;
    int64_t start = packet->pts, stop = packet->duration;
    int stream = packet->stream_index;
    if (start != AV_NOPTS_VALUE)
        start += libav->av_rescale_q(shown->start_display_time, millisecond, subtitles->unit);
    if (shown->end_display_time != UINT32_MAX && shown->end_display_time > 0)
        stop = libav->av_rescale_q((int64_t)shown->end_display_time - shown->start_display_time,
                                   millisecond, subtitles->unit);
    libav->av_packet_unref(packet);
    int code = libav->av_new_packet(packet, size);
    if (code < 0)
        return code;
    memcpy(packet->data, subtitles->text, (size_t)size);
    packet->pts = packet->dts = start;
    packet->duration = stop;
    packet->stream_index = stream;
    packet->flags |= AV_PKT_FLAG_KEY;
    return 0;
}

/* Returns the size of the new text, or FFmpeg's code of an error. */
static int recode(pat_film_subtitles *subtitles, AVPacket *packet, AVSubtitle *shown)
{
    const pat_libav *libav = subtitles->libav;
    int has_text = 0;
    int code = libav->avcodec_decode_subtitle2(subtitles->decoder, shown, &has_text, packet);
    if (code < 0 || !has_text || shown->num_rects == 0)
        return code < 0 ? code : 0;
    return libav->avcodec_encode_subtitle(subtitles->encoder, subtitles->text, TEXT_MAX, shown);
}

int pat_film_subtitles_convert(pat_film_subtitles *subtitles, AVPacket *packet)
{
    AVSubtitle shown = {0};
    int size = recode(subtitles, packet, &shown);
    int code = size < 0 ? size : 0;
    if (size > 0)
        code = replace(subtitles, &shown, size, packet);
    else if (size == 0)
        packet->size = 0;
    subtitles->libav->avsubtitle_free(&shown);
    return code;
}
