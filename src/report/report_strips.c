/* Example pairs: damaged, restored and original side by side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "data/names.h"
#include "inspect/rows.h"
#include "report/data_uri.h"
#include "report/report.h"
#include "run/strips.h"

enum { IMAGE_SIDE = 320, STRIPS_MAX = 5 };

struct strips {
    const pat_report *report;
    pat_names names; /* of the pairs */
    pat_name_index index;
    pat_strip_job job[STRIPS_MAX];
    json_t *title[STRIPS_MAX], *numbers[STRIPS_MAX];
    size_t count;
};

/* ---- Choosing the pairs ---------------------------------------------------------------------- */

static pat_status index_pairs(struct strips *strips, pat_error *error)
{
    const pat_pairs *pairs = strips->report->options->pairs;
    bool enough = true;
    for (size_t i = 0; i < pat_pairs_count(pairs) && enough; i++) {
        pat_pair pair;
        pat_pairs_get(pairs, i, &pair);
        enough = pat_names_add(&strips->names, pair.name);
    }
    return enough ? pat_name_index_make(&strips->index, &strips->names, error)
                  : pat_fail_memory(error, "the pair names");
}

/* Takes ownership of the texts, even if no pair has this name. */
static void add(struct strips *strips, const char *name, const pat_setting *setting, json_t *title,
                json_t *numbers)
{
    size_t pair = pat_name_index_find(&strips->index, name);
    if (pair == strips->names.count || strips->count == STRIPS_MAX) {
        json_decref(title);
        json_decref(numbers);
        return;
    }
    strips->job[strips->count] = (pat_strip_job){pair, {*setting, PAT_STRIP_WHOLE, IMAGE_SIDE}};
    strips->title[strips->count] = title;
    strips->numbers[strips->count++] = numbers;
}

struct ranked {
    double value; /* what the pairs are ranked by */
    size_t row;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *first = a, *second = b;
    if (first->value != second->value)
        return first->value > second->value ? -1 : 1;
    return first->row < second->row ? -1 : first->row > second->row;
}

static void add_row(struct strips *strips, const char *rank, const struct ranked *ranked)
{
    const pat_report *report = strips->report;
    const pat_table *table = &report->table;
    size_t row = ranked->row;
    pat_setting setting = pat_data_setting(table, row);
    double psnr = table->value[PAT_DATA_PSNR][row], ssim = table->value[PAT_DATA_SSIM][row];
    json_t *numbers =
        report->gain == NULL
            ? pat_words("%s: PSNR %.2f dB, SSIM %.4f", pat_words_of(&setting).text, psnr, ssim)
            : pat_words("%s: PSNR %.2f dB (%+.2f over doing nothing), SSIM %.4f (%+.4f)",
                        pat_words_of(&setting).text, psnr, report->gain[row].db, ssim,
                        report->gain[row].ssim);
    add(strips, pat_names_get(&table->filename, row), &setting,
        pat_words("%s, with the best setting of its search", rank), numbers);
}

static bool has_setting(const pat_table *table, size_t row)
{
    const pat_setting setting = pat_data_setting(table, row);
    return pat_setting_is_valid(&setting);
}

static double rank_of(const pat_report *report, size_t row)
{
    return report->gain != NULL ? pat_similarity(report->gain[row].db, report->gain[row].ssim)
                                : report->table.value[PAT_DATA_SIMILARITY][row];
}

/* Rank the rows that have a pair by their gain in similarity or, without trials, by their score. */
static pat_status rank_rows(struct strips *strips, pat_error *error)
{
    const pat_report *report = strips->report;
    const pat_table *table = &report->table;
    struct ranked *ranked = pat_realloc_array(NULL, table->rows, sizeof *ranked);
    if (ranked == NULL)
        return pat_fail_memory(error, "the order of the rows");
    size_t count = 0;
    for (size_t i = 0; i < table->rows; i++) {
        double value = rank_of(report, i);
        if (isfinite(value) && has_setting(table, i) &&
            pat_name_index_find(&strips->index, pat_names_get(&table->filename, i)) <
                strips->names.count)
            ranked[count++] = (struct ranked){value, i};
    }
    qsort(ranked, count, sizeof *ranked, by_value);
    bool gains = report->gain != NULL;
    if (count > 0)
        add_row(strips, gains ? "The largest gain" : "The best score", &ranked[0]);
    if (count > 2)
        add_row(strips, gains ? "The median gain" : "The median score", &ranked[count / 2]);
    if (count > 1)
        add_row(strips, gains ? "The smallest gain" : "The worst score", &ranked[count - 1]);
    free(ranked);
    return PAT_OK;
}

static void add_extreme(struct strips *strips, const char *rank, const pat_extreme *extreme)
{
    add(strips, extreme->name, &extreme->setting, pat_words("%s restoration by the model", rank),
        pat_words("%s: similarity %+.4f over doing nothing; the best setting gains %+.4f",
                  pat_words_of(&extreme->setting).text, extreme->gain, extreme->oracle_gain));
}

/* ---- Showing them ---------------------------------------------------------------------------- */

