#include "page_option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

void page_check_name(const option_line *line, const char *option, const char *path)
{
    const char *dot = path == NULL ? NULL : strrchr(path, '.');
    if (path != NULL && (dot == NULL || strcasecmp(dot, ".html") != 0))
        option_fail(line, "%s: '%s' does not end in .html, as a web page should", option, path);
}

bool page_is_writable(const char *option, const char *path, bool replace)
{
    if (!replace && access(path, F_OK) == 0) {
        fprintf(stderr, "patina: %s %s: already exists; choose another name\n", option, path);
        return false;
    }
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    bool writable = folder != NULL && access(folder, W_OK | X_OK) == 0;
    if (!writable)
        fprintf(stderr,
                "patina: %s %s: cannot write into its folder; create it, or choose another\n",
                option, path);
    free(folder);
    return writable;
}
