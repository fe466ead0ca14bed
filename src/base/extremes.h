/* The lesser and the greater of two numbers. Unlike fminf() and fmaxf(), these are inlined: they
 * need not handle NaN, so none may be passed. */
#ifndef PAT_BASE_EXTREMES_H
#define PAT_BASE_EXTREMES_H

static inline float pat_lesser(float a, float b)
{
    return a < b ? a : b;
}

static inline float pat_greater(float a, float b)
{
    return a > b ? a : b;
}

#endif
