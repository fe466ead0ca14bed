/* What a worker has told of a picture, for a client; private to the library. */
#ifndef PAT_WEB_DESCRIBE_H
#define PAT_WEB_DESCRIBE_H

#include "web/answer.h"
#include "tasks/task_restore.h"

/* Append the members "input" to "setting" of the JSON object, which is left open. */
void pat_describe_json(const pat_restoration *told, pat_buffer *out);

/* Append the member "output", up to the Base64 text of the file, which PAT_BODY_BASE64 brings. */
void pat_describe_output(const pat_restoration *told, pat_buffer *out);

/* Begin an answer that is the picture, with all header fields. name: of the client's file,
 * cleaned. */
void pat_describe_picture(const pat_restoration *told, const pat_restore_order *order,
                          const char *name, pat_answer *answer);

#endif
