#include "workspace.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool workspace_create(workspace *space, const char *command)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || *parent == '\0')
        parent = "/tmp";
    snprintf(space->folder, sizeof space->folder, "%.3800s/patina-%s-XXXXXX", parent, command);
    if (mkdtemp(space->folder) != NULL)
        return true;
    fprintf(stderr,
            "patina: cannot create the temporary folder %s (%s); set TMPDIR to another folder\n",
            space->folder, strerror(errno));
    return false;
}

void workspace_path(const workspace *space, const char *name, char path[PAT_PATH_SIZE])
{
    snprintf(path, PAT_PATH_SIZE, "%.3900s/%s", space->folder, name);
}

void workspace_remove(const workspace *space)
{
    DIR *folder = opendir(space->folder);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL)
        unlinkat(dirfd(folder), entry->d_name, 0); /* fails for "." and "..", which are folders */
    if (folder != NULL)
        closedir(folder);
    if (rmdir(space->folder) != 0)
        fprintf(stderr, "patina: %s: cannot remove the temporary folder (%s); remove it yourself\n",
                space->folder, strerror(errno));
}
