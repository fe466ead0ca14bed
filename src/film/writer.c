#include "film/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "film/streams.h"

enum { IO_BUFFER = 1 << 16, DELAY_MAX = 16 };

struct pat_film_writer {
    const pat_libav *libav;
    pat_film_writer_options is;
    pat_container film; /* for its other streams */
    pat_film_streams streams;
    AVFormatContext *format;
    AVIOContext *io;
    int64_t position; /* in the output */
    AVPacket *packet; /* of the film, read but not yet written if `waits` */
    AVPacket *frame;
    bool waits, film_ended;
    int64_t last_time; /* of a frame */
    size_t delay;      /* a packet is decoded so many frames before its place in what is shown */
    /* The times of the last `delay` frames before the segment, then those of its own. */
    int64_t times[DELAY_MAX + PAT_FILM_SEGMENT_MAX];
    int64_t durations[PAT_FILM_SEGMENT_MAX];
    size_t frames, packets; /* of the segment; packets written of it */
    unsigned losses;
};

/* ---- The output ------------------------------------------------------------------------------ */

static int write_file(void *context, uint8_t *bytes, int size)
{
    pat_film_writer *writer = context;
    if (!pat_write_at(writer->is.output, bytes, (size_t)size, (uint64_t)writer->position))
        return AVERROR(errno);
    writer->position += size;
    return size;
}

/* Some muxers read what they wrote, to move it. */
static int read_back(void *context, uint8_t *bytes, int size)
{
    pat_film_writer *writer = context;
    size_t count;
    if (!pat_read_at(writer->is.output, bytes, (size_t)size, (uint64_t)writer->position, &count))
        return AVERROR(errno);
    writer->position += (int64_t)count;
    return count == 0 ? AVERROR_EOF : (int)count;
}

static int64_t seek_output(void *context, int64_t offset, int from)
{
    pat_film_writer *writer = context;
    if ((from & ~AVSEEK_FORCE) == SEEK_CUR)
        offset += writer->position;
    else if ((from & ~AVSEEK_FORCE) != SEEK_SET)
        return AVERROR(ENOSYS);
    return writer->position = offset;
}

static pat_status fail(const pat_film_writer *writer, int code, const char *what, pat_error *error)
{
    return pat_libav_fail(writer->libav, writer->is.output_name, code, PAT_WRITE_FAILED, what,
                          error);
}

static pat_status open_output(pat_film_writer *writer, pat_error *error)
{
    const pat_libav *libav = writer->libav;
    const AVOutputFormat *kind = libav->av_guess_format(writer->is.muxer->name, NULL, NULL);
    if (kind == NULL)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: this FFmpeg cannot write %s files; write another kind",
                        writer->is.output_name, writer->is.muxer->extension);
    uint8_t *buffer = libav->av_malloc(IO_BUFFER);
    if (buffer != NULL)
        writer->io = libav->avio_alloc_context(buffer, IO_BUFFER, 1, writer, read_back, write_file,
                                               seek_output);
    if (writer->io == NULL) {
        libav->av_freep(&buffer);
        return pat_fail_memory(error, "a film");
    }
    if (libav->avformat_alloc_output_context2(&writer->format, kind, NULL, NULL) < 0)
        return pat_fail_memory(error, "a film");
    writer->format->pb = writer->io;
    writer->format->flags |= AVFMT_FLAG_BITEXACT; /* no random numbers, no dates */
    writer->format->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    return PAT_OK;
}

static pat_status add_streams(pat_film_writer *writer, pat_error *error)
{
    const pat_film_writer_options *is = &writer->is;
    AVCodecContext *context = NULL;
    writer->streams = (pat_film_streams){
        .film = writer->film.format,
        .facts = is->facts,
        .muxer = is->muxer,
        .part = {is->is_part,
                 is->from,
                 is->until,
                 {is->facts->time_base.over, is->facts->time_base.under}},
    };
    pat_status status = pat_film_codec_open(&is->coding, is->facts, is->film_name, &context, error);
    if (status != PAT_OK)
        return status;
    writer->delay = (size_t)context->has_b_frames;
    int code = writer->delay > DELAY_MAX
                   ? AVERROR_BUG
                   : pat_film_streams_add(&writer->streams, context, writer->format);
    writer->libav->avcodec_free_context(&context);
    return code < 0 ? fail(writer, code, "its streams cannot be set up", error) : PAT_OK;
}

static pat_status begin(pat_film_writer *writer, pat_error *error)
{
    writer->packet = writer->libav->av_packet_alloc();
    writer->frame = writer->libav->av_packet_alloc();
    if (writer->packet == NULL || writer->frame == NULL)
        return pat_fail_memory(error, "a film");
    pat_status status = open_output(writer, error);
    if (status == PAT_OK)
        status = add_streams(writer, error);
    if (status != PAT_OK)
        return status;
    int code = writer->libav->avformat_write_header(writer->format, NULL);
    return code < 0 ? fail(writer, code, "its header cannot be written", error) : PAT_OK;
}

