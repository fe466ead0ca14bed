/* What driver and worker say to each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "settings.h"
#include "workers/wire.h"
#include "workspace.h"

/* ---- The wire -------------------------------------------------------------------------------- */

static pat_task_setup some_setup(void)
{
    return (pat_task_setup){.kind = PAT_TASK_STRIP,
                            .max_pixels = 1u << 20,
                            .memory_bytes = UINT64_MAX,
                            .loads_modules = true,
                            .extra = {"a\0model", 7}};
}

/* Everything set. */
static pat_outcome some_outcome(void)
{
    pat_outcome outcome = {.content = {{1, -2, 3, {4, 5}}, {UINT64_MAX, INT64_MIN, 7, {8, 9}}},
                           .unchanged = true,
                           .status = PAT_CORRUPT,
                           .stage = PAT_STAGE_FEATURES,
                           .message = "b.png: half of it is missing"};
    pat_buffer_append(&outcome.report, "a\0report", 8);
    return outcome;
}

/* One message of each type. */
static void put_message(pat_buffer *out, pat_message_type type)
{
    pat_task_setup setup = some_setup();
    pat_outcome outcome = some_outcome();
    pat_error error = {PAT_OUT_OF_MEMORY, "not today"};
    switch (type) {
    case PAT_MESSAGE_SETUP:
        pat_wire_put_setup(out, &setup);
        break;
    case PAT_MESSAGE_READY:
        pat_wire_put_ready(out, "8.14.1", "seccomp, landlock 7", "libm.so.6 a1\n");
        break;
    case PAT_MESSAGE_BROKEN:
        pat_wire_put_broken(out, &error);
        break;
    case PAT_MESSAGE_JOB:
        pat_wire_put_job(out, 12345678901,
                         &(pat_job){.damaged = "d/a\nb.png",
                                    .undamaged = "",
                                    .done_before = true,
                                    .before = {{1, 2, 3, {4, 5}}},
                                    .order = {"\0\1\2", 3},
                                    .output_path = {NULL, "out/a.png"},
                                    .output = {[1] = {.cause = 13}}});
        break;
    case PAT_MESSAGE_OUTCOME:
        pat_wire_put_outcome(out, SIZE_MAX, &outcome);
        break;
    case PAT_MESSAGE_RETIRE:
        pat_wire_put_retire(out);
        break;
    case PAT_MESSAGE_LACKING:
        pat_wire_put_lacking(out);
        break;
    }
    pat_outcome_release(&outcome);
    assert_false(out->failed);
}

/* Read whatever the frame holds and write it again. False if it is refused. */
static bool repeat(const pat_frame *frame, pat_buffer *out)
{
    uint64_t index;
    pat_task_setup setup;
    char version[PAT_VERSION_SIZE], sandbox[PAT_SANDBOX_SIZE];
    const char *platform;
    pat_error error = {0};
    pat_job job;
    pat_outcome outcome = {0};
    switch (frame->type) {
    case PAT_MESSAGE_SETUP:
        if (!pat_wire_get_setup(frame, &setup))
            return false;
        pat_wire_put_setup(out, &setup);
        break;
    case PAT_MESSAGE_READY:
        if (!pat_wire_get_ready(frame, version, sandbox, &platform))
            return false;
        pat_wire_put_ready(out, version, sandbox, platform);
        break;
    case PAT_MESSAGE_BROKEN:
        if (!pat_wire_get_broken(frame, &error))
            return false;
        pat_wire_put_broken(out, &error);
        break;
    case PAT_MESSAGE_JOB:
        if (!pat_wire_get_job(frame, &index, &job))
            return false;
        pat_wire_put_job(out, index, &job);
        break;
    case PAT_MESSAGE_OUTCOME:
        if (!pat_wire_get_outcome(frame, &index, &outcome)) {
            assert_null(outcome.report.data);
            return false;
        }
        pat_wire_put_outcome(out, index, &outcome);
        pat_outcome_release(&outcome);
        break;
    case PAT_MESSAGE_RETIRE:
        if (!pat_wire_get_retire(frame))
            return false;
        pat_wire_put_retire(out);
        break;
    case PAT_MESSAGE_LACKING:
        if (!pat_wire_get_lacking(frame))
            return false;
        pat_wire_put_lacking(out);
        break;
    }
    return true;
}

