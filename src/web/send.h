/* Send a response over a socket; private to the library. */
#ifndef PAT_WEB_SEND_H
#define PAT_WEB_SEND_H

#include "web/answer.h"

/* Zero-initialize; pat_sending_release() when done. */
typedef struct pat_sending {
    pat_buffer head; /* status line and header fields */
    bool has_body;
    uint64_t sent; /* bytes of `head` and body */
} pat_sending;

/* Write the status line and headers of a response. is_head: the method is HEAD, so no body follows.
 * closes: the connection is closed after this response. False if memory ran out. */
bool pat_sending_begin(pat_sending *sending, pat_answer *answer, bool is_head, bool closes);

/* Send as much as the socket takes. Returns 1 if everything is sent, 0 if it must be called again,
 * -1 if the connection has failed. */
int pat_sending_go_on(pat_sending *sending, const pat_answer *answer, int socket);

void pat_sending_release(pat_sending *sending);

#endif
