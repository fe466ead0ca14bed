/* Responses that describe or contain an image; private to the library. */
#ifndef PAT_WEB_DESCRIBE_H
#define PAT_WEB_DESCRIBE_H

#include "tasks/task_restore.h"
#include "web/answer.h"

/* Start a response with the patina.image document, which describes the image. */
void pat_describe_features(const pat_restoration *told, pat_answer *answer);

/* The same for a restored image; the caller adds its file (PAT_BODY_BASE64). */
void pat_describe_restored(const pat_restoration *told, pat_answer *answer);

/* Start a response with the header fields of a restored image; the caller adds its file. name: the
 * client's file name, cleaned. */
void pat_describe_image(const pat_restoration *told, const pat_restore_order *order,
                        const char *name, pat_answer *answer);

#endif
