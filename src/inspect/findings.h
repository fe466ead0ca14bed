/* Collect the parts of a verdict; private to the library. */
#ifndef PAT_INSPECT_FINDINGS_H
#define PAT_INSPECT_FINDINGS_H

#include "patina/inspect.h"

/*
 * The finding of a kind, added with `bad`, no text and no items if there is none yet; NULL when
 * memory runs out. Valid until the next call.
 */
pat_finding *pat_finding_of(pat_inspection *inspection, pat_finding_kind kind, bool bad);

/* Add a finding with its text. `count`: the number of things concerned. False when memory runs
 * out. */
PAT_MUST_CHECK bool pat_finding_add(pat_inspection *inspection, pat_finding_kind kind, bool bad,
                                    size_t count, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Count one more thing that a finding concerns, and list it while there is room. `finding` may be
 * NULL. False when memory runs out. */
PAT_MUST_CHECK bool pat_finding_add_item(pat_finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Write the text of findings that have items, sort all, and count the bad ones. */
void pat_findings_finish(pat_inspection *inspection);

#endif
