/* PAT_TASK_FILM_WRITE: write a restored film. */
#include "tasks/task_film_write.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tasks/kind.h"

struct state {
    pat_film_writer *writer; /* NULL: no film has been begun */
    pat_film_facts facts;    /* of that film */
    uint64_t next;           /* frame */
    char *names[2];          /* of the original and the film; the writer borrows them */
    pat_scratch packet;
};

void pat_film_write_order_pack(pat_buffer *out, const pat_film_write_order *order)
{
    pat_pack_film_facts(out, order->facts);
    pat_pack_film_coding(out, &order->coding);
    pat_pack_text(out, order->muxer->name);
    pat_pack_u64(out, order->is_part);
    pat_pack_u64(out, (uint64_t)order->from);
    pat_pack_u64(out, (uint64_t)order->until);
    pat_pack_u64(out, order->first);
    pat_pack_u64(out, order->is_last);
    pat_pack_u64(out, order->offset);
    pat_pack_u64(out, order->count);
    for (size_t i = 0; i < order->count; i++) {
        pat_pack_film_frame(out, &order->frame[i]);
        pat_pack_film_packet(out, &order->packet[i]);
    }
}

bool pat_film_write_report_unpack(pat_bytes bytes, unsigned *losses)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    *losses = (unsigned)pat_unpack_range(&in, 0, (1U << PAT_FILM_LOSSES) - 1);
    return pat_unpacker_finished(&in);
}

static void release(void *place)
{
    struct state *state = place;
    if (state == NULL)
        return;
    pat_film_writer_free(state->writer);
    free(state->names[0]);
    free(state->names[1]);
    pat_scratch_release(&state->packet);
    free(state);
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    (void)extra;
    return pat_film_state_create(sizeof(struct state), out, error);
}

/* Begin the film, or go on where the last job ended. */
static pat_status open_film(struct state *state, const pat_work *work,
                            const pat_film_write_order *order, pat_error *error)
{
    const pat_job *job = work->job;
    int film = job->input[1].descriptor, output = job->output[0].descriptor;
    if (state->writer != NULL && state->next == order->first) {
        pat_film_write_to(state->writer, film, output);
        return PAT_OK;
    }
    if (state->writer != NULL || order->first != 0)
        return pat_fail(error, PAT_WORKER_DIED,
                        "%s: the worker that wrote the film died; run the same command again",
                        job->output_path[0]);
    state->names[0] = strdup(job->damaged);
    state->names[1] = strdup(job->output_path[0]);
    if (state->names[0] == NULL || state->names[1] == NULL)
        return pat_fail_memory(error, "a film");
    const pat_film_writer_options options = {.film = film,
                                             .film_name = state->names[0],
                                             .facts = &state->facts,
                                             .output = output,
                                             .output_name = state->names[1],
                                             .muxer = order->muxer,
                                             .coding = order->coding,
                                             .is_part = order->is_part,
                                             .from = order->from,
                                             .until = order->until};
    return pat_film_writer_create(&options, &state->writer, error);
}

static pat_status write_packet(struct state *state, const pat_work *work,
                               const pat_film_packet *packet, uint64_t *offset, pat_error *error)
{
    size_t size = (size_t)packet->size;
    void *bytes = pat_scratch_get(&state->packet, 1, size);
    if (bytes == NULL)
        return pat_fail_memory(error, "a frame");
    pat_status status =
        pat_film_get(work->job->input[0].descriptor, bytes, size, *offset, "frames", error);
    *offset += size;
    return status == PAT_OK ? pat_film_write(state->writer, packet, bytes, error) : status;
}

static pat_status write_segment(struct state *state, const pat_work *work,
                                const pat_film_write_order *order, pat_error *error)
{
    uint64_t offset = order->offset;
    pat_status status = PAT_OK;
    pat_film_begin_segment(state->writer, order->frame, order->count);
    for (size_t i = 0; i < order->count && status == PAT_OK; i++)
        status = write_packet(state, work, &order->packet[i], &offset, error);
    state->next += order->count;
    return status;
}

static void unpack_order(pat_unpacker *in, pat_film_facts *facts, pat_film_write_order *order)
{
    pat_unpack_film_facts(in, facts);
    pat_unpack_film_coding(in, &order->coding);
    order->muxer = pat_film_muxer_find(pat_unpack_text(in));
    order->is_part = pat_unpack_range(in, 0, 1);
    order->from = (int64_t)pat_unpack_u64(in);
    order->until = (int64_t)pat_unpack_u64(in);
    order->first = pat_unpack_u64(in);
    order->is_last = pat_unpack_range(in, 0, 1);
    order->offset = pat_unpack_range(in, 0, INT64_MAX);
    order->count = (size_t)pat_unpack_range(in, 0, PAT_FILM_WRITTEN_MAX);
    for (size_t i = 0; i < order->count; i++) {
        pat_unpack_film_frame(in, &order->frame[i]);
        pat_unpack_film_packet(in, order->count, &order->packet[i]);
    }
    in->bad = in->bad || order->muxer == NULL;
}

static pat_status run(void *place, pat_work *work, pat_buffer *report, pat_error *error)
{
    struct state *state = place;
    const pat_job *job = work->job;
    unsigned losses = 0;
    pat_film_write_order order;
    pat_unpacker in = pat_unpacker_of(job->order);
    unpack_order(&in, &state->facts, &order);
    work->stage = PAT_STAGE_WRITE;
    if (in.bad || !job->input[0].open || !job->input[1].open || !job->output[0].open)
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the order of a film");
    pat_status status = open_film(state, work, &order, error);
    if (status == PAT_OK && order.count > 0)
        status = write_segment(state, work, &order, error);
    if (status == PAT_OK && order.is_last)
        status = pat_film_finish(state->writer, &losses, error);
    pat_pack_u64(report, losses);
    return status;
}

const pat_kind pat_film_write_kind = {
    .takes_files = true, .create = create, .free = release, .run = run};
