/* The page that explains one row: fills in explain.html from an explanation. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "patina/explain.h"
#include "patina/version.h"
#include "report/data_uri.h"
#include "report/page.h"
#include "report/words.h"
#include "run/outputs.h"

PAT_EMBED(pat_explain_template, "report/explain.html");
PAT_EMBED(pat_explain_style, "report/explain.css");

extern const char pat_explain_template[], pat_explain_style[];

/* A page being built. */
struct page {
    const pat_explanation *explanation;
    const char *data; /* the table's path */
    pat_shown shown;
};

static void say(struct page *page, json_t *array, json_t *text)
{
    pat_show_next(&page->shown, array, text);
}

/* A score as text; below, a difference with its sign. */
static json_t *score_text(double value, int digits)
{
    return isinf(value) ? json_string("∞") : pat_words("%.*f", digits, value);
}

static json_t *difference_text(double value, int digits)
{
    if (value != 0 && fabs(value) < 0.5 * pow(10, -digits))
        return pat_words("%+.0e", value); /* never "-0.0000" */
    return isfinite(value) ? pat_words("%+.*f", digits, value) : json_string("–");
}

static const pat_scores *best_of(const pat_explanation *explanation)
{
    return &explanation->trials[explanation->best];
}

static bool has_runner_up(const pat_explanation *explanation)
{
    return explanation->runner_up < explanation->settings;
}

static bool all_harm(const pat_explanation *explanation)
{
    return best_of(explanation)->similarity < explanation->untouched.similarity;
}

static pat_setting_words setting_words(const pat_explanation *explanation, size_t index)
{
    pat_setting setting = pat_grid_setting(&explanation->grid, index);
    return pat_words_of(&setting);
}

/* ---- The verdict ----------------------------------------------------------------------------- */

static json_t *headline_of_rows(const pat_explanation *explanation)
{
    const pat_explained_row *row = &explanation->row[0];
    if (explanation->matching == 0)
        return json_string("This pair has no row, but does not fail now");
    if (explanation->matching > 1)
        return pat_words("%zu rows have this name; %s reproduced", explanation->matching,
                         explanation->reproduced ? "all are" : "not all are");
    if (explanation->reproduced)
        return pat_words("Row %zu is reproduced to the last digit", row->number);
    return pat_words("Row %zu is not reproduced: %zu of its %zu cells differ", row->number,
                     row->differing, row->cell_count);
}

static json_t *headline(const pat_explanation *explanation)
{
    if (!explanation->fails)
        return headline_of_rows(explanation);
    return json_string(explanation->reproduced
                           ? "This pair has no row: it fails, as it did in the search"
                           : "This pair fails now, so its row cannot be rebuilt");
}

static json_t *failure_text(const char *when, const pat_failure *failure)
{
    return pat_words("%s: %s (%s, %s)", when, failure->message, failure->stage,
                     pat_status_name(failure->reason));
}

static void tell_choice(struct page *page, json_t *sentences)
{
    const pat_explanation *explanation = page->explanation;
    const pat_scores *best = best_of(explanation), *untouched = &explanation->untouched;
    pat_setting_words words = setting_words(explanation, explanation->best);
    if (all_harm(explanation))
        say(page, sentences,
            pat_words("Every setting makes it worse; the least bad of %zu: %s.",
                      explanation->settings, words.text));
    else
        say(page, sentences,
            pat_words("The best of %zu settings: %s.", explanation->settings, words.text));
    if (explanation->identical) {
        say(page, sentences,
            json_string("The damaged image is identical to the original: no setting improves it."));
        return;
    }
    json_t *psnr = difference_text(best->psnr - untouched->psnr, 2);
    json_t *ssim = difference_text(best->ssim - untouched->ssim, 4);
    say(page, sentences,
        pat_words("Compared with doing nothing: %s dB PSNR and %s SSIM.", json_string_value(psnr),
                  json_string_value(ssim)));
    json_decref(psnr);
    json_decref(ssim);
}

/* The color of the verdict's box. */
static const char *weight_of(const pat_explanation *explanation)
{
    if (!explanation->reproduced || explanation->fails)
        return "bad";
    return all_harm(explanation) ? "neutral" : "good";
}

