/* Collect the findings of an inspection; private to the library. */
#ifndef PAT_INSPECT_FINDINGS_H
#define PAT_INSPECT_FINDINGS_H

#include "patina/inspect.h"

/*
 * The finding of this kind. If there is none yet, add one with `bad`, without text and items. NULL
 * if memory runs out. Valid until the next call.
 */
pat_finding *pat_finding_of(pat_inspection *inspection, pat_finding_kind kind, bool bad);

/* Add a finding with its text. count: the number of rows, pairs or columns it is about. False if
 * memory runs out. */
PAT_MUST_CHECK bool pat_finding_add(pat_inspection *inspection, pat_finding_kind kind, bool bad,
                                    size_t count, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Count one more item of a finding, and list it if there is room. False if memory runs out or
 * `finding` is NULL. */
PAT_MUST_CHECK bool pat_finding_add_item(pat_finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Write the text of findings that have items, sort all findings, and count the bad ones. */
void pat_findings_finish(pat_inspection *inspection);

#endif
