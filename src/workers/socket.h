/* Messages with open files over a UNIX socket; private to the library. */
#ifndef PAT_WORKERS_SOCKET_H
#define PAT_WORKERS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PAT_SOCKET_FILES_MAX = 4 }; /* maximum per message */

/* Whether files can be sent over this descriptor. */
bool pat_socket_carries_files(int socket);

/* Whether the other end was closed and all that it sent was read. */
bool pat_socket_is_closed(int socket);

/*
 * Send `size` bytes, with `count` descriptors, which stay open here. Never waits. Returns how many
 * bytes were sent, the descriptors with the first of them: none if there is no room now; all if the
 * other end is closed, which the next read shows.
 */
size_t pat_socket_send(int socket, const void *bytes, size_t size, const int *descriptors,
                       int count);

/*
 * Wait for at most `size` bytes. Descriptors that come with them are added to the *count that
 * `descriptors` (of PAT_SOCKET_FILES_MAX) holds, close-on-exec; those beyond are closed. Returns
 * the bytes, 0 at the end, or -1 with errno.
 */
ssize_t pat_socket_receive(int socket, void *bytes, size_t size, int *descriptors, int *count);

#endif
