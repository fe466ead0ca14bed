/* Whether a request is let in, by its headers alone; private to the library. */
#ifndef PAT_WEB_ADMISSION_H
#define PAT_WEB_ADMISSION_H

#include "web/exchange.h"

/* PAT_PROBLEM_NONE, or why not; *message is then static. What concerns every request. */
pat_problem pat_admission_check(const pat_exchange *exchange, const char **message);

/* Whether another program could take it for another request than we do: one that is refused, and
 * whose connection is closed. */
bool pat_admission_is_ambiguous(const pat_request *request);

/* The same for a request with an image, before a byte of it is kept. Sets exchange->length. */
pat_problem pat_admission_of_image(pat_exchange *exchange, const char **message);

#endif
