/* Convert numbers to text and back, always in the C locale. */
#ifndef PAT_BASE_NUMBER_H
#define PAT_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum { PAT_NUMBER_TEXT_SIZE = 32 };

/*
 * The shortest decimal form that reads back to the same double: "0.5", "1", "1e-05", "inf",
 * "-inf", "nan". Exponents are used as in %g. Returns the length.
 */
size_t pat_number_format(double value, char text[PAT_NUMBER_TEXT_SIZE]);

/* Parse all of `text` as a double; false (value untouched) if it is not exactly one number. */
bool pat_number_parse(const char *text, double *value);

/* Round `value` to `digits` (1..17) significant decimal digits. */
double pat_number_round(double value, int digits);

#endif
