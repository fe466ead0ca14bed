/* YUV to RGB and back, compiled for AVX2. */
#define TIER(name) name##_avx2
#include "kernels/yuv_shared.h"
