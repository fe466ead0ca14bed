#include "report/page.h"

#include <nettle/base64.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/error.h"
#include "base/json.h"
#include "base/sha256.h"

PAT_EMBED(pat_page_style, "report/style.css");
PAT_EMBED(pat_page_vega, "report/vendor/vega.min.js");
PAT_EMBED(pat_page_vega_lite, "report/vendor/vega-lite.min.js");
PAT_EMBED(pat_page_interpreter, "report/vendor/vega-interpreter.js");
PAT_EMBED(pat_page_charts, "report/charts.js");
PAT_EMBED(pat_page_vega_licence, "report/vendor/vega.LICENSE");
PAT_EMBED(pat_page_vega_lite_licence, "report/vendor/vega-lite.LICENSE");
PAT_EMBED(pat_page_interpreter_licence, "report/vendor/vega-interpreter.LICENSE");

/* Each is terminated by a NUL and contains no other. */
extern const char pat_page_style[], pat_page_vega[], pat_page_vega_lite[], pat_page_interpreter[],
    pat_page_charts[], pat_page_vega_licence[], pat_page_vega_lite_licence[],
    pat_page_interpreter_licence[];

/* In the order they run. */
static const char *const scripts[] = {pat_page_vega, pat_page_vega_lite, pat_page_interpreter,
                                      pat_page_charts};
enum { SCRIPTS = sizeof scripts / sizeof *scripts };

static void append_hash(pat_buffer *out, const char *script)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    char text[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE)];
    pat_sha256 hash;
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, script, strlen(script));
    sha256_digest(&hash.context, sizeof digest, digest);
    base64_encode_raw(text, sizeof digest, digest);
    pat_buffer_append_text(out, " 'sha256-");
    pat_buffer_append(out, text, sizeof text);
    pat_buffer_append_char(out, '\'');
}

/* Vega sets inline styles, hence 'unsafe-inline' for styles. */
static void append_policy(pat_buffer *out, bool with_charts)
{
    pat_buffer_append_text(out, "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
                                "base-uri 'none'; form-action 'none'; script-src");
    if (!with_charts)
        pat_buffer_append_text(out, " 'none'");
    for (size_t i = 0; i < SCRIPTS && with_charts; i++)
        append_hash(out, scripts[i]);
}

/* In JSON, "<" only occurs in strings, where \u003c means the same. */
pat_status pat_page_json(const json_t *value, int digits, pat_buffer *out, pat_error *error)
{
    char *text =
        json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION((unsigned)digits));
    if (text == NULL)
        return pat_fail_memory(error, "the page data");
    for (const char *at = text; *at != '\0'; at++)
        if (*at == '<')
            pat_buffer_append_text(out, "\\u003c");
        else
            pat_buffer_append_char(out, *at);
    free(text);
    return out->failed ? pat_fail_memory(error, "the page data") : PAT_OK;
}

static pat_status append_scripts(pat_buffer *out, const json_t *charts, pat_error *error)
{
    enum { DIGITS = 6 }; /* a chart shows no more */
    pat_buffer_append_text(out, "<script type=\"application/json\" id=\"charts\">");
    pat_status status = pat_page_json(charts, DIGITS, out, error);
    pat_buffer_append_text(out, "</script>\n");
    for (size_t i = 0; i < SCRIPTS; i++) {
        pat_buffer_append_text(out, "<script>");
        pat_buffer_append_text(out, scripts[i]);
        pat_buffer_append_text(out, "</script>\n");
    }
    return status;
}

/* The licenses of third-party scripts. */
static void append_licences(pat_buffer *out)
{
    const char *const licences[][2] = {
        {"Vega", pat_page_vega_licence},
        {"Vega-Lite", pat_page_vega_lite_licence},
        {"Vega interpreter", pat_page_interpreter_licence},
    };
    for (size_t i = 0; i < sizeof licences / sizeof *licences; i++) {
        pat_buffer_append_text(out, "<h3>");
        pat_html_text(out, licences[i][0]);
        pat_buffer_append_text(out, "</h3>\n<pre>");
        pat_html_text(out, licences[i][1]);
        pat_buffer_append_text(out, "</pre>\n");
    }
}

pat_status pat_page_make(const pat_page *page, pat_buffer *out, pat_error *error)
{
    enum { OWN = 4 };
    pat_buffer policy = {0}, script = {0}, licences = {0};
    pat_status status = PAT_OK;
    append_policy(&policy, page->charts != NULL);
    if (page->charts != NULL) {
        status = append_scripts(&script, page->charts, error);
        append_licences(&licences);
    }
    pat_part parts[OWN + PAT_PAGE_PARTS_MAX] = {
        {"style", pat_page_style, strlen(pat_page_style)},
        {"policy", policy.data, policy.size},
        {"scripts", script.data, script.size},
        {"licences", licences.data, licences.size},
    };
    for (size_t i = 0; i < page->part_count; i++)
        parts[OWN + i] = page->parts[i];
    if (status == PAT_OK && (policy.failed || script.failed || licences.failed))
        status = pat_fail_memory(error, "the scripts of the page");
    if (status == PAT_OK)
        status = pat_template_fill(page->template_text, page->template_size, page->data, parts,
                                   OWN + page->part_count, out, error);
    pat_buffer_release(&policy);
    pat_buffer_release(&script);
    pat_buffer_release(&licences);
    return status;
}

pat_status pat_page_write(pat_file *file, unsigned mode, const pat_buffer *html, pat_error *error)
{
    pat_status status = pat_file_permit(file, mode, error);
    if (status == PAT_OK)
        status = pat_file_append(file, html->data, html->size, error);
    if (status == PAT_OK)
        status = pat_file_finish(file, NULL, error);
    if (status == PAT_OK)
        status = pat_file_place(file, error);
    return status;
}