static void tell_verdict(struct page *page)
{
    const pat_explanation *explanation = page->explanation;
    json_t *words = page->shown.words, *sentences = json_array(), *reasons = json_array();
    if (explanation->reproduced && !explanation->fails)
        say(page, sentences,
            pat_words("Recomputed from the two images, all %zu cells except the name match %s "
                      "byte for byte.",
                      explanation->row[0].cell_count - 1, page->data));
    if (!explanation->fails)
        tell_choice(page, sentences);
    if (explanation->failed_before)
        say(page, sentences, failure_text("During the search", &explanation->recorded));
    if (explanation->fails)
        say(page, sentences, failure_text("Now", &explanation->failure));
    for (size_t i = 0; i < explanation->reason_count; i++)
        say(page, reasons, pat_json_text(explanation->reason[i]));
    pat_show(&page->shown, words, "weight", json_string(weight_of(explanation)));
    pat_show(&page->shown, words, "headline", headline(explanation));
    pat_show(&page->shown, words, "sentences", sentences);
    pat_show(&page->shown, words, "reasons",
             explanation->reason_count == 0 ? json_null() : json_pack("{s:O}", "list", reasons));
    json_decref(reasons);
}

static void add_key(struct page *page, json_t *figures, const char *label, json_t *value,
                    json_t *note)
{
    pat_show_next(&page->shown, figures,
                  json_pack("{s:s, s:o, s:o}", "label", label, "value", value, "note", note));
}

static void tell_key(struct page *page)
{
    const pat_explanation *explanation = page->explanation;
    json_t *figures = json_array();
    const pat_scores *best = best_of(explanation), *untouched = &explanation->untouched;
    add_key(page, figures, "PSNR, restored",
            isinf(best->psnr) ? json_string("∞") : pat_words("%.2f dB", best->psnr),
            isinf(untouched->psnr) ? json_string("doing nothing: ∞")
                                   : pat_words("doing nothing: %.2f dB", untouched->psnr));
    add_key(page, figures, "SSIM, restored", score_text(best->ssim, 4),
            pat_words("doing nothing: %.4f", untouched->ssim));
    add_key(page, figures, "gain in similarity",
            difference_text(best->similarity - untouched->similarity, 4),
            json_string("over doing nothing"));
    if (has_runner_up(explanation))
        add_key(page, figures, "margin in similarity",
                difference_text(
                    best->similarity - explanation->trials[explanation->runner_up].similarity, 4),
                json_string(explanation->tied > 0 ? "a tie" : "over the runner-up"));
    pat_show(&page->shown, page->shown.words, "key", json_pack("{s:o}", "figures", figures));
}

/* ---- Images ---------------------------------------------------------------------------------- */

static json_t *image_value(const pat_explained_strip *strip, int which, const char *name)
{
    static const char *const what[] = {"damaged", "restored", "original"};
    pat_buffer uri = {0};
    pat_data_uri_append(&uri, "image/jpeg", strip->picture[which].bytes,
                        strip->picture[which].size);
    json_t *value = uri.failed ? NULL
                               : json_pack("{s:s%, s:o, s:s, s:o, s:o}", "uri", uri.data, uri.size,
                                           "alt", pat_words("%s, %s", name, what[which]), "what",
                                           what[which], "width", pat_words("%d", strip->width),
                                           "height", pat_words("%d", strip->height));
    pat_buffer_release(&uri);
    return value;
}

static void show_strip(struct page *page, json_t *list, const pat_explained_strip *strip,
                       const char *class, json_t *caption)
{
    json_t *pictures = json_array();
    for (int i = 0; i < 3; i++)
        pat_show_next(&page->shown, pictures, image_value(strip, i, page->explanation->filename));
    pat_show_next(
        &page->shown, list,
        json_pack("{s:s, s:o, s:o}", "class", class, "caption", caption, "pictures", pictures));
}

static void show_strips(struct page *page)
{
    const pat_explained_strip *whole = &page->explanation->whole;
    const pat_explained_strip *middle = &page->explanation->middle;
    if (whole->width == 0)
        return;
    json_t *list = json_array();
    show_strip(page, list, whole, "whole",
               pat_words("The whole image, %d × %d pixels%s.", whole->full_width,
                         whole->full_height,
                         whole->width < whole->full_width ? ", scaled down" : ""));
    if (middle->width > 0 &&
        (middle->width < middle->full_width || middle->height < middle->full_height))
        show_strip(page, list, middle, "exact",
                   json_string("Its center, pixel by pixel: sharpening shows only at full size."));
    pat_show(&page->shown, page->shown.words, "strips", json_pack("{s:o}", "list", list));
}

