/* File formats that patina recognizes but does not read; private to this folder. */
#ifndef PAT_IMAGE_FOREIGN_H
#define PAT_IMAGE_FOREIGN_H

#include "image/bytes.h"

typedef struct pat_foreign {
    const char *title;     /* with its article: "a GIF image" */
    const char *remedy;    /* what to do: "save it as PNG" */
    const char *signature; /* the first bytes of the file; '?' matches any byte */
    size_t size;
} pat_foreign;

/* The format of the file; NULL if it is none of these. Static. */
const pat_foreign *pat_foreign_of_file(pat_file_bytes file);

#endif
