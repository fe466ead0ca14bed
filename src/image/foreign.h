/* Files that patina does not read but can name; private to this folder. */
#ifndef PAT_IMAGE_FOREIGN_H
#define PAT_IMAGE_FOREIGN_H

#include "image/bytes.h"

typedef struct pat_foreign {
    const char *title;     /* with its article: "a GIF image" */
    const char *remedy;    /* what to do: "save it as PNG" */
    const char *signature; /* the file begins with it; '?' matches any byte */
    size_t size;
} pat_foreign;

/* What the file is, if it is one of these kinds; otherwise NULL. Static. */
const pat_foreign *pat_foreign_of_file(pat_file_bytes file);

#endif
