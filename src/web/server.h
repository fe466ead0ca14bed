/* A site's connections; private to the library. All of it happens in the thread that calls, and
 * nothing waits. */
#ifndef PAT_WEB_SERVER_H
#define PAT_WEB_SERVER_H

#include "web/site.h"

typedef struct pat_server pat_server;

/* Begin to take connections from site->listener, whose socket the server then owns. site: borrowed
 * until the end. Fails with PAT_INTERNAL or PAT_OUT_OF_MEMORY; *server is then NULL. */
PAT_MUST_CHECK pat_status pat_server_create(pat_site *site, pat_server **server, pat_error *error);

/* To wait for: readable when pat_server_step() has something to do. -1 or the milliseconds after
 * which it is to be called even so. */
int pat_server_descriptor(const pat_server *server);
int pat_server_timeout_ms(const pat_server *server);

/* Do what there is to do; requests that have taken too long are ended. */
void pat_server_step(pat_server *server);

/* Take no more connections. */
void pat_server_close(pat_server *server);

/* End it, and every connection with it. Accepts NULL. */
void pat_server_free(pat_server *server);

#endif