static pat_frame the_frame(const pat_buffer *bytes)
{
    pat_frame frame;
    assert_int_equal(pat_wire_next(bytes, &frame), PAT_FRAME_FOUND);
    return frame;
}

static void test_setup_travels(void **state)
{
    (void)state;
    pat_buffer bytes = {0};
    pat_task_setup sent = some_setup(), got;
    memset(&got, 0x55, sizeof got);
    pat_wire_put_setup(&bytes, &sent);
    pat_frame frame = the_frame(&bytes);
    assert_int_equal(frame.type, PAT_MESSAGE_SETUP);
    assert_true(pat_wire_get_setup(&frame, &got));
    assert_true(got.kind == sent.kind && got.max_pixels == sent.max_pixels);
    assert_true(got.memory_bytes == sent.memory_bytes);
    assert_true(got.loads_modules && sent.loads_modules);
    assert_int_equal(got.extra.size, sent.extra.size);
    assert_memory_equal(got.extra.data, sent.extra.data, sent.extra.size);
    pat_buffer_release(&bytes);
}

static void test_job_and_broken_travel(void **state)
{
    (void)state;
    pat_buffer bytes = {0};
    pat_error error = {0};
    pat_job job;
    uint64_t index;
    put_message(&bytes, PAT_MESSAGE_JOB);
    pat_frame frame = the_frame(&bytes);
    assert_true(pat_wire_get_job(&frame, &index, &job));
    assert_true(index == 12345678901);
    assert_string_equal(job.damaged, "d/a\nb.png");
    assert_string_equal(job.undamaged, "");
    assert_true(job.done_before && job.before[0].bytes.high == 5 && job.before[1].size == 0);
    assert_int_equal(job.order.size, 3);
    assert_memory_equal(job.order.data, "\0\1\2", 3);
    assert_null(job.output_path[0]);
    assert_string_equal(job.output_path[1], "out/a.png");
    assert_true(!job.output[1].open && job.output[1].cause == 13);

    pat_buffer_reset(&bytes);
    put_message(&bytes, PAT_MESSAGE_BROKEN);
    frame = the_frame(&bytes);
    assert_true(pat_wire_get_broken(&frame, &error));
    assert_int_equal(error.status, PAT_OUT_OF_MEMORY);
    assert_string_equal(error.message, "not today");

    /* A failure that is none would end the run as a success. */
    pat_buffer_reset(&bytes);
    pat_wire_put_broken(&bytes, &(pat_error){PAT_OK, ""});
    frame = the_frame(&bytes);
    assert_false(pat_wire_get_broken(&frame, &error));
    pat_buffer_release(&bytes);
}

static void test_ready_travels(void **state)
{
    (void)state;
    pat_buffer bytes = {0};
    char version[PAT_VERSION_SIZE], sandbox[PAT_SANDBOX_SIZE];
    const char *platform;
    put_message(&bytes, PAT_MESSAGE_READY);
    pat_frame frame = the_frame(&bytes);
    assert_true(pat_wire_get_ready(&frame, version, sandbox, &platform));
    assert_string_equal(version, "8.14.1");
    assert_string_equal(platform, "libm.so.6 a1\n");

    pat_buffer_reset(&bytes);
    pat_wire_put_ready(&bytes, "a version as long as nobody has ever seen one", "", "");
    frame = the_frame(&bytes);
    assert_true(pat_wire_get_ready(&frame, version, sandbox, &platform));
    assert_string_equal(version, "a version as long as nobody has"); /* cut */
    pat_buffer_release(&bytes);
}

