/* PAT_TASK_FILM_RESTORE: restore and encode frames. */
#include "tasks/task_film_restore.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "film/colors.h"
#include "film/encoder.h"
#include "film/measure.h"
#include "restore/image.h"
#include "tasks/kind.h"

struct state {
    pat_film_facts facts; /* of the film that the rest belongs to */
    pat_film_coding coding;
    pat_film_encoder *encoder;
    char *name; /* of that film; the encoder borrows it */
    pat_picture before, after;
    pat_scratch samples, scratch;
    pat_film_segment segment;
    double encoding_s;
    pat_film_stripper stripper;
    pat_buffer jpeg[2], strips; /* of a frame; packed */
    size_t strip_count;
};

void pat_film_restore_order_pack(pat_buffer *out, const pat_film_restore_order *order)
{
    pat_pack_film_facts(out, order->facts);
    pat_pack_film_coding(out, &order->coding);
    pat_pack_u64(out, order->count);
    pat_pack_u64(out, order->shows);
    for (size_t i = 0; i < order->count; i++) {
        pat_pack_film_frame(out, &order->frame[i]);
        pat_pack_doubles(out, &order->line[i][0].gain, 2 * PAT_CHANNELS);
        pat_pack_setting(out, &order->setting[i]);
    }
}

bool pat_film_restored_unpack(pat_bytes bytes, size_t count,
                              pat_film_restored restored[PAT_FILM_RESTORED_MAX],
                              pat_film_shown *shown)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    uint64_t seen = 0; /* a bit for each frame */
    for (size_t i = 0; i < count; i++) {
        pat_unpack_film_packet(&in, count, &restored[i].packet);
        uint64_t frame = (uint64_t)1 << restored[i].packet.frame;
        in.bad = in.bad || (seen & frame) != 0;
        seen |= frame;
        pat_unpack_doubles(&in, &restored[i].luma, 1);
        in.bad = in.bad || !(restored[i].luma >= 0 && restored[i].luma <= 255);
    }
    pat_unpack_doubles(&in, &shown->encoding_s, 1);
    in.bad = in.bad || !(shown->encoding_s >= 0 && isfinite(shown->encoding_s));
    shown->count = (size_t)pat_unpack_range(&in, 0, count);
    for (size_t i = 0; i < shown->count; i++)
        pat_unpack_film_strip(&in, count, &shown->strip[i]);
    return pat_unpacker_finished(&in);
}

static void forget_film(struct state *state)
{
    pat_film_encoder_free(state->encoder);
    state->encoder = NULL;
    free(state->name);
    state->name = NULL;
    pat_picture_release(&state->before);
    pat_picture_release(&state->after);
    pat_picture_release(&state->stripper.rgb);
}

static void release(void *place)
{
    struct state *state = place;
    if (state == NULL)
        return;
    forget_film(state);
    pat_scratch_release(&state->samples);
    pat_scratch_release(&state->scratch);
    pat_buffer_release(&state->segment.bytes);
    pat_film_stripper_release(&state->stripper);
    pat_buffer_release(&state->jpeg[0]);
    pat_buffer_release(&state->jpeg[1]);
    pat_buffer_release(&state->strips);
    free(state);
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    (void)extra;
    return pat_film_state_create(sizeof(struct state), out, error);
}

/* ---- A frame --------------------------------------------------------------------------------- */

static pat_status restore_part(struct state *state, pat_part part, uint8_t *samples,
                               const pat_film_line *lines, const pat_setting *setting, double *luma,
                               pat_error *error)
{
    const pat_film_facts *facts = &state->facts;
    bool changes = !pat_film_lines_are_idle(lines) || !pat_setting_is_idle(setting);
    pat_status status =
        pat_frame_to_rgb(facts, part, samples, &state->before, &state->scratch, error);
    if (status == PAT_OK && changes)
        status = pat_frame_reserve(facts, part, &state->after, error);
    if (status == PAT_OK && changes) {
        pat_film_lines_apply(lines, &state->before, &state->after);
        status = pat_picture_restore(&state->after, setting, error);
    }
    if (status == PAT_OK && changes)
        status = pat_frame_change(facts, part, samples, &state->before, &state->after,
                                  &state->scratch, error);
    *luma = status == PAT_OK ? pat_frame_luma(changes ? &state->after : &state->before) : 0;
    return status;
}

/* The fields of an interlaced frame are restored apart. */
static pat_status restore(struct state *state, const pat_film_frame *frame,
                          const pat_film_line *lines, const pat_setting *setting, double *luma,
                          pat_error *error)
{
    if (!frame->interlaced || !pat_film_has_fields(&state->facts))
        return restore_part(state, PAT_PART_WHOLE, frame->samples, lines, setting, luma, error);
    double bottom = 0;
    pat_status status =
        restore_part(state, PAT_PART_TOP, frame->samples, lines, setting, luma, error);
    if (status == PAT_OK)
        status =
            restore_part(state, PAT_PART_BOTTOM, frame->samples, lines, setting, &bottom, error);
    *luma = (*luma + bottom) / 2;
    return status;
}

/* Write the packets that are ready. */
static pat_status put_packets(struct state *state, pat_work *work, uint64_t *offset,
                              pat_error *error)
{
    pat_buffer *bytes = &state->segment.bytes;
    work->stage = PAT_STAGE_WRITE;
    pat_status status = pat_film_put(work->job->output[0].descriptor, bytes->data, bytes->size,
                                     *offset, "frames", error);
    *offset += bytes->size;
    pat_buffer_reset(bytes);
    return status;
}

