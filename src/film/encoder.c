#include "film/encoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "film/codec.h"
#include "film/container.h"

struct pat_film_encoder {
    const pat_libav *libav;
    const char *name;
    pat_film_layout layout; /* as FFV1 stores it */
    AVCodecContext *codec;
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
    encoder->frame->format = encoder->codec->pix_fmt;
    encoder->frame->width = encoder->codec->width;
    encoder->frame->height = encoder->codec->height;
    if (libav->av_frame_get_buffer(encoder->frame, 0) < 0)
        return pat_fail_memory(error, "an encoder");
    for (int i = 0; i < AV_NUM_DATA_POINTERS; i++) /* bits that no sample fills must be 0 */
        if (encoder->frame->buf[i] != NULL)
            memset(encoder->frame->buf[i]->data, 0, encoder->frame->buf[i]->size);
    return PAT_OK;
}

pat_status pat_film_encoder_create(const pat_film_facts *facts, const char *name,
                                   pat_film_encoder **out, pat_error *error)
{
    *out = NULL;
    const pat_libav *libav = pat_libav_get();
    pat_film_encoder *encoder = calloc(1, sizeof *encoder);
    if (encoder == NULL)
        return pat_fail_memory(error, "an encoder");
    encoder->libav = libav;
    encoder->name = name;
    encoder->layout = facts->layout;
    pat_status status = pat_film_codec_open(facts, name, &encoder->codec, error);
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
    encoder->libav->avcodec_free_context(&encoder->codec);
    free(encoder);
}

pat_status pat_film_encode(pat_film_encoder *encoder, const pat_film_frame *frame, pat_buffer *out,
                           pat_error *error)
{
    const pat_libav *libav = encoder->libav;
    int code = libav->av_frame_make_writable(encoder->frame);
    if (code < 0)
        return pat_fail_memory(error, "a frame");
    pat_film_pack(frame->samples, &encoder->layout, encoder->frame);
    encoder->frame->interlaced_frame = frame->interlaced;
    encoder->frame->top_field_first = frame->top_first;
    encoder->frame->pts = 0; /* the muxer tells times */
    code = libav->avcodec_send_frame(encoder->codec, encoder->frame);
    if (code >= 0)
        code = libav->avcodec_receive_packet(encoder->codec, encoder->packet);
    if (code < 0)
        return pat_libav_fail(libav, encoder->name, code, PAT_INTERNAL,
                              "a frame cannot be encoded; report this as a defect", error);
    pat_buffer_append(out, encoder->packet->data, (size_t)encoder->packet->size);
    libav->av_packet_unref(encoder->packet);
    return out->failed ? pat_fail_memory(error, "a frame") : PAT_OK;
}
