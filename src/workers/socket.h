/* Send and receive open files with messages over a UNIX socket; private to the library. */
#ifndef PAT_WORKERS_SOCKET_H
#define PAT_WORKERS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PAT_SOCKET_FILES_MAX = 4 }; /* maximum per message */

/* Whether files can be sent over this descriptor. */
bool pat_socket_carries_files(int socket);

/* Whether the other end is closed and everything it sent has been read. */
bool pat_socket_is_closed(int socket);

/*
 * Send `size` bytes with `count` descriptors, which stay open here. Never waits. Returns the number
 * of bytes sent; the descriptors go with the first one. Returns 0 if there is no room now, and
 * `size` if the other end is closed, which the next read will show.
 */
size_t pat_socket_send(int socket, const void *bytes, size_t size, const int *descriptors,
                       int count);

/*
 * Wait for and receive at most `size` bytes. Descriptors that come with them are appended to the
 * *count in `descriptors` (room for PAT_SOCKET_FILES_MAX) and set to close-on-exec; excess ones are
 * closed. Returns the number of bytes, 0 at the end, or -1 with errno.
 */
ssize_t pat_socket_receive(int socket, void *bytes, size_t size, int *descriptors, int *count);

#endif
