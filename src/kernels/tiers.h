/* All kernels of all tiers; private to this folder. kernels.h documents them. */
#ifndef PAT_KERNELS_TIERS_H
#define PAT_KERNELS_TIERS_H

#include "kernels/kernels.h"

uint64_t pat_sum_c(const uint8_t *samples, int n);
void pat_map_c(const uint8_t *in, const uint8_t table[256], int n, uint8_t *out);
void pat_blur_columns_c(const uint8_t *const *rows, const uint8_t *weights, int taps, int width,
                        int16_t *sums);
void pat_blur_row_c(const int16_t *sums, const uint8_t *weights, int taps, int width, uint8_t *out);
void pat_sharpen_c(const uint8_t *base, const uint8_t *blurred, int doubled, int n, uint8_t *out);
void pat_sharpen_any_c(const uint8_t *base, const uint8_t *blurred, float base_weight,
                       float blurred_weight, int n, uint8_t *out);
uint64_t pat_squared_error_c(const uint8_t *a, const uint8_t *b, int n);
void pat_sharpen_errors_c(const pat_sharpen_area *area, const int *doubled, int count,
                          uint64_t *errors);
void pat_resize_across_c(const uint8_t *in, int n, const pat_resize_columns *columns, int from,
                         int to, uint16_t *out);
void pat_resize_down_c(const uint16_t *upper, const uint16_t *lower, int upper_weight,
                       int lower_weight, int n, uint8_t *out);
void pat_yuv_to_rgb_c(const uint8_t *const yuv[3], const pat_to_rgb *map, int n,
                      uint8_t *const rgb[3]);
void pat_yuv_to_rgb_deep_c(const uint16_t *const yuv[3], const pat_to_rgb *map, int n,
                           uint16_t *const rgb[3]);
void pat_rgb_to_yuv_c(const uint8_t *const rgb[3], const pat_to_yuv *map, int n, uint8_t *luma,
                      float *u, float *v);
void pat_rgb_to_yuv_deep_c(const uint16_t *const rgb[3], const pat_to_yuv *map, int n,
                           uint16_t *luma, float *u, float *v);
void pat_ssim_prepare_c(const pat_samples *original, int width, int height,
                        pat_ssim_prepared *prepared);
int64_t pat_ssim_exact_c(const pat_ssim_tile *tile);
int64_t pat_ssim_bound_c(const pat_ssim_tile *tile);

uint64_t pat_sum_avx2(const uint8_t *samples, int n);
void pat_map_avx2(const uint8_t *in, const uint8_t table[256], int n, uint8_t *out);
void pat_blur_columns_avx2(const uint8_t *const *rows, const uint8_t *weights, int taps, int width,
                           int16_t *sums);
void pat_blur_row_avx2(const int16_t *sums, const uint8_t *weights, int taps, int width,
                       uint8_t *out);
void pat_sharpen_avx2(const uint8_t *base, const uint8_t *blurred, int doubled, int n,
                      uint8_t *out);
void pat_sharpen_any_avx2(const uint8_t *base, const uint8_t *blurred, float base_weight,
                          float blurred_weight, int n, uint8_t *out);
uint64_t pat_squared_error_avx2(const uint8_t *a, const uint8_t *b, int n);
void pat_sharpen_errors_avx2(const pat_sharpen_area *area, const int *doubled, int count,
                             uint64_t *errors);
void pat_resize_across_avx2(const uint8_t *in, int n, const pat_resize_columns *columns, int from,
                            int to, uint16_t *out);
void pat_resize_down_avx2(const uint16_t *upper, const uint16_t *lower, int upper_weight,
                          int lower_weight, int n, uint8_t *out);
void pat_yuv_to_rgb_avx2(const uint8_t *const yuv[3], const pat_to_rgb *map, int n,
                         uint8_t *const rgb[3]);
void pat_yuv_to_rgb_deep_avx2(const uint16_t *const yuv[3], const pat_to_rgb *map, int n,
                              uint16_t *const rgb[3]);
void pat_rgb_to_yuv_avx2(const uint8_t *const rgb[3], const pat_to_yuv *map, int n, uint8_t *luma,
                         float *u, float *v);
void pat_rgb_to_yuv_deep_avx2(const uint16_t *const rgb[3], const pat_to_yuv *map, int n,
                              uint16_t *luma, float *u, float *v);
void pat_ssim_prepare_avx2(const pat_samples *original, int width, int height,
                           pat_ssim_prepared *prepared);
int64_t pat_ssim_exact_avx2(const pat_ssim_tile *tile);
int64_t pat_ssim_bound_avx2(const pat_ssim_tile *tile);

uint64_t pat_sum_avx512(const uint8_t *samples, int n);
void pat_map_avx512(const uint8_t *in, const uint8_t table[256], int n, uint8_t *out);
void pat_blur_columns_avx512(const uint8_t *const *rows, const uint8_t *weights, int taps,
                             int width, int16_t *sums);
void pat_blur_row_avx512(const int16_t *sums, const uint8_t *weights, int taps, int width,
                         uint8_t *out);
void pat_sharpen_avx512(const uint8_t *base, const uint8_t *blurred, int doubled, int n,
                        uint8_t *out);
void pat_sharpen_any_avx512(const uint8_t *base, const uint8_t *blurred, float base_weight,
                            float blurred_weight, int n, uint8_t *out);
uint64_t pat_squared_error_avx512(const uint8_t *a, const uint8_t *b, int n);
void pat_sharpen_errors_avx512(const pat_sharpen_area *area, const int *doubled, int count,
                               uint64_t *errors);
void pat_resize_across_avx512(const uint8_t *in, int n, const pat_resize_columns *columns, int from,
                              int to, uint16_t *out);
void pat_resize_down_avx512(const uint16_t *upper, const uint16_t *lower, int upper_weight,
                            int lower_weight, int n, uint8_t *out);
void pat_yuv_to_rgb_avx512(const uint8_t *const yuv[3], const pat_to_rgb *map, int n,
                           uint8_t *const rgb[3]);
void pat_yuv_to_rgb_deep_avx512(const uint16_t *const yuv[3], const pat_to_rgb *map, int n,
                                uint16_t *const rgb[3]);
void pat_rgb_to_yuv_avx512(const uint8_t *const rgb[3], const pat_to_yuv *map, int n, uint8_t *luma,
                           float *u, float *v);
void pat_rgb_to_yuv_deep_avx512(const uint16_t *const rgb[3], const pat_to_yuv *map, int n,
                                uint16_t *luma, float *u, float *v);
void pat_ssim_prepare_avx512(const pat_samples *original, int width, int height,
                             pat_ssim_prepared *prepared);
int64_t pat_ssim_exact_avx512(const pat_ssim_tile *tile);
int64_t pat_ssim_bound_avx512(const pat_ssim_tile *tile);

#endif
