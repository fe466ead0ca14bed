/* A private temporary folder for files that a command writes only for itself. */
#ifndef PAT_CLI_WORKSPACE_H
#define PAT_CLI_WORKSPACE_H

#include <stdbool.h>

#include "patina/dataset.h"

typedef struct workspace {
    char folder[PAT_PATH_SIZE];
} workspace;

/* Create the folder in TMPDIR or /tmp, with the command's name in its own. False, after a message,
 * if that fails. */
bool workspace_create(workspace *space, const char *command);

/* The path of a file in the folder. */
void workspace_path(const workspace *space, const char *name, char path[PAT_PATH_SIZE]);

/* Remove the folder and all files in it. */
void workspace_remove(const workspace *space);

#endif
