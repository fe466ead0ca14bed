#include "base/number.h"

#include <ctype.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Switch the thread to the C locale and return the previous one: the program that embeds the
 * library may use a locale with decimal commas. */
static locale_t enter_c_locale(void)
{
    static locale_t c_locale;
    if (c_locale == (locale_t)0)
        c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return uselocale(c_locale);
}

/*
 * If 15 digits are enough, %.15g finds the number; 17 digits are always enough. With 16 digits the
 * nearest decimal is the only candidate, except at powers of two: below them doubles are twice as
 * dense, so the next decimal away from zero can read back when the nearest does not.
 */
static bool try_sixteen_digits(double value, char *text)
{
    snprintf(text, PAT_NUMBER_TEXT_SIZE, "%.16g", value);
    if (strtod(text, NULL) == value)
        return true;
    int exponent;
    if (fabs(frexp(value, &exponent)) != 0.5)
        return false;
    char longer[PAT_NUMBER_TEXT_SIZE];
    snprintf(longer, sizeof longer, "%.15e", value);
    char *last = strchr(longer, 'e') - 1;
    if (*last == '9')
        return false;
    *last = (char)(*last + 1);
    double neighbour = strtod(longer, NULL);
    if (neighbour != value)
        return false;
    snprintf(text, PAT_NUMBER_TEXT_SIZE, "%s", longer);
    return true;
}

size_t pat_number_format(double value, char text[PAT_NUMBER_TEXT_SIZE])
{
    if (isnan(value))
        return (size_t)snprintf(text, PAT_NUMBER_TEXT_SIZE, "nan");
    locale_t previous = enter_c_locale();
    char shortest[PAT_NUMBER_TEXT_SIZE];
    int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; /* subnormals have fewer digits */
    do
        snprintf(shortest, sizeof shortest, "%.*g", digits, value);
    while (strtod(shortest, NULL) != value && digits++ < DBL_DIG);
    if (strtod(shortest, NULL) != value && !try_sixteen_digits(value, shortest))
        snprintf(shortest, sizeof shortest, "%.17g", value);
    strcpy(text, shortest);
    uselocale(previous);
    return strlen(text);
}

bool pat_number_parse(const char *text, double *value)
{
    bool foreign = isspace((unsigned char)*text) || strpbrk(text, "xX(") != NULL; /* hex, nan(1) */
    if (*text == '\0' || foreign)
        return false;
    locale_t previous = enter_c_locale();
    char *end;
    double parsed = strtod(text, &end);
    uselocale(previous);
    if (*end != '\0')
        return false;
    *value = parsed;
    return true;
}

double pat_number_round(double value, int digits)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    locale_t previous = enter_c_locale();
    snprintf(text, sizeof text, "%.*g", digits, value);
    double rounded = strtod(text, NULL);
    uselocale(previous);
    return rounded;
}
