/* The report: templates, bins, words, and pages that hostile names cannot break. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>

#include "base/json.h"
#include "inspect/statistics.h"
#include "patina/report.h"
#include "patina/score.h"
#include "report/bins.h"
#include "report/page.h"
#include "report/template.h"
#include "report/words.h"
#include "settings.h"
#include "workspace.h"

/* ---- Templates ------------------------------------------------------------------------------- */

static pat_status fill(const char *template, const char *data, pat_buffer *out, pat_error *error)
{
    const pat_part parts[] = {{"raw", "<b>&</b>", 8}, {"inner", "({{a}})", 7}};
    json_t *value = json_loads(data, 0, NULL);
    assert_non_null(value);
    pat_status status = pat_template_fill(template, strlen(template), value, parts, 2, out, error);
    json_decref(value);
    return status;
}

static void assert_filled(const char *template, const char *data, const char *expected)
{
    pat_buffer out = {0};
    pat_error error = {0};
    if (fill(template, data, &out, &error) != PAT_OK)
        fail_msg("%s", error.message);
    assert_text(&out, expected);
}

static void assert_not_filled(const char *template, const char *data, const char *mentions)
{
    pat_buffer out = {0};
    pat_error error = {0};
    assert_int_equal(fill(template, data, &out, &error), PAT_INTERNAL);
    assert_mentions(error.message, mentions);
    pat_buffer_release(&out);
}

