#include "web/guard.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { NAME_SIZE = 256 };

static bool is_port(const char *text)
{
    return *text == '\0' || (*text == ':' && strspn(text + 1, "0123456789") == strlen(text + 1));
}

/* Copy a Host header without its port, the brackets of an IPv6 address and a final dot. */
static bool cut_port(const char *host, char name[NAME_SIZE])
{
    bool bracketed = host[0] == '[';
    size_t length = strcspn(host += bracketed, bracketed ? "]" : ":");
    const char *rest = host + length + bracketed;
    if (length == 0 || length >= NAME_SIZE || (bracketed && host[length] == '\0') || !is_port(rest))
        return false;
    memcpy(name, host, length);
    if (!bracketed && length > 1 && name[length - 1] == '.')
        length--;
    name[length] = '\0';
    struct in6_addr six;
    return !bracketed || inet_pton(AF_INET6, name, &six) == 1;
}

static bool is_same_name(const char *a, const char *b)
{
    struct in6_addr six[2];
    if (inet_pton(AF_INET6, a, &six[0]) == 1 && inet_pton(AF_INET6, b, &six[1]) == 1)
        return memcmp(&six[0], &six[1], sizeof six[0]) == 0;
    return strcasecmp(a, b) == 0;
}

static bool is_local(const char *name)
{
    static const char local[] = "localhost";
    size_t length = strlen(name), tail = sizeof local - 1;
    struct in_addr address;
    if (inet_pton(AF_INET, name, &address) == 1)
        return ntohl(address.s_addr) >> 24 == 127;
    const char *end = length < tail ? name : name + length - tail;
    return is_same_name(name, "::1") ||
           (strcasecmp(end, local) == 0 && (end == name || end[-1] == '.'));
}

static bool is_allowed(const pat_names *names, const char *name)
{
    char allowed[NAME_SIZE];
    for (int i = 0; i < names->count; i++)
        if (cut_port(names->allowed[i], allowed) && is_same_name(allowed, name))
            return true;
    return false;
}

bool pat_guard_is_name(const char *name)
{
    char plain[NAME_SIZE];
    size_t length = strcspn(name, "[]:/@ ");
    return (name[0] == '[' ? strchr(name, '\0')[-1] == ']' : name[length] == '\0') &&
           cut_port(name, plain);
}

bool pat_guard_knows(const pat_names *names, const char *host)
{
    char name[NAME_SIZE];
    return cut_port(host, name) && (is_local(name) || is_allowed(names, name) ||
                                    (names->own != NULL && is_same_name(names->own, name)));
}

bool pat_guard_is_ours(const pat_names *names, const char *origin, const char *site,
                       const char *host)
{
    static const char *const schemes[] = {"http://", "https://"}; /* https: behind a proxy */
    char name[NAME_SIZE];
    if (site != NULL && strcasecmp(site, "same-origin") != 0 && strcasecmp(site, "none") != 0)
        return false;
    if (origin == NULL)
        return true;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        const char *from = origin + strlen(schemes[i]);
        if (strncasecmp(origin, schemes[i], strlen(schemes[i])) == 0)
            return strcasecmp(from, host) == 0 || (cut_port(from, name) && is_allowed(names, name));
    }
    return false;
}
