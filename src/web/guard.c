#include "web/guard.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool is_port(const char *text)
{
    return *text == '\0' || (*text == ':' && strspn(text + 1, "0123456789") == strlen(text + 1));
}

static bool is_loopback_address(const char *text)
{
    struct in_addr address;
    return inet_pton(AF_INET, text, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

bool pat_guard_is_local(const char *host)
{
    static const char six[] = "[::1]", name[] = "localhost";
    enum { SIZE = 64 };
    char plain[SIZE];
    if (strncmp(host, six, sizeof six - 1) == 0)
        return is_port(host + sizeof six - 1);
    size_t length = strcspn(host, ":");
    if (length >= SIZE || !is_port(host + length))
        return false;
    memcpy(plain, host, length);
    plain[length] = '\0';
    if (length < sizeof name - 1)
        return is_loopback_address(plain);
    const char *end = plain + length - (sizeof name - 1);
    bool is_name = strcasecmp(end, name) == 0 && (end == plain || end[-1] == '.');
    return is_name || is_loopback_address(plain);
}

bool pat_guard_is_ours(const char *origin, const char *site, const char *host)
{
    static const char *const schemes[] = {"http://", "https://"}; /* https: behind a proxy */
    if (site != NULL && strcasecmp(site, "same-origin") != 0 && strcasecmp(site, "none") != 0)
        return false;
    if (origin == NULL)
        return true;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i]);
        if (strncasecmp(origin, schemes[i], length) == 0)
            return strcasecmp(origin + length, host) == 0;
    }
    return false;
}