/* ---- The surface ----------------------------------------------------------------------------- */

/* Green: better than doing nothing; red: worse. Text is readable on every shade, in light and dark
 * mode. */
static json_t *shade_text(double shade)
{
    if (shade == 0)
        return json_string("transparent");
    if (shade > 0)
        return pat_words("rgba(63,125,107,%.3f)", 0.08 + 0.62 * shade);
    return pat_words("rgba(176,84,58,%.3f)", 0.08 - 0.52 * shade);
}

static json_t *compared_value(const char *what, const pat_scores *scores, const char *setting)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:s}", "what", what, "similarity",
                     score_text(scores->similarity, 6), "psnr", score_text(scores->psnr, 4), "ssim",
                     score_text(scores->ssim, 6), "setting", setting);
}

static json_t *margin_value(const char *what, const pat_scores *best, const pat_scores *other)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:s}", "what", what, "similarity",
                     difference_text(best->similarity - other->similarity, 6), "psnr",
                     difference_text(best->psnr - other->psnr, 4), "ssim",
                     difference_text(best->ssim - other->ssim, 6), "setting", "");
}

static json_t *compared(struct page *page)
{
    const pat_explanation *explanation = page->explanation;
    const pat_scores *best = best_of(explanation), *untouched = &explanation->untouched;
    json_t *rows = json_array();
    say(page, rows,
        compared_value("chosen", best, setting_words(explanation, explanation->best).text));
    if (has_runner_up(explanation)) {
        const pat_scores *runner_up = &explanation->trials[explanation->runner_up];
        say(page, rows,
            compared_value("runner-up", runner_up,
                           setting_words(explanation, explanation->runner_up).text));
        say(page, rows, margin_value("margin over runner-up", best, runner_up));
    }
    if (explanation->model.given)
        say(page, rows,
            compared_value("the model", &explanation->model.scores,
                           pat_words_of(&explanation->model.setting).text));
    say(page, rows, compared_value("doing nothing", untouched, ""));
    say(page, rows, margin_value("gain over doing nothing", best, untouched));
    return rows;
}

static json_t *remarks(struct page *page)
{
    const pat_explanation *explanation = page->explanation;
    const pat_explained_model *model = &explanation->model;
    json_t *texts = json_array();
    bool acts = model->given && !pat_setting_is_idle(&model->setting);
    if (model->given && !acts)
        say(page, texts, json_string("The model leaves the image alone."));
    if (acts && !isnan(model->gain))
        say(page, texts,
            pat_words("The model expects a gain in similarity of %+.4f.", model->gain));
    if (acts && !isnan(model->harm))
        say(page, texts,
            pat_words("The probability that its restoration is worse than the image is %.1f %%.",
                      100 * model->harm));
    if (acts && model->flagged)
        say(page, texts, json_string("Look at its result: it is flagged."));
    if (explanation->tied > 0)
        say(page, texts,
            pat_words("A tie: %zu other %s exactly as good; the first one in the grid was chosen.",
                      explanation->tied, explanation->tied == 1 ? "setting is" : "settings are"));
    else if (has_runner_up(explanation) &&
             best_of(explanation)->similarity -
                     explanation->trials[explanation->runner_up].similarity <
                 PAT_NEAR_TIE)
        say(page, texts, json_string("Nearly a tie: a margin this small is due to chance."));
    return texts;
}

static json_t *cell_value(const pat_explanation *explanation, size_t index)
{
    bool best = pat_explanation_is_best(explanation, index);
    bool runner_up = index == explanation->runner_up && !best;
    pat_setting setting = pat_grid_setting(&explanation->grid, index);
    pat_setting chosen = pat_grid_setting(&explanation->grid, explanation->best);
    bool same = pat_setting_same_effect(&setting, &chosen);
    const char *mark = NULL;
    if (best)
        mark = index == explanation->best ? "best" : same ? "the same" : "as good";
    else if (runner_up)
        mark = "second";
    return json_pack("{s:o, s:s, s:o, s:o}", "shade",
                     shade_text(pat_explanation_shade(explanation, index)), "class",
                     best        ? "best"
                     : runner_up ? "runner"
                                 : "",
                     "similarity", score_text(explanation->trials[index].similarity, 4), "mark",
                     mark == NULL ? json_null() : json_string(mark));
}

