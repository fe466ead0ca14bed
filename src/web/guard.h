/* Protection against requests from other sites' pages; private to the library. */
#ifndef PAT_WEB_GUARD_H
#define PAT_WEB_GUARD_H

#include <stdbool.h>

/* Whether a Host header names this machine's loopback: localhost, NAME.localhost, 127.x.x.x or
 * [::1], with or without a port. The owner of any other name could point it at this machine to make
 * their pages count as ours (DNS rebinding). */
bool pat_guard_is_local(const char *host);

/* Whether a POST comes from our own page, or from no page at all. origin, site: the headers Origin
 * and Sec-Fetch-Site, or NULL; host: the Host header. */
bool pat_guard_is_ours(const char *origin, const char *site, const char *host);

#endif
