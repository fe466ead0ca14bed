/* Admission control: accept or refuse a request by its headers; private to the library. */
#ifndef PAT_WEB_ADMISSION_H
#define PAT_WEB_ADMISSION_H

#include "web/exchange.h"

/* Check any request. Returns PAT_PROBLEM_NONE, or why it is refused; *message is then static. */
pat_problem pat_admission_check(const pat_exchange *exchange, const char **message);

/* Whether a proxy might parse the request differently. Such a request is refused and its connection
 * closed. */
bool pat_admission_is_ambiguous(const pat_request *request);

/* Check an upload before any of its body is stored. Sets exchange->length. */
pat_problem pat_admission_of_image(pat_exchange *exchange, const char **message);

#endif
