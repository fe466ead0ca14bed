/* An open film and its streams, read from a descriptor; private to this folder. */
#ifndef PAT_FILM_CONTAINER_H
#define PAT_FILM_CONTAINER_H

#include <stdbool.h>

#include "film/libav.h"

/* Its address must not change while it is open. */
typedef struct pat_container {
    const pat_libav *libav;
    const char *name; /* borrowed; for messages */
    int file;
    int64_t position, size; /* of the file */
    bool names_others;      /* other files, which are not opened */
    AVIOContext *io;
    AVFormatContext *format;
} pat_container;

/* Open a film and find its streams. The file stays open until the container is closed. Fails with
 * PAT_UNREADABLE, PAT_UNSUPPORTED_FORMAT, PAT_CORRUPT, PAT_OUT_OF_MEMORY or PAT_INTERNAL; close it
 * even then. */
PAT_MUST_CHECK pat_status pat_container_open(pat_container *container, int file, const char *name,
                                             pat_error *error);
void pat_container_close(pat_container *container);

/* The stream to read, and its decoder. Fails with PAT_UNSUPPORTED_FORMAT. */
PAT_MUST_CHECK pat_status pat_container_video(const pat_container *container, int *stream,
                                              const AVCodec **codec, pat_error *error);

/* Fail with `status`, or PAT_OUT_OF_MEMORY if that is what FFmpeg's `code` says. what: what is
 * wrong and what to do; FFmpeg's words for the code are added. */
pat_status pat_libav_fail(const pat_libav *libav, const char *name, int code, pat_status status,
                          const char *what, pat_error *error);

#endif
