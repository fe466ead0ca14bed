/* The shortest decimal of a double by trying every precision: slow, plain, independent. */
#ifndef NAIVE_NUMBER_H
#define NAIVE_NUMBER_H

/* Digits without leading and trailing zeros, and the exponent of the first: 0.05 is "5", -2. */
typedef struct decimal {
    char digits[32];
    int exponent;
} decimal;

/*
 * The decimal of fewest digits that reads back to `value` (finite, positive), among those the one
 * nearest to it.
 */
decimal naive_shortest(double value);

/* The decimal that an unsigned number's text shows. */
decimal decimal_of_text(const char *text);

#endif
