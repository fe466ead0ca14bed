/*
 * Requests to the server, from their bytes to what they ask for, without a connection: heads,
 * routes, admission, parameters, names and multipart bodies. A request in pieces means the same as
 * in one, and a head is accepted only if no program could read it differently.
 *
 * An input is what a client sends: a request line, fields, an empty line, and the body.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fuzz/fuzz.h"
#include "patina/restore.h"
#include "web/admission.h"
#include "web/guard.h"
#include "web/parameters.h"

static bool is_control(uint8_t byte)
{
    return (byte < ' ' && byte != '\t') || byte == 0x7f;
}

static void check_text(const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        MUST(!is_control((uint8_t)*text));
}

/* ---- Heads ----------------------------------------------------------------------------------- */

/* What an accepted head consists of, read in another way than by the server. */
struct seen {
    int hosts, lengths, encodings;
    uint64_t length;
};

static bool has_name(const char *line, size_t size, const char *name)
{
    return size == strlen(name) && strncasecmp(line, name, size) == 0;
}

static void see_length(struct seen *seen, const char *value, const char *end)
{
    while (value < end && strchr(" \t", *value) != NULL)
        value++;
    while (end > value && strchr(" \t", end[-1]) != NULL)
        end--;
    MUST(value < end);
    for (; value < end; value++) {
        MUST(*value >= '0' && *value <= '9' && seen->length <= UINT64_MAX / 10 - 1);
        seen->length = 10 * seen->length + (uint64_t)(*value - '0');
    }
    seen->lengths++;
}

static void see_field(struct seen *seen, const char *line, const char *end)
{
    const char *colon = memchr(line, ':', (size_t)(end - line));
    MUST(colon != NULL && colon > line);
    for (const char *at = line; at < colon; at++) /* so no line is folded, either */
        MUST(*at > ' ' && *at < 0x7f);
    size_t size = (size_t)(colon - line);
    seen->hosts += has_name(line, size, "Host");
    seen->encodings += has_name(line, size, "Transfer-Encoding");
    if (has_name(line, size, "Content-Length"))
        see_length(seen, colon + 1, end);
}

static void check_request_line(const char *line, const char *end)
{
    int spaces = 0;
    for (const char *at = line; at < end; at++) {
        MUST(*at >= ' ' && *at < 0x7f);
        spaces += *at == ' ';
    }
    MUST(spaces == 2);
    MUST(memcmp(end - 9, " HTTP/1.1", 9) == 0 || memcmp(end - 9, " HTTP/1.0", 9) == 0);
}

/* Check the bytes of an accepted head. */
static void check_accepted(const pat_request *request, const char *head, size_t size)
{
    struct seen seen = {0};
    const char *end = memmem(head, size, "\r\n", 2);
    MUST(size >= 4 && memcmp(head + size - 4, "\r\n\r\n", 4) == 0);
    MUST(memmem(head, size, "\r\n\r\n", 4) == head + size - 4);
    check_request_line(head, end);
    for (const char *line = end + 2; line < head + size - 2; line = end + 2) {
        end = memmem(line, (size_t)(head + size - line), "\r\n", 2);
        for (const char *at = line; at < end; at++)
            MUST(!is_control((uint8_t)*at));
        see_field(&seen, line, end);
    }
    MUST(seen.hosts == 1 || (seen.hosts == 0 && strcmp(request->version, "HTTP/1.0") == 0));
    MUST(seen.lengths <= 1 && seen.encodings == 0);
    MUST(request->has_length == (seen.lengths == 1) && request->length == seen.length);
    MUST(strcmp(request->version, "HTTP/1.1") == 0 || request->closes);
}

/* The size of the head, which does not depend on the pieces that it comes in. */
static size_t head_size(const char *bytes, size_t size)
{
    size_t head = 0, scanned = 0, whole = 0;
    for (size_t came = 0; came <= size && head == 0; came++) {
        head = pat_head_size(bytes, came, &scanned);
        MUST(head <= came && scanned <= came);
    }
    MUST(pat_head_size(bytes, size, &whole) == head);
    return head;
}

