/* Admission control: accept or refuse a request by its headers; private to the library. */
#ifndef PAT_WEB_ADMISSION_H
#define PAT_WEB_ADMISSION_H

#include "web/exchange.h"

/* Check any request. Returns PAT_PROBLEM_NONE, or why it is refused; *message is then static. Sets
 * exchange->shows_token. */
pat_problem pat_admission_check(pat_exchange *exchange, const char **message);

/* Check an upload before any of its body is stored. */
pat_problem pat_admission_of_image(const pat_exchange *exchange, const char **message);

#endif