static json_t *image_value(const pat_strip *strip, int which, const char *what, const char *name)
{
    pat_buffer uri = {0};
    const pat_buffer *file = &strip->picture[which];
    pat_data_uri_append(&uri, "image/jpeg", file->data, file->size);
    json_t *alt = pat_words("%s, %s", name, what);
    json_t *value = uri.failed ? NULL
                               : json_pack("{s:s%, s:o, s:s}", "uri", uri.data, uri.size, "alt",
                                           alt, "what", what);
    pat_buffer_release(&uri);
    return value;
}

/* What the inspection found wrong with a pair; NULL: nothing. Items begin with the pair's name. */
static const char *doubt_of(const pat_inspection *inspection, const char *name)
{
    static const char *const words[PAT_FINDING_KINDS] = {
        [PAT_FINDING_IDENTICAL] = "the damaged image is the original",
        [PAT_FINDING_WRONG_PARTNER] = "they seem to be different images",
        [PAT_FINDING_OTHER_SHAPE] = "they differ in shape",
        [PAT_FINDING_MISALIGNED] = "they are not aligned",
        [PAT_FINDING_SWAPPED] = "the sides may be swapped",
    };
    size_t length = strlen(name);
    for (size_t i = 0; i < inspection->finding_count; i++) {
        const pat_finding *finding = &inspection->findings[i];
        for (size_t j = 0; j < finding->item_count && words[finding->kind] != NULL; j++) {
            const char *item = finding->items[j];
            if (strncmp(item, name, length) == 0 &&
                (item[length] == '\0' || strncmp(item + length, ": ", 2) == 0))
                return words[finding->kind];
        }
    }
    return NULL;
}

static void show_strip(struct strips *strips, size_t index, const pat_strip *strip,
                       pat_shown *shown, json_t *list)
{
    pat_pair pair;
    pat_pairs_get(strips->report->options->pairs, strips->job[index].pair, &pair);
    json_t *value = json_pack("{s:o, s:O, s:O}", "name", pat_json_text(pair.name), "title",
                              strips->title[index], "numbers", strips->numbers[index]);
    const char *doubt = doubt_of(&strips->report->inspection, pair.name);
    if (doubt != NULL)
        pat_show(
            shown, value, "doubt",
            pat_words("This may not be the pair that was scored. The inspection says: %s.", doubt));
    if (strip->status != PAT_OK) {
        pat_show(shown, value, "failure", pat_json_text(strip->failure.message));
    } else {
        json_t *pictures = json_array();
        pat_show_next(shown, pictures, image_value(strip, PAT_STRIP_DAMAGED, "damaged", pair.name));
        pat_show_next(shown, pictures,
                      image_value(strip, PAT_STRIP_RESTORED, "restored", pair.name));
        pat_show_next(shown, pictures,
                      image_value(strip, PAT_STRIP_ORIGINAL, "original", pair.name));
        pat_show(shown, value, "pictures", pictures);
        pat_show(shown, value, "size",
                 pat_words("%d × %d pixels", strip->full_width, strip->full_height));
        pat_show(shown, value, "width", pat_words("%d", strip->width));
        pat_show(shown, value, "height", pat_words("%d", strip->height));
    }
    pat_show_next(shown, list, value);
}

static pat_status show_all(struct strips *strips, pat_shown *shown, pat_report_summary *summary,
                           pat_error *error)
{
    json_t *list = json_array();
    pat_strip made[STRIPS_MAX] = {0};
    pat_strips_options options = {.pairs = strips->report->options->pairs,
                                  .jobs = strips->job,
                                  .count = strips->count,
                                  .run = &strips->report->options->run};
    pat_status status = PAT_OK;
    if (strips->count > 0)
        status = pat_strips_run(&options, made, error);
    for (size_t i = 0; i < strips->count && status == PAT_OK; i++) {
        show_strip(strips, i, &made[i], shown, list);
        *(made[i].status == PAT_OK ? &summary->strips : &summary->strips_failed) += 1;
    }
    shown->mode &= pat_strips_mode(made, strips->count);
    pat_strips_release(made, strips->count);
    pat_show(shown, shown->words, "strips", json_pack("{s:o}", "list", list));
    return status;
}

pat_status pat_report_strips(const pat_report *report, pat_shown *shown,
                             pat_report_summary *summary, pat_error *error)
{
    struct strips strips = {.report = report};
    if (report->options->pairs == NULL)
        return PAT_OK;
    pat_status status = index_pairs(&strips, error);
    if (status == PAT_OK)
        status = rank_rows(&strips, error);
    if (status == PAT_OK && report->evaluated && report->evaluation.extremes > 0) {
        add_extreme(&strips, "The best", &report->evaluation.best[0]);
        add_extreme(&strips, "The worst", &report->evaluation.worst[0]);
    }
    if (status == PAT_OK)
        status = show_all(&strips, shown, summary, error);
    pat_name_index_release(&strips.index);
    pat_names_release(&strips.names);
    for (size_t i = 0; i < strips.count; i++) {
        json_decref(strips.title[i]);
        json_decref(strips.numbers[i]);
    }
    return status;
}
