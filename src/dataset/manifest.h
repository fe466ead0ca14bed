/* Manifests: pairs named one by one in a CSV file; private to the library. */
#ifndef PAT_DATASET_MANIFEST_H
#define PAT_DATASET_MANIFEST_H

#include "dataset/listing.h"

/*
 * Read the columns damaged, undamaged and id (optional; the damaged path stands in) of a CSV file
 * with a header, in any column order; other columns are ignored. One name per row is added to each
 * list. Ids must differ. Fails with PAT_MALFORMED and the errors of pat_csv_open().
 */
PAT_MUST_CHECK pat_status pat_manifest_read(const char *path, pat_names *damaged,
                                            pat_names *undamaged, pat_names *ids, pat_error *error);

#endif
