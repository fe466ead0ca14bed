/* Contact sheets: fill in sheet.html with restored images. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "patina/sheet.h"
#include "patina/version.h"
#include "report/data_uri.h"
#include "report/page.h"
#include "report/words.h"
#include "run/strips.h"

PAT_EMBED(pat_sheet_template, "report/sheet.html");

extern const char pat_sheet_template[];

enum { SIDE = 384 }; /* of an image on the page, in pixels */

/* The images to show, the most doubtful first. */
struct sheet {
    const pat_sheet_options *options;
    const pat_sheet_entry **shown;
    size_t count;
    pat_strip *strips; /* of each */
    pat_shown page;
};

/* ---- Order ----------------------------------------------------------------------------------- */

static double harm_of(const pat_sheet_entry *entry)
{
    return isnan(entry->harm) ? 0 : entry->harm;
}

static int by_doubt(const void *a, const void *b)
{
    const pat_sheet_entry *left = *(const pat_sheet_entry *const *)a;
    const pat_sheet_entry *right = *(const pat_sheet_entry *const *)b;
    if (left->flagged != right->flagged)
        return left->flagged ? -1 : 1;
    if (harm_of(left) != harm_of(right))
        return harm_of(left) > harm_of(right) ? -1 : 1;
    return strcmp(left->input, right->input);
}

static bool reserve(struct sheet *sheet)
{
    size_t most = sheet->options->count + 1;
    sheet->shown = pat_realloc_array(NULL, most, sizeof *sheet->shown);
    sheet->strips = calloc(most, sizeof *sheet->strips);
    return sheet->shown != NULL && sheet->strips != NULL;
}

static void sort(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->options->count; i++)
        if (!sheet->options->entries[i].left_alone)
            sheet->shown[sheet->count++] = &sheet->options->entries[i];
    qsort(sheet->shown, sheet->count, sizeof *sheet->shown, by_doubt);
}

/* ---- The images ------------------------------------------------------------------------------ */

/* The restored image takes the place of the original: nothing is done to the first. */
static void pair_of(const void *context, size_t index, pat_pair *pair)
{
    const struct sheet *sheet = context;
    const pat_sheet_entry *entry = sheet->shown[index];
    *pair = (pat_pair){.name = entry->input};
    strncpy(pair->damaged, entry->input, sizeof pair->damaged - 1);
    strncpy(pair->undamaged, entry->output, sizeof pair->undamaged - 1);
}

static pat_status make_strips(struct sheet *sheet, pat_error *error)
{
    pat_strip_job *jobs = pat_realloc_array(NULL, sheet->count + 1, sizeof *jobs);
    if (jobs == NULL)
        return pat_fail_memory(error, "a contact sheet");
    for (size_t i = 0; i < sheet->count; i++)
        jobs[i] = (pat_strip_job){i, {.view = PAT_STRIP_WHOLE, .max_side = SIDE}};
    const pat_strips_options options = {.pair_of = pair_of,
                                        .context = sheet,
                                        .jobs = jobs,
                                        .count = sheet->count,
                                        .run = &sheet->options->run};
    pat_status status = pat_strips_run(&options, sheet->strips, error);
    free(jobs);
    return status;
}

static json_t *image_value(const pat_strip *strip, int which, const char *what, const char *name)
{
    pat_buffer uri = {0};
    const pat_buffer *jpeg = &strip->picture[which];
    pat_data_uri_append(&uri, "image/jpeg", jpeg->data, jpeg->size);
    json_t *value = NULL;
    if (!uri.failed)
        value = json_pack("{s:s%, s:o, s:s, s:o, s:o}", "uri", uri.data, uri.size, "alt",
                          pat_words("%s, %s", name, what), "what", what, "width",
                          pat_words("%d", strip->width), "height", pat_words("%d", strip->height));
    pat_buffer_release(&uri);
    return value;
}

static json_t *done_text(const pat_sheet_entry *entry)
{
    const pat_setting_words words = pat_words_of(&entry->setting);
    if (isnan(entry->harm))
        return pat_words("%s", words.text);
    return pat_words("%s; expected gain %+.4f, probability of harm %.1f %%", words.text,
                     entry->gain, 100 * entry->harm);
}

static void show_entry(struct sheet *sheet, size_t index, json_t *list)
{
    const pat_sheet_entry *entry = sheet->shown[index];
    const pat_strip *strip = &sheet->strips[index];
    const char *name = entry->input;
    json_t *pictures = json_array();
    json_t *value = json_pack("{s:o, s:o}", "name", pat_json_text(name), "done", done_text(entry));
    if (strip->status == PAT_OK) {
        pat_show_next(&sheet->page, pictures,
                      image_value(strip, PAT_STRIP_DAMAGED, "before", name));
        pat_show_next(&sheet->page, pictures,
                      image_value(strip, PAT_STRIP_ORIGINAL, "after", name));
    } else {
        pat_show(&sheet->page, value, "failure", pat_json_text(strip->failure.message));
    }
    pat_show(&sheet->page, value, "pictures", pictures);
    if (*entry->notes != '\0')
        pat_show(&sheet->page, value, "notes", pat_words("Note: %s.", entry->notes));
    pat_show_next(&sheet->page, list, value);
}

/* ---- The page -------------------------------------------------------------------------------- */

