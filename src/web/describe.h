/* The answers that describe or contain an image; private to the library. */
#ifndef PAT_WEB_DESCRIBE_H
#define PAT_WEB_DESCRIBE_H

#include "tasks/task_restore.h"
#include "web/answer.h"

/* Begin an answer that describes the image: the document patina.image. */
void pat_describe_features(const pat_restoration *told, pat_answer *answer);

/* The same for a restored image; its file is still to be added, see PAT_BODY_BASE64. */
void pat_describe_restored(const pat_restoration *told, pat_answer *answer);

/* Begin an answer that is the image, with all header fields. name: of the client's file,
 * cleaned. */
void pat_describe_image(const pat_restoration *told, const pat_restore_order *order,
                        const char *name, pat_answer *answer);

#endif