static void test_templates_are_filled(void **state)
{
    (void)state;
    assert_filled("", "{}", "");
    assert_filled("no tag } {", "{}", "no tag } {");
    assert_filled("<p title=\"{{a}}\">", "{\"a\": \"<'x' & \\\"y\\\">\"}",
                  "<p title=\"&lt;&#39;x&#39; &amp; &quot;y&quot;&gt;\">");
    assert_filled("{{{raw}}} {{>inner}}", "{\"a\": \"<\"}", "<b>&</b> (&lt;)");
    assert_filled("{{#a}}[{{.}}]{{/a}}", "{\"a\": [\"1\", \"2\"]}", "[1][2]");
    assert_filled("{{#a}}{{b}}{{#c}}, {{.}}{{/c}}{{/a}}",
                  "{\"a\": {\"b\": \"x\", \"c\": [\"y\", \"z\"]}}", "x, y, z");
    assert_filled("{{#a}}{{>inner}}{{/a}}", "{\"a\": [{\"a\": \"1\"}, {\"a\": \"2\"}]}", "(1)(2)");
    assert_filled("{{#a}}yes {{b}}{{/a}}{{^a}}no{{/a}}", "{\"a\": true, \"b\": \"x\"}", "yes x");
    const char *const nothing[] = {"{}", "{\"a\": null}", "{\"a\": false}", "{\"a\": []}",
                                   "{\"a\": \"\"}"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        assert_filled("{{#a}}yes{{/a}}{{^a}}no{{/a}}", nothing[i], "no");
    /* Data is not expanded as a template. */
    assert_filled("{{a}}", "{\"a\": \"{{b}} {{{raw}}}\"}", "{{b}} {{{raw}}}");
    /* An inner object does not see the members of the outer one. */
    assert_not_filled("{{#a}}{{b}}{{/a}}", "{\"a\": {\"c\": \"\"}, \"b\": \"x\"}", "{{b}}");
}

static void test_templates_that_do_not_fit_are_told(void **state)
{
    (void)state;
    assert_not_filled("{{a}}", "{}", "{{a}} is not a text in the data");
    assert_not_filled("{{a}}", "{\"a\": 1}", "{{a}} is not a text in the data");
    assert_not_filled("{{{a}}}", "{\"a\": \"x\"}", "{{a}} is not a part");
    assert_not_filled("{{>a}}", "{}", "{{a}} is not a part");
    assert_not_filled("{{#a}}x", "{\"a\": true}", "{{a}} is never closed");
    assert_not_filled("{{#a}}{{#b}}{{/a}}{{/b}}", "{\"a\": true, \"b\": true}", "is never closed");
    assert_not_filled("x{{/a}}", "{}", "{{a}} closes a section that was not opened");
}

/* ---- Bins ------------------------------------------------------------------------------------ */

static pat_bins bins_up_to(double limit, const double *value, size_t count)
{
    pat_statistics of;
    pat_bins bins;
    assert_int_equal(pat_statistics_describe(value, count, &of, NULL), PAT_OK);
    pat_bins_fill(value, count, &of, limit, &bins);
    return bins;
}

static pat_bins bins_of(const double *value, size_t count)
{
    return bins_up_to(INFINITY, value, count);
}

/* The largest possible number is in a bin that ends there. */
static void test_bins_end_at_the_limit(void **state)
{
    (void)state;
    const double one[] = {1};
    pat_bins bins = bins_up_to(1, one, 1);
    assert_int_equal(bins.count, 1);
    assert_int_equal(bins.in[0], 1);
    assert_true(fabs((bins.first + 1) * bins.width - 1) < 1e-12);
    const double some[] = {0.31, 0.5, 0.74, 0.9, 1, 1};
    bins = bins_up_to(1, some, 6);
    assert_true(fabs((bins.first + bins.count) * bins.width - 1) < 1e-12);
    assert_int_equal(bins.in[bins.count - 1], 3);
}

static void test_bins_of_few_numbers(void **state)
{
    (void)state;
    const double nothing[] = {NAN, INFINITY};
    assert_int_equal(bins_of(nothing, 2).count, 0);

    const double same[] = {0.5, 0.5, 0.5, NAN};
    pat_bins bins = bins_of(same, 4);
    assert_int_equal(bins.count, 1);
    assert_int_equal(bins.in[0], 3);
    assert_true(bins.first * bins.width <= 0.5 && (bins.first + 1) * bins.width > 0.5);
    const double zero[] = {0, 0};
    assert_int_equal(bins_of(zero, 2).in[0], 2);

    /* 9 numbers, quartiles 2 and 6: 2 * 4 / cbrt(9) = 3.85, limited to 8 / 5 and rounded to 2. */
    const double nine[] = {8, 0, 1, 2, 3, 4, 5, 6, 7};
    bins = bins_of(nine, 9);
    assert_true(bins.width == 2 && bins.first == 0);
    assert_int_equal(bins.count, 5);
    const size_t expected[] = {2, 2, 2, 2, 1};
    assert_memory_equal(bins.in, expected, sizeof expected);

    /* 11 numbers, quartiles 2.5 and 7.5: 4.5, limited to 10 / 5. */
    const double eleven[] = {10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    bins = bins_of(eleven, 11);
    assert_true(bins.width == 2);
    assert_int_equal(bins.count, 6);

    /* 27 numbers, quartiles 6.5 and 19.5: 2 * 13 / 3 = 8.67, limited to 26 / 5 = 5.2, then 10. */
    double many[27];
    for (int i = 0; i < 27; i++)
        many[i] = -i;
    bins = bins_of(many, 27);
    assert_true(bins.width == 10 && bins.first == -3);
    assert_int_equal(bins.count, 4);
    const size_t negative[] = {7, 10, 9, 1}; /* -26..-21, -20 in the second, ..., 0 */
    assert_int_equal(bins.in[3], negative[3]);
    assert_int_equal(bins.in[0] + bins.in[1] + bins.in[2], 26);
    assert_int_equal(bins.in[1], negative[1]);
}

/* Whatever the distribution, every number is in the right bin. */
static void test_bins_hold_all_numbers(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    double value[COUNT];
    for (int round = 0; round < 300; round++) {
        double scale = pow(10, (double)random_below(30) - 15);
        double place = (double)random_below(3) * 1000 - 1000;
        for (int i = 0; i < COUNT; i++) {
            double u = random_below(1u << 30) / (double)(1u << 30);
            value[i] = scale * (place + (round % 2 ? u : pow(u, 40)));
        }
        pat_bins bins = bins_of(value, COUNT), again = {0};
        assert_in_range(bins.count, 1, PAT_BINS_MAX);
        for (int i = 0; i < COUNT; i++) {
            int bin = 0;
            while (bin < bins.count && floor(value[i] / bins.width) > bins.first + bin)
                bin++;
            assert_true(bin < bins.count);
            again.in[bin]++;
        }
        assert_memory_equal(again.in, bins.in, sizeof bins.in);
    }
}

/* ---- Words and ranks ------------------------------------------------------------------------- */

static void test_numbers_in_words(void **state)
{
    (void)state;
    assert_string_equal(pat_digits_of(0).text, "0");
    assert_string_equal(pat_digits_of(999).text, "999");
    assert_string_equal(pat_digits_of(1088).text, "1,088");
    assert_string_equal(pat_digits_of(SIZE_MAX).text, "18,446,744,073,709,551,615");
    assert_string_equal(pat_percent_of(0, 10).text, "0 %");
    assert_string_equal(pat_percent_of(0, 0).text, "0 %");
    assert_string_equal(pat_percent_of(1, 3000).text, "under 0.1 %");
    assert_string_equal(pat_percent_of(1, 150).text, "0.7 %");
    assert_string_equal(pat_percent_of(44, 100).text, "44 %");
    assert_string_equal(pat_percent_of(2999, 3000).text, "over 99.9 %");
    assert_string_equal(pat_percent_of(10, 10).text, "100 %");
    pat_setting setting = SETTING(PAT_COLOR_NONE, 1, 0);
    assert_string_equal(pat_words_of(&setting).text, "nothing done");
    setting.value[PAT_AXIS_COLOR] = PAT_COLOR_WHITE_BALANCE;
    assert_string_equal(pat_words_of(&setting).text, "white balance, no sharpening");
    setting.value[PAT_AXIS_STRENGTH] = 0.5;
    assert_string_equal(pat_words_of(&setting).text, "white balance, sigma 1, strength 0.5");
}

static double ranks(const double *a, const double *b, size_t count)
{
    size_t row[8];
    double correlation;
    for (size_t i = 0; i < count; i++)
        row[i] = i;
    assert_int_equal(pat_statistics_rank_correlation(a, b, row, count, &correlation, NULL), PAT_OK);
    return correlation;
}

static void test_rank_correlations(void **state)
{
    (void)state;
    const double a[] = {1, 2, 3, 4, 5}, b[] = {1, 10, 100, 1e3, 1e4}, c[] = {5, 4, 3, 2, 1};
    const double ties[] = {1, 2, 2, 4, 5}, same[] = {7, 7, 7, 7, 7};
    const double holes[] = {1, NAN, 3, INFINITY, 2};
    assert_true(fabs(ranks(a, b, 5) - 1) < 1e-12);
    assert_true(fabs(ranks(a, c, 5) + 1) < 1e-12);
    assert_true(fabs(ranks(a, ties, 5) - 0.97467943448089644) < 1e-12); /* scipy.stats.spearmanr */
    assert_true(isnan(ranks(a, same, 5)));
    assert_true(isnan(ranks(a, b, 1)));
    assert_true(fabs(ranks(a, holes, 5) - 0.5) < 1e-12); /* 1, 3, 5 against 1, 3, 2 */
    assert_true(fabs(ranks(holes, a, 5) - 0.5) < 1e-12);
}

/* ---- Pages ----------------------------------------------------------------------------------- */

static size_t count_in(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

static char *make_page(const char *template, const json_t *charts)
{
    pat_buffer html = {0};
    pat_error error = {0};
    json_t *data = json_object();
    pat_page page = {.template_text = template,
                     .template_size = strlen(template),
                     .data = data,
                     .charts = charts};
    if (pat_page_make(&page, &html, &error) != PAT_OK)
        fail_msg("%s", error.message);
    json_decref(data);
    pat_buffer_append_char(&html, '\0');
    assert_false(html.failed);
    return html.data;
}

static void test_json_cannot_end_its_script(void **state)
{
    (void)state;
    json_t *charts =
        json_pack("{s:s, s:f}", "</script><!--<script>",
                  "\xe2\x80\xa8</SCRIPT><img src=x onerror=alert(1)>", "third", 1. / 3);
    char *page = make_page("{{{scripts}}}", charts);
    json_decref(charts);
    char *json = strstr(page, "{\"");
    char *end = strstr(json, "</script>");
    *end = '\0';
    for (const char *at = json; *at != '\0'; at++)
        assert_true(*at != '<' && (unsigned char)*at < 0x80);
    json_t *read = json_loads(json, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(read, "</script><!--<script>")),
                        "\xe2\x80\xa8</SCRIPT><img src=x onerror=alert(1)>");
    assert_true(json_real_value(json_object_get(read, "third")) == 0.333333);
    json_decref(read);
    free(page);
}

/* "'sha256-...'" of the bytes up to `end`. */
static void policy_hash(const char *text, const char *end, char hash[64])
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char base64[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = "";
    sha256_init(&context);
    sha256_update(&context, (size_t)(end - text), (const uint8_t *)text);
    sha256_digest(&context, sizeof digest, digest);
    base64_encode_raw(base64, sizeof digest, digest);
    snprintf(hash, 64, "'sha256-%s'", base64);
}

static void test_policy_names_each_script(void **state)
{
    (void)state;
    json_t *charts = json_object();
    char *page = make_page("[{{{policy}}}]\n{{{scripts}}}", charts);
    json_decref(charts);
    char *policy = page, *scripts = strchr(page, '\n');
    *scripts++ = '\0';
    assert_mentions(policy, "default-src 'none'");
    assert_null(strstr(policy, "unsafe-eval"));
    assert_int_equal(count_in(policy, "'sha256-"), 4);
    assert_int_equal(count_in(scripts, "</script"), 5);
    const char *at = scripts;
    for (int i = 0; i < 4; i++) {
        char hash[64];
        const char *text = strstr(at, "<script>") + strlen("<script>");
        at = strstr(text, "</script>");
        policy_hash(text, at, hash);
        assert_mentions(policy, hash);
    }
    free(page);

    page = make_page("{{{policy}}}{{{scripts}}}{{{licences}}}", NULL);
    assert_mentions(page, "script-src 'none'");
    assert_null(strchr(page, '<'));
    free(page);
}

/* ---- Reports --------------------------------------------------------------------------------- */

static const char header[] =
    "filename,similarity_score,psnr,ssim,mean,std_dev,skewness,kurtosis,low_freq_energy,"
    "high_freq_energy,energy_ratio,radial_center,radial_25,radial_50,radial_75,radial_edge,"
    "color_balance_need,sharpening_need,color_method,apply_color_correction,sharpen_sigma,"
    "sharpen_strength\n";
static const char trials_header[] =
    "filename,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,ssim\n";

/* Text that would run a script or hide something if it were not escaped. */
#define HOSTILE "</script><img src=x onerror=alert(1)>&quot;\\u003c{{{scripts}}}<!--"

/* A row and its trials, for the grid color=white_balance,none;sigma=1;strength=0,0.5. */
static void put_row(pat_buffer *csv, pat_buffer *trials, int number, const char *name)
{
    char line[512];
    double psnr = 30 + number;
    snprintf(line, sizeof line, "\"%s%d\",%.17g,%.17g,0.5", name, number, pat_similarity(psnr, 0.5),
             psnr);
    pat_buffer_append_text(csv, line);
    for (int i = 0; i < PAT_FEATURE_COUNT; i++) {
        snprintf(line, sizeof line, ",%d.5", 10 * number + i);
        pat_buffer_append_text(csv, line);
    }
    pat_buffer_append_text(csv, number % 2 ? ",white_balance,1,1,0.5\n" : ",none,0,1,0.5\n");
    static const char *const settings[] = {"white_balance,1,0", "white_balance,1,0.5", "none,1,0",
                                           "none,1,0.5", "none,0,0"};
    for (int i = 0; i < 5; i++) {
        bool best = i == (number % 2 ? 1 : 3);
        double value = best ? psnr : psnr - 1 - i;
        snprintf(line, sizeof line, "\"%s%d\",%s,%.17g,%.17g,0.5\n", name, number, settings[i],
                 pat_similarity(value, 0.5), value);
        pat_buffer_append_text(trials, line);
    }
}

static void save_data(const char *name, int rows)
{
    pat_buffer csv = {0}, trials = {0};
    pat_buffer_append_text(&csv, header);
    pat_buffer_append_text(&trials, trials_header);
    for (int i = 0; i < rows; i++)
        put_row(&csv, &trials, i, name);
    write_bytes("x.csv", csv.data, csv.size);
    write_bytes("t.csv", trials.data, trials.size);
    pat_buffer_release(&csv);
    pat_buffer_release(&trials);
}

static char *read_text(const char *path)
{
    pat_buffer text = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (int c; (c = fgetc(file)) != EOF;)
        pat_buffer_append_char(&text, (char)c);
    fclose(file);
    pat_buffer_append_char(&text, '\0');
    return text.data;
}

/* The page about x.csv, without its scripts, which do not depend on the data. */
static char *report(const char *trials)
{
    pat_error error = {0};
    pat_report_summary *summary = calloc(1, sizeof *summary);
    pat_report_options options = {
        .data = "x.csv", .trials = trials, .output = "r.html", .run.force = true};
    if (pat_report_run(&options, summary, &error) != PAT_OK)
        fail_msg("%s", error.message);
    free(summary);
    char *page = read_text("r.html");
    char *scripts = strstr(page, "<script>");
    assert_non_null(scripts);
    *scripts = '\0';
    return page;
}

static void test_hostile_texts_stay_texts(void **state)
{
    (void)state;
    save_data(HOSTILE, 7);
    write_text("x.failures.csv", "filename,stage,reason,message\n"
                                 "\"" HOSTILE "\",\"" HOSTILE "\",\"" HOSTILE "\",\"" HOSTILE
                                 "\"\n\xff\xfe,decode,corrupt,\xe2\x80\xae\n");
    write_text("x.run.json",
               "{\"" HOSTILE "\": \"" HOSTILE "\", \"options\": {\"" HOSTILE "\": [\"" HOSTILE
               "\", 1]}, \"results\": {\"sha256\": \"" HOSTILE "\"}}");
    char *page = report("t.csv");
    assert_null(strstr(page, "<img"));
    assert_null(strstr(page, "<!--"));
    assert_null(strstr(page, "</script><"));
    assert_int_equal(count_in(page, "<script"), 1); /* the chart data */
    assert_int_equal(count_in(page, "</script"), 1);
    assert_mentions(page, "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&amp;quot;");
    assert_mentions(page, "{{{scripts}}}"); /* literally */
    assert_mentions(page, "\\xff\\xfe");
    assert_mentions(page, "changed since it was recorded");
    assert_mentions(page, "2 pairs produced no row.");
    free(page);
}

static void test_what_is_not_there_is_said(void **state)
{
    (void)state;
    save_data("n", 4);
    char *page = report(NULL);
    assert_mentions(page, "there is no table of failures (x.failures.csv) next to the data set");
    assert_mentions(page, "There is no x.run.json, the record of the search");
    assert_mentions(page, "The gain over doing nothing is unknown");
    assert_mentions(page, "No model was given (<code>--model</code>)");
    assert_mentions(page, "No images were given (<code>--pairs</code>)");
    assert_null(strstr(page, "id=\"gain-db\""));
    free(page);

    write_text("x.failures.csv", "filename,stage,reason,message\n");
    write_text("x.run.json", "[]");
    page = report("t.csv");
    assert_mentions(page, "None: every pair has a row.");
    assert_mentions(page, "is not a run record (it is not an object)");
    assert_mentions(page, "id=\"gain-db\"");
    free(page);
    write_text("x.failures.csv", "something,else\n");
    write_text("x.run.json", "{");
    page = report(NULL);
    assert_mentions(page, "x.failures.csv is not a table of failures");
    free(page);
}

/* The page has the numbers of the inspection. */
static void test_numbers_are_those_of_the_data(void **state)
{
    (void)state;
    save_data("n", 5); /* PSNR 30..34; untouched 5 less */
    char *page = report("t.csv");
    assert_mentions(page, "gains 5.00 dB of PSNR and 0.0000 of SSIM over doing nothing");
    free(page);
}

static void test_failures_are_added_up(void **state)
{
    (void)state;
    pat_buffer csv = {0};
    char line[128];
    save_data("n", 3);
    pat_buffer_append_text(&csv, "filename,stage,reason,message\n");
    for (int i = 0; i < 1300; i++) {
        snprintf(line, sizeof line, "f%d,decode,%s,m\n", i, i % 13 == 0 ? "too_small" : "corrupt");
        pat_buffer_append_text(&csv, line);
    }
    for (int i = 0; i < 100; i++) { /* more reasons than are kept */
        snprintf(line, sizeof line, "g%d,decode,r%d,m\n", i, i);
        pat_buffer_append_text(&csv, line);
    }
    write_bytes("x.failures.csv", csv.data, csv.size);
    pat_buffer_release(&csv);
    char *page = report(NULL);
    assert_mentions(page, "1,400 pairs produced no row.");
    assert_mentions(page, "<td>corrupt</td><td>decode</td><td>1,200</td>");
    assert_mentions(page, "<td>too_small</td><td>decode</td><td>100</td>");
    assert_mentions(page, "<td>others</td><td>any</td><td>38</td>"); /* 102 reasons, 64 kept */
    assert_mentions(page, "The first 20; 1,380 more are in x.failures.csv");
    assert_mentions(page, "<td>f19</td>");
    assert_null(strstr(page, "<td>f20</td>"));
    free(page);
}

static void assert_refused(pat_report_options options, pat_status status, const char *mentions)
{
    pat_error error = {0};
    pat_report_summary *summary = calloc(1, sizeof *summary);
    assert_int_equal(pat_report_run(&options, summary, &error), status);
    assert_mentions(error.message, mentions);
    free(summary);
}

static void test_inputs_are_not_replaced(void **state)
{
    (void)state;
    save_data("n", 3);
    write_text("x.run.json", "{}");
    pat_report_options options = {.data = "x.csv", .trials = "t.csv", .output = "x.csv"};
    assert_refused(options, PAT_INVALID_ARGUMENT, "is the data set");
    options.output = "./t.csv";
    assert_refused(options, PAT_INVALID_ARGUMENT, "is the trials table");
    options.output = "x.run.json";
    assert_refused(options, PAT_INVALID_ARGUMENT, "is the record of the search");
    options.output = "r.png";
    assert_refused(options, PAT_INVALID_ARGUMENT, "is an image name");
    options.output = "r.html";
    options.data = "none.csv";
    assert_refused(options, PAT_NOT_FOUND, "none.csv");
    write_text("m.model", "no model");
    options.data = "x.csv";
    options.model = "m.model";
    assert_refused(options, PAT_MALFORMED, "m.model");
    assert_int_equal(count_entries("."), 4); /* x.csv, t.csv, x.run.json, m.model */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_templates_are_filled),
        cmocka_unit_test(test_templates_that_do_not_fit_are_told),
        cmocka_unit_test(test_bins_of_few_numbers),
        cmocka_unit_test(test_bins_end_at_the_limit),
        cmocka_unit_test(test_bins_hold_all_numbers),
        cmocka_unit_test(test_numbers_in_words),
        cmocka_unit_test(test_rank_correlations),
        cmocka_unit_test(test_json_cannot_end_its_script),
        cmocka_unit_test(test_policy_names_each_script),
        IN_FOLDER(test_hostile_texts_stay_texts),
        IN_FOLDER(test_what_is_not_there_is_said),
        IN_FOLDER(test_numbers_are_those_of_the_data),
        IN_FOLDER(test_failures_are_added_up),
        IN_FOLDER(test_inputs_are_not_replaced),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
