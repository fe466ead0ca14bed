/* The grid: what each setting gains over doing nothing, and how often it is the best. */
#include <string.h>

#include "base/json.h"
#include "report/report.h"

/* What a heat map shows. */
enum measure { GAIN_DB, GAIN_SSIM, WINS };

static const char *const field[] = {"db", "ssim", "wins"};

static double value_of(const pat_setting_report *setting, enum measure measure)
{
    return measure == GAIN_DB     ? setting->mean_gain_db
           : measure == GAIN_SSIM ? setting->mean_gain_ssim
                                  : (double)setting->wins;
}

/* The first setting with the greatest value * sign. */
static const pat_setting_report *extreme(const pat_inspection *in, enum measure measure,
                                         double sign)
{
    const pat_setting_report *found = &in->settings[0];
    for (size_t i = 1; i < in->setting_count; i++)
        if (sign * value_of(&in->settings[i], measure) > sign * value_of(found, measure))
            found = &in->settings[i];
    return found;
}

static json_t *gain_alt(const pat_inspection *in, enum measure measure)
{
    const pat_setting_report *most = extreme(in, measure, 1), *least = extreme(in, measure, -1);
    const char *unit = measure == GAIN_DB ? " dB of PSNR" : " of SSIM";
    int digits = measure == GAIN_DB ? 2 : 4;
    return pat_words("Heat map of the mean gain over doing nothing, %zu settings. The greatest is "
                     "%+.*f%s: %s. The least is %+.*f: %s.",
                     in->setting_count, digits, value_of(most, measure), unit,
                     pat_words_of(&most->setting).text, digits, value_of(least, measure),
                     pat_words_of(&least->setting).text);
}

static json_t *wins_alt(const pat_inspection *in)
{
    const pat_setting_report *most = extreme(in, WINS, 1);
    size_t winners = 0;
    for (size_t i = 0; i < in->setting_count; i++)
        winners += in->settings[i].wins > 0;
    return pat_words("Heat map of how often each setting is the best. %zu of %zu settings win at "
                     "least once; the most frequent winner is %s, in %s pairs (%s).",
                     winners, in->setting_count, pat_words_of(&most->setting).text,
                     pat_digits_of(most->wins).text, pat_percent_of(most->wins, in->rows).text);
}

/* A cell for each setting, most frequent winners first. */
static json_t *cells_value(const pat_inspection *in, pat_shown *shown)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < in->setting_count; i++) {
        const pat_setting_report *setting = &in->settings[i];
        json_t *cell =
            json_pack("{s:s, s:f, s:f, s:I}", "color", pat_choice_words(&setting->setting).text,
                      "sigma", setting->setting.value[PAT_AXIS_SIGMA], "strength",
                      setting->setting.value[PAT_AXIS_STRENGTH], "wins", (json_int_t)setting->wins);
        if (in->has_trials) {
            pat_show(shown, cell, "db", json_real(setting->mean_gain_db));
            pat_show(shown, cell, "ssim", json_real(setting->mean_gain_ssim));
        }
        pat_show_next(shown, cells, cell);
    }
    return cells;
}

static json_t *axes_value(const pat_inspection *in, pat_shown *shown)
{
    json_t *colors = json_array();
    pat_setting_words last = {""};
    for (size_t i = 0; i < pat_grid_count(&in->grid); i++) {
        const pat_setting setting = pat_grid_setting(&in->grid, i);
        const pat_setting_words words = pat_choice_words(&setting);
        if (strcmp(words.text, last.text) != 0)
            pat_show_next(shown, colors, json_string(words.text));
        last = words;
    }
    return colors;
}

static json_t *heat_chart(const pat_inspection *in, enum measure measure, const char *title,
                          pat_shown *shown)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:o}", "kind", "heat", "title", title, "field",
                     field[measure], "rows", (int)in->rows, "colors", axes_value(in, shown));
}

/* The settings that win most; in->settings is in this order. */
static void show_winners(const pat_inspection *in, pat_shown *shown, json_t *figure)
{
    enum { WINNERS_SHOWN = 20 };
    json_t *rows = json_array();
    for (size_t i = 0; i < in->setting_count && i < WINNERS_SHOWN; i++) {
        const pat_setting_report *setting = &in->settings[i];
        if (setting->wins == 0)
            break;
        json_t *gain = in->has_trials ? pat_words("%+.3f", setting->mean_gain_db) : pat_words("–");
        json_t *ssim =
            in->has_trials ? pat_words("%+.4f", setting->mean_gain_ssim) : pat_words("–");
        json_t *harms =
            in->has_trials ? pat_words("%s", pat_digits_of(setting->harms).text) : pat_words("–");
        PAT_ROW(shown, rows, pat_words("%s", pat_words_of(&setting->setting).text),
                pat_words("%s", pat_digits_of(setting->wins).text),
                pat_words("%s", pat_percent_of(setting->wins, in->rows).text), gain, ssim, harms);
    }
    pat_show_table(shown, figure, "table",
                   json_pack("[s, s, s, s, s, s]", "setting, most frequent winners first", "wins",
                             "share", "gain, dB", "gain, SSIM", "pairs harmed"),
                   rows);
}

void pat_report_grid(const pat_report *report, pat_shown *shown)
{
    const pat_inspection *in = &report->inspection;
    json_t *grid = json_object(), *figures = json_array();
    pat_show(shown, shown->words, "grid", grid);
    if (in->has_trials) {
        pat_show(shown, shown->charts, "cells", cells_value(in, shown));
        json_t *db =
            pat_show_figure(shown, figures, "gain-db", pat_words("Mean gain in PSNR, dB"),
                            gain_alt(in, GAIN_DB), heat_chart(in, GAIN_DB, "gain, dB", shown));
        pat_show(shown, db, "caption",
                 pat_words("The mean gain of a setting over doing nothing, if it is applied to all "
                           "pairs. The best setting of each pair gains %+.2f dB on average.",
                           in->labels.mean_gain_db));
        pat_show_figure(shown, figures, "gain-ssim", pat_words("Mean gain in SSIM"),
                        gain_alt(in, GAIN_SSIM), heat_chart(in, GAIN_SSIM, "gain, SSIM", shown));
        json_t *wins = pat_show_figure(shown, figures, "wins",
                                       pat_words("How often each setting is best, in %%"),
                                       wins_alt(in), heat_chart(in, WINS, "pairs won, %", shown));
        pat_show(shown, wins, "caption",
                 pat_words("Among equally good settings, the first one wins: at strength 0, "
                           "sigma makes no difference."));
        show_winners(in, shown, wins);
    }
    pat_show(shown, grid, "figures", figures);
}
