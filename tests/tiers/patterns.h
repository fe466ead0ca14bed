/* Samples that are hard on arithmetic, and partners for them. */
#ifndef TEST_TIERS_PATTERNS_H
#define TEST_TIERS_PATTERNS_H

#include <stddef.h>
#include <stdint.h>

/* The next of a reproducible series of pseudo-random numbers, 0 .. limit - 1. */
uint32_t next_random(uint64_t *random, uint32_t limit);

/* Rows of samples. */
typedef struct sample_rows {
    uint8_t *data;
    ptrdiff_t stride;
    int width, height;
} sample_rows;

enum { PATTERNS = 18, RELATIONS = 5 };

extern const char *const pattern_names[PATTERNS];
extern const char *const relation_names[RELATIONS];

/* Pattern 0 .. PATTERNS - 1. */
void fill_pattern(const sample_rows *rows, int pattern, uint64_t *random);

/* What rows may be to other rows of the same size: the same, inverted, nearly the same, another
 * pattern, or noise. */
void fill_partner(const sample_rows *rows, const sample_rows *of, int relation, uint64_t *random);

#endif
