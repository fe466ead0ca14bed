#include "stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "console.h"

bool stream_is_standard(const char *named)
{
    return named != NULL && strcmp(named, "-") == 0;
}

bool stream_begin(struct stream *stream, const char *named, const char *command, const char *file)
{
    *stream = (struct stream){.standard = stream_is_standard(named), .path = named};
    if (!stream->standard)
        return true;
    console_catch_interrupts(); /* from here on, there is a file to remove */
    if (!workspace_create(&stream->space, command))
        return false;
    workspace_path(&stream->space, file, stream->temporary);
    stream->path = stream->temporary;
    return true;
}

void stream_name_format(struct stream *stream, pat_format format)
{
    char name[64] = "output";
    if (format == PAT_FORMAT_NONE)
        return;
    snprintf(name, sizeof name, "output.%.32s", pat_format_extension(format));
    workspace_path(&stream->space, name, stream->temporary);
}

/* Copy a file to stdout; false if it cannot be read. */
static bool copy(FILE *file)
{
    char bytes[1 << 16];
    size_t count = 1, written = count;
    while (count > 0 && written == count) {
        count = fread(bytes, 1, sizeof bytes, file);
        written = fwrite(bytes, 1, count, stdout);
    }
    return ferror(file) == 0;
}

int stream_end(const struct stream *stream, int exit_status)
{
    if (!stream->standard)
        return exit_status;
    FILE *file = fopen(stream->path, "rbe");
    bool copied = file != NULL ? copy(file) : errno == ENOENT;
    if (copied) {
        exit_status = console_flush(exit_status);
    } else {
        fprintf(stderr, "patina: %s: cannot read the temporary file (%s); run again\n",
                stream->path, strerror(errno));
        exit_status = EXIT_SOMETHING_FAILED;
    }
    if (file != NULL)
        fclose(file);
    workspace_remove(&stream->space);
    return exit_status;
}
