/* Time that only moves forward; private to the library. */
#ifndef PAT_BASE_CLOCK_H
#define PAT_BASE_CLOCK_H

/* Seconds since an arbitrary start, monotonic. */
double pat_clock_seconds(void);

#endif
