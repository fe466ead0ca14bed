/* Random numbers that are the same on every machine; private to the library. Uses GSL. */
#ifndef PAT_BASE_RANDOM_H
#define PAT_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "patina/status.h"

/* A Mersenne twister (MT19937) with its state. Not shared between threads. */
typedef struct pat_random pat_random;

/* Fails with PAT_OUT_OF_MEMORY. Free with pat_random_free(), which accepts NULL. */
PAT_MUST_CHECK pat_status pat_random_create(pat_random **random, pat_error *error);
void pat_random_free(pat_random *random);

/* Start the sequence of `seed`. Equal seeds give equal sequences. */
void pat_random_seed(pat_random *random, uint32_t seed);

/* A seed from bytes: equal bytes give equal seeds, and different bytes rarely do. */
uint32_t pat_random_seed_of(const void *bytes, size_t size);

/* The next number of the sequence: 0 <= u < 1, in steps of 2^-32. */
double pat_random_uniform(pat_random *random);

/* The next number: 0 .. 2^32 - 1. */
uint32_t pat_random_bits(pat_random *random);

/* Normally distributed, mean 0, standard deviation `sigma`; consumes a varying count of numbers of
 * the sequence (Marsaglia and Tsang's ziggurat). */
double pat_random_normal(pat_random *random, double sigma);

#endif
