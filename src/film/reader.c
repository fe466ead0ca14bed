#include "film/reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/memory.h"
#include "film/container.h"

enum {
    THREADS_MAX = 16,
    PIXEL_BYTES = 8,          /* of a large frame, at most */
    DECODING_MAX = 256 << 20, /* bytes of the frames that threads decode */
    FAILURES_MAX = 100        /* of a decoder, in a row, after the last packet */
};

struct pat_film_reader {
    const pat_libav *libav;
    char *name;
    uint64_t max_pixels;
    int threads;
    pat_container film;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    int pixel_format;    /* of the frames that count */
    unsigned complaints; /* of FFmpeg, before the current frame */
    unsigned accepted;   /* of them: those while the film was opened */
    bool ended;          /* the decoder has been told that no packet follows */
    pat_film_facts facts;
    pat_film_counts counts;
    pat_scratch samples;
};

/* ---- Opening --------------------------------------------------------------------------------- */

/* How many threads decode frames of this size. */
static int limit_threads(int threads, const AVCodecParameters *film)
{
    int64_t pixels = (int64_t)film->width * film->height;
    int64_t fit = pixels > 0 ? DECODING_MAX / PIXEL_BYTES / pixels : 1;
    int most = threads < THREADS_MAX ? threads : THREADS_MAX;
    return fit < 1 ? 1 : fit < most ? (int)fit : most;
}

static pat_status open_decoder(pat_film_reader *reader, pat_error *error)
{
    const pat_libav *libav = reader->libav;
    const AVCodec *codec;
    int index;
    pat_status status = pat_container_video(&reader->film, &index, &codec, error);
    if (status != PAT_OK)
        return status;
    reader->facts.video_stream = index;
    reader->decoder = libav->avcodec_alloc_context3(codec);
    reader->packet = libav->av_packet_alloc();
    reader->frame = libav->av_frame_alloc();
    if (reader->decoder == NULL || reader->packet == NULL || reader->frame == NULL)
        return pat_fail_memory(error, "a film");
    const AVStream *stream = reader->film.format->streams[index];
    int code = libav->avcodec_parameters_to_context(reader->decoder, stream->codecpar);
    reader->decoder->pkt_timebase = stream->time_base;
    reader->threads = limit_threads(reader->threads, stream->codecpar);
    reader->decoder->thread_count = reader->threads;
    if (code >= 0)
        code = libav->avcodec_open2(reader->decoder, codec, NULL);
    if (code < 0)
        return pat_libav_fail(libav, reader->name, code, PAT_CORRUPT,
                              "its decoder cannot start; see whether the film plays", error);
    return PAT_OK;
}

static pat_rational rational(AVRational value)
{
    return value.num == 0 || value.den == 0 ? (pat_rational){0, 1}
                                            : (pat_rational){value.num, value.den};
}

static void put_word(char word[PAT_FILM_WORD_SIZE], const char *text)
{
    snprintf(word, PAT_FILM_WORD_SIZE, "%s", text == NULL ? "unknown" : text);
}

/* How many frames the film should have. */
static int64_t expect_frames(const pat_film_reader *reader, const AVStream *stream)
{
    const pat_rational *rate = &reader->facts.rate, *unit = &reader->facts.time_base;
    int64_t duration = reader->film.format->duration;
    if (stream->nb_frames > 0)
        return stream->nb_frames;
    double seconds = stream->duration > 0 ? (double)stream->duration * unit->over / unit->under
                     : duration > 0       ? (double)duration / AV_TIME_BASE
                                          : 0;
    double frames = rint(seconds * rate->over / rate->under);
    return frames > 0 && frames < (double)INT32_MAX ? (int64_t)frames : 0;
}

/* What the file says before a frame is decoded: decoding may teach FFmpeg more. */
static void describe_stream(pat_film_reader *reader)
{
    const pat_libav *libav = reader->libav;
    const AVStream *stream = reader->film.format->streams[reader->facts.video_stream];
    pat_film_facts *facts = &reader->facts;
    put_word(facts->container, reader->film.format->iformat->name);
    put_word(facts->codec, libav->avcodec_get_name(reader->decoder->codec_id));
    facts->time_base = rational(stream->time_base);
    facts->rate =
        rational(stream->avg_frame_rate.num != 0 ? stream->avg_frame_rate : stream->r_frame_rate);
    facts->frames = stream->nb_frames;
    facts->expected = expect_frames(reader, stream);
    facts->streams = (int)reader->film.format->nb_streams;
}

