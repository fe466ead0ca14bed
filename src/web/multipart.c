/* libmicrohttpd's post processor, with limits on the number, names and texts of the parts. */
#include "web/multipart.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "web/limits.h"

enum { NAME_SIZE = 32, TEXT_SIZE = 64 };

struct pat_multipart {
    const pat_form *form;
    struct MHD_PostProcessor *processor;
    pat_status status; /* of the failure, if any */
    pat_error error;
    uint64_t parts;
    bool has_image, in_image;
    bool empty;                            /* the part has begun, but no byte of it has arrived */
    char name[NAME_SIZE], text[TEXT_SIZE]; /* of the current parameter; "" if none */
    size_t text_size;
};

static pat_status malformed(const char *what, pat_error *error)
{
    return pat_fail(error, PAT_MALFORMED,
                    "the multipart body %s; send the image as one part 'image', and each "
                    "parameter as a text part",
                    what);
}

/* Pass on the current parameter, which is complete. */
static pat_status end_part(pat_multipart *multipart, pat_error *error)
{
    if (multipart->name[0] == '\0')
        return PAT_OK;
    multipart->text[multipart->text_size] = '\0';
    if (strlen(multipart->text) != multipart->text_size)
        return malformed("has a NUL in a parameter", error);
    pat_status status =
        multipart->form->field(multipart->form->context, multipart->name, multipart->text, error);
    multipart->name[0] = '\0';
    multipart->text_size = 0;
    return status;
}

static pat_status begin_part(pat_multipart *multipart, const char *name, const char *file,
                             pat_error *error)
{
    pat_status status = end_part(multipart, error);
    if (status != PAT_OK)
        return status;
    if (++multipart->parts > multipart->form->parts_max)
        return malformed("has too many parts", error);
    if (name == NULL || name[0] == '\0' || strlen(name) >= NAME_SIZE)
        return malformed("has a part with no name, or one that is too long", error);
    multipart->in_image = strcmp(name, "image") == 0;
    if (!multipart->in_image) {
        strcpy(multipart->name, name);
        return PAT_OK;
    }
    if (multipart->has_image)
        return malformed("has more than one part 'image'", error);
    multipart->has_image = true;
    return multipart->form->image(multipart->form->context, file, error);
}

/* libmicrohttpd reports the start of a part again if it had no bytes of it at first. */
static bool begins_again(const pat_multipart *multipart, const char *name)
{
    const char *begun = multipart->in_image ? "image" : multipart->name;
    return multipart->empty && name != NULL && strcmp(name, begun) == 0;
}

/* Probably an image in a part that is not called 'image'. */
static pat_status too_long(const pat_multipart *multipart, pat_error *error)
{
    char what[NAME_SIZE + 96];
    snprintf(what, sizeof what, "has %s one called '%s' that is too long for a parameter",
             multipart->has_image ? "besides its part 'image'" : "no part 'image' but",
             multipart->name);
    return malformed(what, error);
}

static pat_status take(pat_multipart *multipart, const char *data, size_t size, pat_error *error)
{
    if (multipart->in_image)
        return multipart->form->bytes(multipart->form->context, data, size, error);
    if (size >= TEXT_SIZE - multipart->text_size)
        return too_long(multipart, error);
    memcpy(multipart->text + multipart->text_size, data, size);
    multipart->text_size += size;
    return PAT_OK;
}

static enum MHD_Result part(void *context, enum MHD_ValueKind kind, const char *key,
                            const char *file, const char *type, const char *encoding,
                            const char *data, uint64_t offset, size_t size)
{
    (void)kind;
    (void)type;
    (void)encoding;
    pat_multipart *multipart = context;
    pat_status status = PAT_OK;
    if (offset == 0 && !begins_again(multipart, key))
        status = begin_part(multipart, key, file, &multipart->error);
    multipart->empty = offset == 0 && size == 0;
    if (status == PAT_OK && size > 0)
        status = take(multipart, data, size, &multipart->error);
    multipart->status = status;
    return status == PAT_OK ? MHD_YES : MHD_NO;
}

pat_status pat_multipart_create(struct MHD_Connection *connection, const pat_form *form,
                                pat_multipart **out, pat_error *error)
{
    *out = NULL;
    pat_multipart *multipart = calloc(1, sizeof *multipart);
    if (multipart == NULL)
        return pat_fail_memory(error, "a request");
    multipart->form = form;
    multipart->processor =
        MHD_create_post_processor(connection, PAT_PART_HEADER_BYTES_MAX, part, multipart);
    if (multipart->processor == NULL) {
        free(multipart);
        return malformed("has no usable boundary", error);
    }
    *out = multipart;
    return PAT_OK;
}

static pat_status result(const pat_multipart *multipart, bool well_formed, pat_error *error)
{
    if (multipart->status != PAT_OK) {
        *error = multipart->error;
        return multipart->status;
    }
    return well_formed ? PAT_OK : malformed("is malformed", error);
}

pat_status pat_multipart_feed(pat_multipart *multipart, const char *bytes, size_t size,
                              pat_error *error)
{
    bool well_formed = MHD_post_process(multipart->processor, bytes, size) == MHD_YES;
    return result(multipart, well_formed, error);
}

pat_status pat_multipart_end(pat_multipart *multipart, pat_error *error)
{
    if (multipart == NULL)
        return PAT_OK;
    bool well_formed = MHD_destroy_post_processor(multipart->processor) == MHD_YES;
    pat_status status = result(multipart, well_formed, error);
    if (status == PAT_OK)
        status = end_part(multipart, error);
    if (status == PAT_OK && !multipart->has_image)
        status = malformed("has no part 'image'", error);
    free(multipart);
    return status;
}

void pat_multipart_free(pat_multipart *multipart)
{
    if (multipart == NULL)
        return;
    MHD_destroy_post_processor(multipart->processor);
    free(multipart);
}
