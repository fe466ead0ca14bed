#include "naive_number.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

decimal decimal_of_text(const char *text)
{
    decimal d = {.exponent = -1};
    size_t length = 0;
    bool point = false;
    for (; isdigit((unsigned char)*text) || *text == '.'; text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        if (length == 0 && *text == '0') {
            d.exponent -= point;
            continue;
        }
        d.digits[length++] = *text;
        d.exponent += !point;
    }
    while (length > 0 && d.digits[length - 1] == '0')
        d.digits[--length] = '\0';
    if (*text == 'e')
        d.exponent += atoi(text + 1);
    return d;
}

/* The decimal plus or minus one unit in the last of `precision` digits. */
static decimal step(decimal d, int precision, int direction)
{
    unsigned long long number = 0;
    for (int i = 0; i < precision; i++)
        number = 10 * number + (i < (int)strlen(d.digits) ? (unsigned)(d.digits[i] - '0') : 0);
    char text[64];
    snprintf(text, sizeof text, "%llue%d", direction > 0 ? number + 1 : number - 1,
             d.exponent - precision + 1);
    return decimal_of_text(text);
}

static bool reads_back(decimal d, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.1s.%se%d", d.digits, d.digits[0] ? d.digits + 1 : "",
             d.exponent);
    return strtod(text, NULL) == value;
}

decimal naive_shortest(double value)
{
    for (int precision = 1;; precision++) {
        char text[64];
        snprintf(text, sizeof text, "%.*e", precision - 1, value);
        decimal nearest = decimal_of_text(text);
        const decimal candidates[] = {nearest, step(nearest, precision, 1),
                                      step(nearest, precision, -1)};
        for (int i = 0; i < 3; i++)
            if (reads_back(candidates[i], value))
                return candidates[i];
    }
}
