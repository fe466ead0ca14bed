#include "film/writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "film/codec.h"
#include "film/container.h"

enum { IO_BUFFER = 1 << 16 };

struct pat_film_writer {
    const pat_libav *libav;
    pat_film_writer_options is;
    pat_container film; /* for its other streams */
    AVFormatContext *format;
    AVIOContext *io;
    int64_t position; /* in the output */
    int *stream_of;   /* for each stream of the film: that of the output, or -1 */
    int video;        /* stream of the output */
    AVPacket *packet; /* of the film, read but not yet written if `waits` */
    AVPacket *frame;
    bool waits, film_ended;
    int64_t last_time; /* of a frame */
    unsigned losses;
};

const char *pat_film_loss_text(pat_film_loss loss)
{
    static const char *const texts[PAT_FILM_LOSSES] = {
        [PAT_FILM_LOST_ROTATION] = "the tag that tells players to turn the images",
        [PAT_FILM_LOST_STREAMS] = "sound, subtitles or other streams that this kind of file cannot "
                                  "hold",
        [PAT_FILM_LOST_CHAPTERS] = "the chapters",
        [PAT_FILM_LOST_COLORS] = "what the film tells of its colors (range, matrix)",
        [PAT_FILM_LOST_FIELDS] = "the order of the fields of interlaced frames",
        [PAT_FILM_LOST_PACKETS] = "damaged parts of other streams",
        [PAT_FILM_MOVED_TIMES] =
            "the times of some frames, which were missing or not in order: they "
            "were made up",
    };
    return texts[loss];
}

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
    const char *name = writer->is.container;
    const AVOutputFormat *kind = libav->av_guess_format(name, NULL, NULL);
    if (kind == NULL || libav->avformat_query_codec(kind, AV_CODEC_ID_FFV1, 0) != 1)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: this kind of file (%s) cannot hold a film without loss; write .mkv",
                        writer->is.output_name, name);
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
    writer->format->flags |= AVFMT_FLAG_BITEXACT;
    return PAT_OK;
}

/* ---- Streams --------------------------------------------------------------------------------- */

/* What a stream of the original tells of itself. */
static int copy_facts(const pat_libav *libav, const AVStream *from, AVStream *to)
{
    to->id = from->id;
    to->time_base = from->time_base;
    to->avg_frame_rate = from->avg_frame_rate;
    to->r_frame_rate = from->r_frame_rate;
    to->sample_aspect_ratio = from->sample_aspect_ratio;
    to->disposition = from->disposition;
    for (int i = 0; i < from->nb_side_data; i++) {
        const AVPacketSideData *data = &from->side_data[i];
        uint8_t *copy = libav->av_stream_new_side_data(to, data->type, data->size);
        if (copy == NULL)
            return AVERROR(ENOMEM);
        memcpy(copy, data->data, data->size);
    }
    return libav->av_dict_copy(&to->metadata, from->metadata, 0);
}

static bool is_matroska(const pat_film_writer *writer)
{
    return strcmp(writer->format->oformat->name, "matroska") == 0;
}

static bool tells_colors(const pat_film_facts *facts)
{
    const pat_film_colors *colors = &facts->colors;
    return facts->layout.full_range || colors->range == AVCOL_RANGE_JPEG ||
           colors->primaries != AVCOL_PRI_UNSPECIFIED ||
           colors->transfer != AVCOL_TRC_UNSPECIFIED ||
           (colors->matrix != AVCOL_SPC_UNSPECIFIED && colors->matrix != AVCOL_SPC_RGB);
}

/* What the kind of file cannot tell. */
static void note_losses(pat_film_writer *writer, const AVStream *video)
{
    const char *kind = writer->format->oformat->name;
    bool is_avi = strcmp(kind, "avi") == 0, is_nut = strcmp(kind, "nut") == 0;
    if (is_avi && writer->film.format->nb_chapters > 0)
        writer->losses |= 1U << PAT_FILM_LOST_CHAPTERS;
    if (is_avi && tells_colors(writer->is.facts))
        writer->losses |= 1U << PAT_FILM_LOST_COLORS;
    if ((is_avi || is_nut) && video->codecpar->field_order > AV_FIELD_PROGRESSIVE)
        writer->losses |= 1U << PAT_FILM_LOST_FIELDS;
}

