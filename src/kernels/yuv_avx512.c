/* YUV to RGB and back, compiled for AVX-512. */
#define TIER(name) name##_avx512
#include "kernels/yuv_shared.h"
