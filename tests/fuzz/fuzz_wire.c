/* Messages between driver and worker, including a search's setup and report: any input is refused,
 * or is the same message when sent on. */
#include <stdbool.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "settings.h"
#include "tasks/task_search.h"
#include "workers/wire.h"

static void check_same(const pat_buffer *again, pat_bytes bytes)
{
    MUST(!again->failed && again->size == bytes.size &&
         memcmp(again->data, bytes.data, bytes.size) == 0);
}

/* A search setup is refused, or has the same bytes when packed again. */
static void check_setup(pat_bytes bytes)
{
    pat_buffer again = {0};
    pat_search_setup setup;
    if (!pat_search_setup_unpack(bytes, &setup))
        return;
    pat_search_setup_pack(&again, &setup);
    check_same(&again, bytes);
    pat_buffer_release(&again);
}

enum { SETTINGS = 2 };

static pat_search_setup some_setup(void)
{
    pat_search_setup setup = {.trials = true};
    MUST(pat_grid_parse(&setup.grid, "color=none;sigma=1;strength=0,2", NULL) == PAT_OK);
    MUST(pat_grid_count(&setup.grid) == SETTINGS);
    return setup;
}

/* The same for a search report. */
static void check_report(pat_bytes bytes)
{
    pat_buffer again = {0};
    pat_search_report report;
    pat_scores trials[SETTINGS];
    const pat_search_setup setup = some_setup();
    if (!pat_search_report_unpack(bytes, &setup, &report, trials))
        return;
    pat_search_report_pack(&again, &setup, &report, trials);
    check_same(&again, bytes);
    pat_buffer_release(&again);
}

/* Read a frame and write the same message. False if it is malformed. */
static bool send_on(const pat_frame *frame, pat_buffer *out)
{
    pat_task_setup setup;
    char version[PAT_VERSION_SIZE], sandbox[PAT_SANDBOX_SIZE];
    const char *platform;
    pat_error error = {0};
    uint64_t index;
    pat_job job;
    pat_outcome outcome = {0};
    bool ok = false;
    switch (frame->type) {
    case PAT_MESSAGE_SETUP:
        ok = pat_wire_get_setup(frame, &setup);
        if (ok) {
            check_setup(setup.extra);
            pat_wire_put_setup(out, &setup);
        }
        break;
    case PAT_MESSAGE_READY:
        ok = pat_wire_get_ready(frame, version, sandbox, &platform);
        if (ok)
            pat_wire_put_ready(out, version, sandbox, platform);
        break;
    case PAT_MESSAGE_BROKEN:
        ok = pat_wire_get_broken(frame, &error);
        if (ok)
            pat_wire_put_broken(out, &error);
        break;
    case PAT_MESSAGE_JOB:
        ok = pat_wire_get_job(frame, &index, &job);
        if (ok)
            pat_wire_put_job(out, index, &job);
        break;
    case PAT_MESSAGE_OUTCOME:
        ok = pat_wire_get_outcome(frame, &index, &outcome);
        if (ok) {
            check_report(pat_buffer_bytes(&outcome.report));
            pat_wire_put_outcome(out, index, &outcome);
        }
        pat_outcome_release(&outcome);
        break;
    case PAT_MESSAGE_RETIRE:
        ok = pat_wire_get_retire(frame);
        if (ok)
            pat_wire_put_retire(out);
        break;
    case PAT_MESSAGE_LACKING:
        ok = pat_wire_get_lacking(frame);
        if (ok)
            pat_wire_put_lacking(out);
        break;
    }
    MUST(!out->failed);
    return ok;
}

/* One valid message of each type. */
static void put_own_messages(pat_buffer *own)
{
    const pat_scores trials[SETTINGS] = {scores_of(20, 0.6), scores_of(25, 0.7)};
    const pat_search_setup search = some_setup();
    const pat_search_report report = {.setting = pat_grid_setting(&search.grid, 1), .ties = 1};
    pat_buffer extra = {0};
    pat_search_setup_pack(&extra, &search);
    pat_task_setup setup = {
        .kind = PAT_TASK_SEARCH, .max_pixels = 9, .extra = pat_buffer_bytes(&extra)};
    pat_outcome outcome = {.stage = PAT_STAGE_SEARCH};
    pat_job job = {.damaged = "d/a.png",
                   .undamaged = "u/a.png",
                   .done_before = true,
                   .order = {"an order", 8},
                   .output_path = {"o/a.png", NULL}};
    pat_search_report_pack(&outcome.report, &search, &report, trials);
    pat_wire_put_setup(own, &setup);
    pat_wire_put_ready(own, "8.14", "full", "libm.so.6 a1\n");
    pat_wire_put_broken(own, &(pat_error){PAT_INTERNAL, "it is missing"});
    pat_wire_put_job(own, 1, &job);
    pat_wire_put_outcome(own, 2, &outcome);
    MUST(!own->failed && pat_task_accepts(&setup, &outcome));
    pat_buffer_release(&extra);
    pat_outcome_release(&outcome);
}

/* Reading and writing them yields the same bytes. */
static void check_own_messages(const pat_buffer *own)
{
    pat_buffer again = {0};
    pat_frame frame;
    for (size_t at = 0; at < own->size; at += frame.frame_size) {
        const pat_buffer rest = {.data = own->data + at, .size = own->size - at};
        MUST(pat_wire_next(&rest, &frame) == PAT_FRAME_FOUND && send_on(&frame, &again));
    }
    MUST(own->size == again.size && memcmp(own->data, again.data, own->size) == 0);
    pat_buffer_release(&again);
}

/* Valid messages with changed bytes: each three input bytes are a position and an XOR mask. */
static void put_changed_messages(pat_buffer *in, const uint8_t *data, size_t size)
{
    put_own_messages(in);
    check_own_messages(in);
    for (; size >= 3; data += 3, size -= 3) {
        size_t place = (data[0] | (size_t)data[1] << 8) % in->size;
        in->data[place] = (char)(in->data[place] ^ data[2]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pat_buffer in = {0}, once = {0}, twice = {0};
    pat_frame frame;
    if (size > 0 && data[0] == 'c')
        put_changed_messages(&in, data + 1, size - 1);
    else
        pat_buffer_append(&in, data, size);
    pat_frame_state state;
    while ((state = pat_wire_next(&in, &frame)) == PAT_FRAME_FOUND) {
        MUST(frame.frame_size <= in.size && frame.size < frame.frame_size);
        pat_buffer_reset(&once);
        pat_buffer_reset(&twice);
        if (send_on(&frame, &once)) { /* texts may be cut, but only the first time */
            pat_frame again;
            MUST(pat_wire_next(&once, &again) == PAT_FRAME_FOUND && again.frame_size == once.size);
            MUST(again.type == frame.type && again.size <= frame.size);
            MUST(send_on(&again, &twice));
            MUST(once.size == twice.size && memcmp(once.data, twice.data, once.size) == 0);
        }
        pat_buffer_consume(&in, frame.frame_size);
    }
    MUST(state == PAT_FRAME_BAD || state == PAT_FRAME_NONE);
    pat_buffer_release(&in);
    pat_buffer_release(&once);
    pat_buffer_release(&twice);
    return 0;
}
