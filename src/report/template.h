/*
 * Templates: a subset of Mustache (mustache(5)), but strict about missing names; private to the
 * folder.
 *
 * {{name}}   a text, escaped for HTML and for quoted attributes
 * {{{name}}} a part, verbatim
 * {{>name}}  a part that is itself a template, filled in
 * {{#name}} ... {{/name}} once for each element of an array; once for an object, text or true;
 *            not at all for a value that is false, null, empty or missing
 * {{^name}} ... {{/name}} if {{#name}} would be left out
 *
 * Names refer to the innermost object; {{.}} is the current text or element.
 */
#ifndef PAT_REPORT_TEMPLATE_H
#define PAT_REPORT_TEMPLATE_H

#include "base/buffer.h"
#include "patina/status.h"

struct json_t;

/* Inserted without escaping. Borrowed. */
typedef struct pat_part {
    const char *name;
    const char *data;
    size_t size;
} pat_part;

/*
 * Append `text`, filled in with `data` (an object) and `parts`, to `out`. Fails with PAT_INTERNAL
 * if template and data do not match (a missing text, a section that is not closed), or with
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_template_fill(const char *text, size_t size,
                                            const struct json_t *data, const pat_part *parts,
                                            size_t part_count, pat_buffer *out, pat_error *error);

/* Append a text, escaped for HTML. */
void pat_html_text(pat_buffer *out, const char *text);

#endif
