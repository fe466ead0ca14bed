#include "run/check_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "features/likeness.h"
#include "inspect/findings.h"
#include "workers/run.h"

/* The original of a pair. */
struct original {
    pat_fingerprint bytes;
    size_t pair;
};

struct check_run {
    const pat_pairs *pairs;
    pat_pair pair; /* the pair last requested */
    const pat_name_index *names;
    bool *has_pair; /* for each row of the data set */
    struct original *originals;
    size_t original_count;
    pat_inspection *inspection;
};

static void get_job(void *context, size_t index, pat_job *job)
{
    struct check_run *run = context;
    pat_pairs_get(run->pairs, index, &run->pair);
    *job = (pat_job){
        .name = run->pair.name, .damaged = run->pair.damaged, .undamaged = run->pair.undamaged};
}

static pat_finding *finding_of(struct check_run *run, pat_finding_kind kind, bool bad)
{
    pat_finding *finding = pat_finding_of(run->inspection, kind, bad);
    if (finding != NULL && finding->item_count == 0)
        finding->count = 0; /* the labels only had a number; count the items */
    return finding;
}

static bool note_likeness(struct check_run *run, const char *name, const pat_likeness *likeness)
{
    if (likeness->identical)
        return pat_finding_add_item(finding_of(run, PAT_FINDING_IDENTICAL, true), "%s", name);
    if (pat_likeness_is_of_strangers(likeness))
        return pat_finding_add_item(finding_of(run, PAT_FINDING_WRONG_PARTNER, true),
                                    "%s: %dx%d, the original %dx%d, correlation %.2f", name,
                                    likeness->width[0], likeness->height[0], likeness->width[1],
                                    likeness->height[1], likeness->correlation);
    if (pat_likeness_has_other_shape(likeness))
        return pat_finding_add_item(finding_of(run, PAT_FINDING_OTHER_SHAPE, true),
                                    "%s: %dx%d, the original %dx%d", name, likeness->width[0],
                                    likeness->height[0], likeness->width[1], likeness->height[1]);
    if (pat_likeness_is_misaligned(likeness))
        return pat_finding_add_item(finding_of(run, PAT_FINDING_MISALIGNED, true),
                                    "%s: shifted by (%+d, %+d) pixels", name, likeness->shift_x,
                                    likeness->shift_y);
    if (pat_likeness_may_be_swapped(likeness))
        return pat_finding_add_item(finding_of(run, PAT_FINDING_SWAPPED, false), "%s", name);
    return true;
}

static bool note_row(struct check_run *run)
{
    size_t row = pat_name_index_find(run->names, run->pair.name);
    if (row == run->names->names->count)
        return pat_finding_add_item(finding_of(run, PAT_FINDING_PAIR_WITHOUT_ROW, false), "%s",
                                    run->pair.name);
    run->has_pair[row] = true;
    return true;
}

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    struct check_run *run = context;
    pat_likeness likeness;
    bool noted;
    pat_pairs_get(run->pairs, index, &run->pair);
    if (outcome->status == PAT_OK && outcome->report.size == sizeof likeness) {
        memcpy(&likeness, outcome->report.data, sizeof likeness);
        noted = note_likeness(run, run->pair.name, &likeness);
        run->originals[run->original_count++] = (struct original){outcome->content[1].bytes, index};
        run->inspection->pairs_checked++;
    } else {
        noted = pat_finding_add_item(finding_of(run, PAT_FINDING_UNCHECKED, true), "%s",
                                     outcome->message);
        run->inspection->pairs_failed++;
    }
    return noted && note_row(run) ? PAT_OK : pat_fail_memory(error, "the findings on the pairs");
}

static bool note_rows_without_pair(struct check_run *run)
{
    const pat_names *rows = run->names->names;
    bool noted = true;
    for (size_t i = 0; i < rows->count && noted; i++) {
        const char *name = pat_names_get(rows, i);
        if (!run->has_pair[pat_name_index_find(run->names, name)])
            noted = pat_finding_add_item(finding_of(run, PAT_FINDING_ROW_WITHOUT_PAIR, false),
                                         "row %zu (%s)", i + PAT_TABLE_FIRST_ROW, name);
    }
    return noted;
}

