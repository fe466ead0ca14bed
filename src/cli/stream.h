/* An output file that may be the standard output. */
#ifndef PAT_CLI_STREAM_H
#define PAT_CLI_STREAM_H

#include "patina/image.h"
#include "workspace.h"

struct stream {
    bool standard;    /* the output is the standard output */
    const char *path; /* where to write: the named file, or a temporary file */
    workspace space;
    char temporary[PAT_PATH_SIZE];
};

/* Whether a named output is the standard output. named: NULL if none was given. */
bool stream_is_standard(const char *named);

/* Decide where to write. command: the command's name; file: the name for a temporary file. False,
 * after a message, if its folder cannot be created. */
bool stream_begin(struct stream *stream, const char *named, const char *command, const char *file);

/* Give the temporary file the extension of an image format. PAT_FORMAT_NONE: keep its name. */
void stream_name_format(struct stream *stream, pat_format format);

/* Copy a temporary file to the standard output, if it was written, and remove it. Returns
 * exit_status, or EXIT_SOMETHING_FAILED if the file cannot be read. */
int stream_end(const struct stream *stream, int exit_status);

#endif
