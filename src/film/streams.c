#include "film/streams.h"

#include <stdlib.h>
#include <string.h>

#include "film/losses.h"

enum { IO_BUFFER = 1 << 12, PACKET_SIZE = 256 };

/*
 * The unit of the times of subtitles in MP4. FFmpeg's muxer ends a text as soon as another stream
 * has a later time, but compares times as numbers, each in the unit of its stream. In a coarse unit
 * texts end too early, and one that begins before the end of another is moved behind it. So this
 * unit is finer than those of images and sound. A text may come up to 3 hours after another.
 */
static const AVRational text_unit = {1, 200000};

static void lose(pat_film_streams *streams, pat_film_loss loss)
{
    streams->losses |= 1U << loss;
}

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

/* ---- Frames ---------------------------------------------------------------------------------- */

/* What the kind of file cannot tell. */
static void note_losses(pat_film_streams *streams, const AVStream *video)
{
    const pat_film_muxer *muxer = streams->muxer;
    if (!muxer->keeps_chapters && streams->film->nb_chapters > 0)
        lose(streams, PAT_FILM_LOST_CHAPTERS);
    if (!muxer->keeps_colors && pat_film_tells_colors(streams->facts))
        lose(streams, PAT_FILM_LOST_COLORS);
    if (!muxer->keeps_fields && video->codecpar->field_order > AV_FIELD_PROGRESSIVE)
        lose(streams, PAT_FILM_LOST_FIELDS);
    for (int i = 0; i < video->nb_side_data && !muxer->keeps_rotation; i++)
        if (video->side_data[i].type == AV_PKT_DATA_DISPLAYMATRIX)
            lose(streams, PAT_FILM_LOST_ROTATION);
}

static int add_frames(const pat_film_streams *streams, const AVStream *from,
                      const AVCodecContext *frames, AVFormatContext *output)
{
    const pat_libav *libav = pat_libav_get();
    AVStream *stream = libav->avformat_new_stream(output, NULL);
    if (stream == NULL)
        return AVERROR(ENOMEM);
    int code = copy_facts(libav, from, stream);
    if (code >= 0)
        code = libav->avcodec_parameters_from_context(stream->codecpar, frames);
    stream->codecpar->field_order = from->codecpar->field_order;
    stream->sample_aspect_ratio = frames->sample_aspect_ratio;
    const pat_rational *rate = &streams->facts->rate;
    if (!streams->muxer->keeps_times && rate->over > 0)
        stream->time_base = (AVRational){rate->under, rate->over};
    libav->av_dict_set(&stream->metadata, "encoder", NULL, 0); /* that of the original */
    if (streams->part.is_part) /* it is that of the original's first frame */
        libav->av_dict_set(&stream->metadata, "timecode", NULL, 0);
    return code;
}

/* ---- Other streams --------------------------------------------------------------------------- */

static int add_other(const pat_film_stream *stream, const AVStream *from, AVFormatContext *output)
{
    const pat_libav *libav = pat_libav_get();
    const AVOutputFormat *kind = output->oformat;
    AVStream *to = libav->avformat_new_stream(output, NULL);
    if (to == NULL)
        return AVERROR(ENOMEM);
    int code = stream->subtitles != NULL
                   ? pat_film_subtitles_describe(stream->subtitles, to->codecpar)
                   : libav->avcodec_parameters_copy(to->codecpar, from->codecpar);
    if (stream->subtitles != NULL ||
        (kind->codec_tag != NULL &&
         libav->av_codec_get_id(kind->codec_tag, from->codecpar->codec_tag) !=
             from->codecpar->codec_id))
        to->codecpar->codec_tag = 0;
    if (code >= 0)
        code = copy_facts(libav, from, to);
    if (to->codecpar->codec_id == AV_CODEC_ID_MOV_TEXT)
        to->time_base = text_unit;
    return code;
}

static int discard(void *position, uint8_t *bytes, int size)
{
    (void)bytes;
    *(int64_t *)position += size;
    return size;
}

static int64_t seek_nowhere(void *position, int64_t offset, int from)
{
    int64_t *at = position;
    if ((from & ~AVSEEK_FORCE) == SEEK_CUR)
        offset += *at;
    else if ((from & ~AVSEEK_FORCE) != SEEK_SET)
        return AVERROR(ENOSYS);
    return *at = offset;
}

