#include "inspect/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The name of each kind; for kinds that list items, also what the items are and what to do. */
static const struct {
    const char *name, *what, *advice;
} kinds[PAT_FINDING_KINDS] = {
    [PAT_FINDING_CONSTANT_TARGET] = {"constant_target", NULL, NULL},
    [PAT_FINDING_EDGE_OF_GRID] = {"edge_of_grid", NULL, NULL},
    [PAT_FINDING_HARMED] = {"harmed", NULL, NULL},
    [PAT_FINDING_TIES] = {"ties", NULL, NULL},
    [PAT_FINDING_NEAR_TIES] = {"near_ties", NULL, NULL},
    [PAT_FINDING_SIGMA_WITHOUT_EFFECT] = {"sigma_without_effect", NULL, NULL},
    [PAT_FINDING_NON_FINITE] = {"non_finite", "numbers that are missing, nan or infinite",
                                "most models reject them: remove or regenerate the rows"},
    [PAT_FINDING_IMPOSSIBLE] = {"impossible", "numbers that no image or setting can have",
                                "fix or regenerate the rows"},
    [PAT_FINDING_PERFECT_SCORE] =
        {"perfect_score", "rows with an infinite PSNR",
         "the damaged image equals the original, or was restored exactly: check the pairs"},
    [PAT_FINDING_CONTRADICTION] = {"contradiction",
                                   "rows whose apply_color_correction contradicts color_method",
                                   "regenerate them"},
    [PAT_FINDING_REPEATED_NAME] =
        {"repeated_name", "rows with the name of an earlier row",
         "merged data sets or duplicate rows? give each row its own name"},
    [PAT_FINDING_CONSTANT_FEATURE] = {"constant_feature", "features that never vary",
                                      "a model learns nothing from them"},
    [PAT_FINDING_UNKNOWN_COLUMN] = {"unknown_column", "columns that do not belong to a data set",
                                    "they were ignored"},
    [PAT_FINDING_IDENTICAL] = {"identical", "damaged images that equal the original",
                               "are these the right folders?"},
    [PAT_FINDING_MISALIGNED] =
        {"misaligned", "pairs that are not aligned",
         "all their scores are wrong because of this: align them or leave them out"},
    [PAT_FINDING_OTHER_SHAPE] =
        {"other_shape", "pairs whose images differ in shape",
         "the search stretches one to fit the other: crop both the same way"},
    [PAT_FINDING_WRONG_PARTNER] = {"wrong_partner", "pairs that seem to show different scenes",
                                   "check them"},
    [PAT_FINDING_SWAPPED] =
        {"swapped",
         "pairs whose original has less detail, contrast and color than the damaged image",
         "are the two images swapped? check them"},
    [PAT_FINDING_UNCHECKED] = {"unchecked", "pairs that could not be checked",
                               "fix them or leave them out"},
    [PAT_FINDING_DUPLICATE_ORIGINAL] =
        {"duplicate_original", "originals with the same bytes as another",
         "keep copies on one side of every split, or leave them out"},
    [PAT_FINDING_ROW_WITHOUT_PAIR] = {"row_without_pair", "rows without a pair of images",
                                      "are these the images of the data set?"},
    [PAT_FINDING_PAIR_WITHOUT_ROW] =
        {"pair_without_row", "pairs without a row in the data set",
         "they failed in the search, were removed, or belong to another data set"},
};

const char *pat_finding_name(pat_finding_kind kind)
{
    return kinds[kind].name;
}

static pat_finding *add_finding(pat_inspection *inspection, pat_finding_kind kind, bool bad)
{
    if (!pat_array_reserve(&inspection->findings, &inspection->finding_capacity,
                           inspection->finding_count + 1, sizeof *inspection->findings))
        return NULL;
    pat_finding *finding = &inspection->findings[inspection->finding_count++];
    *finding = (pat_finding){.kind = kind, .bad = bad};
    return finding;
}

pat_finding *pat_finding_of(pat_inspection *inspection, pat_finding_kind kind, bool bad)
{
    for (size_t i = 0; i < inspection->finding_count; i++)
        if (inspection->findings[i].kind == kind)
            return &inspection->findings[i];
    return add_finding(inspection, kind, bad);
}

bool pat_finding_add(pat_inspection *inspection, pat_finding_kind kind, bool bad, size_t count,
                     const char *format, ...)
{
    pat_finding *finding = add_finding(inspection, kind, bad);
    if (finding == NULL)
        return false;
    finding->count = count;
    va_list args;
    va_start(args, format);
    vsnprintf(finding->text, sizeof finding->text, format, args);
    va_end(args);
    return true;
}

bool pat_finding_add_item(pat_finding *finding, const char *format, ...)
{
    if (finding == NULL)
        return false;
    finding->count++;
    if (finding->item_count == PAT_FINDING_ITEMS_MAX)
        return true;
    char **grown = pat_realloc_array(finding->items, finding->item_count + 1, sizeof *grown);
    if (grown == NULL)
        return false;
    finding->items = grown;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&finding->items[finding->item_count], format, args);
    va_end(args);
    finding->item_count += length >= 0;
    return length >= 0;
}

static int compare(const void *a, const void *b)
{
    const pat_finding *first = a, *second = b;
    if (first->bad != second->bad)
        return first->bad ? -1 : 1;
    if (first->kind != second->kind)
        return first->kind < second->kind ? -1 : 1;
    return strcmp(first->text, second->text);
}

/* A few perfect pairs are harmless and may be genuine. */
static bool are_few(const pat_inspection *inspection, const pat_finding *finding)
{
    enum { ONE_IN = 20 };
    return (finding->kind == PAT_FINDING_PERFECT_SCORE || finding->kind == PAT_FINDING_IDENTICAL) &&
           finding->count < (inspection->rows + ONE_IN - 1) / ONE_IN;
}

void pat_findings_finish(pat_inspection *inspection)
{
    inspection->bad = 0;
    for (size_t i = 0; i < inspection->finding_count; i++) {
        pat_finding *finding = &inspection->findings[i];
        finding->bad = finding->bad && !are_few(inspection, finding);
        inspection->bad += finding->bad;
        if (finding->item_count > 0)
            snprintf(finding->text, sizeof finding->text, "%s: %zu; %s", kinds[finding->kind].what,
                     finding->count, kinds[finding->kind].advice);
    }
    if (inspection->finding_count > 1)
        qsort(inspection->findings, inspection->finding_count, sizeof *inspection->findings,
              compare);
}