static void test_outcome_travels(void **state)
{
    (void)state;
    pat_buffer bytes = {0};
    uint64_t index;
    pat_outcome sent = some_outcome(), got = some_outcome(); /* is replaced */
    got.unchanged = false;
    pat_wire_put_outcome(&bytes, 7, &sent);
    pat_frame frame = the_frame(&bytes);
    assert_true(pat_wire_get_outcome(&frame, &index, &got));
    assert_int_equal(index, 7);
    assert_memory_equal(got.content, sent.content, sizeof got.content);
    assert_true(got.unchanged);
    assert_int_equal(got.status, PAT_CORRUPT);
    assert_int_equal(got.stage, PAT_STAGE_FEATURES);
    assert_string_equal(got.message, sent.message);
    assert_int_equal(got.report.size, 8);
    assert_memory_equal(got.report.data, "a\0report", 8);
    pat_outcome_release(&sent);
    pat_outcome_release(&got);
    pat_buffer_release(&bytes);
}

static void test_kinds_and_stages_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    pat_buffer bytes = {0};
    pat_task_setup setup = some_setup(), got_setup;
    setup.kind = PAT_TASK_KINDS;
    pat_wire_put_setup(&bytes, &setup);
    pat_frame frame = the_frame(&bytes);
    assert_false(pat_wire_get_setup(&frame, &got_setup));

    pat_buffer_reset(&bytes);
    pat_outcome outcome = some_outcome(), got = {0};
    uint64_t index;
    outcome.stage = PAT_STAGE_COUNT;
    pat_wire_put_outcome(&bytes, 0, &outcome);
    frame = the_frame(&bytes);
    assert_false(pat_wire_get_outcome(&frame, &index, &got));
    pat_outcome_release(&outcome);
    pat_buffer_release(&bytes);
}

/* The block at the end is said to be longer than it is, by 1 to 16 bytes. */
static void test_blocks_beyond_the_end_are_refused(void **state)
{
    (void)state;
    pat_task_setup sent = some_setup(), got;
    for (uint64_t more = 0; more <= 16; more++) {
        pat_buffer bytes = {0};
        pat_wire_put_setup(&bytes, &sent);
        uint64_t size = sent.extra.size + more;
        memcpy(bytes.data + bytes.size - sent.extra.size - sizeof size, &size, sizeof size);
        pat_frame frame = the_frame(&bytes);
        assert_int_equal(pat_wire_get_setup(&frame, &got), more == 0);
        assert_int_equal(got.extra.size, more == 0 ? sent.extra.size : 0);
        pat_buffer_release(&bytes);
    }
}

/* All of a stream's frames are found, in order, however it is cut. */
static void test_frames_are_found_in_a_stream(void **state)
{
    (void)state;
    pat_buffer stream = {0}, in = {0}, copy = {0};
    for (pat_message_type type = PAT_MESSAGE_SETUP; type <= PAT_MESSAGE_LACKING; type++)
        put_message(&stream, type);
    pat_message_type next = PAT_MESSAGE_SETUP;
    for (size_t i = 0; i < stream.size; i++) {
        pat_frame frame;
        pat_buffer_append(&in, stream.data + i, 1);
        pat_frame_state found = pat_wire_next(&in, &frame);
        assert_int_not_equal(found, PAT_FRAME_BAD);
        if (found == PAT_FRAME_NONE)
            continue;
        assert_int_equal(frame.type, next++);
        assert_int_equal(frame.frame_size, in.size);
        assert_true(repeat(&frame, &copy));
        pat_buffer_consume(&in, frame.frame_size);
    }
    assert_int_equal(in.size, 0);
    assert_int_equal(copy.size, stream.size);
    assert_memory_equal(copy.data, stream.data, stream.size);
    pat_buffer_release(&stream);
    pat_buffer_release(&in);
    pat_buffer_release(&copy);
}