pat_status pat_film_writer_create(const pat_film_writer_options *options, pat_film_writer **out,
                                  pat_error *error)
{
    *out = NULL;
    pat_film_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return pat_fail_memory(error, "a film");
    writer->is = *options;
    writer->last_time = PAT_FILM_NO_TIME;
    pat_status status = pat_container_open(&writer->film, options->film, options->film_name, error);
    writer->libav = writer->film.libav;
    if (status == PAT_OK)
        status = begin(writer, error);
    if (status != PAT_OK) {
        pat_film_writer_free(writer);
        return status;
    }
    *out = writer;
    return PAT_OK;
}

void pat_film_write_to(pat_film_writer *writer, int film, int output)
{
    writer->film.file = film;
    writer->is.film = film;
    writer->is.output = output;
}

void pat_film_writer_free(pat_film_writer *writer)
{
    if (writer == NULL)
        return;
    const pat_libav *libav = writer->libav;
    if (libav != NULL) {
        libav->av_packet_free(&writer->packet);
        libav->av_packet_free(&writer->frame);
        libav->avformat_free_context(writer->format);
    }
    if (writer->io != NULL) {
        libav->av_freep(&writer->io->buffer);
        libav->avio_context_free(&writer->io);
    }
    pat_film_streams_release(&writer->streams);
    pat_container_close(&writer->film);
    free(writer);
}

/* ---- Packets --------------------------------------------------------------------------------- */

static int64_t time_of(const AVPacket *packet)
{
    return packet->dts != AV_NOPTS_VALUE ? packet->dts : packet->pts;
}

/* Whether the packet that was read lies in the part. */
static bool is_wanted(const pat_film_writer *writer)
{
    const AVPacket *packet = writer->packet;
    int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    AVRational unit = writer->film.format->streams[packet->stream_index]->time_base;
    return !writer->is.is_part ||
           (time != AV_NOPTS_VALUE && pat_film_part_has(&writer->streams.part, time, time, unit));
}

/* Read the next packet of another stream, unless one waits. */
static pat_status read_other(pat_film_writer *writer, pat_error *error)
{
    const pat_libav *libav = writer->libav;
    while (!writer->waits && !writer->film_ended) {
        int code = libav->av_read_frame(writer->film.format, writer->packet);
        if (code == AVERROR(ENOMEM))
            return pat_fail_memory(error, "a film");
        writer->film_ended = code < 0;
        if (code < 0)
            break;
        unsigned stream = (unsigned)writer->packet->stream_index;
        writer->waits = stream < writer->film.format->nb_streams &&
                        writer->streams.of[stream].index >= 0 && is_wanted(writer);
        if (!writer->waits)
            libav->av_packet_unref(writer->packet);
    }
    return PAT_OK;
}

/* Whether the waiting packet belongs before a frame at this time. */
static bool comes_before(const pat_film_writer *writer, int64_t time)
{
    const AVFormatContext *film = writer->film.format;
    const AVStream *video = film->streams[writer->is.facts->video_stream];
    const AVStream *other = film->streams[writer->packet->stream_index];
    int64_t its = time_of(writer->packet);
    return its == AV_NOPTS_VALUE ||
           writer->libav->av_compare_ts(its, other->time_base, time, video->time_base) <= 0;
}

static bool is_write_error(int code)
{
    return code == AVERROR(EIO) || code == AVERROR(ENOSPC) || code == AVERROR(EFBIG) ||
           code == AVERROR(EDQUOT) || code == AVERROR(ENOMEM);
}

/* Rounded times of very short packets, such as TrueHD has, may be the same. Where a kind of file
 * forbids that, the later one is moved by the least that it can tell. */
static void part_times(const pat_film_writer *writer, pat_film_stream *stream, AVPacket *packet)
{
    bool strict = (writer->format->oformat->flags & AVFMT_TS_NONSTRICT) == 0;
    if (strict && packet->dts != AV_NOPTS_VALUE && packet->dts == stream->last_time) {
        packet->dts++;
        packet->pts += packet->pts != AV_NOPTS_VALUE && packet->pts < packet->dts;
    }
    stream->last_time = packet->dts;
}

/* Give the waiting packet to the muxer, converted if need be. */
static int send_other(pat_film_writer *writer)
{
    AVPacket *packet = writer->packet;
    pat_film_stream *stream = &writer->streams.of[packet->stream_index];
    const AVStream *from = writer->film.format->streams[packet->stream_index];
    const AVStream *to = writer->format->streams[stream->index];
    if (stream->subtitles != NULL) {
        int code = pat_film_subtitles_convert(stream->subtitles, packet);
        if (code < 0 || packet->size == 0)
            return code;
    }
    packet->stream_index = to->index;
    packet->pos = -1;
    packet->pts = pat_film_part_time(&writer->streams.part, packet->pts, from->time_base);
    packet->dts = pat_film_part_time(&writer->streams.part, packet->dts, from->time_base);
    writer->libav->av_packet_rescale_ts(packet, from->time_base, to->time_base);
    part_times(writer, stream, packet);
    return writer->libav->av_interleaved_write_frame(writer->format, packet);
}

