/* Read standard input: the names of images, or one image. */
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

/* Read names that end with the character `end`, except empty ones. If that fails, print a message
 * and return false. */
bool name_list_read(name_list *list, char end);
void name_list_release(name_list *list);

/* Copy the image on standard input to a file in the workspace. path: receives the file's path. If
 * that fails, print a message and return false. */
bool standard_image_read(const workspace *space, char path[PAT_PATH_SIZE]);

#endif
