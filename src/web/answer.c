#include "web/answer.h"

#include <assert.h>
#include <nettle/base64.h>
#include <string.h>
#include <unistd.h>

#include "web/text.h"

static const char base64_end[] = "\"}}\n";

void pat_answer_begin(pat_answer *answer, const char *type)
{
    *answer = (pat_answer){.status = 200, .type = type};
}

void pat_answer_begin_json(pat_answer *answer, const char *name, json_t *value)
{
    json_t *document = pat_json_document(name, 1, value);
    pat_answer_begin(answer, "application/json");
    pat_json_put(&answer->text, document, PAT_JSON_LINE);
    pat_buffer_append_char(&answer->text, '\n');
    json_decref(document);
}

void pat_answer_leave_open(pat_answer *answer)
{
    assert(answer->text.failed || answer->text.size >= sizeof base64_end - 1);
    if (!answer->text.failed)
        answer->text.size -= sizeof base64_end - 1;
    answer->kind = PAT_BODY_BASE64;
}

pat_buffer *pat_answer_field(pat_answer *answer, const char *name)
{
    assert(answer->fields < PAT_ANSWER_FIELDS_MAX);
    answer->field[answer->fields].name = name;
    return &answer->field[answer->fields++].value;
}

void pat_answer_fail(pat_answer *answer, pat_problem problem, const char *message)
{
    const pat_problem_info *info = pat_problem_describe(problem);
    pat_answer_release(answer);
    pat_answer_begin_json(answer, "error",
                          json_pack("{s:{s:i, s:s, s:o}}", "error", "status", info->status,
                                    "reason", info->reason, "message", pat_json_text(message)));
    answer->status = info->status;
    answer->problem = problem;
    if (info->retry_after_s > 0)
        pat_put_format(pat_answer_field(answer, "Retry-After"), "%d", info->retry_after_s);
}

static uint64_t base64_size(uint64_t bytes)
{
    return (bytes + 2) / 3 * 4;
}

uint64_t pat_answer_size(const pat_answer *answer)
{
    switch (answer->kind) {
    case PAT_BODY_TEXT:
        return answer->text.size;
    case PAT_BODY_BYTES:
        return answer->size;
    case PAT_BODY_FILE:
        return answer->file_size;
    case PAT_BODY_BASE64:
        break;
    }
    return answer->text.size + base64_size(answer->file_size) + sizeof base64_end - 1;
}

static size_t copy_part(const char *part, size_t size, uint64_t position, char *out, size_t room)
{
    size_t left = size - (size_t)position, count = left < room ? left : room;
    memcpy(out, part + position, count);
    return count;
}

/* Encode groups of four characters from group position / 4 on; skip those before `position`. */
static ssize_t encode(const pat_answer *answer, uint64_t position, char *out, size_t room)
{
    enum { GROUPS = 4096 };
    uint8_t bytes[3 * GROUPS];
    char text[4 * GROUPS + 1];
    size_t skipped = position % 4, wanted = (skipped + room + 3) / 4 * 3;
    uint64_t start = position / 4 * 3, left = answer->file_size - start;
    if (wanted > sizeof bytes)
        wanted = sizeof bytes;
    if (wanted > left)
        wanted = (size_t)left;
    ssize_t count = pread(answer->descriptor, bytes, wanted, (off_t)start);
    if (count != (ssize_t)wanted)
        return -1;
    base64_encode_raw(text, wanted, bytes);
    return (ssize_t)copy_part(text, BASE64_ENCODE_RAW_LENGTH(wanted), skipped, out, room);
}

ssize_t pat_answer_read(const pat_answer *answer, uint64_t position, char *out, size_t room)
{
    uint64_t middle = answer->text.size, end = middle + base64_size(answer->file_size);
    if (position < middle)
        return (ssize_t)copy_part(answer->text.data, answer->text.size, position, out, room);
    if (position < end)
        return encode(answer, position - middle, out, room);
    return (ssize_t)copy_part(base64_end, sizeof base64_end - 1, position - end, out, room);
}

bool pat_answer_failed(const pat_answer *answer)
{
    bool failed = answer->text.failed;
    for (int i = 0; i < answer->fields; i++)
        failed = failed || answer->field[i].value.failed;
    return failed;
}

void pat_answer_release(pat_answer *answer)
{
    pat_buffer_release(&answer->text);
    for (int i = 0; i < answer->fields; i++)
        pat_buffer_release(&answer->field[i].value);
    if (answer->kind == PAT_BODY_FILE || answer->kind == PAT_BODY_BASE64)
        close(answer->descriptor);
    *answer = (pat_answer){0};
}
