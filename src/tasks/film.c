#include "tasks/film.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/descriptor.h"
#include "base/error.h"

enum { SIDE_MAX = 1 << 20, SHIFT_MAX = 4, COLOR_MAX = 255, STREAMS_MAX = 1 << 20 };

enum { PACKET_MAX = 1 << 30 };

enum { FLAGGED = 1, INTERLACED = 2, TOP_FIRST = 4, FRAME_BITS = 7 };

static void pack_rational(pat_buffer *out, pat_rational value)
{
    pat_pack_u64(out, (uint64_t)value.over);
    pat_pack_u64(out, (uint64_t)value.under);
}

static pat_rational unpack_rational(pat_unpacker *in)
{
    int over = (int)pat_unpack_range(in, 0, INT_MAX);
    return (pat_rational){over, (int)pat_unpack_range(in, 1, INT_MAX)};
}

/* A worker may have been taken over: its words are shown, so they must be words. */
static void unpack_word(pat_unpacker *in, char word[PAT_FILM_WORD_SIZE])
{
    const char *text = pat_unpack_text(in);
    snprintf(word, PAT_FILM_WORD_SIZE, "%s", text);
    for (const char *at = word; *at != '\0'; at++)
        in->bad = in->bad || !isprint((unsigned char)*at);
    in->bad = in->bad || strlen(text) >= PAT_FILM_WORD_SIZE;
}

static void pack_layout(pat_buffer *out, const pat_film_layout *layout)
{
    pat_pack_u64(out, (uint64_t)layout->width);
    pat_pack_u64(out, (uint64_t)layout->height);
    pat_pack_u64(out, (uint64_t)layout->depth);
    pat_pack_u64(out, (uint64_t)layout->planes);
    pat_pack_u64(out, layout->is_rgb);
    pat_pack_u64(out, (uint64_t)layout->shift_x);
    pat_pack_u64(out, (uint64_t)layout->shift_y);
    pat_pack_u64(out, layout->full_range);
}

static void unpack_layout(pat_unpacker *in, pat_film_layout *layout)
{
    layout->width = (int)pat_unpack_range(in, 1, SIDE_MAX);
    layout->height = (int)pat_unpack_range(in, 1, SIDE_MAX);
    layout->depth = (int)pat_unpack_range(in, 8, 16);
    layout->planes = (int)pat_unpack_range(in, 1, PAT_FILM_PLANES_MAX);
    layout->is_rgb = pat_unpack_range(in, 0, 1);
    layout->shift_x = (int)pat_unpack_range(in, 0, SHIFT_MAX);
    layout->shift_y = (int)pat_unpack_range(in, 0, SHIFT_MAX);
    layout->full_range = pat_unpack_range(in, 0, 1);
}

void pat_pack_film_facts(pat_buffer *out, const pat_film_facts *facts)
{
    pat_pack_text(out, facts->container);
    pat_pack_text(out, facts->codec);
    pat_pack_text(out, facts->samples);
    pack_layout(out, &facts->layout);
    pack_rational(out, facts->time_base);
    pack_rational(out, facts->rate);
    pack_rational(out, facts->aspect);
    const pat_film_colors *colors = &facts->colors;
    const int values[] = {colors->range, colors->primaries, colors->transfer, colors->matrix,
                          colors->chroma};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        pat_pack_u64(out, (uint64_t)values[i]);
    pat_pack_u64(out, (uint64_t)facts->frames);
    pat_pack_u64(out, (uint64_t)facts->expected);
    pat_pack_u64(out, (uint64_t)facts->video_stream);
    pat_pack_u64(out, (uint64_t)facts->streams);
}

void pat_unpack_film_facts(pat_unpacker *in, pat_film_facts *facts)
{
    memset(facts, 0, sizeof *facts); /* its padding, too: facts are compared */
    unpack_word(in, facts->container);
    unpack_word(in, facts->codec);
    unpack_word(in, facts->samples);
    unpack_layout(in, &facts->layout);
    facts->time_base = unpack_rational(in);
    facts->rate = unpack_rational(in);
    facts->aspect = unpack_rational(in);
    pat_film_colors *colors = &facts->colors;
    int *const values[] = {&colors->range, &colors->primaries, &colors->transfer, &colors->matrix,
                           &colors->chroma};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        *values[i] = (int)pat_unpack_range(in, 0, COLOR_MAX);
    facts->frames = (int64_t)pat_unpack_range(in, 0, INT64_MAX);
    facts->expected = (int64_t)pat_unpack_range(in, 0, INT64_MAX);
    facts->video_stream = (int)pat_unpack_range(in, 0, STREAMS_MAX);
    facts->streams = (int)pat_unpack_range(in, 1, STREAMS_MAX);
    in->bad = in->bad || facts->video_stream >= facts->streams;
}

