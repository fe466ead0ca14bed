#include "film/encoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "film/container.h"

struct pat_film_encoder {
    const pat_libav *libav;
    const char *name;
    pat_film_coding coding;
    const pat_film_facts *facts;
    AVCodecContext *context; /* NULL: none has been opened for the next segment */
    AVFrame *frame;
    AVPacket *packet;
};

static pat_status allocate(pat_film_encoder *encoder, pat_error *error)
{
    const pat_libav *libav = encoder->libav;
    encoder->packet = libav->av_packet_alloc();
    encoder->frame = libav->av_frame_alloc();
    if (encoder->packet == NULL || encoder->frame == NULL)
        return pat_fail_memory(error, "an encoder");
    encoder->frame->format = encoder->context->pix_fmt;
    encoder->frame->width = encoder->context->width;
    encoder->frame->height = encoder->context->height;
    if (libav->av_frame_get_buffer(encoder->frame, 0) < 0)
        return pat_fail_memory(error, "an encoder");
    for (int i = 0; i < AV_NUM_DATA_POINTERS; i++) /* bits that no sample fills must be 0 */
        if (encoder->frame->buf[i] != NULL)
            memset(encoder->frame->buf[i]->data, 0, encoder->frame->buf[i]->size);
    return PAT_OK;
}

static pat_status open_context(pat_film_encoder *encoder, pat_error *error)
{
    return pat_film_codec_open(&encoder->coding, encoder->facts, encoder->name, &encoder->context,
                               error);
}

pat_status pat_film_encoder_create(const pat_film_coding *coding, const pat_film_facts *facts,
                                   const char *name, pat_film_encoder **out, pat_error *error)
{
    *out = NULL;
    pat_film_encoder *encoder = calloc(1, sizeof *encoder);
    if (encoder == NULL)
        return pat_fail_memory(error, "an encoder");
    encoder->libav = pat_libav_get();
    encoder->name = name;
    encoder->coding = *coding;
    encoder->facts = facts;
    pat_status status = open_context(encoder, error);
    if (status == PAT_OK)
        status = allocate(encoder, error);
    if (status != PAT_OK) {
        pat_film_encoder_free(encoder);
        return status;
    }
    *out = encoder;
    return PAT_OK;
}

void pat_film_encoder_free(pat_film_encoder *encoder)
{
    if (encoder == NULL)
        return;
    encoder->libav->av_packet_free(&encoder->packet);
    encoder->libav->av_frame_free(&encoder->frame);
    encoder->libav->avcodec_free_context(&encoder->context);
    free(encoder);
}

static pat_status fail(const pat_film_encoder *encoder, int code, pat_error *error)
{
    return pat_libav_fail(encoder->libav, encoder->name, code, PAT_INTERNAL,
                          "a frame cannot be encoded; report this as a defect", error);
}

/* Take the packets that are ready. */
static pat_status drain(pat_film_encoder *encoder, pat_film_segment *segment, pat_error *error)
{
    const pat_libav *libav = encoder->libav;
    AVPacket *packet = encoder->packet;
    int code;
    while ((code = libav->avcodec_receive_packet(encoder->context, packet)) >= 0) {
        bool valid = packet->pts >= 0 && packet->pts < (int64_t)segment->frames &&
                     segment->packets < segment->frames && packet->size > 0;
        if (valid) {
            segment->packet[segment->packets++] =
                (pat_film_packet){.size = (uint64_t)packet->size,
                                  .frame = (size_t)packet->pts,
                                  .is_key = (packet->flags & AV_PKT_FLAG_KEY) != 0};
            pat_buffer_append(&segment->bytes, packet->data, (size_t)packet->size);
        }
        libav->av_packet_unref(packet);
        if (!valid)
            return fail(encoder, AVERROR_BUG, error);
    }
    if (segment->bytes.failed)
        return pat_fail_memory(error, "a frame");
    return code == AVERROR(EAGAIN) || code == AVERROR_EOF ? PAT_OK : fail(encoder, code, error);
}

pat_status pat_film_encode(pat_film_encoder *encoder, const pat_film_frame *frame,
                           pat_film_segment *segment, pat_error *error)
{
    const pat_libav *libav = encoder->libav;
    pat_status status = encoder->context == NULL ? open_context(encoder, error) : PAT_OK;
    if (status != PAT_OK)
        return status;
    if (segment->frames == PAT_FILM_SEGMENT_MAX)
        return fail(encoder, AVERROR(EINVAL), error);
    if (libav->av_frame_make_writable(encoder->frame) < 0)
        return pat_fail_memory(error, "a frame");
    pat_film_pack(frame->samples, &encoder->facts->layout, encoder->frame);
    encoder->frame->interlaced_frame = frame->interlaced;
    /* Encoders do not bear a change of order within a segment. */
    encoder->frame->top_field_first =
        encoder->coding.codec->in_segments ? encoder->coding.top_first : frame->top_first;
    encoder->frame->pts = (int64_t)segment->frames++; /* the muxer tells times */
    int code = libav->avcodec_send_frame(encoder->context, encoder->frame);
    return code < 0 ? fail(encoder, code, error) : drain(encoder, segment, error);
}

pat_status pat_film_encode_end(pat_film_encoder *encoder, pat_film_segment *segment,
                               pat_error *error)
{
    const pat_libav *libav = encoder->libav;
    pat_status status = PAT_OK;
    if (encoder->coding.codec->in_segments) {
        int code = libav->avcodec_send_frame(encoder->context, NULL);
        status = code < 0 ? fail(encoder, code, error) : drain(encoder, segment, error);
        libav->avcodec_free_context(&encoder->context); /* it is of no use for another one */
    }
    if (status == PAT_OK && segment->packets != segment->frames)
        return fail(encoder, AVERROR_BUG, error);
    return status;
}
