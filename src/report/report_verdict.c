/* The verdict: what can be learned from the data, in words. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "inspect/rows.h"
#include "report/report.h"

enum { ITEMS_SHOWN = 20 };

static bool is_few(const pat_inspection *inspection)
{
    return inspection->bad == 0 && inspection->originals < PAT_ORIGINALS_FEW;
}

static json_t *headline(const pat_inspection *inspection)
{
    size_t rows = inspection->rows, originals = inspection->originals;
    if (inspection->bad > 0)
        return pat_words("Not fit to learn from as it is");
    if (rows == 1)
        return pat_words("No problem found, but 1 row is too few to learn from: use hundreds");
    if (is_few(inspection))
        return pat_words("No problem found, but only %zu %s: use hundreds", originals,
                         originals == rows ? "rows"
                         : originals == 1  ? "original"
                                           : "originals");
    return pat_words("Fit to learn from%s",
                     inspection->finding_count > 0 ? ", with reservations" : "");
}

static json_t *gain_sentence(const pat_inspection *in)
{
    if (!in->has_trials)
        return pat_words("The gain over doing nothing is unknown: it requires the scores of all "
                         "settings (--trials-from).");
    if (in->labels.scored == 0)
        return pat_words(
            "Every damaged image is identical to its original: there is nothing to gain.");
    return pat_words("On average, the best setting of each pair gains %.2f dB of PSNR and %.4f of "
                     "SSIM over doing nothing; half of the pairs gain less than %.2f dB.",
                     in->labels.mean_gain_db, in->labels.mean_gain_ssim, in->gain_db.median);
}

static json_t *harm_sentence(const pat_inspection *in)
{
    size_t harmed = in->labels.harmed;
    if (harmed == 0)
        return pat_words("No pair is made worse by every setting.");
    return pat_words("%s of %s %s (%s) %s made worse by every setting.", pat_digits_of(harmed).text,
                     pat_digits_of(in->labels.scored).text, PAT_PLURAL(in->labels.scored, "pair"),
                     pat_percent_of(harmed, in->labels.scored).text, harmed == 1 ? "is" : "are");
}

static json_t *near_tie_sentence(const pat_inspection *in)
{
    return pat_words("In %s of %s %s (%s), the best two settings are less than 0.01 dB apart: "
                     "chance decides between them.",
                     pat_digits_of(in->near_ties).text, pat_digits_of(in->margin.count).text,
                     PAT_PLURAL(in->margin.count, "pair"),
                     pat_percent_of(in->near_ties, in->margin.count).text);
}

static size_t count_values_that_occur(const pat_parameter_report *parameter)
{
    size_t count = 0;
    for (size_t i = 0; i < parameter->value_count; i++)
        count += parameter->values[i].count > 0;
    return count;
}

/* How often each color correction is the best. */
static json_t *color_sentence(const pat_inspection *in)
{
    const pat_parameter_report *color = &in->parameter[0];
    char text[160];
    size_t length = 0;
    for (size_t i = 0; i < color->value_count && length < sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s in %s",
                                   i > 0 ? ", " : "", pat_color_words(color->values[i].value),
                                   pat_percent_of(color->values[i].count, in->rows).text);
    return count_values_that_occur(color) < 2
               ? pat_words("The best color correction is the same in all rows: there is nothing to "
                           "learn about it.")
               : pat_words("The best color correction varies: %s.", text);
}

static json_t *number_sentence(const pat_parameter_report *parameter, const char *name)
{
    size_t count = count_values_that_occur(parameter);
    return count < 2 ? pat_words("The best %s is the same in all rows: there is nothing to learn "
                                 "about it.",
                                 name)
                     : pat_words("The best %s varies: %zu values occur.", name, count);
}

static void show_sentences(const pat_inspection *in, pat_shown *shown)
{
    json_t *sentences = json_array();
    pat_show_next(shown, sentences, gain_sentence(in));
    if (in->has_trials) {
        pat_show_next(shown, sentences, harm_sentence(in));
        pat_show_next(shown, sentences, near_tie_sentence(in));
    }
    pat_show_next(shown, sentences, color_sentence(in));
    pat_show_next(shown, sentences, number_sentence(&in->parameter[2], "sigma"));
    pat_show_next(shown, sentences, number_sentence(&in->parameter[3], "strength"));
    pat_show(shown, shown->words, "sentences", sentences);
}

/* ---- Key figures ----------------------------------------------------------------------------- */

