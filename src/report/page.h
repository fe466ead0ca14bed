/*
 * Pages: one HTML file each that needs nothing else, not even a network; private to the folder.
 */
#ifndef PAT_REPORT_PAGE_H
#define PAT_REPORT_PAGE_H

#include "base/buffer.h"
#include "patina/status.h"
#include "report/template.h"

enum { PAT_PAGE_PARTS_MAX = 8 };

/* All borrowed. */
typedef struct pat_page {
    const char *template_text; /* see template.h; its parts: style, policy, scripts, licences, */
    size_t template_size;
    const pat_part *parts;       /* and these */
    size_t part_count;           /* <= PAT_PAGE_PARTS_MAX */
    const struct json_t *data;   /* what the template shows */
    const struct json_t *charts; /* what the charts show, for charts.js; NULL: no charts */
} pat_page;

/*
 * Append the page to `out`. It may load nothing and run no script but its own, whatever stands in
 * the texts: its policy names each script by its hash. Fails as pat_template_fill().
 */
PAT_MUST_CHECK pat_status pat_page_make(const pat_page *page, pat_buffer *out, pat_error *error);

/* Append JSON so that it may stand in a script element: ASCII alone, no "<". digits: of numbers. */
PAT_MUST_CHECK pat_status pat_page_json(const struct json_t *value, int digits, pat_buffer *out,
                                        pat_error *error);

#endif
