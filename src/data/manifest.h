/* Manifests: CSV files that list pairs; private to the library. */
#ifndef PAT_DATA_MANIFEST_H
#define PAT_DATA_MANIFEST_H

#include "data/listing.h"

/* The columns of a manifest, one list each. Zero-initialize; the caller releases the lists. */
typedef struct pat_manifest {
    pat_names damaged, undamaged;
    pat_names id;       /* the damaged path if the manifest has no id */
    pat_names original; /* "" if the manifest has none */
} pat_manifest;

/* Read the columns damaged, undamaged and, if present, id and original from a CSV file with a
 * header. Columns may be in any order; others are ignored. All rows must have as many fields as the
 * header, and ids must be unique. Fails with PAT_MALFORMED or as pat_csv_open() does. */
PAT_MUST_CHECK pat_status pat_manifest_read(pat_manifest *manifest, const char *path,
                                            pat_error *error);

#endif
