/*
 * The restoration operators. Blur and sharpening are bit-identical to their OpenCV 4.6 counterparts
 * on 8-bit data.
 *
 * They work on one plane at a time; a colour image is its three planes in turn. Source and
 * destination have the same size. All are thread-safe on distinct destinations.
 */
#ifndef PATINA_RESTORE_H
#define PATINA_RESTORE_H

#include <stdbool.h>

#include "patina/image.h"

/* Mean sample of a plane, 0..255: the exact integer sum over the number of samples. */
PAT_API double pat_plane_mean(const pat_plane *plane);

/*
 * Grey-world white balance as a lookup table: table[v] = trunc(clip(v * (128 / mean), 0, 255)) in
 * double. mean: of the channel, 0..255; a channel whose mean is 0 stays as it is.
 */
PAT_API void pat_white_balance_table(double mean, uint8_t table[256]);

/*
 * Auto levels, a contrast stretch, as a lookup table: table[v] = clip((v - lo) * 255 / (hi - lo),
 * 0, 255) in double, rounded half to even. lo and hi are the ceil(n / 200)-th least and greatest of
 * the plane's n samples, that is its 0.5th and 99.5th percentile. A plane with hi = lo stays as it
 * is. It undoes what is linear within a channel: fading, a cast, yellowing.
 */
PAT_API void pat_levels_table(const pat_plane *plane, uint8_t table[256]);

/* How colours are corrected. New ones go last: the numbers are those on the wire. */
typedef enum pat_color_method {
    PAT_COLOR_WHITE_BALANCE,
    PAT_COLOR_NONE,
    PAT_COLOR_LEVELS,
    PAT_COLOR_METHODS
} pat_color_method;

/* "white_balance", "none" or "levels". Static. */
PAT_API const char *pat_color_method_name(pat_color_method method);

/* The method with this name; false if there is none, *method is then unchanged. */
PAT_API bool pat_color_method_parse(const char *name, pat_color_method *method);

/* The number that stands for a method where there are only numbers: none 0, white_balance 1,
 * levels 2. And the method of such a number (asserted). */
PAT_API double pat_method_number(pat_color_method method);
PAT_API pat_color_method pat_method_of_number(double number);

/* The lookup table of a method for one channel; none is the identity. */
PAT_API void pat_color_table(pat_color_method method, const pat_plane *plane, uint8_t table[256]);

/* dst(x, y) = table[src(x, y)]. src and dst may be the same plane. */
PAT_API void pat_plane_map(const pat_plane *src, const uint8_t table[256], const pat_plane *dst);

#define PAT_SIGMA_MIN 0.01
#define PAT_SIGMA_MAX 20.0
enum { PAT_GAUSSIAN_TAPS_MAX = 121 }; /* rint(6 * PAT_SIGMA_MAX + 1) | 1 */

/*
 * The kernel that cv2.GaussianBlur(src, (0, 0), sigma) uses for 8-bit images: odd length,
 * symmetric, in 1/256, summing to 256. Source: OpenCV 4.6, getGaussianKernelBitExact and its
 * error-diffused reduction to fixed point.
 */
typedef struct pat_gaussian {
    int taps; /* 1..PAT_GAUSSIAN_TAPS_MAX, odd */
    uint16_t weight[PAT_GAUSSIAN_TAPS_MAX];
} pat_gaussian;

/* sigma: in pixels, PAT_SIGMA_MIN..PAT_SIGMA_MAX (asserted). */
PAT_API void pat_gaussian_init(pat_gaussian *kernel, double sigma);

/*
 * Blur with the kernel in both directions, border reflect101:
 * dst = (sum_i sum_j w_i w_j src + 32768) >> 16. src and dst must not overlap. Fails with
 * PAT_OUT_OF_MEMORY (one row of scratch; dst is then undefined).
 */
PAT_API PAT_MUST_CHECK pat_status pat_gaussian_blur(const pat_gaussian *kernel,
                                                    const pat_plane *src, const pat_plane *dst,
                                                    pat_error *error);

#define PAT_STRENGTH_MAX 100.0

/*
 * Unsharp masking exactly as cv2.addWeighted(base, 1 + strength, blurred, -strength, 0): in single
 * precision, fma(base, 1 + strength, blurred * -strength), rounded half to even, clipped to 0..255.
 * strength: 0..PAT_STRENGTH_MAX. dst may be base or blurred.
 */
PAT_API void pat_sharpen(const pat_plane *base, const pat_plane *blurred, double strength,
                         const pat_plane *dst);

#endif
