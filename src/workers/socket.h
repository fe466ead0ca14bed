/* Messages with open files along a UNIX socket; private to the library. */
#ifndef PAT_WORKERS_SOCKET_H
#define PAT_WORKERS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PAT_SOCKET_FILES_MAX = 4 }; /* that a message may carry */

/* Whether files can be sent along it. */
bool pat_socket_carries_files(int socket);

/* Whether the other end has been closed, and all that it had sent been read. */
bool pat_socket_is_closed(int socket);

/*
 * Send `size` bytes, with `count` descriptors, which stay open here. Never waits. Returns how many
 * bytes were sent, the descriptors with the first of them: none if there is no room now, and all if
 * nobody is there to read them, which shows when one reads.
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
