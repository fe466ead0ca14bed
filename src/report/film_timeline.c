#include "report/film_timeline.h"

#include <math.h>

#include "base/json.h"

enum {
    POINTS = 1000, /* at most, on each line */
    RULES = 200,   /* cuts, or marks of damage */
    BANDS = 300    /* scenes */
};

double pat_timeline_at(const struct pat_film_story *story, size_t frame)
{
    if (!story->has_times)
        return (double)frame;
    const pat_film_frame *first = &story->records[0].frame;
    const pat_film_frame *last = &story->records[story->count - 1].frame;
    if (frame < story->count)
        return (double)(story->records[frame].frame.time - first->time) * story->unit;
    return (double)(last->time - first->time + (last->duration > 0 ? last->duration : 1)) *
           story->unit;
}

/* ---- Lines ----------------------------------------------------------------------------------- */

/* What is drawn of a frame: 0: luma before, 1: after; 2..4: gains of R, G, B. */
static double value_of(const pat_film_record *record, int line)
{
    return line == 0   ? record->luma
           : line == 1 ? record->restored_luma
                       : record->gains.channel[line - 2];
}

/* One line as lists of x, mean, low and high over so many frames each. */
static json_t *line_value(const struct pat_film_story *story, int line, const char *name,
                          pat_shown *shown)
{
    size_t step = (story->count + POINTS - 1) / POINTS;
    json_t *x = json_array(), *mean = json_array(), *low = json_array(), *high = json_array();
    for (size_t first = 0; first < story->count; first += step) {
        double sum = 0, least = INFINITY, most = -INFINITY;
        size_t end = first + step < story->count ? first + step : story->count;
        for (size_t i = first; i < end; i++) {
            double value = value_of(&story->records[i], line);
            sum += value;
            least = fmin(least, value);
            most = fmax(most, value);
        }
        pat_show_next(shown, x, json_real(pat_timeline_at(story, first + (end - first) / 2)));
        pat_show_next(shown, mean, json_real(sum / (double)(end - first)));
        if (step > 1) {
            pat_show_next(shown, low, json_real(least));
            pat_show_next(shown, high, json_real(most));
        }
    }
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", name, "x", x, "mean", mean, "low", low,
                     "high", high);
}

static json_t *cuts_value(const struct pat_film_story *story, pat_shown *shown)
{
    json_t *cuts = json_array();
    for (size_t s = 1; s < story->scene_count && story->scene_count <= RULES; s++)
        pat_show_next(shown, cuts, json_real(pat_timeline_at(story, story->scenes[s].first)));
    return cuts;
}

static json_t *damage_value(const struct pat_film_story *story, pat_shown *shown)
{
    json_t *marks = json_array();
    for (size_t i = 0; i < story->count && json_array_size(marks) < RULES; i++)
        if (story->records[i].frame.flagged)
            pat_show_next(shown, marks, json_real(pat_timeline_at(story, i)));
    return marks;
}

static const char *axis_title(const struct pat_film_story *story)
{
    return story->has_times ? "seconds" : "frame";
}

static json_t *timeline_value(const struct pat_film_story *story, const char *title, json_t *lines,
                              pat_shown *shown)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "kind", "timeline", "across",
                     axis_title(story), "title", title, "lines", lines, "cuts",
                     cuts_value(story, shown), "damage", damage_value(story, shown));
}

static void show_brightness(const struct pat_film_story *story, pat_shown *shown, json_t *figures)
{
    json_t *lines = json_array();
    pat_show_next(shown, lines, line_value(story, 0, "before", shown));
    pat_show_next(shown, lines, line_value(story, 1, "after", shown));
    pat_show_figure(shown, figures, "brightness", json_string("Brightness"),
                    pat_words("The mean luma of %zu %s, before and after, over %s.", story->count,
                              PAT_PLURAL(story->count, "frame"), axis_title(story)),
                    timeline_value(story, "mean luma, 0 to 255", lines, shown));
}

static void show_gains(const struct pat_film_story *story, pat_shown *shown, json_t *figures)
{
    static const char *const names[PAT_CHANNELS] = {"red", "green", "blue"};
    bool any = false;
    for (size_t i = 0; i < story->count; i++)
        for (int c = 0; c < PAT_CHANNELS; c++)
            any = any || story->records[i].gains.channel[c] != 1;
    if (!any)
        return;
    json_t *lines = json_array();
    for (int c = 0; c < PAT_CHANNELS; c++)
        pat_show_next(shown, lines, line_value(story, 2 + c, names[c], shown));
    pat_show_figure(shown, figures, "gains", json_string("Gains that remove the flicker"),
                    pat_words("The gain of each channel of %zu frames, over %s.", story->count,
                              axis_title(story)),
                    timeline_value(story, "gain", lines, shown));
}

/* ---- Settings -------------------------------------------------------------------------------- */

static void show_settings(const struct pat_film_story *story, pat_shown *shown, json_t *figures)
{
    json_t *bands = json_array();
    for (size_t s = 0; s < story->scene_count && s < BANDS; s++) {
        const pat_film_scene *scene = &story->scenes[s];
        const pat_setting_words choice = pat_choice_words(&scene->setting);
        const pat_setting_words words = pat_words_of(&scene->setting);
        bool idle = pat_setting_is_idle(&scene->setting);
        pat_show_next(shown, bands,
                      json_pack("{s:i, s:f, s:f, s:s, s:s}", "scene", (int)s, "from",
                                pat_timeline_at(story, scene->first), "to",
                                pat_timeline_at(story, scene->first + scene->count), "choice",
                                idle ? "only flicker removed" : choice.text, "setting",
                                words.text));
    }
    pat_show_figure(
        shown, figures, "settings", json_string("What was done"),
        pat_words("The operators of %zu %s, over %s; the table of scenes lists them.",
                  story->scene_count, PAT_PLURAL(story->scene_count, "scene"), axis_title(story)),
        json_pack("{s:s, s:s, s:o}", "kind", "bands", "across", axis_title(story), "bands", bands));
}

void pat_timeline_show(const struct pat_film_story *story, pat_shown *shown)
{
    json_t *figures = json_array();
    size_t step = (story->count + POINTS - 1) / POINTS;
    show_brightness(story, shown, figures);
    show_gains(story, shown, figures);
    show_settings(story, shown, figures);
    pat_show(shown, shown->words, "figures", figures);
    pat_show(shown, shown->words, "about_time",
             step > 1 ? pat_words("Each point stands for %zu frames: their mean, and in a paler "
                                  "shade their range. Dashed lines are cuts.",
                                  step)
                      : json_string("Each point is a frame. Dashed lines are cuts; marks at the "
                                    "bottom are damaged frames."));
}
