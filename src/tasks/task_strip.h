/* Messages between the driver and the workers that make strips; private to the library. Both are
 * the same program, so structs are sent as raw memory. */
#ifndef PAT_TASKS_TASK_STRIP_H
#define PAT_TASKS_TASK_STRIP_H

#include "patina/search.h"

enum { PAT_STRIP_DAMAGED, PAT_STRIP_RESTORED, PAT_STRIP_ORIGINAL, PAT_STRIP_PICTURES };

/* How the images are reduced. */
typedef enum pat_strip_view {
    PAT_STRIP_WHOLE, /* shrunk */
    PAT_STRIP_MIDDLE /* cropped: sharpening shows only at full size */
} pat_strip_view;

/* job.order */
typedef struct pat_strip_order {
    pat_setting setting;
    pat_strip_view view;
    int max_side; /* of each image, >= 1 */
} pat_strip_order;

/* outcome.report: this, then the three JPEG files one after another. */
typedef struct pat_strip_report {
    uint32_t width, height;           /* of each image */
    uint32_t full_width, full_height; /* of the original */
    uint32_t size[PAT_STRIP_PICTURES];
} pat_strip_report;

#endif
