/*
 * Requests to the server, from their text to what they ask for, without a connection: routes,
 * admission, parameters, names and multipart bodies. A body in pieces means the same as in one.
 *
 * An input is a request as it is sent: a request line, fields, an empty line, and the body.
 */
#include <microhttpd.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fuzz/fuzz.h"
#include "patina/restore.h"
#include "web/admission.h"
#include "web/guard.h"
#include "web/parameters.h"

/* ---- Requests -------------------------------------------------------------------------------- */

/* Cut off the text before the next `stop`, or the rest. */
static char *cut(char **rest, const char *stop)
{
    char *start = *rest, *end = start + strcspn(start, stop);
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return start;
}

static void take_arguments(pat_request *request, char *query)
{
    while (*query != '\0') {
        char *value = cut(&query, "&"), *name = cut(&value, "=");
        if (request->arguments < PAT_ARGUMENTS_MAX) {
            request->argument[request->arguments].name = name;
            request->argument[request->arguments].value = value;
        }
        request->arguments++;
    }
}

static void take_field(pat_request *request, char *line)
{
    static const struct {
        const char *name;
        size_t offset;
    } known[] = {{"Host", offsetof(pat_request, host)},
                 {"Content-Type", offsetof(pat_request, content_type)},
                 {"Content-Length", offsetof(pat_request, content_length)},
                 {"Transfer-Encoding", offsetof(pat_request, transfer_encoding)},
                 {"Origin", offsetof(pat_request, origin)},
                 {"Sec-Fetch-Site", offsetof(pat_request, site)}};
    char *name = cut(&line, ":");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char **place = (const char **)(void *)((char *)request + known[i].offset);
        if (strcasecmp(name, known[i].name) != 0)
            continue;
        request->repeated = request->repeated || *place != NULL;
        *place = line + strspn(line, " ");
    }
}

/* The request in `head`, which is cut up. */
static void take_head(pat_request *request, char *head)
{
    char *line = cut(&head, "\r\n");
    request->header_bytes = strlen(line) + strlen(head);
    request->method = cut(&line, " ");
    char *target = cut(&line, " ");
    request->version = line;
    request->path = cut(&target, "?");
    take_arguments(request, target);
    while (*head != '\0')
        take_field(request, cut(&head, "\r\n"));
}

static void check_admission(const pat_request *request)
{
    static pat_site site = {.listener = {.loopback = true}};
    const char *rest, *message = NULL;
    pat_exchange exchange = {.site = &site, .request = *request};
    exchange.route = pat_route_find(request->path, &rest);
    MUST(exchange.route < PAT_ROUTES);
    const pat_route *route = pat_route_get(exchange.route);
    MUST(exchange.route == PAT_ROUTE_OTHER ||
         (rest >= request->path && rest <= request->path + strlen(request->path)));
    MUST(pat_route_takes(route, request->method) || *pat_route_methods(route) != '\0');
    pat_problem problem = pat_admission_check(&exchange, &message);
    if (problem != PAT_PROBLEM_NONE) {
        MUST(message != NULL && pat_problem_describe(problem)->status >= 400);
    } else {
        MUST(!request->repeated && request->header_bytes <= PAT_HEADER_BYTES_MAX);
        MUST(request->host == NULL || pat_guard_is_local(request->host));
    }
    if (request->host != NULL && pat_guard_is_ours(request->origin, request->site, request->host))
        MUST(request->origin == NULL || strcasestr(request->origin, request->host) != NULL);
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

static void check_arguments(const pat_request *request)
{
    struct form form = {0};
    pat_status status = PAT_OK;
    for (int i = 0; i < request->arguments && i < PAT_ARGUMENTS_MAX && status == PAT_OK; i++)
        status = take_parameter(&form, request->argument[i].name, request->argument[i].value, NULL);
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

static const char *content_type;

/* libmicrohttpd asks its connection for the boundary. There is none here, so answer in its place.
 */
enum MHD_Result MHD_lookup_connection_value_n(struct MHD_Connection *connection,
                                              enum MHD_ValueKind kind, const char *key,
                                              size_t key_size, const char **value, size_t *size)
{
    (void)connection;
    MUST(kind == MHD_HEADER_KIND && strncasecmp(key, "Content-Type", key_size) == 0);
    *value = content_type;
    if (size != NULL)
        *size = strlen(content_type);
    return MHD_YES;
}

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

/* Read the body in pieces of `piece` bytes. */
static pat_status read_body(struct form *form, const char *body, size_t size, size_t piece)
{
    static char connection;
    const pat_form callbacks = {.context = form,
                                .image = take_image,
                                .bytes = take_bytes,
                                .field = take_parameter,
                                .parts_max = PAT_ARGUMENTS_MAX};
    pat_multipart *multipart;
    pat_error error = {0};
    pat_status status = pat_multipart_create((struct MHD_Connection *)(void *)&connection,
                                             &callbacks, &multipart, &error);
    for (size_t at = 0; at < size && status == PAT_OK; at += piece)
        status =
            pat_multipart_feed(multipart, body + at, size - at < piece ? size - at : piece, &error);
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

/* In pieces it must be what it is as a whole. */
static void check_pieces(const struct form *whole, const char *body, size_t size, size_t piece)
{
    struct form form = {0};
    MUST(read_body(&form, body, size, piece) == PAT_OK);
    MUST(same_bytes(&whole->names, &form.names) && same_bytes(&whole->image, &form.image));
    pat_buffer_release(&form.names);
    pat_buffer_release(&form.image);
}

static void check_body(const char *body, size_t size)
{
    struct form whole = {0};
    if (read_body(&whole, body, size, size + 1) == PAT_OK) {
        check_order(&whole.order);
        check_pieces(&whole, body, size, size / 2 + 1);
        check_pieces(&whole, body, size, 1);
    }
    pat_buffer_release(&whole.names);
    pat_buffer_release(&whole.image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char empty_line[] = "\r\n\r\n", multipart[] = "multipart/";
    const uint8_t *end = size > 0 ? memmem(data, size, empty_line, strlen(empty_line)) : NULL;
    size_t head_size = end != NULL ? (size_t)(end - data) : size;
    const char *body = end != NULL ? (const char *)end + strlen(empty_line) : "";
    char *head = fuzz_text(data, head_size);
    pat_request request = {0};
    take_head(&request, head);
    check_admission(&request);
    check_arguments(&request);
    content_type = request.content_type;
    if (content_type != NULL && strncasecmp(content_type, multipart, strlen(multipart)) == 0)
        check_body(body, end != NULL ? size - head_size - strlen(empty_line) : 0);
    free(head);
    return 0;
}
