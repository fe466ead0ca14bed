/* The model: the importance of its features, and the quality of its restorations. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "patina/model.h"
#include "report/report.h"
#include "run/evaluation_json.h"
#include "run/facts_json.h"

/* ---- Reading JSON ---------------------------------------------------------------------------- */

/* NaN if there is no such number. */
static double number_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static size_t count_of(const json_t *object, const char *name)
{
    json_int_t count = json_integer_value(json_object_get(object, name));
    return count > 0 ? (size_t)count : 0;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "unknown" : text;
}

/* The training results for the chosen kind of model; NULL if there are none. */
static const json_t *chosen_of(const json_t *description)
{
    const json_t *models = json_object_get(json_object_get(description, "metrics"), "models");
    const char *kind = json_string_value(json_object_get(description, "kind"));
    for (size_t i = 0; kind != NULL && i < json_array_size(models); i++) {
        const json_t *model = json_array_get(models, i);
        const char *name = json_string_value(json_object_get(model, "kind"));
        if (name != NULL && strcmp(name, kind) == 0)
            return model;
    }
    return NULL;
}

/* ---- Importances ----------------------------------------------------------------------------- */

struct importance {
    const char *name;
    double share;
};

static int by_share(const void *a, const void *b)
{
    const struct importance *first = a, *second = b;
    if (first->share != second->share)
        return first->share > second->share ? -1 : 1;
    return strcmp(first->name, second->name);
}

/* Read them, greatest first. Returns their number. */
static size_t read_importances(const json_t *chosen,
                               struct importance importances[PAT_MODEL_FEATURES_MAX])
{
    size_t count = 0;
    const char *name;
    json_t *value;
    json_t *object = json_object_get(chosen, "importances");
    json_object_foreach(object, name, value)
    {
        if (count < PAT_MODEL_FEATURES_MAX && json_is_number(value))
            importances[count++] = (struct importance){name, json_number_value(value)};
    }
    qsort(importances, count, sizeof *importances, by_share);
    return count;
}

static void show_importances(const json_t *chosen, pat_shown *shown, json_t *figures)
{
    enum { BARS = 15 };
    struct importance importances[PAT_MODEL_FEATURES_MAX];
    size_t count = read_importances(chosen, importances);
    if (count == 0)
        return;
    json_t *values = json_array(), *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        if (i < BARS)
            pat_show_next(shown, values,
                          json_pack("{s:s, s:f}", "name", importances[i].name, "share",
                                    importances[i].share));
        PAT_ROW(shown, rows, pat_json_text(importances[i].name),
                pat_words("%.1f %%", 100 * importances[i].share));
    }
    const struct importance *second = &importances[count > 1];
    json_t *alt = pat_words(
        "Bar chart of how much each of %zu features matters to the model: %s most "
        "(%.0f %%), then %s (%.0f %%).",
        count, importances[0].name, 100 * importances[0].share, second->name, 100 * second->share);
    json_t *figure =
        pat_show_figure(shown, figures, "importances", pat_words("What the model looks at"), alt,
                        json_pack("{s:s, s:o}", "kind", "importances", "values", values));
    if (count > BARS)
        pat_show(shown, figure, "caption",
                 pat_words("The first %d of %zu features; the table lists all.", BARS, count));
    pat_show_table(shown, figure, "table", json_pack("[s, s]", "feature", "share"), rows);
}

/* ---- Target errors --------------------------------------------------------------------------- */

static json_t *number_words(double value)
{
    return isnan(value) ? pat_words("–") : pat_words("%.4f", value);
}

static void show_errors(const json_t *description, const json_t *chosen, pat_shown *shown,
                        json_t *section)
{
    const json_t *held_out = json_object_get(json_object_get(chosen, "held_out"), "targets");
    const json_t *metrics = json_object_get(description, "metrics");
    const json_t *constant =
        json_object_get(json_object_get(metrics, "constant_predictor"), "held_out");
    json_t *rows = json_array();
    for (int t = 0; t < PAT_TARGET_COUNT && held_out != NULL; t++) {
        const char *name = pat_target_name(t);
        const json_t *errors = json_object_get(held_out, name);
        PAT_ROW(shown, rows, pat_words("%s", name), number_words(number_of(errors, "mse")),
                number_words(number_of(json_object_get(constant, name), "mse")),
                number_words(number_of(errors, "mae")), number_words(number_of(errors, "r2")));
    }
    if (held_out == NULL)
        json_decref(rows);
    else
        pat_show_table(
            shown, section, "errors",
            json_pack("[s, s, s, s, s]", "target", "MSE", "MSE of the mean", "MAE", "R²"), rows);
}

