/* Protection against requests from other sites' pages; private to the library. */
#ifndef PAT_WEB_GUARD_H
#define PAT_WEB_GUARD_H

#include <stdbool.h>

/* The host names that the server accepts. The owner of any other name could point it at this
 * machine, so that their pages would count as ours (DNS rebinding). */
typedef struct pat_names {
    const char *own; /* the address that the client connected to, without a port: "::1" */
    const char *const *allowed; /* from --allow-host */
    int count;
} pat_names;

/* Whether a name is valid for --allow-host: a host name or an address, without a port. */
bool pat_guard_is_name(const char *name);

/* Whether a Host header, with or without a port, has one of the names or one that always means this
 * machine: localhost, NAME.localhost, 127.x.x.x or [::1]. */
bool pat_guard_knows(const pat_names *names, const char *host);

/* Whether a request comes from our own page, from a page at an allowed name, or from no page.
 * origin, site: the headers Origin and Sec-Fetch-Site, or NULL. host: the Host header. */
bool pat_guard_is_ours(const pat_names *names, const char *origin, const char *site,
                       const char *host);

#endif
