/* Shared by the vector tiers of the Gaussian blur; private to this folder. */
#ifndef PAT_KERNELS_GAUSSIAN_SHARED_H
#define PAT_KERNELS_GAUSSIAN_SHARED_H

#define INLINE static inline __attribute__((always_inline))

/* Call with taps as a constant for the common sigmas 0.5, 1, 1.5 and 2. The loop over the taps then
 * unrolls and the weights stay in registers. */
#define WITH_CONSTANT_TAPS(call)                                                                   \
    switch (taps) {                                                                                \
    case 3:                                                                                        \
        call(3);                                                                                   \
        break;                                                                                     \
    case 7:                                                                                        \
        call(7);                                                                                   \
        break;                                                                                     \
    case 9:                                                                                        \
        call(9);                                                                                   \
        break;                                                                                     \
    case 13:                                                                                       \
        call(13);                                                                                  \
        break;                                                                                     \
    default:                                                                                       \
        call(taps);                                                                                \
    }

#endif
