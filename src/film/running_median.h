/*
 * The exact median of a changing set of whole numbers, such as those of a window that slides over
 * the frames of a film; private to the library.
 *
 * A histogram counts the numbers; the median moves through it by as far as a change has moved it.
 * Source: T. S. Huang, G. J. Yang, G. Y. Tang, "A fast two-dimensional median filtering algorithm",
 * IEEE Trans. ASSP 27 (1979), 13-18.
 */
#ifndef PAT_FILM_RUNNING_MEDIAN_H
#define PAT_FILM_RUNNING_MEDIAN_H

#include <stdint.h>

typedef struct pat_running_median pat_running_median;

/* An empty set, for the numbers 0 .. levels - 1. NULL when out of memory. */
pat_running_median *pat_running_median_create(uint32_t levels);
void pat_running_median_free(pat_running_median *median); /* accepts NULL */

/* Add a number, or take one away that was added before. */
void pat_running_median_add(pat_running_median *median, uint16_t value);
void pat_running_median_remove(pat_running_median *median, uint16_t value);

/* Twice the median: the sum of both middle numbers, the same one twice if there is one. 0 for an
 * empty set. */
uint32_t pat_running_median_twice(pat_running_median *median);

#endif
