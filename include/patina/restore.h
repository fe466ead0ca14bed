/*
 * Restore an image in memory, and the parts of sharpening. Blur and sharpening are bit-identical to
 * their OpenCV 4.6 counterparts on 8-bit data.
 *
 * Functions on planes process one channel; call them for each of the three planes of a color image.
 * Source and destination have the same size. All are thread-safe if the destinations differ.
 */
#ifndef PATINA_RESTORE_H
#define PATINA_RESTORE_H

#include "patina/image.h"
#include "patina/setting.h"

/*
 * Apply one setting to `damaged`. `restored` is initialized and gets the size of `damaged`. Fails
 * with PAT_INVALID_ARGUMENT (as pat_setting_check()) or PAT_OUT_OF_MEMORY.
 */
PAT_API PAT_MUST_CHECK pat_status pat_image_restore(const pat_image *damaged,
                                                    const pat_setting *setting, pat_image *restored,
                                                    pat_error *error);

/* dst(x, y) = table[src(x, y)]. src and dst may be the same plane. */
PAT_API void pat_plane_map(const pat_plane *src, const uint8_t table[256], const pat_plane *dst);

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
 * Blur with the kernel in both directions, with a reflect101 border: dst = (sum_i sum_j w_i w_j src
 * + 32768) >> 16. src and dst must not overlap. Fails with PAT_OUT_OF_MEMORY (one row of scratch;
 * dst is then undefined).
 */
PAT_API PAT_MUST_CHECK pat_status pat_gaussian_blur(const pat_gaussian *kernel,
                                                    const pat_plane *src, const pat_plane *dst,
                                                    pat_error *error);

/*
 * Unsharp masking exactly as cv2.addWeighted(base, 1 + strength, blurred, -strength, 0): in single
 * precision, fma(base, 1 + strength, blurred * -strength), rounded half to even, clipped to 0..255.
 * strength: 0..PAT_STRENGTH_MAX. dst may be base or blurred.
 */
PAT_API void pat_sharpen(const pat_plane *base, const pat_plane *blurred, double strength,
                         const pat_plane *dst);

#endif