static int add_video(pat_film_writer *writer, const AVStream *from, const AVCodecContext *codec)
{
    const pat_libav *libav = writer->libav;
    AVStream *stream = libav->avformat_new_stream(writer->format, NULL);
    if (stream == NULL)
        return AVERROR(ENOMEM);
    writer->video = stream->index;
    note_losses(writer, from);
    int code = copy_facts(libav, from, stream);
    if (code >= 0)
        code = libav->avcodec_parameters_from_context(stream->codecpar, codec);
    stream->codecpar->field_order = from->codecpar->field_order;
    stream->sample_aspect_ratio = codec->sample_aspect_ratio;
    const pat_rational *rate = &writer->is.facts->rate;
    if (strcmp(writer->format->oformat->name, "avi") == 0 && rate->over > 0) /* it has no times */
        stream->time_base = (AVRational){rate->under, rate->over};
    libav->av_dict_set(&stream->metadata, "encoder", NULL, 0); /* that of the original */
    for (int i = 0; i < stream->nb_side_data; i++)
        if (stream->side_data[i].type == AV_PKT_DATA_DISPLAYMATRIX) /* only MOV keeps it */
            writer->losses |= 1U << PAT_FILM_LOST_ROTATION;
    return code;
}

/* Add a stream that is copied. */
static int add_other(pat_film_writer *writer, const AVStream *from, int *index)
{
    const pat_libav *libav = writer->libav;
    const AVOutputFormat *kind = writer->format->oformat;
    *index = -1;
    bool attached = from->codecpar->codec_type == AVMEDIA_TYPE_ATTACHMENT;
    /* Matroska, for one, knows many codecs that it does not recommend. */
    int fits =
        libav->avformat_query_codec(kind, from->codecpar->codec_id, FF_COMPLIANCE_EXPERIMENTAL);
    if (attached ? !is_matroska(writer) : fits == 0) {
        writer->losses |= 1U << PAT_FILM_LOST_STREAMS;
        return 0;
    }
    AVStream *stream = libav->avformat_new_stream(writer->format, NULL);
    if (stream == NULL)
        return AVERROR(ENOMEM);
    *index = stream->index;
    int code = libav->avcodec_parameters_copy(stream->codecpar, from->codecpar);
    if (kind->codec_tag != NULL &&
        libav->av_codec_get_id(kind->codec_tag, from->codecpar->codec_tag) !=
            from->codecpar->codec_id)
        stream->codecpar->codec_tag = 0;
    return code < 0 ? code : copy_facts(libav, from, stream);
}

/* A unit of the film's frames, by which the limits of a part are told. */
static AVRational unit_of(const pat_film_writer *writer)
{
    const pat_rational *unit = &writer->is.facts->time_base;
    return (AVRational){unit->over, unit->under};
}

/* Whether something that ends at `last` or later, and begins at `first`, lies in the part. */
static bool is_in_part(const pat_film_writer *writer, int64_t last, int64_t first, AVRational unit)
{
    const pat_libav *libav = writer->libav;
    const pat_film_writer_options *is = &writer->is;
    return !is->is_part || (libav->av_compare_ts(last, unit, is->from, unit_of(writer)) >= 0 &&
                            libav->av_compare_ts(first, unit, is->until, unit_of(writer)) < 0);
}

/* A time as it is in the part. is_end: no later than the end of the part; else no earlier than its
 * start. */
static int64_t moved(const pat_film_writer *writer, int64_t time, AVRational unit, bool is_end)
{
    const pat_libav *libav = writer->libav;
    const pat_film_writer_options *is = &writer->is;
    if (!is->is_part || time == AV_NOPTS_VALUE)
        return time;
    int64_t from = libav->av_rescale_q(is->from, unit_of(writer), unit);
    int64_t until = libav->av_rescale_q(is->until, unit_of(writer), unit);
    return (is_end ? (time < until ? time : until) : time > from ? time : from) - from;
}

static int add_chapters(pat_film_writer *writer)
{
    const pat_libav *libav = writer->libav;
    const AVFormatContext *from = writer->film.format;
    AVFormatContext *to = writer->format;
    if (from->nb_chapters == 0)
        return 0;
    to->chapters = libav->av_calloc(from->nb_chapters, sizeof(AVChapter *));
    for (unsigned i = 0; to->chapters != NULL && i < from->nb_chapters; i++) {
        if (!is_in_part(writer, from->chapters[i]->end - 1, from->chapters[i]->start,
                        from->chapters[i]->time_base))
            continue;
        AVChapter *chapter = libav->av_calloc(1, sizeof *chapter);
        if (chapter == NULL)
            return AVERROR(ENOMEM);
        chapter->id = from->chapters[i]->id;
        chapter->time_base = from->chapters[i]->time_base;
        chapter->start = moved(writer, from->chapters[i]->start, chapter->time_base, false);
        chapter->end = moved(writer, from->chapters[i]->end, chapter->time_base, true);
        to->chapters[to->nb_chapters++] = chapter;
        int code = libav->av_dict_copy(&chapter->metadata, from->chapters[i]->metadata, 0);
        if (code < 0)
            return code;
    }
    return to->chapters == NULL ? AVERROR(ENOMEM) : 0;
}

