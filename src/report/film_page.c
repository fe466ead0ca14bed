/* The page of a film: fills in film.html from its story. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "patina/film.h"
#include "patina/version.h"
#include "report/data_uri.h"
#include "report/film_timeline.h"
#include "report/page.h"
#include "report/words.h"

PAT_EMBED(pat_film_template, "report/film.html");

extern const char pat_film_template[], pat_report_figure[], pat_report_table[];

enum { SCENES_MAX = 200 }; /* in the table */

struct page {
    const pat_film_options *options;
    const pat_film_summary *summary;
    const pat_film_story *story;
    pat_shown shown;
};

/* ---- The verdict ----------------------------------------------------------------------------- */

/* Where remarks go. */
struct sentences {
    struct page *page;
    json_t *list;
    bool damaged;
};

static void take_remark(void *context, pat_film_remark kind, const char *sentence)
{
    static const char *const labels[] = {"Damage: ", "Lost: ", "Note: "};
    struct sentences *to = context;
    to->damaged = to->damaged || kind == PAT_FILM_DAMAGE;
    pat_show_next(&to->page->shown, to->list, pat_words("%s%s.", labels[kind], sentence));
}

/* Say to how many scenes something was done, unless to none. before, after: the rest of the
 * sentence. */
static void say_scenes(struct sentences *to, const char *before, size_t count, const char *after)
{
    size_t all = to->page->story->scene_count;
    if (count > 0)
        pat_show_next(&to->page->shown, to->list,
                      pat_words("%s%s of %s %s%s.", before, pat_digits_of(count).text,
                                pat_digits_of(all).text, PAT_PLURAL(all, "scene"), after));
}

static void say_what_was_done(struct sentences *to)
{
    const pat_film_story *story = to->page->story;
    size_t steadied = 0, restored = 0, left = 0;
    for (size_t s = 0; s < story->scene_count; s++) {
        const pat_film_scene *scene = &story->scenes[s];
        bool gains = pat_timeline_has_gains(story, scene->first, scene->count);
        bool idle = pat_setting_is_idle(&scene->setting);
        steadied += gains;
        restored += !idle;
        left += idle && !gains;
    }
    say_scenes(to, "Flicker of exposure was removed from ", steadied, "");
    say_scenes(to, "A setting was applied to ", restored, "");
    say_scenes(to, "", left, left == 1 ? " was left as it was" : " were left as they were");
}

static json_t *headline(const pat_film_summary *summary)
{
    return summary->changed == 0
               ? json_string("No frame was changed")
               : pat_words("%s of %s %s restored", pat_digits_of(summary->changed).text,
                           pat_digits_of(summary->frames).text,
                           PAT_PLURAL(summary->frames, "frame"));
}

static void show_verdict(struct page *page)
{
    const pat_film_summary *summary = page->summary;
    pat_shown *shown = &page->shown;
    struct sentences to = {page, json_array(), false};
    say_what_was_done(&to);
    pat_film_remarks(summary, take_remark, &to);
    pat_show_next(shown, to.list,
                  pat_words("The old film is %s in %s: %s, %d×%d, %.6g frames per second. The new "
                            "one is %s in %s.",
                            summary->codec, summary->container, summary->samples, summary->width,
                            summary->height, summary->rate, summary->stored_as,
                            summary->written_as));
    pat_show(shown, shown->words, "headline", headline(summary));
    pat_show(shown, shown->words, "weight",
             json_string(to.damaged             ? "bad"
                         : summary->changed > 0 ? "good"
                                                : "few"));
    pat_show(shown, shown->words, "sentences", to.list);
}

static void show_key(struct page *page, json_t *key, const char *label, json_t *value,
                     const char *note)
{
    pat_show_next(&page->shown, key,
                  json_pack("{s:s, s:o, s:s}", "label", label, "value", value, "note", note));
}

static void show_keys(struct page *page)
{
    const pat_film_summary *summary = page->summary;
    json_t *key = json_array();
    show_key(page, key, "frames", pat_words("%s", pat_digits_of(summary->frames).text),
             "in the new film");
    show_key(page, key, "scenes", pat_words("%s", pat_digits_of(summary->scenes).text),
             "between cuts");
    show_key(page, key, "flicker",
             pat_words("%.2f → %.2f", summary->flicker_before, summary->flicker_after),
             "change from frame to frame, levels");
    show_key(page, key, "drift",
             pat_words("%.1f → %.1f", summary->drift_before, summary->drift_after),
             "slow change in a scene, levels");
    pat_show(&page->shown, page->shown.words, "key", key);
}

/* ---- Scenes ---------------------------------------------------------------------------------- */

static json_t *change_text(double before, double after, int digits)
{
    return pat_words("%.*f → %.*f", digits, before, digits, after);
}

static void show_scene(struct page *page, json_t *rows, size_t s)
{
    const pat_film_story *story = page->story;
    const pat_film_scene *scene = &story->scenes[s];
    const pat_film_record *records = story->records + scene->first;
    double seconds =
        pat_timeline_at(story, scene->first + scene->count) - pat_timeline_at(story, scene->first);
    PAT_ROW(&page->shown, rows, pat_words("%zu", s), pat_words("%zu", scene->first),
            pat_words("%zu", scene->count),
            story->has_times ? pat_words("%.2f", seconds) : json_string("–"),
            change_text(pat_film_flicker(records, scene->count, false),
                        pat_film_flicker(records, scene->count, true), 2),
            change_text(scene->drift_before, scene->drift_after, 1),
            json_string(pat_timeline_done(story, scene, false).text));
}

