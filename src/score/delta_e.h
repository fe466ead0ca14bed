/* CIE Lab and CIEDE2000; private to the library. */
#ifndef PAT_SCORE_DELTA_E_H
#define PAT_SCORE_DELTA_E_H

/* A CIE Lab color, for illuminant D65 and the 2-degree observer. */
typedef struct pat_lab {
    double l, a, b;
} pat_lab;

/*
 * The CIEDE2000 difference between two colors, with kL = kC = kH = 1; 0 if they are equal. Source:
 * G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 color-difference formula: implementation notes,
 * supplementary test data, and mathematical observations", 2005.
 */
double pat_ciede2000(const pat_lab *x, const pat_lab *y);

#endif
