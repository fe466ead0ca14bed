/* Receive a request: first its headers, then its body; private to the library. */
#ifndef PAT_WEB_RECEIVE_H
#define PAT_WEB_RECEIVE_H

#include "web/exchange.h"

/* Handle the headers in exchange->request. The exchange then has a response, or waits for its
 * body. */
void pat_receive_headers(pat_exchange *exchange);

/* Handle the next bytes of the body. */
void pat_receive_bytes(pat_exchange *exchange, const char *bytes, size_t size);

/* Handle the end of the body. The exchange then either has its response or waits for a worker,
 * until site->answered() is called. */
void pat_receive_end(pat_exchange *exchange);

#endif
