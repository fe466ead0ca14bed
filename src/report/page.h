/*
 * Self-contained HTML pages, which need no other file and no network; private to the folder.
 */
#ifndef PAT_REPORT_PAGE_H
#define PAT_REPORT_PAGE_H

#include "base/buffer.h"
#include "base/file.h"
#include "patina/status.h"
#include "report/template.h"

enum { PAT_PAGE_PARTS_MAX = 8 };

/* All borrowed. */
typedef struct pat_page {
    const char *template_text; /* see template.h; it can use style, policy, scripts, licences */
    size_t template_size;
    const pat_part *parts;       /* further parts that it can use */
    size_t part_count;           /* <= PAT_PAGE_PARTS_MAX */
    const struct json_t *data;   /* for the template */
    const struct json_t *charts; /* chart data for charts.js; NULL: no charts */
} pat_page;

/*
 * Append the page to `out`. Its content security policy names each of its scripts by hash, so it
 * can load nothing and run no other script, whatever the texts contain. Fails as
 * pat_template_fill().
 */
PAT_MUST_CHECK pat_status pat_page_make(const pat_page *page, pat_buffer *out, pat_error *error);

/* Write a page to a file from pat_file_open_private(), and put it in place. mode: its permissions,
 * as in pat_file_permit(). Fails like the functions of base/file.h. */
PAT_MUST_CHECK pat_status pat_page_write(pat_file *file, unsigned mode, const pat_buffer *html,
                                         pat_error *error);

/* Append JSON that is safe in a script element: ASCII only, no "<". digits: precision of numbers.
 */
PAT_MUST_CHECK pat_status pat_page_json(const struct json_t *value, int digits, pat_buffer *out,
                                        pat_error *error);

#endif
