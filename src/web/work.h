/* An image's way to a worker and back; private to the library. */
#ifndef PAT_WEB_WORK_H
#define PAT_WEB_WORK_H

#include "web/exchange.h"

/* Hand the complete image of an exchange to the workers: it is then PAT_EXCHANGE_WORKING, or
 * answered at once. */
void pat_work_submit(pat_exchange *exchange);

#endif
