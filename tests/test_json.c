/* JSON: values and texts, writing and reading, and the documents about runs. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "patina/patina.h"
#include "run/facts_json.h"
#include "settings.h"
#include "workspace.h"

static json_t *parsed(const char *text)
{
    json_error_t cause;
    json_t *value;
    if (pat_json_parse(&value, text, strlen(text), &cause) != PAT_OK)
        fail_msg("line %d: %s in %s", cause.line, cause.text, text);
    return value;
}

/* The value at a path such as "results.rows"; array items are numbers. Fails if it is missing. */
static const json_t *value_at(const json_t *document, const char *path)
{
    char key[64];
    const json_t *value = document;
    for (const char *at = path; *at != '\0'; at += *at == '.') {
        size_t length = strcspn(at, ".");
        snprintf(key, sizeof key, "%.*s", (int)length, at);
        value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10))
                                     : json_object_get(value, key);
        if (value == NULL)
            fail_msg("there is no %s", path);
        at += length;
    }
    return value;
}

static void assert_number_at(const json_t *document, const char *path, double expected)
{
    const json_t *value = value_at(document, path);
    if (!json_is_number(value) || json_number_value(value) != expected)
        fail_msg("%s is %g instead of %g", path, json_number_value(value), expected);
}

static void assert_text_at(const json_t *document, const char *path, const char *expected)
{
    const json_t *value = value_at(document, path);
    assert_true(json_is_string(value));
    assert_string_equal(json_string_value(value), expected);
}

/* Parses the document, checks its schema, and frees the text. */
static json_t *document_of(char *text, const char *name)
{
    assert_non_null(text);
    json_t *document = parsed(text);
    assert_int_equal(strncmp(text, "{\n  \"schema\": {", strlen("{\n  \"schema\": {")), 0);
    assert_text_at(document, "schema.name", name);
    assert_number_at(document, "schema.version", 1);
    free(text);
    return document;
}

/* ---- Values and texts ------------------------------------------------------------------------ */

static int allocations_left;

static void *allocate(size_t size)
{
    if (allocations_left-- > 0)
        return malloc(size);
    errno = ENOMEM;
    return NULL;
}

static void test_memory_that_runs_out_is_not_malformed(void **state)
{
    (void)state;
    static const char text[] = "{\"name\": [1, 2.5, \"a text that is not short, and \\u00fc\"]}";
    json_error_t cause;
    json_t *value = NULL;
    int enough = 0;
    pat_status status = PAT_OUT_OF_MEMORY;
    json_set_alloc_funcs(allocate, free);
    for (; status == PAT_OUT_OF_MEMORY; enough++) {
        allocations_left = enough;
        status = pat_json_parse(&value, text, strlen(text), &cause);
    }
    json_set_alloc_funcs(malloc, free);
    assert_int_equal(status, PAT_OK);
    assert_true(enough > 10);
    json_decref(value);
}

static void assert_written(json_t *value, int levels, const char *expected)
{
    char *text = pat_json_write(value, levels);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static void test_texts_give_back_their_bytes(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"plain", "plain"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"a\xff", "a\\xff"},
        {"a\\xff", "a\\\\xff"},
        {"\xc3\xa9\xff", "\\xc3\\xa9\\xff"},
        {"\\", "\\\\"},
        {"line\nbreak", "line\nbreak"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *value = pat_json_text(texts[i][0]);
        assert_string_equal(json_string_value(value), texts[i][1]);
        char *meant = pat_json_meant(json_string_value(value));
        assert_string_equal(meant, texts[i][0]);
        free(meant);
        json_decref(value);
    }
    assert_written(pat_json_text(NULL), PAT_JSON_LINE, "null");
    assert_written(pat_json_text("\"\n\xff"), PAT_JSON_LINE, "\"\\\"\\n\\\\xff\"");
}