/* ---- In pixels ------------------------------------------------------------------------------- */

static const struct measure {
    const char *name, *title, *unit;
    int digits;
} measures[] = {
    {"psnr", "PSNR", " dB", 2},
    {"ssim", "SSIM", "", 4},
    {"similarity", "Similarity", "", 4},
};
enum { MEASURES = sizeof measures / sizeof *measures };

static const char *way_words(int way)
{
    static const char *const words[PAT_WAYS] = {
        [PAT_WAY_UNTOUCHED] = "untouched",
        [PAT_WAY_FIXED] = "best single setting",
        [PAT_WAY_PREDICTED] = "model",
        [PAT_WAY_ORACLE] = "oracle",
    };
    return words[way];
}

static const json_t *estimate_of(const json_t *pixels, int way, const char *measure)
{
    const json_t *ways = json_object_get(pixels, "ways");
    return json_object_get(json_object_get(ways, pat_way_name((pat_way)way)), measure);
}

static void show_measure(const json_t *pixels, const struct measure *measure, const char *prefix,
                         pat_shown *shown, json_t *figures)
{
    json_t *values = json_array();
    double value[PAT_WAYS];
    for (int way = 0; way < PAT_WAYS; way++) {
        const json_t *estimate = estimate_of(pixels, way, measure->name);
        value[way] = number_of(estimate, "value");
        pat_show_next(shown, values,
                      json_pack("{s:s, s:O?, s:O?, s:O?}", "way", way_words(way), "value",
                                json_object_get(estimate, "value"), "low",
                                json_object_get(estimate, "low"), "high",
                                json_object_get(estimate, "high")));
    }
    char id[64];
    snprintf(id, sizeof id, "%s-%s", prefix, measure->name);
    int digits = measure->digits;
    json_t *alt = pat_words("Mean %s with 95 %% intervals: untouched %.*f%s, best single setting "
                            "%.*f, model %.*f, oracle %.*f.",
                            measure->title, digits, value[PAT_WAY_UNTOUCHED], measure->unit, digits,
                            value[PAT_WAY_FIXED], digits, value[PAT_WAY_PREDICTED], digits,
                            value[PAT_WAY_ORACLE]);
    pat_show_figure(shown, figures, id, pat_words("%s", measure->title), alt,
                    json_pack("{s:s, s:s, s:s, s:o}", "kind", "ways", "title", measure->title,
                              "unit", measure->unit, "values", values));
}

static json_t *estimate_words(const json_t *estimate, int digits)
{
    return pat_words("%.*f (%.*f to %.*f)", digits, number_of(estimate, "value"), digits,
                     number_of(estimate, "low"), digits, number_of(estimate, "high"));
}

static void show_ways_table(const json_t *pixels, pat_shown *shown, json_t *worth)
{
    json_t *rows = json_array();
    for (int way = 0; way < PAT_WAYS; way++)
        PAT_ROW(shown, rows, pat_words("%s", way_words(way)),
                estimate_words(estimate_of(pixels, way, measures[0].name), measures[0].digits),
                estimate_words(estimate_of(pixels, way, measures[1].name), measures[1].digits),
                estimate_words(estimate_of(pixels, way, measures[2].name), measures[2].digits));
    pat_show_table(shown, worth, "table",
                   json_pack("[s, s, s, s]", "restored", "PSNR, dB", "SSIM", "similarity"), rows);
}

/* Whether the interval of a share is so wide that the share says nothing. */
static bool is_untold(const json_t *share)
{
    return !(number_of(share, "high") - number_of(share, "low") <= 2);
}

/* Whether the best single setting is to leave all images unchanged. */
static bool is_left_alone(const json_t *pixels)
{
    pat_setting fixed;
    return pat_fact_setting_read(json_object_get(pixels, "fixed_setting"), &fixed) &&
           pat_setting_is_idle(&fixed);
}

static json_t *share_words(const json_t *pixels)
{
    const json_t *captured = json_object_get(pixels, "captured");
    const json_t *share = json_object_get(captured, "similarity");
    double value = number_of(share, "value");
    if (isnan(value))
        return pat_words("The oracle gains nothing here, so there is nothing to capture.");
    if (is_untold(share))
        return pat_words("There are too few originals to tell what share of the oracle's gain the "
                         "model captures.");
    return pat_words(
        "The model captures %.1f %% of the similarity that the oracle gains over doing "
        "nothing (95 %% interval %.1f to %.1f %%); the best single setting for all "
        "captures %.1f %%.",
        100 * value, 100 * number_of(share, "low"), 100 * number_of(share, "high"),
        100 * number_of(json_object_get(captured, "fixed_similarity"), "value"));
}

