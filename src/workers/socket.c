#include "workers/socket.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Aligned as the kernel requires. */
union ancillary {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(PAT_SOCKET_FILES_MAX * sizeof(int))];
};

bool pat_socket_carries_files(int socket)
{
    int domain = 0;
    socklen_t size = sizeof domain;
    return getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

bool pat_socket_is_closed(int socket)
{
    char byte;
    return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

size_t pat_socket_send(int socket, const void *bytes, size_t size, const int *descriptors,
                       int count)
{
    assert(count <= PAT_SOCKET_FILES_MAX);
    union ancillary ancillary = {0};
    struct iovec block = {(void *)bytes, size};
    struct msghdr message = {.msg_iov = &block, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = ancillary.bytes;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        ancillary.header = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
                                            .cmsg_type = SCM_RIGHTS,
                                            .cmsg_len = CMSG_LEN((size_t)count * sizeof(int))};
        memcpy(CMSG_DATA(&ancillary.header), descriptors, (size_t)count * sizeof(int));
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return (size_t)sent;
    /* ETOOMANYREFS: too many descriptors of this user are in transit. */
    bool full = errno == EAGAIN || errno == ETOOMANYREFS || errno == ENOBUFS || errno == ENOMEM;
    return full ? 0 : size;
}

static void keep(int descriptor, int *descriptors, int *count)
{
    if (*count < PAT_SOCKET_FILES_MAX)
        descriptors[(*count)++] = descriptor;
    else
        close(descriptor);
}

ssize_t pat_socket_receive(int socket, void *bytes, size_t size, int *descriptors, int *count)
{
    union ancillary ancillary;
    struct iovec block = {bytes, size};
    struct msghdr message = {.msg_iov = &block,
                             .msg_iovlen = 1,
                             .msg_control = ancillary.bytes,
                             .msg_controllen = sizeof ancillary.bytes};
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0)
        return -1;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL;
         part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t at = 0; CMSG_LEN(at + sizeof(int)) <= part->cmsg_len; at += sizeof(int)) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(part) + at, sizeof descriptor);
            keep(descriptor, descriptors, count);
        }
    }
    return received;
}
