#include "report/film_timeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum {
    POINTS = 1000, /* at most, on each line */
    APART = 200    /* scenes, each of which has a rule and a band of its own */
};

/* Frames for each point. */
static size_t step_of(const struct pat_film_story *story)
{
    return (story->count + POINTS - 1) / POINTS;
}

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

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* To so many decimals, which keeps a page of many numbers small. */
static json_t *rounded(double value, int decimals)
{
    double unit = pow(10, decimals);
    return json_real(rint(value * unit) / unit);
}

/* One line as lists of x, median, low and high of the frames of each point; of a single frame, only
 * the first two. sorted: scratch of as many numbers as a point has frames. */
static json_t *line_value(const struct pat_film_story *story, int line, const char *name,
                          double *sorted, pat_shown *shown)
{
    enum { LUMA_DECIMALS = 3, GAIN_DECIMALS = 5 };
    const size_t step = step_of(story);
    const int decimals = line < 2 ? LUMA_DECIMALS : GAIN_DECIMALS;
    json_t *x = json_array(), *median = json_array(), *low = json_array(), *high = json_array();
    for (size_t first = 0; first < story->count; first += step) {
        size_t n = story->count - first < step ? story->count - first : step;
        for (size_t i = 0; i < n; i++)
            sorted[i] = value_of(&story->records[first + i], line);
        qsort(sorted, n, sizeof *sorted, compare);
        pat_show_next(shown, x, rounded(pat_timeline_at(story, first + n / 2), 3));
        pat_show_next(shown, median, rounded((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, decimals));
        if (step > 1) {
            pat_show_next(shown, low, rounded(sorted[0], decimals));
            pat_show_next(shown, high, rounded(sorted[n - 1], decimals));
        }
    }
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", name, "x", x, "median", median, "low",
                     low, "high", high);
}

static json_t *cuts_value(const struct pat_film_story *story, pat_shown *shown)
{
    json_t *cuts = json_array();
    for (size_t s = 1; s < story->scene_count && story->scene_count <= APART; s++)
        pat_show_next(shown, cuts, rounded(pat_timeline_at(story, story->scenes[s].first), 3));
    return cuts;
}

/* The points with damaged frames. */
static json_t *damage_value(const struct pat_film_story *story, pat_shown *shown)
{
    const size_t step = step_of(story);
    json_t *marks = json_array();
    for (size_t i = 0; i < story->count; i++)
        if (story->records[i].frame.flagged) {
            pat_show_next(shown, marks, rounded(pat_timeline_at(story, i), 3));
            i += step - 1 - i % step; /* on to the next point */
        }
    return marks;
}

static const char *axis_title(const struct pat_film_story *story)
{
    return story->has_times ? "seconds" : "frame";
}

/* least: what the vertical axis spans at least, so that it does not magnify noise. */
static json_t *timeline_value(const struct pat_film_story *story, const char *title, double least,
                              json_t *lines, pat_shown *shown)
{
    return json_pack("{s:s, s:b, s:f, s:s, s:f, s:o, s:o, s:o}", "kind", "timeline", "clock",
                     story->has_times, "end", pat_timeline_at(story, story->count), "title", title,
                     "least", least, "lines", lines, "cuts", cuts_value(story, shown), "damage",
                     damage_value(story, shown));
}

static void show_brightness(const struct pat_film_story *story, double *sorted, pat_shown *shown,
                            json_t *figures)
{
    json_t *lines = json_array();
    pat_show_next(shown, lines, line_value(story, 0, "before", sorted, shown));
    pat_show_next(shown, lines, line_value(story, 1, "after", sorted, shown));
    pat_show_figure(shown, figures, "brightness", json_string("Brightness"),
                    pat_words("The mean luma of %zu %s, before and after, over %s.", story->count,
                              PAT_PLURAL(story->count, "frame"), axis_title(story)),
                    timeline_value(story, "mean luma, 0 to 255", 2, lines, shown));
}

static void show_gains(const struct pat_film_story *story, double *sorted, pat_shown *shown,
                       json_t *figures)
{
    static const char *const names[PAT_CHANNELS] = {"red", "green", "blue"};
    if (!pat_timeline_has_gains(story, 0, story->count))
        return;
    json_t *lines = json_array();
    for (int c = 0; c < PAT_CHANNELS; c++)
        pat_show_next(shown, lines, line_value(story, 2 + c, names[c], sorted, shown));
    pat_show_figure(shown, figures, "gains", json_string("Gains that remove the flicker"),
                    pat_words("The gain of each channel of %zu frames, over %s.", story->count,
                              axis_title(story)),
                    timeline_value(story, "gain", 0.02, lines, shown));
}

