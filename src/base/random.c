#include "base/random.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "base/error.h"
#include "base/fingerprint.h"

/* pat_random is GSL's generator under another name, so that our headers do not need GSL's. */
static gsl_rng *generator(pat_random *random)
{
    return (gsl_rng *)random;
}

pat_status pat_random_create(pat_random **random, pat_error *error)
{
    gsl_set_error_handler_off(); /* the default handler aborts */
    *random = (pat_random *)gsl_rng_alloc(gsl_rng_mt19937);
    return *random == NULL ? pat_fail_memory(error, "a random number generator") : PAT_OK;
}

void pat_random_free(pat_random *random)
{
    gsl_rng_free(generator(random));
}

/* GSL replaces seed 0 by its default, 4357. */
void pat_random_seed(pat_random *random, uint32_t seed)
{
    gsl_rng_set(generator(random), seed);
}

uint32_t pat_random_seed_of(const void *bytes, size_t size)
{
    pat_fingerprint print = pat_fingerprint_of(bytes, size);
    return (uint32_t)(print.low ^ print.low >> 32 ^ print.high ^ print.high >> 32);
}

double pat_random_uniform(pat_random *random)
{
    return gsl_rng_uniform(generator(random));
}

uint32_t pat_random_bits(pat_random *random)
{
    return (uint32_t)gsl_rng_get(generator(random));
}

double pat_random_normal(pat_random *random, double sigma)
{
    return gsl_ran_gaussian_ziggurat(generator(random), sigma);
}