void pat_pack_film_counts(pat_buffer *out, const pat_film_counts *counts)
{
    const int64_t values[] = {counts->packets, counts->frames, counts->flagged, counts->refused,
                              counts->corrupt, counts->broken, counts->odd};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        pat_pack_u64(out, (uint64_t)values[i]);
}

void pat_unpack_film_counts(pat_unpacker *in, pat_film_counts *counts)
{
    int64_t *const values[] = {&counts->packets, &counts->frames,  &counts->flagged,
                               &counts->refused, &counts->corrupt, &counts->broken,
                               &counts->odd};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        *values[i] = (int64_t)pat_unpack_range(in, 0, INT64_MAX);
}

void pat_pack_film_frame(pat_buffer *out, const pat_film_frame *frame)
{
    pat_pack_u64(out, (uint64_t)frame->time);
    pat_pack_u64(out, (uint64_t)frame->duration);
    pat_pack_u64(out, frame->fingerprint);
    pat_pack_u64(out,
                 (uint64_t)((frame->flagged ? FLAGGED : 0) | (frame->interlaced ? INTERLACED : 0) |
                            (frame->top_first ? TOP_FIRST : 0)));
}

void pat_unpack_film_frame(pat_unpacker *in, pat_film_frame *frame)
{
    *frame = (pat_film_frame){.time = (int64_t)pat_unpack_u64(in)};
    frame->duration = (int64_t)pat_unpack_range(in, 0, INT64_MAX);
    frame->fingerprint = pat_unpack_u64(in);
    uint64_t bits = pat_unpack_range(in, 0, FRAME_BITS);
    frame->flagged = (bits & FLAGGED) != 0;
    frame->interlaced = (bits & INTERLACED) != 0;
    frame->top_first = (bits & TOP_FIRST) != 0;
}

void pat_pack_film_coding(pat_buffer *out, const pat_film_coding *coding)
{
    pat_pack_u64(out, (uint64_t)pat_film_codec_number(coding->codec));
    pat_pack_doubles(out, &coding->quality, 1);
    pat_pack_u64(out, coding->interlaced);
    pat_pack_u64(out, coding->top_first);
}

void pat_unpack_film_coding(pat_unpacker *in, pat_film_coding *coding)
{
    const pat_film_codec *codec = pat_film_codec_at((int)pat_unpack_range(in, 0, INT_MAX));
    memset(coding, 0, sizeof *coding); /* its padding, too: codings are compared */
    coding->codec = codec;
    pat_unpack_doubles(in, &coding->quality, 1);
    coding->interlaced = pat_unpack_range(in, 0, 1);
    coding->top_first = pat_unpack_range(in, 0, 1);
    in->bad = in->bad || codec == NULL;
}

void pat_pack_film_packet(pat_buffer *out, const pat_film_packet *packet)
{
    pat_pack_u64(out, packet->size);
    pat_pack_u64(out, packet->frame);
    pat_pack_u64(out, packet->is_key);
}

void pat_unpack_film_packet(pat_unpacker *in, size_t frames, pat_film_packet *packet)
{
    packet->size = pat_unpack_range(in, 1, PACKET_MAX);
    packet->frame = (size_t)pat_unpack_range(in, 0, frames - 1);
    packet->is_key = pat_unpack_range(in, 0, 1);
}

pat_status pat_film_state_create(size_t size, void **state, pat_error *error)
{
    pat_status status = pat_film_load(error);
    if (status != PAT_OK)
        return status;
    *state = calloc(1, size);
    return *state != NULL ? PAT_OK : pat_fail_memory(error, "a worker's tables");
}

/* ---- Files ----------------------------------------------------------------------------------- */

size_t pat_film_frame_size(const pat_film_layout *layout)
{
    return pat_film_offset(layout, layout->planes);
}

pat_status pat_film_get(int file, void *bytes, size_t size, uint64_t offset, const char *what,
                        pat_error *error)
{
    size_t done;
    if (!pat_read_at(file, bytes, size, offset, &done))
        return pat_fail(error, PAT_UNREADABLE, "the %s of a film cannot be read: %s", what,
                        strerror(errno));
    return done == size ? PAT_OK
                        : pat_fail(error, PAT_UNREADABLE,
                                   "the %s of a film cannot be read: some are missing", what);
}

pat_status pat_film_put(int file, const void *bytes, size_t size, uint64_t offset, const char *what,
                        pat_error *error)
{
    return pat_write_at(file, bytes, size, offset)
               ? PAT_OK
               : pat_fail(error, PAT_WRITE_FAILED, "the %s of a film cannot be written: %s", what,
                          strerror(errno));
}
