/* YUV to RGB and back, compiled for portable C. */
#define TIER(name) name##_c
#include "kernels/yuv_shared.h"
