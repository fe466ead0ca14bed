#include "web/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

enum { HOST_SIZE = 64, BACKLOG = 4096 };

static pat_status bad_address(const char *text, pat_error *error)
{
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "--listen: '%s' is not an address with a port, such as 127.0.0.1:8080, "
                    "0.0.0.0:8080 or [::1]:8080",
                    text);
}

/* Split "HOST:PORT"; the brackets of an IPv6 address are removed. */
static bool split(const char *text, char host[HOST_SIZE], unsigned *port, bool *bracketed)
{
    const char *colon = strrchr(text, ':');
    *bracketed = text[0] == '[';
    const char *start = text + *bracketed, *end = colon;
    if (colon == NULL || (*bracketed && (colon == text || *--end != ']')) || end < start ||
        (size_t)(end - start) >= HOST_SIZE)
        return false;
    memcpy(host, start, (size_t)(end - start));
    host[end - start] = '\0';
    char *rest;
    const char *digits = colon + 1;
    unsigned long value = strtoul(digits, &rest, 10);
    *port = (unsigned)value;
    return *digits >= '0' && *digits <= '9' && *rest == '\0' && rest - digits <= 5 &&
           value <= 65535;
}

static bool is_loopback(const pat_listener *listener)
{
    if (listener->address.ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)&listener->address;
        return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
    }
    const struct sockaddr_in *four = (const void *)&listener->address;
    return ntohl(four->sin_addr.s_addr) >> 24 == 127;
}

pat_status pat_listener_parse(pat_listener *listener, const char *text, pat_error *error)
{
    char host[HOST_SIZE];
    unsigned port;
    bool six;
    *listener = (pat_listener){.descriptor = -1};
    if (!split(text, host, &port, &six))
        return bad_address(text, error);
    if (!six && (host[0] == '\0' || strcmp(host, "localhost") == 0))
        strcpy(host, "127.0.0.1");
    struct sockaddr_in *in = (void *)&listener->address;
    struct sockaddr_in6 *in6 = (void *)&listener->address;
    void *place = six ? (void *)&in6->sin6_addr : &in->sin_addr;
    listener->address.ss_family = six ? AF_INET6 : AF_INET;
    listener->address_size = six ? sizeof *in6 : sizeof *in;
    if (inet_pton(listener->address.ss_family, host, place) != 1)
        return bad_address(text, error);
    if (six)
        in6->sin6_port = htons((uint16_t)port);
    else
        in->sin_port = htons((uint16_t)port);
    listener->loopback = is_loopback(listener);
    return PAT_OK;
}

static void find_url(pat_listener *listener)
{
    char host[PAT_ADDRESS_TEXT_SIZE];
    const struct sockaddr *address = (const void *)&listener->address;
    bool six = address->sa_family == AF_INET6;
    unsigned port = ntohs(six ? ((const struct sockaddr_in6 *)(const void *)address)->sin6_port
                              : ((const struct sockaddr_in *)(const void *)address)->sin_port);
    listener->port = port;
    pat_address_format(address, host);
    snprintf(listener->url, sizeof listener->url, six ? "http://[%s]:%u/" : "http://%s:%u/", host,
             port);
}

static pat_status fail_to_listen(pat_listener *listener, pat_error *error)
{
    int cause = errno;
    find_url(listener);
    if (listener->descriptor >= 0)
        close(listener->descriptor);
    listener->descriptor = -1;
    return pat_fail(error, PAT_UNREADABLE,
                    "cannot listen on %s (%s); choose another --listen ADDRESS:PORT (port 0: any "
                    "free port)",
                    listener->url, strerror(cause));
}

pat_status pat_listener_open(pat_listener *listener, pat_error *error)
{
    const int yes = 1;
    struct sockaddr *address = (void *)&listener->address;
    int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    listener->descriptor = descriptor;
    if (descriptor < 0)
        return fail_to_listen(listener, error);
    if (address->sa_family == AF_INET6)
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(descriptor, address, listener->address_size) != 0 ||
        listen(descriptor, BACKLOG) != 0 ||
        getsockname(descriptor, address, &listener->address_size) != 0)
        return fail_to_listen(listener, error);
    find_url(listener);
    return PAT_OK;
}

void pat_address_format(const struct sockaddr *address, char text[PAT_ADDRESS_TEXT_SIZE])
{
    const struct sockaddr_in6 *six = (const void *)address;
    const struct sockaddr_in *four = (const void *)address;
    const void *bytes = &four->sin_addr;
    int family = AF_INET;
    if (address->sa_family == AF_INET6) {
        bool mapped = IN6_IS_ADDR_V4MAPPED(&six->sin6_addr);
        family = mapped ? AF_INET : AF_INET6;
        bytes = six->sin6_addr.s6_addr + (mapped ? 12 : 0);
    }
    if (inet_ntop(family, bytes, text, PAT_ADDRESS_TEXT_SIZE) == NULL)
        strcpy(text, "?");
}

pat_client pat_client_of(const struct sockaddr *address)
{
    enum { NETWORK_BYTES = 8 };
    pat_client client = {{0}};
    const struct sockaddr_in6 *six = (const void *)address;
    if (address->sa_family == AF_INET) {
        client.bytes[10] = client.bytes[11] = 0xff; /* IPv4-mapped */
        memcpy(client.bytes + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr,
               4);
    } else if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
        memcpy(client.bytes, &six->sin6_addr, sizeof client.bytes);
    } else {
        memcpy(client.bytes, &six->sin6_addr, NETWORK_BYTES);
    }
    return client;
}

bool pat_client_equal(const pat_client *a, const pat_client *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* An IPv6 client has 0 in its second half; an IPv4 client has 0 in its first half. */
uint64_t pat_client_key(const pat_client *client)
{
    uint64_t half[2];
    memcpy(half, client->bytes, sizeof half);
    return half[0] ^ half[1];
}
