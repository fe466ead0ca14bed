/* What a command reads from the standard input: the names of images, or one image. */
#ifndef PAT_CLI_STANDARD_INPUT_H
#define PAT_CLI_STANDARD_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "workspace.h"

/* Zero-initialize; name_list_release() when done. */
typedef struct name_list {
    const char **name;
    size_t count;
    char *text;
} name_list;

/* Read names, each of which ends with the character `end`; empty ones are left out. False, after a
 * message, if they cannot be read. */
bool name_list_read(name_list *list, char end);
void name_list_release(name_list *list);

/* Copy the image from the standard input into a file of the workspace. path: receives its name.
 * False, after a message, if that fails. */
bool standard_image_read(const workspace *space, char path[PAT_PATH_SIZE]);

#endif