static void show_scenes(struct page *page)
{
    size_t count = page->story->scene_count, shown = count < SCENES_MAX ? count : SCENES_MAX;
    json_t *rows = json_array();
    for (size_t s = 0; s < shown; s++)
        show_scene(page, rows, s);
    pat_show_table(&page->shown, page->shown.words, "scenes",
                   json_pack("[s, s, s, s, s, s, s]", "scene", "first frame", "frames", "seconds",
                             "flicker", "drift", "what was done"),
                   rows);
    if (shown < count)
        pat_show(&page->shown, page->shown.words, "more_scenes",
                 pat_words("The table of scenes, %s, has %s more.",
                           pat_name_of_path(page->summary->scenes_path),
                           pat_digits_of(count - shown).text));
}

/* ---- Frames before and after ----------------------------------------------------------------- */

static json_t *image_value(const struct page *page, const pat_film_look *look, int which)
{
    static const char *const what[] = {"before", "after"};
    pat_buffer uri = {0};
    json_t *value = NULL;
    int width = (int)rint(look->width * page->story->pixel_aspect); /* as players show it */
    pat_data_uri_append(&uri, "image/jpeg", look->jpeg[which].data, look->jpeg[which].size);
    if (!uri.failed)
        value = json_pack("{s:s%, s:o, s:s, s:o, s:o}", "uri", uri.data, uri.size, "alt",
                          pat_words("frame %zu, %s", look->frame, what[which]), "what", what[which],
                          "width", pat_words("%d", width < 1 ? 1 : width), "height",
                          pat_words("%d", look->height));
    pat_buffer_release(&uri);
    return value;
}

static void show_looks(struct page *page)
{
    const pat_film_story *story = page->story;
    json_t *list = json_array();
    for (size_t i = 0; i < story->look_count; i++) {
        const pat_film_look *look = &story->looks[i];
        const pat_film_scene *scene = &story->scenes[look->scene];
        if (look->width == 0)
            continue;
        json_t *pictures = json_array();
        pat_show_next(&page->shown, pictures, image_value(page, look, 0));
        pat_show_next(&page->shown, pictures, image_value(page, look, 1));
        pat_show_next(&page->shown, list,
                      json_pack("{s:o, s:o, s:o}", "name",
                                pat_words("Scene %zu, frame %zu", look->scene, look->frame), "done",
                                json_string(pat_timeline_done(story, scene, true).text), "pictures",
                                pictures));
    }
    size_t shown = json_array_size(list);
    pat_show(&page->shown, page->shown.words, "about_looks",
             shown == 0 ? json_string("There are no images: the frames were restored by a run "
                                      "without --report.")
             : shown < story->scene_count
                 ? pat_words("The middle frames of %zu of %zu scenes.", shown, story->scene_count)
                 : json_string("The middle frame of each scene."));
    pat_show(&page->shown, page->shown.words, "looks", list);
}

/* ---- The page -------------------------------------------------------------------------------- */

static pat_status make(struct page *page, pat_buffer *html, pat_error *error)
{
    const pat_part parts[] = {
        {"figure", pat_report_figure, strlen(pat_report_figure)},
        {"table", pat_report_table, strlen(pat_report_table)},
    };
    pat_shown *shown = &page->shown;
    pat_show(shown, shown->words, "title", pat_json_text(pat_name_of_path(page->options->input)));
    show_verdict(page);
    show_keys(page);
    pat_timeline_show(page->story, page->summary->flagged > 0, shown);
    show_scenes(page);
    show_looks(page);
    pat_show(shown, shown->words, "made", pat_words("Made by patina %s.", pat_version()));
    if (shown->failed)
        return pat_fail_memory(error, "the page of a film");
    const pat_page whole = {.template_text = pat_film_template,
                            .template_size = strlen(pat_film_template),
                            .parts = parts,
                            .part_count = sizeof parts / sizeof *parts,
                            .data = shown->words,
                            .charts = shown->charts};
    return pat_page_make(&whole, html, error);
}

pat_status pat_film_page(const pat_film_options *options, const pat_film_summary *summary,
                         const pat_film_story *story, const char *path, bool replace,
                         pat_error *error)
{
    struct page page = {
        options, summary, story, {json_object(), json_object(), false, story->mode}};
    pat_file file = {0};
    pat_buffer html = {0};
    page.shown.failed = page.shown.words == NULL || page.shown.charts == NULL;
    pat_status status = make(&page, &html, error);
    if (status == PAT_OK)
        status = pat_file_open_private(&file, path, replace, error);
    if (status == PAT_OK)
        status = pat_page_write(&file, story->mode, &html, error);
    pat_file_abandon(&file, false);
    pat_buffer_release(&html);
    json_decref(page.shown.words);
    json_decref(page.shown.charts);
    return status;
}