static void test_headers_of_no_frame_are_bad(void **state)
{
    (void)state;
    static const uint32_t bad[][2] = {{0, 0},
                                      {0, PAT_MESSAGE_LACKING + 1},
                                      {0, UINT32_MAX},
                                      {(64 << 20) + 1, PAT_MESSAGE_JOB},
                                      {UINT32_MAX, PAT_MESSAGE_OUTCOME}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pat_frame frame;
        pat_buffer bytes = {0};
        pat_buffer_append(&bytes, bad[i], sizeof bad[i] - 1);
        assert_int_equal(pat_wire_next(&bytes, &frame), PAT_FRAME_NONE);
        pat_buffer_append(&bytes, (const char *)bad[i] + 7, 1);
        assert_int_equal(pat_wire_next(&bytes, &frame), PAT_FRAME_BAD);
        pat_buffer_release(&bytes);
    }
}

/* The bytes in a block of exactly their size, so that a sanitizer sees a read beyond. */
static pat_buffer exact_copy(const char *bytes, size_t size)
{
    pat_buffer copy = {.data = malloc(size), .size = size, .capacity = size};
    assert_non_null(copy.data);
    memcpy(copy.data, bytes, size);
    return copy;
}

static void test_shortened_and_lengthened_payloads_are_refused(void **state)
{
    (void)state;
    for (pat_message_type type = PAT_MESSAGE_SETUP; type <= PAT_MESSAGE_LACKING; type++) {
        pat_buffer whole = {0}, out = {0};
        put_message(&whole, type);
        pat_buffer_append_char(&whole, '\0');
        size_t header = 2 * sizeof(uint32_t), right = whole.size - 1 - header;
        for (size_t size = 0; size <= right + 1; size++) {
            pat_buffer bytes = exact_copy(whole.data, header + size);
            memcpy(bytes.data, &(uint32_t){(uint32_t)size}, sizeof(uint32_t));
            pat_frame frame = the_frame(&bytes);
            bool accepted = repeat(&frame, &out);
            if (type != PAT_MESSAGE_READY && accepted != (size == right))
                fail_msg("a message of type %d and %zu bytes for %zu is %s", type, size, right,
                         accepted ? "accepted" : "refused");
            pat_buffer_release(&bytes);
        }
        pat_buffer_release(&whole);
        pat_buffer_release(&out);
    }
}

/* What is accepted in spite of changes is a message that could have been sent. */
static void test_random_changes_are_refused_or_harmless(void **state)
{
    (void)state;
    size_t accepted = 0, refused = 0;
    for (int round = 0; round < 40000; round++) {
        pat_buffer whole = {0}, again = {0};
        pat_frame frame;
        put_message(&whole, (pat_message_type)(PAT_MESSAGE_SETUP + round % 5));
        for (uint32_t changes = 1 + random_below(4); changes > 0; changes--)
            whole.data[random_below((uint32_t)whole.size)] =
                (char)(random_below(2) ? random_below(4) : random_below(256));
        pat_buffer bytes = exact_copy(whole.data, whole.size);
        if (pat_wire_next(&bytes, &frame) == PAT_FRAME_FOUND && repeat(&frame, &again)) {
            accepted++;
            if (frame.type != PAT_MESSAGE_READY) {
                assert_int_equal(again.size, frame.frame_size);
                assert_memory_equal(again.data, bytes.data, again.size);
            }
        } else {
            refused++;
        }
        pat_buffer_release(&bytes);
        pat_buffer_release(&whole);
        pat_buffer_release(&again);
    }
    assert_true(accepted > 1000 && refused > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_setup_travels),
        cmocka_unit_test(test_job_and_broken_travel),
        cmocka_unit_test(test_ready_travels),
        cmocka_unit_test(test_outcome_travels),
        cmocka_unit_test(test_kinds_and_stages_that_do_not_exist_are_refused),
        cmocka_unit_test(test_blocks_beyond_the_end_are_refused),
        cmocka_unit_test(test_frames_are_found_in_a_stream),
        cmocka_unit_test(test_headers_of_no_frame_are_bad),
        cmocka_unit_test(test_shortened_and_lengthened_payloads_are_refused),
        cmocka_unit_test(test_random_changes_are_refused_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