/* Parse a copy of exactly the given size. *copy: to be freed after the request. */
static bool parse_head(pat_request *request, char **copy, const char *head, size_t size)
{
    const char *message = NULL;
    *copy = malloc(size > 0 ? size : 1);
    MUST(*copy != NULL);
    if (size > 0)
        memcpy(*copy, head, size);
    pat_problem problem = pat_request_parse(request, *copy, size, &message);
    check_text(request->method);
    check_text(request->target);
    if (problem == PAT_PROBLEM_NONE) {
        check_accepted(request, head, size);
        problem = pat_request_decode(request, &message);
        check_text(request->path);
    }
    MUST((problem == PAT_PROBLEM_NONE) == (message == NULL));
    MUST(problem == PAT_PROBLEM_NONE || pat_problem_describe(problem)->status >= 400);
    return problem == PAT_PROBLEM_NONE;
}

static void check_arguments(const pat_request *request)
{
    for (int i = 0; i < request->arguments && i < PAT_ARGUMENTS_MAX; i++) {
        MUST(request->argument[i].name != NULL);
        check_text(request->argument[i].value);
    }
}

static void check_admission(const pat_request *request)
{
    static const pat_serve_options options = {0};
    static pat_site site = {.options = &options};
    const pat_names names = {.own = "192.0.2.1"};
    const char *rest, *message = NULL;
    pat_exchange exchange = {.site = &site, .request = *request, .own = names.own};
    exchange.route = pat_route_find(request->path, &rest);
    MUST(exchange.route < PAT_ROUTES);
    const pat_route *route = pat_route_get(exchange.route);
    MUST(exchange.route == PAT_ROUTE_OTHER ||
         (rest >= request->path && rest <= request->path + strlen(request->path)));
    MUST(pat_route_takes(route, request->method) || *pat_route_methods(route) != '\0');
    pat_problem problem = pat_admission_check(&exchange, &message);
    MUST((problem == PAT_PROBLEM_NONE) == (message == NULL));
    if (problem == PAT_PROBLEM_NONE && request->host != NULL)
        MUST(pat_guard_knows(&names, request->host));
    if (problem == PAT_PROBLEM_NONE && request->origin != NULL && request->host != NULL &&
        strcmp(request->method, "POST") == 0)
        MUST(strcasestr(request->origin, request->host) != NULL);
}

/* ---- Parameters and names -------------------------------------------------------------------- */

/* What a request asks for. `image` is its bytes, `names` those of its parts. */
struct form {
    pat_restore_order order;
    unsigned given;
    pat_buffer names, image;
};

static pat_status take_parameter(void *context, const char *name, const char *value,
                                 pat_error *error)
{
    struct form *form = context;
    pat_status status = pat_parameter_set(&form->order, &form->given, name, value, error);
    MUST(status == PAT_OK || status == PAT_INVALID_ARGUMENT);
    if (status == PAT_OK) { /* not a second time */
        unsigned given = form->given;
        pat_restore_order order = form->order;
        MUST(pat_parameter_set(&order, &given, name, value, NULL) == PAT_INVALID_ARGUMENT);
    }
    pat_buffer_append_text(&form->names, name);
    pat_buffer_append_char(&form->names, '\n');
    return status;
}

static void check_order(const pat_restore_order *order)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        MUST(!order->given[axis] || pat_axis_allows(axis, order->setting.value[axis]));
    MUST(order->quality >= 0 && order->quality <= 100);
    MUST(order->format <= pat_format_count());
}

static void check_query(const pat_request *request)
{
    struct form form = {0};
    pat_status status = PAT_OK;
    for (int i = 0; i < request->arguments && i < PAT_ARGUMENTS_MAX && status == PAT_OK; i++)
        if (request->argument[i].value != NULL)
            status =
                take_parameter(&form, request->argument[i].name, request->argument[i].value, NULL);
    if (status == PAT_OK)
        check_order(&form.order);
    pat_buffer_release(&form.names);
}