static int add_both(const pat_film_streams *streams, int other, const AVCodecContext *frames,
                    AVFormatContext *output)
{
    AVStream *const *from = streams->film->streams;
    int code = add_frames(streams, from[streams->facts->video_stream], frames, output);
    return code < 0 ? code : add_other(&streams->of[other], from[other], output);
}

/* Write a header, a packet of this stream, and the end. The packet is blank, so the muxer may
 * refuse it; but some muxers look at the header of a stream only at the end, and only if it has
 * packets. Blanks, unlike zeros, pass for the sizes that they look for; of TrueHD they look for
 * this word. */
static int try_output(AVFormatContext *output, int stream)
{
    static const uint8_t truehd_sync[] = {0xf8, 0x72, 0x6f, 0xba};
    const pat_libav *libav = pat_libav_get();
    AVPacket *packet = libav->av_packet_alloc();
    int code = packet == NULL ? AVERROR(ENOMEM) : libav->av_new_packet(packet, PACKET_SIZE);
    if (code >= 0)
        code = libav->avformat_write_header(output, NULL);
    if (code >= 0) {
        memset(packet->data, ' ', PACKET_SIZE);
        memcpy(packet->data + 4, truehd_sync, sizeof truehd_sync);
        packet->stream_index = stream;
        packet->pts = packet->dts = 0;
        packet->duration = 1;
        packet->flags |= AV_PKT_FLAG_KEY;
        code = libav->av_write_frame(output, packet);
        code = code == AVERROR(ENOMEM) ? code : libav->av_write_trailer(output);
    }
    libav->av_packet_free(&packet);
    return code;
}

/* Whether the muxer takes this stream beside the frames: 1, 0 or FFmpeg's code for no memory. It is
 * asked by writing a film to nowhere. */
static int is_taken(const pat_film_streams *streams, int other, const AVCodecContext *frames,
                    const AVFormatContext *like)
{
    const pat_libav *libav = pat_libav_get();
    int64_t position = 0;
    AVFormatContext *output = NULL;
    uint8_t *buffer = libav->av_malloc(IO_BUFFER);
    AVIOContext *io = NULL;
    if (buffer != NULL)
        io =
            libav->avio_alloc_context(buffer, IO_BUFFER, 1, &position, NULL, discard, seek_nowhere);
    if (io == NULL) {
        libav->av_freep(&buffer);
        return AVERROR(ENOMEM);
    }
    int code = libav->avformat_alloc_output_context2(&output, like->oformat, NULL, NULL);
    if (code >= 0) {
        output->pb = io;
        output->flags = like->flags;
        output->strict_std_compliance = like->strict_std_compliance;
        code = add_both(streams, other, frames, output);
    }
    if (code >= 0)
        code = try_output(output, 1);
    libav->avformat_free_context(output);
    libav->av_freep(&io->buffer);
    libav->avio_context_free(&io);
    return code == AVERROR(ENOMEM) ? code : code >= 0;
}

/* Chapters of MOV are told by a stream of text, too, which FFmpeg reads and sets aside. */
static bool is_chapters(const AVStream *stream)
{
    return stream->discard == AVDISCARD_ALL && stream->codecpar->codec_type == AVMEDIA_TYPE_DATA;
}

/* The time code of a camera is a stream in MOV, and a tag of its frames besides. The tag is copied,
 * and where there are such streams, the muxer makes one from it. */
static bool is_timecode(const pat_film_streams *streams, const AVStream *stream)
{
    const AVStream *video = streams->film->streams[streams->facts->video_stream];
    return stream->codecpar->codec_tag == MKTAG('t', 'm', 'c', 'd') &&
           streams->muxer->keeps_timecode && !streams->part.is_part &&
           pat_libav_get()->av_dict_get(video->metadata, "timecode", NULL, 0) != NULL;
}

/* Whether the kind of file can hold a stream as it is. */
static bool is_held(const pat_film_muxer *muxer, const AVStream *stream, const AVOutputFormat *kind)
{
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_ATTACHMENT)
        return muxer->keeps_attachments;
    if ((stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0 && !muxer->keeps_covers)
        return false;
    /* Matroska, for one, knows many codecs that it does not recommend. */
    return pat_libav_get()->avformat_query_codec(kind, stream->codecpar->codec_id,
                                                 FF_COMPLIANCE_EXPERIMENTAL) != 0;
}