/* The sigma of a row, with further numbers of the filter that are not the default: "1.5, range 40".
 */
static json_t *row_name(const pat_setting *setting)
{
    char text[PAT_SETTING_TEXT_SIZE] = "–";
    if (pat_setting_reads(setting, PAT_AXIS_SIGMA))
        snprintf(text, sizeof text, "%g", setting->value[PAT_AXIS_SIGMA]);
    for (pat_axis axis = PAT_AXIS_STRENGTH + 1; axis < PAT_AXES; axis++) {
        size_t length = strlen(text);
        if (pat_setting_reads(setting, axis) && pat_setting_shows(setting, axis))
            snprintf(text + length, sizeof text - length, ", %s %g", pat_axis_of(axis)->key,
                     setting->value[axis]);
    }
    return pat_words("%s", text);
}

/* The settings in grid order: a part for each choice of operators, with a row for each combination
 * of their other numbers and a cell for each strength. An axis that the operators do not read has
 * one value. */
static json_t *parts_of_grid(struct page *page)
{
    const pat_explanation *explanation = page->explanation;
    const pat_grid *grid = &explanation->grid;
    json_t *parts = json_array(), *rows = NULL, *cells = NULL;
    int last[PAT_AXES], place[PAT_AXES];
    for (size_t i = 0; i < explanation->settings; i++) {
        const pat_setting setting = pat_grid_setting(grid, i);
        size_t step = pat_grid_step(grid, i, PAT_AXIS_STRENGTH);
        pat_grid_place(grid, i, place);
        if (place[PAT_AXIS_STRENGTH] != 0)
            continue;
        bool new_part = i == 0 || place[PAT_AXIS_COLOR] != last[PAT_AXIS_COLOR] ||
                        place[PAT_AXIS_FILTER] != last[PAT_AXIS_FILTER];
        if (new_part) {
            rows = json_array();
            say(page, parts,
                json_pack("{s:o, s:s, s:O}", "span",
                          pat_words("%d", grid->count[PAT_AXIS_STRENGTH] + 1), "color",
                          pat_choice_words(&setting).text, "rows", rows));
            json_decref(rows); /* the part owns it */
        }
        cells = json_array();
        say(page, rows, json_pack("{s:o, s:O}", "sigma", row_name(&setting), "cells", cells));
        json_decref(cells); /* the row owns them */
        for (size_t k = 0; k < (step == 0 ? 1 : (size_t)grid->count[PAT_AXIS_STRENGTH]); k++)
            say(page, cells, cell_value(explanation, i + k * step));
        memcpy(last, place, sizeof last);
    }
    return parts;
}

static json_t *scale(struct page *page)
{
    const pat_explanation *explanation = page->explanation;
    json_t *list = json_array();
    const struct {
        const char *what;
        double shade;
        const pat_scores *scores;
    } marks[] = {
        {"the worst", pat_explanation_shade(explanation, explanation->worst),
         &explanation->trials[explanation->worst]},
        {"doing nothing", 0, &explanation->untouched},
        {all_harm(explanation) ? "the least bad" : "the best",
         pat_explanation_shade(explanation, explanation->best), best_of(explanation)},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        json_t *text = isinf(marks[i].scores->similarity)
                           ? pat_words("%s: ∞", marks[i].what)
                           : pat_words("%s: %.4f", marks[i].what, marks[i].scores->similarity);
        say(page, list, json_pack("{s:o, s:o}", "shade", shade_text(marks[i].shade), "text", text));
    }
    return list;
}

static json_t *grid_text(const pat_explanation *explanation)
{
    static const char *const origins[] = {
        [PAT_EXPLAINED_GRID_GIVEN] = "as given",
        [PAT_EXPLAINED_GRID_RECORDED] = "from the run record",
        [PAT_EXPLAINED_GRID_DEFAULT] = "the default, which contains all settings in the table",
        [PAT_EXPLAINED_GRID_OBSERVED] = "the values in the table; more may have been tried",
    };
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid_format(&explanation->grid, text);
    return pat_words("Shades rank the gains (green) and the losses (red), so that small "
                     "differences are visible. The grid: %s (%s).",
                     text, origins[explanation->grid_origin]);
}

