#include "web/send.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>

#include "web/text.h"

enum { BLOCK = 64 << 10, ROUNDS = 16 /* blocks before other connections get a turn */ };

/* ---- Status line and headers ----------------------------------------------------------------- */

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {204, "No Content"},
    {303, "See Other"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

/* Security headers, sent with every response. They let the page load only its own files. */
static const char security[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src "
    "'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
    "'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n";

static const char *phrase_of(int status)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "";
}

static void put_date(pat_buffer *out)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc) != NULL)
        pat_put_format(out, "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n", days[utc.tm_wday],
                       utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                       utc.tm_sec);
}

bool pat_sending_begin(pat_sending *sending, pat_answer *answer, bool is_head, bool closes)
{
    pat_buffer *out = &sending->head;
    bool is_empty = answer->status == 204;
    sending->has_body = !is_head && !is_empty;
    sending->sent = 0;
    pat_put_format(out, "HTTP/1.1 %d %s\r\n", answer->status, phrase_of(answer->status));
    put_date(out);
    if (!is_empty)
        pat_put_format(out, "Content-Type: %s\r\nContent-Length: %llu\r\n", answer->type,
                       (unsigned long long)pat_answer_size(answer));
    pat_put_format(out, "Cache-Control: %s\r\n", answer->may_be_kept ? "no-cache" : "no-store");
    if (closes)
        pat_buffer_append_text(out, "Connection: close\r\n");
    pat_buffer_append_text(out, security);
    for (int i = 0; i < answer->fields; i++) {
        bool ended = pat_put_end(&answer->field[i].value);
        pat_put_format(out, "%s: %s\r\n", answer->field[i].name,
                       ended ? answer->field[i].value.data : "");
    }
    pat_buffer_append_text(out, "\r\n");
    return !out->failed && !pat_answer_failed(answer);
}

void pat_sending_release(pat_sending *sending)
{
    pat_buffer_release(&sending->head);
}

/* ---- The body -------------------------------------------------------------------------------- */

static ssize_t send_bytes(int socket, const char *bytes, size_t size, uint64_t position)
{
    return send(socket, bytes + position, size - (size_t)position, MSG_NOSIGNAL);
}

static ssize_t send_file(int socket, const pat_answer *answer, uint64_t position)
{
    off_t offset = (off_t)position;
    return sendfile(socket, answer->descriptor, &offset, answer->file_size - position);
}

static ssize_t send_base64(int socket, const pat_answer *answer, uint64_t position)
{
    char block[BLOCK];
    ssize_t size = pat_answer_read(answer, position, block, sizeof block);
    if (size <= 0) {
        errno = EIO;
        return -1;
    }
    return send(socket, block, (size_t)size, MSG_NOSIGNAL);
}

static ssize_t send_body(int socket, const pat_answer *answer, uint64_t position)
{
    switch (answer->kind) {
    case PAT_BODY_TEXT:
        return send_bytes(socket, answer->text.data, answer->text.size, position);
    case PAT_BODY_BYTES:
        return send_bytes(socket, answer->bytes, answer->size, position);
    case PAT_BODY_FILE:
        return send_file(socket, answer, position);
    case PAT_BODY_BASE64:
        break;
    }
    return send_base64(socket, answer, position);
}

int pat_sending_go_on(pat_sending *sending, const pat_answer *answer, int socket)
{
    uint64_t head = sending->head.size;
    uint64_t size = head + (sending->has_body ? pat_answer_size(answer) : 0);
    for (int round = 0; sending->sent < size && round < ROUNDS; round++) {
        ssize_t count = sending->sent < head ? send(socket, sending->head.data + sending->sent,
                                                    (size_t)(head - sending->sent),
                                                    MSG_NOSIGNAL | (size > head ? MSG_MORE : 0))
                                             : send_body(socket, answer, sending->sent - head);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : -1;
        sending->sent += (uint64_t)count;
    }
    return sending->sent == size;
}