/* The frames that count are those that are like the first: its layout is the film's. */
static pat_status describe_frames(pat_film_reader *reader, pat_error *error)
{
    const pat_libav *libav = reader->libav;
    const AVFrame *frame = reader->frame;
    AVStream *stream = reader->film.format->streams[reader->facts.video_stream];
    pat_film_facts *facts = &reader->facts;
    if ((uint64_t)frame->width * (uint64_t)frame->height > reader->max_pixels)
        return pat_fail(error, PAT_TOO_LARGE,
                        "%s: its frames have %dx%d pixels, more than --max-pixels allows (%llu)",
                        reader->name, frame->width, frame->height,
                        (unsigned long long)reader->max_pixels);
    reader->pixel_format = frame->format;
    put_word(facts->samples, libav->av_get_pix_fmt_name((enum AVPixelFormat)frame->format));
    facts->aspect =
        rational(libav->av_guess_sample_aspect_ratio(reader->film.format, stream, reader->frame));
    facts->colors = (pat_film_colors){(int)frame->color_range, (int)frame->color_primaries,
                                      (int)frame->color_trc, (int)frame->colorspace,
                                      (int)frame->chroma_location};
    return pat_film_layout_of(frame->format, frame->width, frame->height, reader->name,
                              &facts->layout, error);
}

/* ---- Decoding -------------------------------------------------------------------------------- */