/* A cleaned name stays as it is, and is safe in a header field. */
static void check_name(const char *given, char name[PAT_IMAGE_NAME_SIZE])
{
    char again[PAT_IMAGE_NAME_SIZE];
    pat_buffer field = {0};
    pat_clean_name(given, name);
    MUST(strnlen(name, PAT_IMAGE_NAME_SIZE) < PAT_IMAGE_NAME_SIZE);
    MUST(name[0] != '.' && strpbrk(name, "/\\\"\r\n") == NULL);
    pat_clean_name(name, again);
    MUST(strcmp(name, again) == 0);
    pat_put_disposition(&field, name);
    for (size_t i = 0; i < field.size; i++)
        MUST(field.data[i] >= 0x20 && field.data[i] < 0x7f);
    pat_buffer_release(&field);
}

/* ---- Bodies ---------------------------------------------------------------------------------- */

static pat_status take_image(void *context, const char *file, pat_error *error)
{
    (void)error;
    struct form *form = context;
    char name[PAT_IMAGE_NAME_SIZE] = "";
    if (file != NULL)
        check_name(file, name);
    pat_buffer_append_text(&form->names, name);
    pat_buffer_append_text(&form->names, " is the image\n");
    return PAT_OK;
}

static pat_status take_bytes(void *context, const char *bytes, size_t size, pat_error *error)
{
    (void)error;
    struct form *form = context;
    pat_buffer_append(&form->image, bytes, size);
    return PAT_OK;
}

/* Feed `size` bytes from a block of exactly that size. */
static pat_status feed(pat_multipart *multipart, const char *bytes, size_t size, pat_error *error)
{
    char *copy = malloc(size);
    MUST(copy != NULL);
    memcpy(copy, bytes, size);
    pat_status status = pat_multipart_feed(multipart, copy, size, error);
    free(copy);
    return status;
}

/* Read the body in pieces of `piece` bytes. */
static pat_status read_body(struct form *form, const char *type, pat_bytes body, size_t piece)
{
    const pat_form callbacks = {.context = form,
                                .image = take_image,
                                .bytes = take_bytes,
                                .field = take_parameter,
                                .parts_max = PAT_ARGUMENTS_MAX};
    const char *bytes = body.data;
    pat_multipart *multipart;
    pat_error error = {0};
    pat_status status = pat_multipart_create(type, &callbacks, &multipart, &error);
    for (size_t at = 0; at < body.size && status == PAT_OK; at += piece)
        status =
            feed(multipart, bytes + at, body.size - at < piece ? body.size - at : piece, &error);
    if (status == PAT_OK)
        status = pat_multipart_end(multipart, &error);
    else
        pat_multipart_free(multipart);
    MUST(status == PAT_OK || status == PAT_MALFORMED || status == PAT_INVALID_ARGUMENT);
    MUST((status == PAT_OK) == (error.message[0] == '\0'));
    MUST(!form->names.failed && !form->image.failed);
    return status;
}

static bool same_bytes(const pat_buffer *a, const pat_buffer *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

static void release(struct form *form)
{
    pat_buffer_release(&form->names);
    pat_buffer_release(&form->image);
}

/* In pieces it must be what it is as a whole, also if that is refused. */
static void check_body(const char *type, pat_bytes body)
{
    const size_t pieces[] = {body.size / 2 + 1, 1};
    struct form whole = {0};
    pat_status status = read_body(&whole, type, body, body.size + 1);
    if (status == PAT_OK)
        check_order(&whole.order);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct form form = {0};
        MUST(read_body(&form, type, body, pieces[i]) == status);
        MUST(same_bytes(&whole.names, &form.names));
        MUST(status != PAT_OK || same_bytes(&whole.image, &form.image));
        release(&form);
    }
    release(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char multipart[] = "multipart/";
    const char *bytes = (const char *)data;
    size_t head = head_size(bytes, size);
    char *copy;
    pat_request request;
    bool is_accepted = parse_head(&request, &copy, bytes, head > 0 ? head : size);
    MUST(head > 0 || !is_accepted);
    if (is_accepted) {
        check_arguments(&request);
        check_admission(&request);
        check_query(&request);
    }
    const char *type = is_accepted ? request.content_type : NULL;
    if (type != NULL && strncasecmp(type, multipart, sizeof multipart - 1) == 0)
        check_body(type, (pat_bytes){bytes + head, size - head});
    free(copy);
    return 0;
}
