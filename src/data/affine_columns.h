/* The columns of the affine color that fits an original best; private to the library. They come
 * with the extended features and may be missing. */
#ifndef PAT_DATA_AFFINE_COLUMNS_H
#define PAT_DATA_AFFINE_COLUMNS_H

#include <stdbool.h>

enum { PAT_AFFINE_NUMBERS = 6, PAT_AFFINE_COLUMNS = 7 };

/* Column 0 .. PAT_AFFINE_NUMBERS - 1: the gain and offset of red, green and blue, and then the
 * similarity with these colors. Static. */
const char *pat_affine_column(int index);

bool pat_is_affine_column(const char *name);

#endif
