/* Pass images to workers, and their results to answers; private to the library. */
#ifndef PAT_WEB_WORK_H
#define PAT_WEB_WORK_H

#include "web/exchange.h"

/* Submit the complete image of an exchange, which is then PAT_EXCHANGE_WORKING, or answered if that
 * failed. */
void pat_work_submit(pat_exchange *exchange);

#endif