/* Decide what becomes of a stream: whether it is copied, or converted. */
static int choose(pat_film_streams *streams, int number, const AVCodecContext *frames,
                  const AVFormatContext *output)
{
    const AVStream *from = streams->film->streams[number];
    const char *text = streams->muxer->subtitles;
    pat_film_stream *stream = &streams->of[number];
    if (is_chapters(from) || is_timecode(streams, from))
        return 0;
    bool fits = is_held(streams->muxer, from, output->oformat);
    if (!fits && text != NULL) {
        if (pat_film_subtitles_create(from, text, &stream->subtitles, NULL) != PAT_OK)
            return AVERROR(ENOMEM);
        fits = stream->subtitles != NULL;
    }
    int taken = fits ? is_taken(streams, number, frames, output) : 0;
    if (taken < 0)
        return taken;
    if (taken == 0)
        lose(streams, PAT_FILM_LOST_STREAMS);
    else if (stream->subtitles != NULL)
        lose(streams, PAT_FILM_CONVERTED_SUBTITLES);
    stream->index = taken == 0 ? -1 : 0;
    return 0;
}

/* ---- All ------------------------------------------------------------------------------------- */

static int add_chapters(const pat_film_streams *streams, AVFormatContext *to)
{
    const pat_libav *libav = pat_libav_get();
    const AVFormatContext *from = streams->film;
    if (from->nb_chapters == 0 || !streams->muxer->keeps_chapters)
        return 0;
    to->chapters = libav->av_calloc(from->nb_chapters, sizeof(AVChapter *));
    for (unsigned i = 0; to->chapters != NULL && i < from->nb_chapters; i++) {
        const AVChapter *old = from->chapters[i];
        if (!pat_film_part_has(&streams->part, old->start, old->end - 1, old->time_base))
            continue;
        AVChapter *chapter = libav->av_calloc(1, sizeof *chapter);
        if (chapter == NULL)
            return AVERROR(ENOMEM);
        chapter->id = old->id;
        chapter->time_base = old->time_base;
        chapter->start = pat_film_part_start(&streams->part, old->start, old->time_base);
        chapter->end = pat_film_part_end(&streams->part, old->end, old->time_base);
        to->chapters[to->nb_chapters++] = chapter;
        int code = libav->av_dict_copy(&chapter->metadata, old->metadata, 0);
        if (code < 0)
            return code;
    }
    return to->chapters == NULL ? AVERROR(ENOMEM) : 0;
}

int pat_film_streams_add(pat_film_streams *streams, const AVCodecContext *frames,
                         AVFormatContext *output)
{
    const AVFormatContext *film = streams->film;
    int count = (int)film->nb_streams, video = streams->facts->video_stream, code = 0;
    streams->of = calloc(film->nb_streams, sizeof *streams->of);
    if (streams->of == NULL)
        return AVERROR(ENOMEM);
    note_losses(streams, film->streams[video]);
    for (int i = 0; i < count && code >= 0; i++) {
        streams->of[i] = (pat_film_stream){.index = -1, .last_time = AV_NOPTS_VALUE};
        if (i != video)
            code = choose(streams, i, frames, output);
    }
    for (int i = 0; i < count && code >= 0; i++) {
        if (i != video && streams->of[i].index < 0)
            continue;
        int *index = i == video ? &streams->video : &streams->of[i].index;
        *index = (int)output->nb_streams;
        code = i == video ? add_frames(streams, film->streams[i], frames, output)
                          : add_other(&streams->of[i], film->streams[i], output);
    }
    if (code >= 0)
        code = pat_libav_get()->av_dict_copy(&output->metadata, film->metadata, 0);
    return code < 0 ? code : add_chapters(streams, output);
}

void pat_film_streams_release(pat_film_streams *streams)
{
    for (unsigned i = 0; streams->of != NULL && i < streams->film->nb_streams; i++)
        pat_film_subtitles_free(streams->of[i].subtitles);
    free(streams->of);
    streams->of = NULL;
}
