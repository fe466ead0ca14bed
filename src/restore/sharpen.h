/* Unsharp masking; private to the library. */
#ifndef PAT_RESTORE_SHARPEN_H
#define PAT_RESTORE_SHARPEN_H

#include "patina/restore.h"

/* Twice the strength if integer arithmetic gives OpenCV's result, else -1. */
int pat_doubled_strength(double strength);

#endif