static void test_numbers_are_short_and_exact(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {2, "2"},
                 {1e300, "1e+300"},
                 {-0.0, "-0.0"},
                 {1.0 / 3, "0.3333333333333333"},
                 {NAN, "null"},
                 {INFINITY, "null"},
                 {-INFINITY, "null"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_written(pat_json_number(cases[i].value), PAT_JSON_LINE, cases[i].text);
    assert_null(pat_json_numbers((const double[]){1, NAN}, 2));
    for (int i = 0; i < 2000; i++) {
        double value =
            ldexp((double)random_below(1U << 31) - (1U << 30), (int)random_below(200) - 130);
        char *text = pat_json_write(pat_json_number(value), PAT_JSON_LINE);
        json_t *back = json_loads(text, JSON_DECODE_ANY, NULL);
        assert_true(json_number_value(back) == value);
        json_decref(back);
        free(text);
    }
}

static json_t *some_value(void)
{
    return json_pack("{s:i, s:[i, {s:b}], s:[], s:{}}", "a", 1, "b", 2, "c", 1, "d", "e");
}

static void test_levels_of_lines(void **state)
{
    (void)state;
    assert_written(some_value(), PAT_JSON_LINE,
                   "{\"a\": 1, \"b\": [2, {\"c\": true}], \"d\": [], \"e\": {}}");
    assert_written(some_value(), 1,
                   "{\n  \"a\": 1,\n  \"b\": [2, {\"c\": true}],\n  \"d\": [],\n  \"e\": {}\n}");
    json_t *value = some_value();
    char *expected = json_dumps(value, JSON_INDENT(2));
    json_decref(value);
    assert_written(some_value(), PAT_JSON_LINES, expected);
    free(expected);
}

static void test_failures_add_up_to_one(void **state)
{
    (void)state;
    json_t *array = json_array(), *object = json_object();
    pat_json_append(&array, NULL);
    assert_null(array);
    pat_json_append(&array, json_true());
    pat_json_set(&object, "a", NULL);
    assert_null(object);
    assert_null(pat_json_join(json_object(), NULL));
    assert_null(pat_json_join(NULL, json_object()));
    assert_null(pat_json_document("restore", 1, NULL));
    assert_null(pat_json_write(NULL, PAT_JSON_LINES));
}

/* ---- Documents ------------------------------------------------------------------------------- */

static void test_documents(void **state)
{
    (void)state;
    pat_document *document = pat_document_create("sum", 3);
    pat_document_open_array(document, "items");
    pat_document_open_object(document, NULL);
    pat_document_text(document, "text", "\xff");
    pat_document_text(document, "none", NULL);
    pat_document_close(document);
    pat_document_number(document, NULL, 0.5);
    pat_document_number(document, NULL, NAN);
    pat_document_close(document);
    pat_document_count(document, "count", 1ULL << 53);
    pat_document_truth(document, "true", true);
    json_t *told = parsed("{\"schema\": {\"name\": \"patina.sum\", \"version\": 3}, \"items\": "
                          "[{\"text\": \"\\\\xff\", \"none\": null}, 0.5, null], "
                          "\"count\": 9007199254740992, \"true\": true}");
    char *text = pat_document_end(document);
    json_t *back = parsed(text);
    assert_true(json_equal(told, back));
    json_decref(told);
    json_decref(back);
    free(text);

    pat_document_open_object(NULL, "a"); /* after a failed allocation */
    pat_document_text(NULL, "a", "b");
    pat_document_close(NULL);
    assert_null(pat_document_end(NULL));
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void test_reading(void **state)
{
    (void)state;
    json_t *value;
    json_error_t cause;
    write_text("a.json", "{\"a\": 1}");
    assert_int_equal(pat_json_read(&value, "a.json", 8, &cause), PAT_OK);
    assert_number_at(value, "a", 1);
    json_decref(value);
    assert_int_equal(pat_json_read(&value, "a.json", 7, &cause), PAT_MALFORMED);
    assert_true(value == NULL && cause.line == 0);
    assert_string_equal(cause.text, "it is larger than 7 bytes");
    assert_int_equal(pat_json_read(&value, "none.json", 8, &cause), PAT_NOT_FOUND);
    assert_int_equal(pat_json_read(&value, ".", 8, &cause), PAT_MALFORMED);
    assert_mentions(cause.text, "it cannot be read: ");
    write_text("a.json", "{\"a\": 1,\n\"a\": 2}");
    assert_int_equal(pat_json_read(&value, "a.json", 100, &cause), PAT_MALFORMED);
    assert_int_equal(cause.line, 2);
    write_text("a.json", "");
    assert_int_equal(pat_json_read(&value, "a.json", 100, &cause), PAT_MALFORMED);
    assert_null(value);
}

/* ---- Settings -------------------------------------------------------------------------------- */

static void test_settings_read_back(void **state)
{
    (void)state;
    const pat_setting setting = SETTING(LEVELS, 0.1 + 0.2, 2);
    pat_setting back = {0};
    json_t *value = pat_fact_setting(&setting);
    assert_true(pat_fact_setting_read(value, &back) && pat_setting_equal(&back, &setting));
    json_decref(value);
    static const char *const none[] = {
        "{}",
        "{\"color_method\": \"sepia\", \"sharpen_sigma\": 1, \"sharpen_strength\": 1}",
        "{\"color_method\": \"none\", \"sharpen_sigma\": null, \"sharpen_strength\": 1}",
        "{\"color_method\": \"none\", \"sharpen_sigma\": 1}",
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        value = parsed(none[i]);
        assert_false(pat_fact_setting_read(value, &back));
        json_decref(value);
    }
    assert_false(pat_fact_setting_read(NULL, &back));
}

/* ---- Documents about runs -------------------------------------------------------------------- */

static pat_run_summary some_summary(void)
{
    pat_run_summary summary = {.total = 12,
                               .rows = 9,
                               .failures = 1,
                               .unpaired = 4,
                               .ignored = 3,
                               .recalled = 2,
                               .changed = 1,
                               .elapsed_s = 2.5,
                               .workers = 3,
                               .decoder_version = "8.99.1",
                               .sandbox = "seccomp",
                               .output = "x.csv",
                               .failures_path = "x.failures.csv",
                               .record_path = "x.run.json",
                               .sha256 = "abc"};
    summary.first_failures[0] = (pat_failure){
        .name = "b\xff.png", .stage = "decode", .reason = PAT_CORRUPT, .message = "b is broken"};
    return summary;
}

/* Checks the facts that are common to all runs. */
static void assert_tells_the_run(const json_t *document, const char *command)
{
    assert_text_at(document, "tool", "patina");
    assert_text_at(document, "version", pat_version());
    assert_text_at(document, "command", command);
    assert_int_equal(strlen(json_string_value(value_at(document, "finished"))), 20);
    assert_number_at(document, "options.jobs", 7);
    assert_number_at(document, "options.timeout", PAT_TIMEOUT_DEFAULT_S);
    assert_number_at(document, "results.rows", 9);
    assert_number_at(document, "results.failures", 1);
    assert_number_at(document, "results.recalled", 2);
    assert_number_at(document, "results.elapsed_seconds", 2.5);
    assert_number_at(document, "results.workers", 3);
    assert_text_at(document, "results.sha256", "abc");
    assert_text_at(document, "machine.libraries.libvips", "8.99.1");
    assert_text_at(document, "outputs.failures", "x.failures.csv");
    assert_int_equal(json_array_size(value_at(document, "first_failures")), 1);
    assert_text_at(document, "first_failures.0.name", "b\\xff.png");
    assert_text_at(document, "first_failures.0.stage", "decode");
    assert_text_at(document, "first_failures.0.reason", "corrupt");
    assert_text_at(document, "first_failures.0.message", "b is broken");
}

static void test_search_tells(void **state)
{
    (void)state;
    pat_pairs *pairs;
    pat_run_summary summary = some_summary();
    pat_search_options options = {.output = "x.csv", .trials = "t.csv", .run.jobs = 7};
    write_text("m.csv", "damaged,undamaged\na,b\n");
    options.source.manifest = "m.csv";
    pat_grid_init_default(&options.grid);
    assert_int_equal(pat_pairs_find(&options.source, &pairs, NULL), PAT_OK);
    json_t *told = document_of(pat_search_json(&options, pairs, &summary), "patina.search");
    pat_pairs_free(pairs);
    assert_tells_the_run(told, "search");
    assert_number_at(told, "results.pairs_per_second", 4); /* not counting recalled ones */
    assert_number_at(told, "inputs.pairs", 1);
    assert_number_at(told, "grid.settings", 40);
    assert_text_at(told, "outputs.data", "x.csv");
    assert_text_at(told, "outputs.trials", "t.csv");
    assert_text_at(told, "outputs.record", "x.run.json");
    json_decref(told);
}

static void test_features_tell(void **state)
{
    (void)state;
    pat_run_summary summary = some_summary();
    const pat_feature_input inputs[] = {{"old", "A"}, {"new\xff", NULL}};
    pat_feature_options options = {.inputs = inputs, .input_count = 2, .run.jobs = 7};
    json_t *told = document_of(pat_feature_json(&options, &summary), "patina.features");
    assert_tells_the_run(told, "features");
    assert_text_at(told, "options.inputs.0.label", "A");
    assert_text_at(told, "options.inputs.1.path", "new\\xff");
    assert_true(json_is_null(value_at(told, "options.inputs.1.label")));
    assert_number_at(told, "inputs.images", 12);
    assert_number_at(told, "inputs.left_out", 4);
    assert_number_at(told, "inputs.ignored", 3);
    assert_number_at(told, "results.images_per_second", 4);
    assert_text_at(told, "outputs.data", "x.csv");
    json_decref(told);
}

static void test_degrade_tells(void **state)
{
    (void)state;
    pat_run_summary summary = some_summary();
    pat_degrade_options options = {
        .clean = "c", .output = "p", .seed = 5, .per_image = 3, .run.jobs = 7};
    json_t *told = document_of(pat_degrade_json(&options, &summary), "patina.degrade");
    assert_tells_the_run(told, "degrade");
    assert_number_at(told, "inputs.images", 4); /* 12 versions */
    assert_number_at(told, "options.seed", 5);
    assert_true(json_is_null(value_at(told, "options.crop")));
    assert_true(json_is_null(value_at(told, "options.families")));
    assert_number_at(told, "results.versions_per_second", 4);
    assert_text_at(told, "outputs.manifest", "x.csv");
    assert_number_at(told, "options.shrink", 0);
    json_decref(told);
    options.shrink = 320;
    options.crop_width = 64;
    options.crop_height = 48;
    options.families = "a,b";
    options.except = "b";
    told = document_of(pat_degrade_json(&options, &summary), "patina.degrade");
    assert_number_at(told, "options.shrink", 320);
    assert_number_at(told, "options.crop.1", 48);
    assert_text_at(told, "options.families", "a,b");
    assert_text_at(told, "options.except", "b");
    json_decref(told);
    options.shrink_to = 960;
    told = document_of(pat_degrade_json(&options, &summary), "patina.degrade");
    assert_number_at(told, "options.shrink.0", 320);
    assert_number_at(told, "options.shrink.1", 960);
    json_decref(told);
}

static void test_report_tells(void **state)
{
    (void)state;
    pat_report_options options = {.output = "page.html", .model = "m"};
    pat_report_summary summary = {.rows = 17, .bad = 2, .bytes = 1000, .strips = 3};
    json_t *told = document_of(pat_report_json(&options, &summary), "patina.report");
    assert_text_at(told, "output", "page.html");
    assert_number_at(told, "rows", 17);
    assert_number_at(told, "bad_findings", 2);
    assert_true(json_is_null(value_at(told, "evaluation"))); /* it needs pairs */
    json_decref(told);
    write_text("m.csv", "damaged,undamaged\na,b\n");
    pat_pairs *pairs;
    assert_int_equal(pat_pairs_find(&(pat_pair_source){.manifest = "m.csv"}, &pairs, NULL), PAT_OK);
    options.pairs = pairs;
    summary.images = some_summary();
    told = document_of(pat_report_json(&options, &summary), "patina.report");
    assert_number_at(told, "evaluation.failures", 1);
    json_decref(told);
    pat_pairs_free(pairs);
}

static void test_verify_tells(void **state)
{
    (void)state;
    pat_run_summary summaries[2] = {some_summary(), some_summary()};
    const char *compared[3] = {"{\"result\": \"identical\"}", "{\"result\": \"identical\"}",
                               "{\"result\": \"identical\"}"};
    summaries[1].elapsed_s = 1.25;
    json_t *told = document_of(pat_verify_json(summaries, compared), "patina.verify");
    assert_true(json_is_true(value_at(told, "identical")));
    assert_number_at(told, "speed_up", 2);
    assert_number_at(told, "runs.1.elapsed_seconds", 1.25);
    assert_text_at(told, "files.2.result", "identical");
    json_decref(told);

    compared[2] = "{\"result\": \"within_tolerance\"}"; /* not identical */
    told = document_of(pat_verify_json(summaries, compared), "patina.verify");
    assert_true(json_is_false(value_at(told, "identical")));
    json_decref(told);
    compared[2] = compared[1];
    summaries[0].rows = 0; /* nothing was compared */
    told = document_of(pat_verify_json(summaries, compared), "patina.verify");
    assert_true(json_is_false(value_at(told, "identical")));
    json_decref(told);
}

/* ---- Restorations ---------------------------------------------------------------------------- */

/* The document about these restorations, assembled piece by piece. */
static json_t *restorations(const pat_restoration *told, size_t count,
                            const pat_run_summary *summary)
{
    const pat_restoration_counts counts = {.left_alone = 2, .flagged = 1};
    pat_buffer text = {0};
    for (size_t i = 0; i < count + 2; i++) {
        char *piece = i == 0           ? pat_restoration_json_begin()
                      : i == count + 1 ? pat_restoration_json_end(summary, &counts, "a model")
                                       : pat_restoration_json(&told[i - 1], i - 1);
        assert_non_null(piece);
        pat_buffer_append_text(&text, piece);
        free(piece);
    }
    pat_buffer_append_char(&text, '\0');
    return document_of(text.data, "patina.restore");
}

static void test_restorations(void **state)
{
    (void)state;
    const pat_format jpeg = pat_format_find("jpeg"), png = pat_format_find("png");
    const pat_restoration told[] = {
        {.input = "a\xff.jpg",
         .output = "out/a.jpg",
         .setting = SETTING(PAT_COLOR_NONE, 0.7, 1),
         .input_format = jpeg,
         .format = png,
         .width = 3,
         .height = 2,
         .depth = 16,
         .channels = 1,
         .input_bytes = 10,
         .output_bytes = 20,
         .note_count = 1,
         .notes = {"a note"},
         .feature_count = 1,
         .features = {NAN},
         .predicted = true,
         .prediction = SETTING(LEVELS, 0.5, 0),
         .raw = {0.25, 0.5, -1},
         .gain = 0.125,
         .harm = NAN,
         .flagged = true,
         .unlike_count = 1,
         .unlike = {2}},
        {.input = "b.png", .status = PAT_CORRUPT, .stage = "decode", .message = "b is broken"},
        {.input = "c.png", .input_format = png, .format = png},
    };
    pat_run_summary summary = some_summary();
    json_t *document = restorations(told, 3, &summary);
    assert_int_equal(json_array_size(value_at(document, "images")), 3);
    const json_t *image = value_at(document, "images.0");
    assert_text_at(image, "status", "ok");
    assert_text_at(image, "input.path", "a\\xff.jpg");
    assert_text_at(image, "input.format", "jpeg");
    assert_number_at(image, "input.bits", 16);
    assert_text_at(image, "output.path", "out/a.jpg");
    assert_text_at(image, "output.format", "png");
    assert_number_at(image, "output.bytes", 20);
    assert_text_at(image, "output.notes.0", "a note");
    assert_text_at(image, "setting.color_method", "none");
    assert_number_at(image, "setting.sharpen_sigma", 0.7);
    assert_number_at(image, "setting.sharpen_strength", 1);
    assert_text_at(image, "prediction.color_method", "levels");
    assert_true(json_is_false(value_at(image, "prediction.left_alone")));
    assert_number_at(image, "prediction.raw.sharpen_strength", -1);
    assert_number_at(image, "prediction.expected_gain", 0.125);
    assert_true(json_is_null(value_at(image, "prediction.harm")));
    assert_true(json_is_true(value_at(image, "prediction.flagged")));
    assert_text_at(image, "unlike.0", pat_feature_name(2));
    assert_int_equal(json_object_size(value_at(image, "features")), 1);
    assert_true(json_is_null(json_object_get(value_at(image, "features"), pat_feature_name(0))));
    assert_text_at(document, "images.1.status", "corrupt");
    assert_text_at(document, "images.1.stage", "decode");
    assert_text_at(document, "images.1.message", "b is broken");
    assert_text_at(document, "images.1.input.path", "b.png");
    assert_true(json_is_null(value_at(document, "images.2.prediction")));
    assert_true(json_is_null(value_at(document, "images.2.output"))); /* not written */
    assert_number_at(document, "restored", 9);
    assert_number_at(document, "failed", 1);
    assert_number_at(document, "left_alone", 2);
    assert_number_at(document, "unlike", 1);
    assert_text_at(document, "model", "a model");
    json_decref(document);
    document = restorations(told, 0, &summary);
    assert_int_equal(json_array_size(value_at(document, "images")), 0);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_give_back_their_bytes),
        cmocka_unit_test(test_numbers_are_short_and_exact),
        cmocka_unit_test(test_memory_that_runs_out_is_not_malformed),
        cmocka_unit_test(test_levels_of_lines),
        cmocka_unit_test(test_failures_add_up_to_one),
        cmocka_unit_test(test_documents),
        IN_FOLDER(test_reading),
        cmocka_unit_test(test_settings_read_back),
        IN_FOLDER(test_search_tells),
        cmocka_unit_test(test_features_tell),
        cmocka_unit_test(test_degrade_tells),
        IN_FOLDER(test_report_tells),
        cmocka_unit_test(test_verify_tells),
        cmocka_unit_test(test_restorations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
