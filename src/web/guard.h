/* Who may ask: protection against requests that another site's page sends; private to the
 * library. */
#ifndef PAT_WEB_GUARD_H
#define PAT_WEB_GUARD_H

#include <stdbool.h>

/* Whether a Host header names this machine's loopback: localhost, NAME.localhost, 127.x.x.x or
 * [::1], with or without a port. Any other name has been made to point here by its owner, whose
 * pages would then count as ours (DNS rebinding). */
bool pat_guard_is_local(const char *host);

/* Whether a request that does something comes from one of our own pages, or from no page at all.
 * origin, site: the headers Origin and Sec-Fetch-Site, or NULL; host: that of the request. */
bool pat_guard_is_ours(const char *origin, const char *site, const char *host);

#endif