/* of: "on the given pairs". */
static void show_key(const json_t *pixels, const char *of, pat_shown *shown)
{
    const json_t *share = json_object_get(json_object_get(pixels, "captured"), "similarity");
    double value = number_of(share, "value");
    if (isnan(value))
        return;
    json_t *note = is_untold(share) ? pat_words("too few originals to tell, %s", of)
                                    : pat_words("95 %% interval %.0f to %.0f %%, %s",
                                                100 * number_of(share, "low"),
                                                100 * number_of(share, "high"), of);
    pat_show_next(shown, json_object_get(shown->words, "key"),
                  json_pack("{s:o, s:s, s:o}", "value",
                            is_untold(share) ? pat_words("–") : pat_words("%.0f %%", 100 * value),
                            "label", "of the oracle's gain is captured by the model", "note",
                            note));
}

static json_t *counts_words(const json_t *pixels)
{
    size_t pairs = count_of(pixels, "pairs");
    return pat_words("%s %s of %s %s: %s made worse, %s left alone, %s flagged.",
                     pat_digits_of(pairs).text, PAT_PLURAL(pairs, "pair"),
                     pat_digits_of(count_of(pixels, "originals")).text,
                     PAT_PLURAL(count_of(pixels, "originals"), "original"),
                     pat_digits_of(count_of(pixels, "made_worse")).text,
                     pat_digits_of(count_of(pixels, "left_alone")).text,
                     pat_digits_of(count_of(pixels, "unlike")).text);
}

/* Add a warning to the list if the model is worse than leaving images alone. where:
 * on which images, as in the title of their section. */
static void show_harm(const json_t *pixels, const char *where, pat_shown *shown, json_t *list)
{
    double gain =
        number_of(json_object_get(json_object_get(pixels, "gain"), "similarity"), "value");
    size_t pairs = count_of(pixels, "pairs");
    if (!(gain < 0))
        return;
    pat_show_next(shown, list,
                  pat_words("%s, the model is worse on average than leaving images alone: %s of %s "
                            "%s made worse. Use more originals, and look at what the model "
                            "does with 'patina restore --sheet' before you rely on it.",
                            where, pat_digits_of(count_of(pixels, "made_worse")).text,
                            pat_digits_of(pairs).text, PAT_PLURAL(pairs, "pair")));
}

/* Show how good the restorations are. pixels: as from pat_evaluation_json(). prefix: of the chart
 * names. */
static void show_worth(const json_t *pixels, const char *prefix, const char *title,
                       const char *note, pat_shown *shown, json_t *section)
{
    if (!json_is_object(json_object_get(pixels, "ways")))
        return;
    json_t *figures = json_array(), *sentences = json_array();
    for (int m = 0; m < MEASURES; m++)
        show_measure(pixels, &measures[m], prefix, shown, figures);
    pat_show_next(shown, sentences, share_words(pixels));
    pat_show_next(shown, sentences, counts_words(pixels));
    if (is_left_alone(pixels))
        pat_show_next(shown, sentences,
                      pat_words("The best single setting is to leave all images unchanged."));
    json_t *worth = json_pack("{s:s, s:s, s:[], s:o, s:o}", "title", title, "note", note, "harm",
                              "sentences", sentences, "figures", figures);
    show_harm(pixels, title, shown, json_object_get(worth, "harm"));
    show_ways_table(pixels, shown, worth);
    pat_show_next(shown, json_object_get(section, "worth"), worth);
}

/* How far to trust the numbers for the given pairs. */
static const char *seen_words(const pat_report *report)
{
    static const char *const words[] = {
        [PAT_TRAINED_UNTOLD] = "The model file does not say what it was trained on. If it was "
                               "trained on these pairs, these numbers are too optimistic.",
        [PAT_TRAINED_HERE] =
            "The model was trained on this data set. Except for the originals held out, these "
            "numbers show how well it remembers its pairs, not how well it does on others.",
        [PAT_TRAINED_ELSEWHERE] = "The model was trained on another data set. If the two share "
                                  "originals, these numbers are too optimistic.",
    };
    return words[pat_report_trained_on(report)];
}

/* judged: training has scored the model on originals that it had not seen, and the key figure is
 * for those; otherwise it is for the given pairs. */
