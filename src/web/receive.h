/* A request as it arrives: its headers, then its body; private to the library. */
#ifndef PAT_WEB_RECEIVE_H
#define PAT_WEB_RECEIVE_H

#include "web/exchange.h"

/* The headers are there: exchange->request is filled in. connection: for a multipart body. Either
 * the exchange is then answered, or it waits for its body. */
void pat_receive_headers(pat_exchange *exchange, struct MHD_Connection *connection);

/* Bytes of the body. */
void pat_receive_bytes(pat_exchange *exchange, const char *bytes, size_t size);

/* The body is complete. The exchange is then answered, or being worked on until site->answered().
 */
void pat_receive_end(pat_exchange *exchange);

#endif
