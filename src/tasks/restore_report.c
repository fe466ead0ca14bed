#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "image/picture.h"
#include "patina/restore.h"
#include "tasks/predictor.h"
#include "tasks/task_restore.h"

_Static_assert((int)PAT_NOTES <= (int)PAT_RESTORATION_NOTES_MAX, "all notes fit");

static bool is_size(uint32_t value)
{
    return value >= 1 && value <= INT_MAX;
}

static bool is_format(uint32_t value)
{
    return value > PAT_FORMAT_NONE && value <= pat_format_count();
}

static bool makes_sense(const pat_restore_report *report)
{
    bool sense =
        is_format(report->input_format) && is_format(report->format) && is_size(report->width) &&
        is_size(report->height) && (report->depth == 8 || report->depth == 16) &&
        (report->channels == 1 || report->channels == 3) &&
        report->unlike_count <= PAT_UNLIKE_MAX && pat_setting_is_valid(&report->setting) &&
        pat_setting_is_valid(&report->predicted) && pat_expects(report->gain, report->harm) &&
        (isnan(report->restored_at) || (report->restored_at >= 0 && report->restored_at <= 1)) &&
        (report->left_alone != 0) == pat_setting_is_idle(&report->setting) &&
        (report->copied == 0 || report->left_alone != 0);
    for (uint32_t i = 0; sense && i < report->unlike_count; i++)
        sense = report->unlike[i] < PAT_FEATURES_MAX;
    return sense;
}

/* Tell which page was kept or, in a copy of the file, looked at. Static, valid until the next call.
 */
static const char *page_text(const pat_restore_report *report)
{
    static char text[64];
    snprintf(text, sizeof text, "only page %u of %u was %s", report->page, report->pages,
             report->copied ? "looked at" : "kept");
    return text;
}

static void tell_notes(const pat_restore_report *report, pat_restoration *told)
{
    unsigned notes = report->notes;
    bool counted =
        report->pages > 1 && told->output != NULL && (report->copied == 0 || told->predicted);
    if (counted)
        notes |= 1u << PAT_NOTE_FIRST_PAGE;
    for (int i = 0; i < PAT_NOTES; i++)
        if ((notes & 1u << i) != 0)
            told->notes[told->note_count++] = i == PAT_NOTE_FIRST_PAGE && report->pages > 1
                                                  ? page_text(report)
                                                  : pat_note_text((pat_note)i);
}

static void tell_prediction(const pat_restore_report *report, pat_restoration *told)
{
    told->prediction = report->predicted;
    told->gain = report->gain;
    told->harm = report->harm;
    told->restored_at = report->restored_at;
    told->flagged = report->flagged;
    memcpy(told->raw, report->raw, sizeof told->raw);
    told->unlike_count = (int)report->unlike_count;
    for (int i = 0; i < told->unlike_count; i++)
        told->unlike[i] = (int)report->unlike[i];
}

pat_status pat_restore_report_read(const pat_outcome *outcome, const char *name,
                                   pat_restoration *told, pat_error *error)
{
    pat_restore_report report = {0};
    if (outcome->report.size == sizeof report)
        memcpy(&report, outcome->report.data, sizeof report);
    if (outcome->report.size != sizeof report || !makes_sense(&report))
        return pat_fail(error, PAT_INTERNAL, "%s: a worker sent an invalid report; run it again",
                        name);
    told->setting = report.setting;
    told->left_alone = report.left_alone;
    told->copied = report.copied;
    told->input_format = (pat_format)report.input_format;
    told->format = (pat_format)report.format;
    told->width = (int)report.width;
    told->height = (int)report.height;
    told->depth = (int)report.depth;
    told->channels = (int)report.channels;
    told->has_alpha = report.has_alpha;
    told->input_bytes = report.input_bytes;
    told->output_bytes = report.output_bytes;
    told->feature_count = report.extended ? PAT_FEATURES_MAX : PAT_FEATURE_COUNT;
    memcpy(told->features, report.features, sizeof told->features);
    tell_notes(&report, told);
    tell_prediction(&report, told);
    return PAT_OK;
}