/* ---- Settings -------------------------------------------------------------------------------- */

/*
 * The scenes as bands. Of many, neighbors to which the same was done share one; so do those that
 * begin at the same point.
 */
static json_t *bands_value(const struct pat_film_story *story, pat_shown *shown)
{
    const size_t step = step_of(story);
    json_t *bands = json_array();
    for (size_t s = 0, next; s < story->scene_count; s = next) {
        const pat_film_scene *first = &story->scenes[s], *last = first;
        const pat_setting_words done = pat_timeline_done(story, first, false);
        for (next = s + 1; next < story->scene_count && story->scene_count > APART; next++) {
            const pat_film_scene *scene = &story->scenes[next];
            if (scene->first / step != first->first / step &&
                strcmp(pat_timeline_done(story, scene, false).text, done.text) != 0)
                break;
            last = scene;
        }
        pat_show_next(
            shown, bands,
            json_pack("{s:o, s:o, s:o, s:s, s:s}", "scenes",
                      first == last ? pat_words("%zu", s) : pat_words("%zu to %zu", s, next - 1),
                      "from", rounded(pat_timeline_at(story, first->first), 3), "to",
                      rounded(pat_timeline_at(story, last->first + last->count), 3), "done",
                      done.text, "setting", pat_timeline_done(story, first, true).text));
    }
    return bands;
}

static void show_settings(const struct pat_film_story *story, pat_shown *shown, json_t *figures)
{
    pat_show_figure(
        shown, figures, "settings", json_string("What was done"),
        pat_words("What was done to %zu %s, over %s; the table of scenes lists it.",
                  story->scene_count, PAT_PLURAL(story->scene_count, "scene"), axis_title(story)),
        json_pack("{s:s, s:b, s:f, s:o}", "kind", "bands", "clock", story->has_times, "end",
                  pat_timeline_at(story, story->count), "bands", bands_value(story, shown)));
}

bool pat_timeline_has_gains(const struct pat_film_story *story, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        for (int c = 0; c < PAT_CHANNELS; c++)
            if (story->records[i].gains.channel[c] != 1)
                return true;
    return false;
}

pat_setting_words pat_timeline_done(const struct pat_film_story *story, const pat_film_scene *scene,
                                    bool in_full)
{
    bool gains = pat_timeline_has_gains(story, scene->first, scene->count);
    pat_setting_words done =
        in_full ? pat_words_of(&scene->setting) : pat_choice_words(&scene->setting);
    if (pat_setting_is_idle(&scene->setting)) {
        snprintf(done.text, sizeof done.text, gains ? "only flicker removed" : "left as it was");
        return done;
    }
    size_t length = strlen(done.text);
    snprintf(done.text + length, sizeof done.text - length, "%s%s",
             scene->held ? ", the same for all frames" : "", gains ? "; flicker removed" : "");
    return done;
}

/* ---- All ------------------------------------------------------------------------------------- */

static json_t *about(const struct pat_film_story *story, bool is_damaged)
{
    const char *cuts = story->scene_count > APART ? " There are too many cuts to draw them."
                       : story->scene_count > 1   ? " Dashed lines are cuts."
                                                  : "";
    const char *marks = is_damaged ? " Marks at the bottom are damaged frames." : "";
    return step_of(story) > 1
               ? pat_words("Each point stands for %zu frames: their median, and in a paler shade "
                           "their range.%s%s",
                           step_of(story), cuts, marks)
               : pat_words("Each point is a frame.%s%s", cuts, marks);
}

void pat_timeline_show(const struct pat_film_story *story, bool is_damaged, pat_shown *shown)
{
    json_t *figures = json_array();
    double *sorted = calloc(step_of(story) + 1, sizeof *sorted);
    if (sorted == NULL) {
        shown->failed = true;
        json_decref(figures);
        return;
    }
    show_brightness(story, sorted, shown, figures);
    show_gains(story, sorted, shown, figures);
    show_settings(story, shown, figures);
    free(sorted);
    pat_show(shown, shown->words, "figures", figures);
    pat_show(shown, shown->words, "about_time", about(story, is_damaged));
}
