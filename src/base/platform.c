#include "base/platform.h"

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 160, LINES_MAX = 512, ID_SIZE_MAX = 32 };

struct lines {
    size_t count;
    char line[LINES_MAX][LINE_SIZE];
};

/* Find the build ID in a segment of notes. NULL if there is none. */
static const uint8_t *find_id(const uint8_t *notes, size_t size, size_t *id_size)
{
    ElfW(Nhdr) note;
    for (size_t at = 0; at + sizeof note <= size;) {
        memcpy(&note, notes + at, sizeof note);
        size_t name = at + sizeof note, id = name + ((note.n_namesz + 3u) & ~3u);
        size_t next = id + ((note.n_descsz + 3u) & ~3u);
        if (next > size)
            return NULL;
        *id_size = note.n_descsz;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU &&
            memcmp(notes + name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0)
            return notes + id;
        at = next;
    }
    return NULL;
}

static void add_line(struct lines *lines, const char *name, const uint8_t *id, size_t size)
{
    char text[2 * ID_SIZE_MAX + 1] = "";
    for (size_t i = 0; i < size && i < ID_SIZE_MAX; i++)
        snprintf(text + 2 * i, 3, "%02x", id[i]);
    if (lines->count < LINES_MAX)
        snprintf(lines->line[lines->count++], LINE_SIZE, "%.90s %s", name, text);
}

/* Add the line of a loaded object. Skip the vDSO, whose name has no slash because it is not a
 * file. */
static int add_object(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    const char *slash = strrchr(info->dlpi_name, '/');
    const char *name = slash != NULL ? slash + 1 : "patina";
    if (slash == NULL && *info->dlpi_name != '\0')
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        size_t id_size;
        const uint8_t *id = NULL;
        if (header->p_type == PT_NOTE)
            id = find_id((const uint8_t *)(info->dlpi_addr + header->p_vaddr), header->p_memsz,
                         &id_size);
        if (id != NULL) {
            add_line(context, name, id, id_size);
            break;
        }
    }
    return 0;
}

static void add_processor(struct lines *lines)
{
    const char *tier = "other";
#if defined(__x86_64__)
    tier = __builtin_cpu_supports("avx512f") ? "avx512"
           : __builtin_cpu_supports("avx2")  ? "avx2"
           : __builtin_cpu_supports("avx")   ? "avx"
                                             : "sse2";
#endif
    snprintf(lines->line[lines->count++], LINE_SIZE, "processor %s", tier);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

void pat_platform_put(pat_buffer *out)
{
    struct lines *lines = calloc(1, sizeof *lines);
    if (lines == NULL) {
        out->failed = true;
        return;
    }
    add_processor(lines);
    dl_iterate_phdr(add_object, lines);
    qsort(lines->line, lines->count, LINE_SIZE, compare);
    for (size_t i = 0; i < lines->count; i++) {
        pat_buffer_append_text(out, lines->line[i]);
        pat_buffer_append_char(out, '\n');
    }
    free(lines);
}

/* The rest of the line of `text` that begins with this name; NULL if there is none. */
static const char *find_value(const char *text, const char *name, size_t length)
{
    for (; *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n')
        if (strncmp(text, name, length) == 0 && text[length] == ' ')
            return text + length;
    return NULL;
}

bool pat_platform_differs(const char *a, const char *b, char *name, size_t size)
{
    for (; *a != '\0'; a += strcspn(a, "\n"), a += *a == '\n') {
        size_t length = strcspn(a, " \n");
        const char *here = a + length, *there = find_value(b, a, length);
        size_t rest = strcspn(here, "\n");
        if (there == NULL || (strcspn(there, "\n") == rest && memcmp(here, there, rest) == 0))
            continue;
        snprintf(name, size, "%.*s", (int)length, a);
        return true;
    }
    return false;
}

bool pat_platform_adds(const char *a, const char *b)
{
    for (; *b != '\0'; b += strcspn(b, "\n"), b += *b == '\n')
        if (find_value(a, b, strcspn(b, " \n")) == NULL)
            return true;
    return false;
}