/* Give the decoder the next packet of the film, or tell it that there is none. */
static pat_status feed(pat_film_reader *reader, pat_error *error)
{
    const pat_libav *libav = reader->libav;
    for (;;) {
        int code = libav->av_read_frame(reader->film.format, reader->packet);
        if (code == AVERROR(ENOMEM))
            return pat_fail_memory(error, "a film");
        if (code < 0) { /* the end, or damage beyond which nothing can be read */
            reader->ended = true;
            reader->counts.broken = code != AVERROR_EOF;
            libav->avcodec_send_packet(reader->decoder, NULL);
            return PAT_OK;
        }
        bool is_ours = reader->packet->stream_index == reader->facts.video_stream;
        if (is_ours) {
            reader->counts.packets++;
            reader->counts.corrupt += (reader->packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
            code = libav->avcodec_send_packet(reader->decoder, reader->packet);
        }
        libav->av_packet_unref(reader->packet);
        if (code == AVERROR(ENOMEM))
            return pat_fail_memory(error, "a film");
        if (!is_ours)
            continue;
        reader->counts.refused += code < 0;
        return PAT_OK;
    }
}

/* Decode into reader->frame. */
static pat_status decode(pat_film_reader *reader, bool *more, pat_error *error)
{
    for (int failures = 0; failures < FAILURES_MAX; failures += reader->ended) {
        int code = reader->libav->avcodec_receive_frame(reader->decoder, reader->frame);
        *more = code >= 0;
        if (*more || code == AVERROR_EOF)
            return PAT_OK;
        if (code == AVERROR(ENOMEM))
            return pat_fail_memory(error, "a frame");
        if (code != AVERROR(EAGAIN))
            reader->counts.refused++;
        if (reader->ended && code == AVERROR(EAGAIN)) /* the decoder should have said so */
            return PAT_OK;
        pat_status status = reader->ended ? PAT_OK : feed(reader, error);
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
}

static bool is_odd(const pat_film_reader *reader)
{
    const AVFrame *frame = reader->frame;
    return frame->format != reader->pixel_format || frame->width != reader->facts.layout.width ||
           frame->height != reader->facts.layout.height;
}

/* Open the film and decode its first frame. */
static pat_status begin(pat_film_reader *reader, int file, pat_error *error)
{
    bool more = false;
    pat_status status = pat_container_open(&reader->film, file, reader->name, error);
    reader->libav = reader->film.libav;
    if (status == PAT_OK)
        status = open_decoder(reader, error);
    if (status == PAT_OK)
        describe_stream(reader);
    reader->accepted = reader->complaints = pat_libav_complaints();
    if (status == PAT_OK)
        status = decode(reader, &more, error);
    if (status == PAT_OK && !more)
        status = pat_fail(error, PAT_CORRUPT,
                          "%s: none of its frames can be decoded (%lld packets were read)",
                          reader->name, (long long)reader->counts.packets);
    return status == PAT_OK ? describe_frames(reader, error) : status;
}

static void end(pat_film_reader *reader)
{
    const pat_libav *libav = reader->libav;
    if (libav != NULL) {
        libav->av_frame_free(&reader->frame);
        libav->av_packet_free(&reader->packet);
        libav->avcodec_free_context(&reader->decoder);
    }
    pat_container_close(&reader->film);
}

/* Start again from the first frame, in one thread. */
static pat_status restart(pat_film_reader *reader, pat_error *error)
{
    int file = reader->film.file;
    end(reader);
    reader->threads = 1;
    reader->ended = false;
    reader->counts = (pat_film_counts){0};
    return begin(reader, file, error);
}

pat_status pat_film_open(int file, const char *name, uint64_t max_pixels, int threads,
                         pat_film_reader **out, pat_error *error)
{
    *out = NULL;
    pat_film_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return pat_fail_memory(error, "a film");
    reader->max_pixels = max_pixels;
    reader->threads = threads;
    reader->name = strdup(name);
    pat_status status =
        reader->name != NULL ? begin(reader, file, error) : pat_fail_memory(error, "a film");
    if (status == PAT_CORRUPT && reader->threads > 1)
        status = restart(reader, error);
    if (status != PAT_OK) {
        pat_film_close(reader);
        return status;
    }
    *out = reader;
    return PAT_OK;
}

void pat_film_close(pat_film_reader *reader)
{
    if (reader == NULL)
        return;
    end(reader);
    pat_scratch_release(&reader->samples);
    free(reader->name);
    free(reader);
}

pat_status pat_film_load(pat_error *error)
{
    return pat_libav_load(error);
}

void pat_film_read_from(pat_film_reader *reader, int file)
{
    reader->film.file = file;
}

const pat_film_facts *pat_film_facts_of(const pat_film_reader *reader)
{
    return &reader->facts;
}

pat_film_counts pat_film_counts_of(const pat_film_reader *reader)
{
    return reader->counts;
}

static bool is_flagged(const pat_film_reader *reader)
{
    const AVFrame *frame = reader->frame;
    return frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 ||
           pat_libav_complaints() != reader->complaints;
}

static void tell(pat_film_reader *reader, uint8_t *samples, pat_film_frame *frame)
{
    const AVFrame *decoded = reader->frame;
    const pat_film_layout *layout = &reader->facts.layout;
    *frame = (pat_film_frame){
        .number = reader->counts.frames,
        .time = decoded->best_effort_timestamp,
        .duration = decoded->pkt_duration,
        .flagged = is_flagged(reader),
        .interlaced = decoded->interlaced_frame != 0,
        .top_first = decoded->top_field_first != 0,
        .fingerprint = pat_fingerprint_of(samples, pat_film_offset(layout, layout->planes)).low,
        .samples = samples,
    };
    reader->complaints = pat_libav_complaints();
    reader->counts.frames++;
    reader->counts.flagged += frame->flagged;
}

_Static_assert(PAT_FILM_NO_TIME == AV_NOPTS_VALUE, "FFmpeg says that a time is unknown as we do");

/* Whether anything so far is a sign of damage. */
static bool is_damaged(const pat_film_reader *reader)
{
    const pat_film_counts *counts = &reader->counts;
    return pat_libav_complaints() != reader->accepted || is_flagged(reader) ||
           counts->refused + counts->corrupt + counts->broken + counts->odd > 0;
}

/* Decode the next frame that is like the first into reader->frame. */
static pat_status advance(pat_film_reader *reader, bool *more, pat_error *error)
{
    *more = reader->frame->data[0] != NULL; /* the first frame has been decoded already */
    for (;;) {
        pat_status status = *more ? PAT_OK : decode(reader, more, error);
        if (status != PAT_OK || !*more || !is_odd(reader))
            return status;
        reader->counts.odd++;
        reader->libav->av_frame_unref(reader->frame);
        *more = false;
    }
}

pat_status pat_film_next(pat_film_reader *reader, pat_film_frame *frame, bool *more,
                         pat_error *error)
{
    const pat_film_layout *layout = &reader->facts.layout;
    *frame = (pat_film_frame){0};
    pat_status status = advance(reader, more, error);
    if (status == PAT_OK && reader->threads > 1 && is_damaged(reader)) {
        status = restart(reader, error);
        if (status == PAT_OK)
            status = advance(reader, more, error);
    }
    if (status != PAT_OK || !*more)
        return status;
    uint8_t *samples =
        pat_scratch_get(&reader->samples, 1, pat_film_offset(layout, layout->planes));
    if (samples == NULL)
        return pat_fail_memory(error, "a frame");
    pat_film_unpack(reader->frame, layout, samples);
    tell(reader, samples, frame);
    reader->libav->av_frame_unref(reader->frame);
    return PAT_OK;
}
