/* The address a server listens on; private to the library. */
#ifndef PAT_WEB_LISTEN_H
#define PAT_WEB_LISTEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "patina/status.h"

enum { PAT_URL_SIZE = 96 };

/* Zero-initialize, with descriptor -1. */
typedef struct pat_listener {
    struct sockaddr_storage address;
    socklen_t address_size;
    bool loopback;
    int descriptor;
    unsigned port;          /* the actual port, once the socket is open */
    char url[PAT_URL_SIZE]; /* "http://127.0.0.1:8080/" */
} pat_listener;

/* Read "127.0.0.1:8080", "[::1]:8080", "localhost:8080" or ":8080" (IPv4 loopback); port 0: any
 * free port. Fails with PAT_INVALID_ARGUMENT. */
PAT_MUST_CHECK pat_status pat_listener_parse(pat_listener *listener, const char *text,
                                             pat_error *error);

/* Open the non-blocking socket and set the URL. Fails with PAT_UNREADABLE. */
PAT_MUST_CHECK pat_status pat_listener_open(pat_listener *listener, pat_error *error);

/* "192.0.2.1" or "2001:db8::1"; IPv4-mapped addresses are shown as IPv4. */
enum { PAT_ADDRESS_TEXT_SIZE = 64 };
void pat_address_format(const struct sockaddr *address, char text[PAT_ADDRESS_TEXT_SIZE]);

/* The key for per-address limits: an IPv4 address, or the /64 of an IPv6 address, because one host
 * can use all addresses in its /64. */
typedef struct pat_client {
    unsigned char bytes[16];
} pat_client;

pat_client pat_client_of(const struct sockaddr *address);
bool pat_client_equal(const pat_client *a, const pat_client *b);

/* A number that differs between clients, used as a hash. */
uint64_t pat_client_key(const pat_client *client);

#endif
