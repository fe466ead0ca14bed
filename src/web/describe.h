/* What a worker has told of a picture, for a client; private to the library. */
#ifndef PAT_WEB_DESCRIBE_H
#define PAT_WEB_DESCRIBE_H

#include "web/answer.h"
#include "tasks/task_restore.h"

/* Begin an answer that tells what is known of the image: the document patina.image. */
void pat_describe_features(const pat_restoration *told, pat_answer *answer);

/* The same for a restored one, whose file is still to be given, as PAT_BODY_BASE64 has it. */
void pat_describe_restored(const pat_restoration *told, pat_answer *answer);

/* Begin an answer that is the picture, with all header fields. name: of the client's file,
 * cleaned. */
void pat_describe_picture(const pat_restoration *told, const pat_restore_order *order,
                          const char *name, pat_answer *answer);

#endif