static int compare_originals(const void *a, const void *b)
{
    const struct original *first = a, *second = b;
    if (first->bytes.high != second->bytes.high)
        return first->bytes.high < second->bytes.high ? -1 : 1;
    if (first->bytes.low != second->bytes.low)
        return first->bytes.low < second->bytes.low ? -1 : 1;
    return first->pair < second->pair ? -1 : first->pair > second->pair;
}

/* Note originals with different names but the same content. One file that a manifest names many
 * times is no duplicate. */
static bool note_duplicates(struct check_run *run)
{
    bool noted = true;
    if (run->original_count > 1)
        qsort(run->originals, run->original_count, sizeof *run->originals, compare_originals);
    for (size_t i = 1, first = 0; i < run->original_count && noted; i++) {
        pat_pair earlier, pair;
        if (!pat_fingerprint_equal(run->originals[first].bytes, run->originals[i].bytes)) {
            first = i;
            continue;
        }
        pat_pairs_get(run->pairs, run->originals[first].pair, &earlier);
        pat_pairs_get(run->pairs, run->originals[i].pair, &pair);
        if (strcmp(earlier.undamaged, pair.undamaged) != 0)
            noted = pat_finding_add_item(finding_of(run, PAT_FINDING_DUPLICATE_ORIGINAL, true),
                                         "%s is the same as %s", pair.undamaged, earlier.undamaged);
    }
    return noted;
}

/* A few such cases are accidents; if they are half of all or more, the input is probably wrong. */
static void weigh(pat_inspection *inspection, pat_finding_kind kind, size_t of)
{
    for (size_t i = 0; i < inspection->finding_count; i++)
        if (inspection->findings[i].kind == kind)
            inspection->findings[i].bad = 2 * inspection->findings[i].count >= of;
}

static pat_status check_all(struct check_run *run, const pat_run_options *options, pat_error *error)
{
    pat_task_setup setup = {.kind = PAT_TASK_CHECK};
    pat_job_list jobs = {.count = pat_pairs_count(run->pairs), .get = get_job, .context = run};
    pat_sink sink = {put_outcome, run};
    pat_run work = {.setup = &setup, .jobs = &jobs, .sink = &sink, .options = options};
    pat_status status = pat_run_jobs(&work, error);
    memcpy(run->inspection->sandbox, work.sandbox, sizeof work.sandbox);
    if (status != PAT_OK)
        return status;
    if (!note_rows_without_pair(run) || !note_duplicates(run))
        return pat_fail_memory(error, "the findings on the pairs");
    weigh(run->inspection, PAT_FINDING_SWAPPED, run->inspection->pairs_checked);
    weigh(run->inspection, PAT_FINDING_ROW_WITHOUT_PAIR, run->inspection->rows);
    return PAT_OK;
}

pat_status pat_check_pairs(const pat_pairs *pairs, const pat_name_index *names,
                           const pat_run_options *options, pat_inspection *inspection,
                           pat_error *error)
{
    struct check_run run = {.pairs = pairs, .names = names, .inspection = inspection};
    size_t count = pat_pairs_count(pairs);
    if (count == 0)
        return pat_fail(
            error, PAT_NOTHING_TO_DO,
            "no pairs to check: a pair is a file name found in both folders, or a manifest row");
    run.has_pair = calloc(names->names->count + 1, sizeof *run.has_pair);
    run.originals = pat_realloc_array(NULL, count, sizeof *run.originals);
    pat_status status = PAT_OK;
    if (run.has_pair == NULL || run.originals == NULL)
        status = pat_fail_memory(error, "the list of pairs");
    inspection->has_pairs = true;
    if (status == PAT_OK)
        status = check_all(&run, options, error);
    free(run.has_pair);
    free(run.originals);
    return status;
}
