/*
 * Filling in templates: a part of Mustache (mustache(5)), strict where that is lenient; private to
 * the folder.
 *
 * {{name}}   a text, escaped for HTML, also within quoted attributes
 * {{{name}}} a part, as it is
 * {{>name}}  a part that is itself a template, filled in
 * {{#name}} ... {{/name}} once for each element of an array; once for an object, text or true;
 *            not at all for what is false, null, empty or not there
 * {{^name}} ... {{/name}} where that would be left out
 *
 * Names are those of the innermost object; {{.}} is a text or an element itself.
 */
#ifndef PAT_REPORT_TEMPLATE_H
#define PAT_REPORT_TEMPLATE_H

#include "base/buffer.h"
#include "patina/status.h"

struct json_t;

/* What is put in without escaping. Borrowed. */
typedef struct pat_part {
    const char *name;
    const char *data;
    size_t size;
} pat_part;

/*
 * Append `text`, filled in with `data` (an object) and `parts`, to `out`. Fails with PAT_INTERNAL
 * where template and data do not fit together (a text that is not there, a section that does not
 * end), or with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_template_fill(const char *text, size_t size,
                                            const struct json_t *data, const pat_part *parts,
                                            size_t part_count, pat_buffer *out, pat_error *error);

/* Append a text with what means something in HTML escaped. */
void pat_html_text(pat_buffer *out, const char *text);

#endif