static pat_status add_streams(pat_film_writer *writer, pat_error *error)
{
    const AVFormatContext *film = writer->film.format;
    AVCodecContext *codec = NULL;
    pat_status status = pat_film_codec_open(writer->is.facts, writer->is.film_name, &codec, error);
    if (status != PAT_OK)
        return status;
    int code = 0;
    for (unsigned i = 0; i < film->nb_streams && code >= 0; i++) {
        writer->stream_of[i] = -1;
        if ((int)i == writer->is.facts->video_stream)
            code = add_video(writer, film->streams[i], codec);
        else
            code = add_other(writer, film->streams[i], &writer->stream_of[i]);
    }
    writer->libav->avcodec_free_context(&codec);
    if (code >= 0)
        code = writer->libav->av_dict_copy(&writer->format->metadata, film->metadata, 0);
    if (code >= 0)
        code = add_chapters(writer);
    return code < 0 ? fail(writer, code, "its streams cannot be set up", error) : PAT_OK;
}

static pat_status begin(pat_film_writer *writer, pat_error *error)
{
    writer->packet = writer->libav->av_packet_alloc();
    writer->frame = writer->libav->av_packet_alloc();
    writer->stream_of = calloc(writer->film.format->nb_streams, sizeof *writer->stream_of);
    if (writer->packet == NULL || writer->frame == NULL || writer->stream_of == NULL)
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
    pat_container_close(&writer->film);
    free(writer->stream_of);
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
    return !writer->is.is_part || (time != AV_NOPTS_VALUE && is_in_part(writer, time, time, unit));
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
                        writer->stream_of[stream] >= 0 && is_wanted(writer);
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

/* A time of a packet as it is in the part. */
static int64_t shifted(const pat_film_writer *writer, int64_t time, AVRational unit)
{
    if (!writer->is.is_part || time == AV_NOPTS_VALUE)
        return time;
    return time - writer->libav->av_rescale_q(writer->is.from, unit_of(writer), unit);
}

static bool is_write_error(int code)
{
    return code == AVERROR(EIO) || code == AVERROR(ENOSPC) || code == AVERROR(EFBIG) ||
           code == AVERROR(EDQUOT) || code == AVERROR(ENOMEM);
}

/* A packet that the muxer refuses, such as one without a time, is lost; a full disk is a failure.
 */
static pat_status write_other(pat_film_writer *writer, pat_error *error)
{
    const pat_libav *libav = writer->libav;
    AVPacket *packet = writer->packet;
    const AVStream *from = writer->film.format->streams[packet->stream_index];
    const AVStream *to = writer->format->streams[writer->stream_of[packet->stream_index]];
    packet->stream_index = to->index;
    packet->pos = -1;
    packet->pts = shifted(writer, packet->pts, from->time_base);
    packet->dts = shifted(writer, packet->dts, from->time_base);
    libav->av_packet_rescale_ts(packet, from->time_base, to->time_base);
    int code = libav->av_interleaved_write_frame(writer->format, packet);
    libav->av_packet_unref(packet);
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

pat_status pat_film_write(pat_film_writer *writer, int64_t time, int64_t duration, pat_bytes frame,
                          pat_error *error)
{
    const pat_libav *libav = writer->libav;
    const AVStream *from = writer->film.format->streams[writer->is.facts->video_stream];
    const AVStream *to = writer->format->streams[writer->video];
    time = settle_time(writer, time, duration);
    pat_status status = write_others(writer, false, time, error);
    if (status != PAT_OK)
        return status;
    if (frame.size > INT32_MAX || libav->av_new_packet(writer->frame, (int)frame.size) < 0)
        return pat_fail_memory(error, "a frame");
    memcpy(writer->frame->data, frame.data, frame.size);
    writer->frame->stream_index = writer->video;
    writer->frame->pts = writer->frame->dts = shifted(writer, time, from->time_base);
    writer->frame->duration = duration;
    writer->frame->flags |= AV_PKT_FLAG_KEY;
    libav->av_packet_rescale_ts(writer->frame, from->time_base, to->time_base);
    int code = libav->av_interleaved_write_frame(writer->format, writer->frame);
    libav->av_packet_unref(writer->frame);
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
    *losses = writer->losses;
    return code < 0
               ? fail(writer, code, "cannot be finished; free some space, or check the disk", error)
               : PAT_OK;
}

/* ---- The kind of file ------------------------------------------------------------------------ */

const char *pat_film_container_for(const pat_film_facts *facts)
{
    const pat_libav *libav = pat_libav_get();
    char first[PAT_FILM_WORD_SIZE]; /* of "mov,mp4,m4a", which are demuxed alike */
    snprintf(first, sizeof first, "%.*s", (int)strcspn(facts->container, ","), facts->container);
    const AVOutputFormat *kind = libav->av_guess_format(first, NULL, NULL);
    if (kind == NULL || libav->avformat_query_codec(kind, AV_CODEC_ID_FFV1, 0) != 1 ||
        (strcmp(kind->name, "avi") == 0 && tells_colors(facts)))
        return "matroska";
    return kind->name;
}