/* A packet that the muxer refuses, such as one without a time, is lost; a full disk is a failure.
 */
static pat_status write_other(pat_film_writer *writer, pat_error *error)
{
    int code = send_other(writer);
    writer->libav->av_packet_unref(writer->packet);
    writer->waits = false;
    if (code < 0 && (is_write_error(code) || writer->io->error < 0))
        return fail(writer, code, "cannot be written; see whether the disk is full, or write .mkv",
                    error);
    if (code < 0)
        writer->losses |= 1U << PAT_FILM_LOST_PACKETS;
    return PAT_OK;
}

static pat_status write_others(pat_film_writer *writer, bool all, int64_t time, pat_error *error)
{
    for (;;) {
        pat_status status = read_other(writer, error);
        if (status != PAT_OK || !writer->waits || (!all && !comes_before(writer, time)))
            return status;
        status = write_other(writer, error);
        if (status != PAT_OK)
            return status;
    }
}

/* The time of a frame: after that of the one before, whatever the file says. */
static int64_t settle_time(pat_film_writer *writer, int64_t time, int64_t duration)
{
    int64_t last = writer->last_time;
    int64_t step = duration > 0 ? duration : 1;
    bool is_first = last == PAT_FILM_NO_TIME;
    if (time == PAT_FILM_NO_TIME || (!is_first && time <= last)) {
        bool follows = time == PAT_FILM_NO_TIME && duration > 0;
        time = is_first ? 0 : last + (time == PAT_FILM_NO_TIME ? step : 1);
        if (!follows)
            writer->losses |= 1U << PAT_FILM_MOVED_TIMES;
    }
    return writer->last_time = time;
}

void pat_film_begin_segment(pat_film_writer *writer, const pat_film_frame *frames, size_t count)
{
    bool is_first = writer->last_time == PAT_FILM_NO_TIME;
    int64_t *times = writer->times + writer->delay;
    memmove(writer->times, writer->times + writer->frames, writer->delay * sizeof *times);
    for (size_t i = 0; i < count; i++) {
        times[i] = settle_time(writer, frames[i].time, frames[i].duration);
        writer->durations[i] = frames[i].duration;
    }
    int64_t step = count > 1                ? times[1] - times[0]
                   : frames[0].duration > 0 ? frames[0].duration
                                            : 1;
    for (size_t i = 0; i < writer->delay && is_first; i++)
        writer->times[i] = times[0] - step * (int64_t)(writer->delay - i);
    writer->frames = count;
    writer->packets = 0;
}

/* A packet is decoded at the time of the frame that is shown `delay` frames before its place, so
 * these times increase, and none is later than the time of the packet's own frame. */
pat_status pat_film_write(pat_film_writer *writer, const pat_film_packet *packet, const void *bytes,
                          pat_error *error)
{
    const pat_libav *libav = writer->libav;
    const pat_film_part *part = &writer->streams.part;
    const AVStream *to = writer->format->streams[writer->streams.video];
    AVPacket *frame = writer->frame;
    int64_t decoded = writer->times[writer->packets++];
    pat_status status = write_others(writer, false, decoded, error);
    if (status != PAT_OK)
        return status;
    if (packet->size > INT32_MAX || libav->av_new_packet(frame, (int)packet->size) < 0)
        return pat_fail_memory(error, "a frame");
    memcpy(frame->data, bytes, packet->size);
    frame->stream_index = writer->streams.video;
    frame->pts = pat_film_part_time(part, writer->times[writer->delay + packet->frame], part->unit);
    frame->dts = pat_film_part_time(part, decoded, part->unit);
    frame->duration = writer->durations[packet->frame];
    frame->flags |= packet->is_key ? AV_PKT_FLAG_KEY : 0;
    libav->av_packet_rescale_ts(frame, part->unit, to->time_base);
    int code = libav->av_interleaved_write_frame(writer->format, frame);
    libav->av_packet_unref(frame);
    return code < 0 ? fail(writer, code,
                           "cannot be written; see whether the disk is full, or write .mkv", error)
                    : PAT_OK;
}

pat_status pat_film_finish(pat_film_writer *writer, unsigned *losses, pat_error *error)
{
    pat_status status = write_others(writer, true, 0, error);
    if (status != PAT_OK)
        return status;
    int code = writer->libav->av_write_trailer(writer->format);
    if (code >= 0 && writer->io->error < 0)
        code = writer->io->error;
    *losses = writer->losses | writer->streams.losses;
    return code < 0
               ? fail(writer, code, "cannot be finished; free some space, or check the disk", error)
               : PAT_OK;
}
