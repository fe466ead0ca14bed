#include "report/template.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"

/* A template being filled in; `at` to `end` is still unread. */
struct filling {
    const char *at, *end;
    const pat_part *parts;
    size_t part_count;
    pat_buffer *out;
    pat_error *error;
};

/* The objects that names refer to. */
struct scope {
    const json_t *object; /* the innermost */
    const json_t *self;   /* {{.}} */
};

/* A tag: {{kind name}}. */
struct tag {
    char kind; /* '#', '^', '/', '{', '>', or ' ' for a text */
    const char *name;
    int length;
    const char *end; /* just after it */
};

void pat_html_text(pat_buffer *out, const char *text)
{
    for (; *text != '\0'; text++)
        switch (*text) {
        case '&':
            pat_buffer_append_text(out, "&amp;");
            break;
        case '<':
            pat_buffer_append_text(out, "&lt;");
            break;
        case '>':
            pat_buffer_append_text(out, "&gt;");
            break;
        case '"':
            pat_buffer_append_text(out, "&quot;");
            break;
        case '\'':
            pat_buffer_append_text(out, "&#39;");
            break;
        case '\t':
        case '\n':
            pat_buffer_append_char(out, *text);
            break;
        default:
            if ((unsigned char)*text < 0x20 || *text == 0x7f) /* not allowed in HTML */
                pat_buffer_append_text(out, "\uFFFD");
            else
                pat_buffer_append_char(out, *text);
        }
}

/* Find the next tag. *before: where it starts. False if there is none. `at`, `end`: not NULL. */
static bool find_tag(const char *at, const char *end, struct tag *tag, const char **before)
{
    const char *open = memmem(at, (size_t)(end - at), "{{", 2);
    const char *close = open == NULL ? NULL : memmem(open, (size_t)(end - open), "}}", 2);
    if (close == NULL)
        return false;
    *before = open;
    tag->kind = open[2];
    bool text = strchr("#^/{>", tag->kind) == NULL;
    if (text)
        tag->kind = ' ';
    tag->name = open + (text ? 2 : 3);
    tag->length = (int)(close - tag->name);
    tag->end = close + (tag->kind == '{' ? 3 : 2);
    return true;
}

static pat_status fail_at(const struct filling *filling, const struct tag *tag, const char *what)
{
    return pat_fail(filling->error, PAT_INTERNAL, "the page template: {{%.*s}} %s", tag->length,
                    tag->name, what);
}

static const json_t *look_up(const struct scope *scope, const struct tag *tag)
{
    if (tag->length == 1 && *tag->name == '.')
        return scope->self;
    return json_object_getn(scope->object, tag->name, (size_t)tag->length);
}

static pat_status put_text(struct filling *filling, const struct scope *scope,
                           const struct tag *tag)
{
    const json_t *value = look_up(scope, tag);
    if (!json_is_string(value))
        return fail_at(filling, tag, "is not a text in the data");
    pat_html_text(filling->out, json_string_value(value));
    return PAT_OK;
}

static const pat_part *find_part(const struct filling *filling, const struct tag *tag)
{
    for (size_t i = 0; i < filling->part_count; i++) {
        const pat_part *part = &filling->parts[i];
        if (strlen(part->name) == (size_t)tag->length &&
            memcmp(part->name, tag->name, (size_t)tag->length) == 0)
            return part;
    }
    return NULL;
}

static pat_status fill(struct filling *filling, const struct scope *scope);

static pat_status put_part(struct filling *filling, const struct scope *scope,
                           const struct tag *tag)
{
    const pat_part *part = find_part(filling, tag);
    if (part == NULL)
        return fail_at(filling, tag, "is not a part");
    if (tag->kind == '{') {
        pat_buffer_append(filling->out, part->data, part->size);
        return PAT_OK;
    }
    struct filling body = *filling;
    body.at = part->data;
    body.end = part->data + part->size;
    return fill(&body, scope);
}

/* Find the tag that closes the section opened by `tag`. *body_end: where it starts. */
static bool find_close(const struct filling *filling, const struct tag *tag, struct tag *close,
                       const char **body_end)
{
    int depth = 1;
    const char *at = tag->end;
    while (find_tag(at, filling->end, close, body_end)) {
        depth += close->kind == '#' || close->kind == '^';
        depth -= close->kind == '/';
        if (depth == 0)
            return close->length == tag->length &&
                   memcmp(close->name, tag->name, (size_t)tag->length) == 0;
        at = close->end;
    }
    return false;
}

static bool is_nothing(const json_t *value)
{
    return value == NULL || json_is_null(value) || json_is_false(value) ||
           (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_string(value) && json_string_length(value) == 0);
}

static pat_status fill_with(const struct filling *filling, const struct tag *open,
                            const char *body_end, const struct scope *outer, const json_t *value)
{
    struct filling body = *filling;
    struct scope scope = {json_is_object(value) ? value : outer->object, value};
    body.at = open->end;
    body.end = body_end;
    return fill(&body, &scope);
}

static pat_status fill_section(struct filling *filling, const struct scope *scope,
                               const struct tag *open)
{
    const json_t *value = look_up(scope, open);
    const char *body_end;
    struct tag close;
    pat_status status = PAT_OK;
    if (!find_close(filling, open, &close, &body_end))
        return fail_at(filling, open, "is never closed");
    if (open->kind == '^') {
        if (is_nothing(value))
            status = fill_with(filling, open, body_end, scope, scope->self);
    } else if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value) && status == PAT_OK; i++)
            status = fill_with(filling, open, body_end, scope, json_array_get(value, i));
    } else if (!is_nothing(value)) {
        status = fill_with(filling, open, body_end, scope, value);
    }
    filling->at = close.end;
    return status;
}

static pat_status fill(struct filling *filling, const struct scope *scope)
{
    struct tag tag;
    const char *before;
    pat_status status = PAT_OK;
    while (status == PAT_OK && find_tag(filling->at, filling->end, &tag, &before)) {
        pat_buffer_append(filling->out, filling->at, (size_t)(before - filling->at));
        filling->at = tag.end;
        if (tag.kind == '#' || tag.kind == '^')
            status = fill_section(filling, scope, &tag);
        else if (tag.kind == '{' || tag.kind == '>')
            status = put_part(filling, scope, &tag);
        else if (tag.kind == '/')
            status = fail_at(filling, &tag, "closes a section that was not opened");
        else
            status = put_text(filling, scope, &tag);
    }
    if (status == PAT_OK)
        pat_buffer_append(filling->out, filling->at, (size_t)(filling->end - filling->at));
    return status;
}

pat_status pat_template_fill(const char *text, size_t size, const json_t *data,
                             const pat_part *parts, size_t part_count, pat_buffer *out,
                             pat_error *error)
{
    struct filling filling = {text, text + size, parts, part_count, out, error};
    pat_status status = fill(&filling, &(struct scope){data, data});
    if (status == PAT_OK && out->failed)
        status = pat_fail_memory(error, "a page");
    return status;
}
