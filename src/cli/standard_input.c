#include "standard_input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "patina/image.h"

enum { BLOCK_SIZE = 1 << 16 };

/* Read all of the standard input, and append a null byte. If that fails, print a message and return
 * NULL. */
static char *read_all(size_t *size)
{
    char *bytes = NULL;
    size_t room = 0, count = 1;
    *size = 0;
    while (count > 0) {
        if (room - *size <= BLOCK_SIZE) {
            room = 2 * room + 2 * BLOCK_SIZE;
            char *grown = realloc(bytes, room);
            if (grown == NULL) {
                free(bytes);
                fprintf(stderr, "patina: -: not enough memory for the standard input\n");
                return NULL;
            }
            bytes = grown;
        }
        count = fread(bytes + *size, 1, BLOCK_SIZE, stdin);
        *size += count;
    }
    bytes[*size] = '\0';
    if (ferror(stdin) == 0)
        return bytes;
    fprintf(stderr, "patina: -: cannot read the standard input (%s); check where it comes from\n",
            strerror(errno));
    free(bytes);
    return NULL;
}

bool name_list_read(name_list *list, char end)
{
    size_t size, count = 0;
    list->text = read_all(&size);
    if (list->text == NULL)
        return false;
    if (end != '\0' && memchr(list->text, '\0', size) != NULL) {
        fprintf(
            stderr,
            "patina: -: the standard input has null bytes, so it is not a list with one name per "
            "line; use --null if each name ends with one, or -o - to restore an image\n");
        name_list_release(list);
        return false;
    }
    for (size_t i = 0; i < size; i++)
        count += list->text[i] == end;
    list->name = console_memory(count + 1, sizeof *list->name);
    for (char *at = list->text, *stop = list->text + size, *next; at < stop; at = next) {
        char *last = memchr(at, end, (size_t)(stop - at));
        next = last == NULL ? stop : last + 1;
        if (last != NULL)
            *last = '\0';
        if (end == '\n' && last != NULL && last > at && last[-1] == '\r')
            last[-1] = '\0';
        if (*at != '\0')
            list->name[list->count++] = at;
    }
    return true;
}

void name_list_release(name_list *list)
{
    free(list->name);
    free(list->text);
    *list = (name_list){0};
}

bool standard_image_read(const workspace *space, char path[PAT_PATH_SIZE])
{
    size_t size;
    char *bytes = read_all(&size), name[32] = "standard input";
    if (bytes == NULL)
        return false;
    pat_format format = pat_format_of_bytes(bytes, size);
    if (format != PAT_FORMAT_NONE)
        snprintf(name, sizeof name, "standard input.%s", pat_format_extension(format));
    workspace_path(space, name, path);
    FILE *file = fopen(path, "wbxe");
    bool written = file != NULL && fwrite(bytes, 1, size, file) == size;
    written = file != NULL && fclose(file) == 0 && written;
    if (!written)
        fprintf(stderr, "patina: %s: cannot write (%s); set TMPDIR to a folder with more room\n",
                path, strerror(errno));
    free(bytes);
    return written;
}
