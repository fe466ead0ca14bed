/* The HTTP server of a site; private to the library. Everything runs in the caller's thread, and
 * nothing blocks. */
#ifndef PAT_WEB_SERVER_H
#define PAT_WEB_SERVER_H

#include "web/site.h"

typedef struct pat_server pat_server;

/* Accept connections on site->listener, whose socket the server then owns. site: borrowed until
 * pat_server_free(). Fails with PAT_INTERNAL or PAT_OUT_OF_MEMORY; *server is then NULL. */
PAT_MUST_CHECK pat_status pat_server_create(pat_site *site, pat_server **server, pat_error *error);

/* The descriptor to poll: it is readable when pat_server_step() has work. Call pat_server_step()
 * several times a second anyway, for the deadlines. */
int pat_server_descriptor(const pat_server *server);

/* Do the pending work, and end requests that have passed their deadline. */
void pat_server_step(pat_server *server);

/* Stop accepting connections. */
void pat_server_close(pat_server *server);

/* Close all connections and free the server. Accepts NULL. */
void pat_server_free(pat_server *server);

#endif