/* Keep a small image of the samples. which: 0: before they are restored, 1: after. */
static pat_status show(struct state *state, uint8_t *samples, int which, pat_error *error)
{
    pat_buffer_reset(&state->jpeg[which]);
    return pat_film_strip_make(&state->stripper, &state->facts, samples, &state->jpeg[which],
                               error);
}

static void put_strip(struct state *state, size_t frame)
{
    const pat_film_strip strip = {
        .frame = frame,
        .width = state->stripper.small.width,
        .height = state->stripper.small.height,
        .jpeg = {pat_buffer_bytes(&state->jpeg[0]), pat_buffer_bytes(&state->jpeg[1])},
    };
    pat_pack_film_strip(&state->strips, &strip);
    state->strip_count++;
}

static pat_status run_frame(struct state *state, pat_work *work, size_t i, bool shows,
                            pat_unpacker *in, uint64_t *offset, double *luma, pat_error *error)
{
    pat_film_frame frame;
    pat_film_line lines[PAT_CHANNELS];
    pat_setting setting;
    size_t size = pat_film_frame_size(&state->facts.layout);
    uint8_t *samples = pat_scratch_get(&state->samples, 1, size);
    if (samples == NULL)
        return pat_fail_memory(error, "a frame");
    pat_unpack_film_frame(in, &frame);
    frame.samples = samples;
    pat_unpack_doubles(in, &lines[0].gain, 2 * PAT_CHANNELS);
    pat_unpack_setting(in, &setting);
    if (in->bad)
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the order of a film");
    work->stage = PAT_STAGE_RESTORE;
    pat_status status =
        pat_film_get(work->job->input[0].descriptor, samples, size, i * size, "frames", error);
    if (status == PAT_OK && shows)
        status = show(state, samples, 0, error);
    if (status == PAT_OK)
        status = restore(state, &frame, lines, &setting, luma, error);
    if (status == PAT_OK && shows)
        status = show(state, samples, 1, error);
    if (status == PAT_OK && shows)
        put_strip(state, i);
    double began_s = pat_clock_seconds();
    if (status == PAT_OK)
        status = pat_film_encode(state->encoder, &frame, &state->segment, error);
    state->encoding_s += pat_clock_seconds() - began_s;
    return status == PAT_OK ? put_packets(state, work, offset, error) : status;
}

static pat_status begin_film(struct state *state, const pat_job *job, const pat_film_facts *facts,
                             const pat_film_coding *coding, pat_error *error)
{
    if (state->encoder != NULL && memcmp(facts, &state->facts, sizeof *facts) == 0 &&
        memcmp(coding, &state->coding, sizeof *coding) == 0)
        return PAT_OK;
    forget_film(state);
    state->facts = *facts;
    state->coding = *coding;
    state->name = strdup(job->damaged);
    return state->name == NULL ? pat_fail_memory(error, "the film's name")
                               : pat_film_encoder_create(coding, &state->facts, state->name,
                                                         &state->encoder, error);
}

static pat_status run_segment(struct state *state, pat_work *work, size_t count, uint64_t shows,
                              pat_unpacker *in, double luma[PAT_FILM_RESTORED_MAX],
                              pat_error *error)
{
    uint64_t offset = 0;
    pat_status status = PAT_OK;
    state->segment.frames = state->segment.packets = 0;
    state->strip_count = 0;
    state->encoding_s = 0;
    pat_buffer_reset(&state->strips);
    pat_buffer_reset(&state->segment.bytes);
    for (size_t i = 0; i < count && status == PAT_OK; i++)
        status = run_frame(state, work, i, (shows >> i & 1) != 0, in, &offset, &luma[i], error);
    double began_s = pat_clock_seconds();
    if (status == PAT_OK && count > 0)
        status = pat_film_encode_end(state->encoder, &state->segment, error);
    state->encoding_s += pat_clock_seconds() - began_s;
    return status == PAT_OK ? put_packets(state, work, &offset, error) : status;
}

static pat_status run(void *place, pat_work *work, pat_buffer *report, pat_error *error)
{
    struct state *state = place;
    pat_film_facts facts;
    pat_film_coding coding;
    double luma[PAT_FILM_RESTORED_MAX];
    pat_unpacker in = pat_unpacker_of(work->job->order);
    pat_unpack_film_facts(&in, &facts);
    pat_unpack_film_coding(&in, &coding);
    size_t count = (size_t)pat_unpack_range(&in, 0, PAT_FILM_RESTORED_MAX);
    uint64_t shows = pat_unpack_u64(&in);
    work->stage = PAT_STAGE_RESTORE;
    if (in.bad || !work->job->input[0].open || !work->job->output[0].open)
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the order of a film");
    pat_status status = begin_film(state, work->job, &facts, &coding, error);
    if (status == PAT_OK)
        status = run_segment(state, work, count, shows, &in, luma, error);
    if (status != PAT_OK) {
        forget_film(state); /* its encoder may hold a part of the segment */
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        pat_pack_film_packet(report, &state->segment.packet[i]);
        pat_pack_doubles(report, &luma[i], 1);
    }
    pat_pack_doubles(report, &state->encoding_s, 1);
    pat_pack_u64(report, state->strip_count);
    pat_buffer_append(report, state->strips.data, state->strips.size);
    report->failed = report->failed || state->strips.failed;
    return PAT_OK;
}

const pat_kind pat_film_restore_kind = {
    .takes_files = true, .create = create, .free = release, .run = run};