static pat_status show_evaluation(const pat_report *report, bool judged, pat_shown *shown,
                                  json_t *section, pat_error *error)
{
    json_t *pixels = pat_evaluation_value(&report->evaluation);
    if (pixels == NULL)
        return pat_fail_memory(error, "the model evaluation");
    if (!judged)
        show_key(pixels,
                 pat_report_trained_on(report) == PAT_TRAINED_HERE
                     ? "on the pairs that it was trained on"
                     : "on the given pairs",
                 shown);
    show_worth(pixels, "pairs", "On the given pairs", seen_words(report), shown, section);
    json_decref(pixels);
    return PAT_OK;
}

static json_t *model_words(const json_t *description)
{
    const json_t *metrics = json_object_get(description, "metrics");
    size_t rows = count_of(metrics, "rows"), held_out = count_of(metrics, "held_out_rows");
    size_t originals = count_of(metrics, "originals"),
           others = count_of(metrics, "held_out_originals");
    if (rows == 0 || held_out > rows || others > originals)
        return pat_words("A %s model with %zu features.", text_of(description, "kind"),
                         json_array_size(json_object_get(description, "features")));
    if (json_is_true(json_object_get(json_object_get(description, "provenance"), "use_all")))
        return pat_words(
            "A %s model with %zu features, trained on all %s %s (from %s %s). Its test results are "
            "those of the same kind of model trained without the originals held out: %s %s from %s "
            "%s.",
            text_of(description, "kind"), json_array_size(json_object_get(description, "features")),
            pat_digits_of(rows).text, PAT_PLURAL(rows, "row"), pat_digits_of(originals).text,
            PAT_PLURAL(originals, "original"), pat_digits_of(held_out).text,
            PAT_PLURAL(held_out, "row"), pat_digits_of(others).text,
            PAT_PLURAL(others, "original"));
    return pat_words(
        "A %s model with %zu features, trained on %s of %s %s (from %s of %s %s); held "
        "out: %s %s from %s %s.",
        text_of(description, "kind"), json_array_size(json_object_get(description, "features")),
        pat_digits_of(rows - held_out).text, pat_digits_of(rows).text, PAT_PLURAL(rows, "row"),
        pat_digits_of(originals - others).text, pat_digits_of(originals).text,
        PAT_PLURAL(originals, "original"), pat_digits_of(held_out).text,
        PAT_PLURAL(held_out, "row"), pat_digits_of(others).text, PAT_PLURAL(others, "original"));
}

pat_trained_on pat_report_trained_on(const pat_report *report)
{
    const char *trained = json_string_value(
        json_object_get(json_object_get(report->model, "provenance"), "data_sha256"));
    if (trained == NULL)
        return PAT_TRAINED_UNTOLD;
    return strcmp(trained, report->data_digest) == 0 ? PAT_TRAINED_HERE : PAT_TRAINED_ELSEWHERE;
}

pat_status pat_report_model(const pat_report *report, pat_shown *shown, pat_error *error)
{
    const json_t *description = report->model;
    if (description == NULL)
        return PAT_OK;
    const json_t *chosen = chosen_of(description);
    json_t *figures = json_array();
    json_t *section = json_pack("{s:o, s:[], s:o}", "sentence", model_words(description), "worth",
                                "figures", figures);
    pat_show(shown, shown->words, "model", section);
    show_importances(chosen, shown, figures);
    show_errors(description, chosen, shown, section);
    pat_status status = PAT_OK;
    const json_t *held_out = json_object_get(json_object_get(chosen, "held_out"), "pixels");
    const json_t *cross = json_object_get(json_object_get(chosen, "cross_validation"), "pixels");
    if (json_is_object(held_out))
        show_key(held_out, "on originals held out from training", shown);
    else if (json_is_object(cross))
        show_key(cross, "cross-validated in training", shown);
    if (report->evaluated)
        status = show_evaluation(report, json_is_object(held_out) || json_is_object(cross), shown,
                                 section, error);
    static const char held_out_title[] = "On originals held out from training";
    show_harm(held_out, held_out_title, shown, json_object_get(shown->words, "bad"));
    show_worth(held_out, "held-out", held_out_title,
               "From the model file. No model was trained on these originals, and they played no "
               "part in choosing its kind.",
               shown, section);
    show_worth(cross, "cross", "Cross-validated in training",
               "From the model file. Each row was predicted by a model that was not trained on "
               "its original.",
               shown, section);
    return status;
}
