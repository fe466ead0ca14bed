#include "web/assets.h"

#include <string.h>

#include "base/embed.h"

extern const char pat_page_html[], pat_page_html_end[], pat_page_css[], pat_page_css_end[],
    pat_page_js[], pat_page_js_end[], pat_page_settings[], pat_page_settings_end[],
    pat_page_words[], pat_page_words_end[], pat_page_login[], pat_page_login_end[],
    pat_page_login_js[], pat_page_login_js_end[], pat_page_icon[], pat_page_icon_end[],
    pat_openapi_json[], pat_openapi_json_end[];

PAT_EMBED(pat_page_html, "web/page/index.html");
PAT_EMBED(pat_page_css, "web/page/page.css");
PAT_EMBED(pat_page_js, "web/page/page.js");
PAT_EMBED(pat_page_settings, "web/page/settings.js");
PAT_EMBED(pat_page_words, "web/page/words.js");
PAT_EMBED(pat_page_login, "web/page/login.html");
PAT_EMBED(pat_page_login_js, "web/page/login.js");
PAT_EMBED(pat_page_icon, "web/page/icon.svg");
PAT_EMBED(pat_openapi_json, "web/openapi.json");

static const struct {
    const char *name, *type, *bytes, *end;
} assets[] = {
    {"index.html", "text/html; charset=utf-8", pat_page_html, pat_page_html_end},
    {"page.css", "text/css; charset=utf-8", pat_page_css, pat_page_css_end},
    {"page.js", "text/javascript; charset=utf-8", pat_page_js, pat_page_js_end},
    {"settings.js", "text/javascript; charset=utf-8", pat_page_settings, pat_page_settings_end},
    {"words.js", "text/javascript; charset=utf-8", pat_page_words, pat_page_words_end},
    {"login.html", "text/html; charset=utf-8", pat_page_login, pat_page_login_end},
    {"login.js", "text/javascript; charset=utf-8", pat_page_login_js, pat_page_login_js_end},
    {"icon.svg", "image/svg+xml", pat_page_icon, pat_page_icon_end},
    {"openapi.json", "application/json", pat_openapi_json, pat_openapi_json_end},
};

void pat_asset_get(const char *name, pat_answer *answer)
{
    for (size_t i = 0; i < sizeof assets / sizeof *assets; i++) {
        if (strcmp(name, assets[i].name) != 0)
            continue;
        pat_answer_begin(answer, assets[i].type);
        answer->may_be_kept = true;
        answer->kind = PAT_BODY_BYTES;
        answer->bytes = assets[i].bytes;
        answer->size = (uint64_t)(assets[i].end - assets[i].bytes);
        return;
    }
    pat_answer_fail(answer, PAT_PROBLEM_NOT_FOUND, "no such file; start at /");
}