static void show_surface(struct page *page)
{
    const pat_explanation *explanation = page->explanation;
    const pat_grid *grid = &explanation->grid;
    json_t *strengths = json_array();
    for (int i = 0; i < grid->count[PAT_AXIS_STRENGTH]; i++)
        say(page, strengths, pat_words("%g", grid->value[PAT_AXIS_STRENGTH][i]));
    pat_show(&page->shown, page->shown.words, "surface",
             json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "compared", compared(page), "remarks",
                       remarks(page), "settings", pat_words("%zu", explanation->settings),
                       "strengths", strengths, "colors", parts_of_grid(page), "scale", scale(page),
                       "grid", grid_text(explanation)));
}

/* ---- Features -------------------------------------------------------------------------------- */

/* The position of a value between minimum and maximum, 0..100. */
static double position(const pat_feature_place *place, double value)
{
    double at = 100 * (value - place->min) / (place->max - place->min);
    return at < 0 ? 0 : at > 100 ? 100 : at;
}

static json_t *plot_value(const pat_feature_place *place)
{
    if (!(place->max > place->min) || !isfinite(place->value))
        return json_null();
    double lower = position(place, place->lower_quartile);
    return json_pack("{s:o, s:o, s:o, s:o}", "lower", pat_words("%.2f", lower), "half",
                     pat_words("%.2f", position(place, place->upper_quartile) - lower), "median",
                     pat_words("%.2f", position(place, place->median) - 0.3), "value",
                     pat_words("%.2f", position(place, place->value) - 0.8));
}

static json_t *place_value(const pat_feature_place *place)
{
    double percent = pat_feature_place_percent(place);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "name", place->name, "value",
                     pat_words("%.5g", place->value), "percent",
                     isnan(percent) ? json_string("–") : pat_words("%.0f %%", percent), "plot",
                     plot_value(place), "min", pat_words("%.5g", place->min), "middle",
                     pat_words("%.5g", place->median), "max", pat_words("%.5g", place->max));
}

static void show_features(struct page *page)
{
    const pat_explanation *explanation = page->explanation;
    const pat_feature_place *first = &explanation->place[0];
    json_t *list = json_array();
    for (int i = 0; i < explanation->place_count; i++)
        say(page, list, place_value(&explanation->place[i]));
    json_t *note = pat_words(
        "Percentile: the share of the %s rows with a smaller value. The box spans the middle half "
        "of the rows; the thin mark is their median, the green mark this image.%s",
        pat_digits_of(explanation->rows).text,
        first->kept < first->count ? " Box and median are from an evenly spaced sample of the rows."
                                   : "");
    pat_show(&page->shown, page->shown.words, "features",
             json_pack("{s:o, s:o}", "list", list, "note", note));
}

/* ---- Rows and files -------------------------------------------------------------------------- */

enum { CELL_SHOWN = 120 };

/* A cell of the table, cut off because it may have any length. */
static json_t *cell_text(const char *text)
{
    return strlen(text) <= CELL_SHOWN ? pat_json_text(text) : pat_words("%.*s…", CELL_SHOWN, text);
}

static const char *verdict_words(pat_cell_verdict verdict)
{
    static const char *const words[PAT_CELL_VERDICTS] = {
        [PAT_CELL_SAME] = "",
        [PAT_CELL_REWRITTEN] = "the same number in another form",
        [PAT_CELL_ROUNDED] = "fewer digits",
        [PAT_CELL_OTHER] = "another value",
        [PAT_CELL_MISSING] = "no such column",
    };
    return words[verdict];
}

static json_t *row_value(struct page *page, const pat_explained_row *row)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < row->cell_count; i++) {
        const pat_explained_cell *cell = &row->cell[i];
        say(page, cells,
            json_pack("{s:s, s:o, s:o, s:o, s:s}", "class",
                      cell->verdict == PAT_CELL_SAME ? "" : "differs", "column",
                      pat_json_text(cell->column), "table", cell_text(cell->table), "rebuilt",
                      cell_text(cell->rebuilt), "verdict", verdict_words(cell->verdict)));
    }
    return json_pack("{s:o, s:o, s:o}", "id", pat_words("row-%zu", row->number), "headline",
                     pat_words("Row %zu in the table and rebuilt", row->number), "cells", cells);
}