static void show_key(pat_shown *shown, json_t *key, json_t *value, const char *label, json_t *note)
{
    pat_show_next(shown, key,
                  json_pack("{s:o, s:s, s:o}", "value", value, "label", label, "note", note));
}

/* "2 color × 4 sigma × 5 strength" */
static json_t *grid_words(const pat_grid *grid)
{
    char text[160] = "";
    size_t length = 0;
    for (pat_axis axis = 0; axis < PAT_AXES && length < sizeof text; axis++)
        if (pat_grid_shows(grid, axis))
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%d %s",
                                       length == 0 ? "" : " × ", grid->count[axis],
                                       pat_axis_of(axis)->key);
    return pat_words("%s", text);
}

static void show_keys(const pat_report *report, pat_shown *shown)
{
    const pat_inspection *in = &report->inspection;
    const pat_statistics *psnr = &in->column[PAT_DATA_PSNR].statistics;
    json_t *key = json_array();
    show_key(shown, key, pat_words("%s", pat_digits_of(in->rows).text),
             PAT_PLURAL(in->rows, "pair"), pat_words("%d numbers each", in->column_count));
    if (in->grid_origin != PAT_GRID_UNKNOWN)
        show_key(shown, key, pat_words("%zu", pat_grid_count(&in->grid)),
                 in->has_trials ? "settings tried on each" : "settings in the grid",
                 grid_words(&in->grid));
    if (in->has_trials && in->labels.scored > 0)
        show_key(shown, key, pat_words("%+.2f dB", in->labels.mean_gain_db),
                 "mean gain of the best setting in the grid",
                 pat_words("SSIM %+.4f; without the option of doing nothing",
                           in->labels.mean_gain_ssim));
    if (psnr->count > 0)
        show_key(
            shown, key, pat_words("%.2f dB", psnr->median), "median PSNR of the best restorations",
            pat_words("half between %.1f and %.1f", psnr->lower_quartile, psnr->upper_quartile));
    pat_show(shown, shown->words, "key", key);
}

/* ---- Findings -------------------------------------------------------------------------------- */

static json_t *kind_words(pat_finding_kind kind)
{
    char text[64];
    snprintf(text, sizeof text, "%s", pat_finding_name(kind));
    for (char *at = text; *at != '\0'; at++)
        if (*at == '_')
            *at = ' ';
    return json_string(text);
}

static json_t *finding_value(const pat_finding *finding, pat_shown *shown)
{
    json_t *items = json_array();
    size_t count = finding->item_count < ITEMS_SHOWN ? finding->item_count : ITEMS_SHOWN;
    for (size_t i = 0; i < count; i++)
        pat_show_next(shown, items, pat_json_text(finding->items[i]));
    json_t *title = finding->count > count ? pat_words("The first %zu of %s", count,
                                                       pat_digits_of(finding->count).text)
                                           : pat_words("Show all");
    json_t *value =
        json_pack("{s:s, s:o, s:o, s:{s:o, s:o}}", "weight", finding->bad ? "bad" : "minor", "kind",
                  kind_words(finding->kind), "text", pat_json_text(finding->text), "which", "title",
                  title, "items", items);
    if (count == 0 && value != NULL)
        json_object_del(value, "which");
    return value;
}

static void show_findings(const pat_inspection *in, pat_shown *shown)
{
    json_t *findings = json_array(), *bad = json_array();
    for (size_t i = 0; i < in->finding_count; i++) {
        pat_show_next(shown, findings, finding_value(&in->findings[i], shown));
        if (in->findings[i].bad)
            pat_show_next(shown, bad, pat_json_text(in->findings[i].text));
    }
    pat_show(shown, shown->words, "findings", findings);
    pat_show(shown, shown->words, "bad", bad);
    pat_show(shown, shown->words, "looked_at",
             in->has_pairs ? pat_words("%s image pairs were inspected; %s could not be.",
                                       pat_digits_of(in->pairs_checked).text,
                                       pat_digits_of(in->pairs_failed).text)
                           : pat_words("The images themselves were not inspected (--pairs)."));
}

void pat_report_verdict(const pat_report *report, pat_shown *shown)
{
    const pat_inspection *in = &report->inspection;
    pat_show(shown, shown->words, "headline", headline(in));
    pat_show(shown, shown->words, "weight",
             json_string(in->bad > 0  ? "bad"
                         : is_few(in) ? "few"
                                      : "good"));
    show_sentences(in, shown);
    show_keys(report, shown);
    show_findings(in, shown);
}
