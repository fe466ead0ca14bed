/* Pass images to workers, and put their results into responses; private to the library. */
#ifndef PAT_WEB_WORK_H
#define PAT_WEB_WORK_H

#include "web/exchange.h"

/* Submit the complete image of an exchange. The exchange is then PAT_EXCHANGE_WORKING or, if that
 * failed, PAT_EXCHANGE_ANSWERED. */
void pat_work_submit(pat_exchange *exchange);

#endif