static json_t *file_value(const char *what, const pat_explained_file *file)
{
    json_t *note =
        file->sha256[0] == '\0'
            ? pat_words("cannot be read (%s)",
                        file->error_number != 0 ? strerror(file->error_number) : "not a file")
            : pat_words("%s bytes, %s, SHA-256:", pat_digits_of(file->size).text, file->modified);
    return json_pack("{s:s, s:o, s:o, s:s}", "what", what, "path", pat_json_text(file->path),
                     "note", note, "sha256", file->sha256);
}

static void show_rows_and_files(struct page *page)
{
    const pat_explanation *explanation = page->explanation;
    json_t *rows = json_array(), *files = json_array();
    for (size_t i = 0; i < explanation->row_count && !explanation->fails; i++)
        say(page, rows, row_value(page, &explanation->row[i]));
    say(page, files, file_value("damaged", &explanation->damaged));
    say(page, files, file_value("original", &explanation->undamaged));
    pat_show(&page->shown, page->shown.words, "rows", rows);
    pat_show(&page->shown, page->shown.words, "files", files);
    pat_show(&page->shown, page->shown.words, "made",
             explanation->has_record
                 ? pat_words("Made by patina %s; the data set by patina %s, %s.", pat_version(),
                             explanation->record_version, explanation->record_finished)
                 : pat_words("Made by patina %s.", pat_version()));
}

/* ---- The page -------------------------------------------------------------------------------- */

static pat_status make(struct page *page, pat_buffer *out, pat_error *error)
{
    pat_show(&page->shown, page->shown.words, "title", pat_json_text(page->explanation->filename));
    tell_verdict(page);
    if (!page->explanation->fails) {
        tell_key(page);
        show_strips(page);
        show_surface(page);
        show_features(page);
    }
    show_rows_and_files(page);
    if (page->shown.failed)
        return pat_fail_memory(error, "a page");
    const pat_part part = {"explain_style", pat_explain_style, strlen(pat_explain_style)};
    const pat_page whole = {
        .template_text = pat_explain_template,
        .template_size = strlen(pat_explain_template),
        .parts = &part,
        .part_count = 1,
        .data = page->shown.words,
    };
    return pat_page_make(&whole, out, error);
}

/* The permissions that all images of the page have. */
static unsigned mode_of(const pat_explanation *explanation)
{
    const pat_explained_strip *const strips[] = {&explanation->whole, &explanation->middle};
    unsigned mode = PAT_FILE_PUBLIC;
    for (int i = 0; i < 2; i++)
        if (strips[i]->width > 0)
            mode &= strips[i]->mode;
    return mode;
}

static pat_status write_page(const pat_buffer *page, unsigned mode, const char *path, bool replace,
                             pat_error *error)
{
    pat_file file = {0};
    pat_status status = pat_file_open_private(&file, path, replace, error);
    if (status == PAT_OK)
        status = pat_page_write(&file, mode, page, error);
    pat_file_abandon(&file, false);
    return status;
}

pat_status pat_explain_check_output(const pat_explain_options *options, const char *path,
                                    pat_error *error)
{
    const pat_input_file inputs[] = {{options->data, "the data set"},
                                     {options->manifest, "the manifest"}};
    pat_status status = pat_check_output_name(path, "page", inputs, 2, error);
    if (status == PAT_OK)
        status = pat_check_output_spares(path, options->pairs, error);
    return status == PAT_OK ? pat_check_free(path, options->run.force, error) : status;
}

pat_status pat_explanation_write(const pat_explanation *explanation,
                                 const pat_explain_options *options, const char *path,
                                 pat_error *error)
{
    struct page page = {explanation, options->data, {.words = json_object()}};
    pat_buffer out = {0};
    page.shown.failed = page.shown.words == NULL;
    pat_status status = pat_explain_check_output(options, path, error);
    if (status == PAT_OK)
        status = make(&page, &out, error);
    if (status == PAT_OK)
        status = write_page(&out, mode_of(explanation), path, options->run.force, error);
    pat_buffer_release(&out);
    json_decref(page.shown.words);
    return status;
}