/* The entries first .. end - 1, if there are any. */
static void show_group(struct sheet *sheet, json_t *groups, size_t first, size_t end, json_t *texts)
{
    json_t *list = json_array();
    for (size_t i = first; i < end; i++)
        show_entry(sheet, i, list);
    if (first < end)
        pat_show(&sheet->page, texts, "list", list);
    else
        json_decref(list);
    if (first < end)
        pat_show_next(&sheet->page, groups, texts);
    else
        json_decref(texts);
}

static bool knows_harm(const pat_sheet_options *options)
{
    for (size_t i = 0; i < options->count; i++)
        if (!isnan(options->entries[i].harm))
            return true;
    return false;
}

/* What to say of images that were left alone. restorable: a greater limit is named for some. */
static const char *note_on_alone(const pat_sheet_options *options, bool restorable)
{
    if (!knows_harm(options))
        return "Nothing was done to them.";
    if (!restorable)
        return "No restoration was worth its risk.";
    return "No restoration was worth its risk. With the limit in parentheses, patina would "
           "restore the image, at a greater risk.";
}

static json_t *headline(const pat_sheet_options *options, size_t restored)
{
    size_t total = options->count + options->failures;
    json_t *done = pat_words("%s of %s %s restored", pat_digits_of(restored).text,
                             pat_digits_of(total).text, PAT_PLURAL(total, "image"));
    if (options->failures == 0 || done == NULL)
        return done;
    json_t *both =
        pat_words("%s, %s failed", json_string_value(done), pat_digits_of(options->failures).text);
    json_decref(done);
    return both;
}

static void show_alone(struct sheet *sheet)
{
    json_t *names = json_array();
    bool restorable = false;
    for (size_t i = 0; i < sheet->options->count; i++) {
        const pat_sheet_entry *entry = &sheet->options->entries[i];
        if (!entry->left_alone)
            continue;
        json_t *name = json_pack("{s:o}", "name", pat_json_text(entry->input));
        if (!isnan(entry->restored_at)) {
            restorable = true;
            pat_show(&sheet->page, name, "limit",
                     pat_words("--max-harm %g%%", 100 * entry->restored_at));
        }
        pat_show_next(&sheet->page, names, name);
    }
    size_t count = json_array_size(names);
    if (count == 0) {
        json_decref(names);
        return;
    }
    pat_show(&sheet->page, sheet->page.words, "alone",
             json_pack("{s:o, s:s, s:o}", "title",
                       pat_words("%s %s left alone", pat_digits_of(count).text,
                                 PAT_PLURAL(count, "image")),
                       "note", note_on_alone(sheet->options, restorable), "names", names));
}

static pat_status make(struct sheet *sheet, pat_buffer *out, pat_error *error)
{
    json_t *words = sheet->page.words, *groups = json_array();
    size_t flagged = 0;
    while (flagged < sheet->count && sheet->shown[flagged]->flagged)
        flagged++;
    pat_show(&sheet->page, words, "headline", headline(sheet->options, sheet->count));
    if (sheet->options->model != NULL)
        pat_show(&sheet->page, words, "model", pat_json_text(sheet->options->model));
    show_group(sheet, groups, 0, flagged,
               json_pack("{s:s, s:s, s:s}", "id", "flagged", "title", "Look at these first", "note",
                         "They may be worse than before, or are unlike the images that "
                         "the model has seen."));
    show_group(sheet, groups, flagged, sheet->count,
               json_pack("{s:s, s:s, s:s}", "id", "restored", "title", "Restored", "note",
                         knows_harm(sheet->options) ? "The least certain come first." : ""));
    pat_show(&sheet->page, words, "groups", groups);
    show_alone(sheet);
    pat_show(&sheet->page, words, "made", pat_words("Made by patina %s.", pat_version()));
    if (sheet->page.failed)
        return pat_fail_memory(error, "a contact sheet");
    const pat_page whole = {.template_text = pat_sheet_template,
                            .template_size = strlen(pat_sheet_template),
                            .data = words};
    return pat_page_make(&whole, out, error);
}

pat_status pat_sheet_run(const pat_sheet_options *options, size_t *failed, pat_error *error)
{
    struct sheet sheet = {.options = options, .page.words = json_object()};
    pat_file file = {0};
    pat_buffer html = {0};
    *failed = 0;
    sheet.page.failed = sheet.page.words == NULL;
    pat_status status =
        reserve(&sheet) ? pat_file_open_private(&file, options->output, options->run.force, error)
                        : pat_fail_memory(error, "a contact sheet");
    if (status == PAT_OK) {
        sort(&sheet);
        status = make_strips(&sheet, error);
    }
    if (status == PAT_OK)
        status = make(&sheet, &html, error);
    for (size_t i = 0; i < sheet.count && status == PAT_OK; i++)
        *failed += sheet.strips[i].status != PAT_OK;
    if (status == PAT_OK)
        status = pat_page_write(&file, pat_strips_mode(sheet.strips, sheet.count), &html, error);
    pat_file_abandon(&file, false);
    pat_buffer_release(&html);
    if (sheet.strips != NULL)
        pat_strips_release(sheet.strips, sheet.count);
    free(sheet.strips);
    free(sheet.shown);
    json_decref(sheet.page.words);
    return status;
}
