/*
 * FFmpeg's libavformat, libavcodec and libavutil, loaded before the first film is opened; private
 * to this folder. As with libvips (image/vips.h), the program does not link to them.
 */
#ifndef PAT_FILM_LIBAV_H
#define PAT_FILM_LIBAV_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <stdbool.h>

#include "patina/status.h"

/* The functions used: prefix and rest of each name. */
#define PAT_LIBAV_FUNCTIONS(X)                                                                     \
    X(av_, calloc)                                                                                 \
    X(av_, codec_get_id)                                                                           \
    X(av_, compare_ts)                                                                             \
    X(av_, dict_copy)                                                                              \
    X(av_, dict_free)                                                                              \
    X(av_, dict_get)                                                                               \
    X(av_, dict_set)                                                                               \
    X(av_, dict_set_int)                                                                           \
    X(av_, find_best_stream)                                                                       \
    X(av_, frame_alloc)                                                                            \
    X(av_, frame_free)                                                                             \
    X(av_, frame_get_buffer)                                                                       \
    X(av_, frame_make_writable)                                                                    \
    X(av_, frame_unref)                                                                            \
    X(av_, freep)                                                                                  \
    X(av_, get_pix_fmt_name)                                                                       \
    X(av_, guess_format)                                                                           \
    X(av_, guess_sample_aspect_ratio)                                                              \
    X(av_, interleaved_write_frame)                                                                \
    X(av_, log_set_callback)                                                                       \
    X(av_, malloc)                                                                                 \
    X(av_, new_packet)                                                                             \
    X(av_, packet_alloc)                                                                           \
    X(av_, packet_free)                                                                            \
    X(av_, packet_rescale_ts)                                                                      \
    X(av_, packet_unref)                                                                           \
    X(av_, pix_fmt_desc_get)                                                                       \
    X(av_, read_frame)                                                                             \
    X(av_, rescale_q)                                                                              \
    X(av_, stream_new_side_data)                                                                   \
    X(av_, strerror)                                                                               \
    X(av_, write_frame)                                                                            \
    X(av_, write_trailer)                                                                          \
    X(avio_, alloc_context)                                                                        \
    X(avio_, context_free)                                                                         \
    X(avformat_, alloc_context)                                                                    \
    X(avformat_, alloc_output_context2)                                                            \
    X(avformat_, close_input)                                                                      \
    X(avformat_, find_stream_info)                                                                 \
    X(avformat_, free_context)                                                                     \
    X(avformat_, new_stream)                                                                       \
    X(avformat_, open_input)                                                                       \
    X(avformat_, query_codec)                                                                      \
    X(avformat_, version)                                                                          \
    X(avformat_, write_header)                                                                     \
    X(avcodec_, alloc_context3)                                                                    \
    X(avcodec_, decode_subtitle2)                                                                  \
    X(avcodec_, descriptor_get)                                                                    \
    X(avcodec_, encode_subtitle)                                                                   \
    X(avcodec_, find_decoder)                                                                      \
    X(avcodec_, find_encoder_by_name)                                                              \
    X(avcodec_, free_context)                                                                      \
    X(avcodec_, get_name)                                                                          \
    X(avcodec_, open2)                                                                             \
    X(avcodec_, parameters_copy)                                                                   \
    X(avcodec_, parameters_from_context)                                                           \
    X(avcodec_, parameters_to_context)                                                             \
    X(avcodec_, receive_frame)                                                                     \
    X(avcodec_, receive_packet)                                                                    \
    X(avcodec_, send_frame)                                                                        \
    X(avsubtitle_, free)                                                                           \
    X(avcodec_, send_packet)

/* av_read_frame() is libav->av_read_frame(), with the type of the prototype. */
typedef struct pat_libav {
#define PAT_LIBAV_MEMBER(prefix, name) __typeof__(prefix##name) *prefix##name;
    PAT_LIBAV_FUNCTIONS(PAT_LIBAV_MEMBER)
#undef PAT_LIBAV_MEMBER
} pat_libav;

/* Load the libraries, unless they are; they then stay loaded, and are silent. Fails with
 * PAT_INTERNAL (they are not installed) or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_libav_load(pat_error *error);

/* The table, once they are loaded. */
const pat_libav *pat_libav_get(void);

/* Whether a film had more streams than FFmpeg takes, which it calls a lack of memory. */
bool pat_libav_refused_streams(void);

/* How many errors the libraries have complained about so far: some damage they only log. */
unsigned pat_libav_complaints(void);

#endif
