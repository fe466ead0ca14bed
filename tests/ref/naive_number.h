/* The shortest decimal of a double, found naively by trying every precision. */
#ifndef NAIVE_NUMBER_H
#define NAIVE_NUMBER_H

/* Digits without leading and trailing zeros, and the exponent of the first: 0.05 is "5", -2. */
typedef struct decimal {
    char digits[32];
    int exponent;
} decimal;

/*
 * The decimal with the fewest digits that reads back as `value` (finite, positive); of several, the
 * nearest to it.
 */
decimal naive_shortest(double value);

/* Parses an unsigned number. */
decimal decimal_of_text(const char *text);

#endif
