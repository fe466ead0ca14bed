#include "image/format.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const pat_file_format none = {
    .name = "none", .title = "none", .media_type = "application/octet-stream", .extensions = {""}};

static const pat_file_format *const rows[] = {&none,
#define ROW(name) &pat_format_##name##_row,
                                              PAT_FORMATS(ROW)
#undef ROW
};

enum { ROWS = sizeof rows / sizeof *rows };

pat_format pat_format_count(void)
{
    return ROWS - 1;
}

const pat_file_format *pat_format_row(pat_format format)
{
    assert(format < ROWS);
    return rows[format];
}

const char *pat_format_name(pat_format format)
{
    return pat_format_row(format)->name;
}

bool pat_format_has_quality(pat_format format)
{
    return format == PAT_FORMAT_NONE || pat_format_row(format)->has_quality;
}

bool pat_format_is_made(pat_format format)
{
    return pat_format_is_written(format) && !pat_format_row(format)->only_kept;
}

bool pat_format_is_written(pat_format format)
{
    return format != PAT_FORMAT_NONE && pat_format_row(format)->written_as == NULL;
}

const pat_file_format *pat_format_row_written(const pat_file_format *row)
{
    return row->written_as != NULL ? row->written_as : row;
}

pat_format pat_format_written_as(pat_format format)
{
    return format == PAT_FORMAT_NONE
               ? format
               : pat_format_find(pat_format_row_written(pat_format_row(format))->name);
}

pat_format pat_format_find(const char *name)
{
    for (pat_format i = 1; i < ROWS; i++)
        if (strcmp(name, rows[i]->name) == 0)
            return i;
    return PAT_FORMAT_NONE;
}

bool pat_format_matches(pat_file_bytes file, const char *signature, size_t size)
{
    size_t same = 0;
    while (same < size && same < file.size &&
           (file.bytes[same] == (uint8_t)signature[same] || signature[same] == '?'))
        same++;
    return same == size;
}

pat_format pat_format_of_file(pat_file_bytes file)
{
    for (pat_format i = 1; i < ROWS; i++)
        for (int k = 0; k < PAT_SIGNATURES_MAX && rows[i]->signatures[k].bytes != NULL; k++)
            if (pat_format_matches(file, rows[i]->signatures[k].bytes, rows[i]->signatures[k].size))
                return i;
    return PAT_FORMAT_NONE;
}

pat_format pat_format_of_bytes(const void *bytes, size_t size)
{
    return pat_format_of_file((pat_file_bytes){bytes, size});
}

const char *pat_format_extension(pat_format format)
{
    return rows[format]->extensions[0];
}

pat_format pat_format_of_name(const char *name)
{
    const char *slash = strrchr(name, '/'), *base = slash == NULL ? name : slash + 1;
    const char *dot = strrchr(base, '.');
    for (pat_format i = 1; i < ROWS && dot != NULL && dot != base; i++)
        for (int k = 0; k < PAT_EXTENSIONS_MAX && rows[i]->extensions[k] != NULL; k++)
            if (strcasecmp(dot + 1, rows[i]->extensions[k]) == 0)
                return i;
    return PAT_FORMAT_NONE;
}

/* ---- Lists ----------------------------------------------------------------------------------- */

/* List one format's words; returns their number, at most PAT_EXTENSIONS_MAX. */
static int words_of(pat_format_list list, pat_format format, const char *words[PAT_EXTENSIONS_MAX])
{
    const pat_file_format *row = rows[format];
    int count = 1;
    words[0] = list == PAT_LIST_TITLES ? row->title : row->name;
    if ((list == PAT_LIST_MADE && !pat_format_is_made(format)) ||
        ((list == PAT_LIST_WRITTEN || list == PAT_LIST_OUTPUTS) && !pat_format_is_written(format)))
        return 0;
    if (list == PAT_LIST_EXTENSIONS || list == PAT_LIST_OUTPUTS)
        for (count = 0; count < PAT_EXTENSIONS_MAX && row->extensions[count] != NULL; count++)
            words[count] = row->extensions[count];
    return count;
}

char *pat_format_words(pat_format_list list, const char *last, char text[PAT_FORMAT_WORDS_SIZE])
{
    const char *words[ROWS * PAT_EXTENSIONS_MAX];
    int count = 0, length = 0;
    for (pat_format i = 1; i < ROWS; i++)
        count += words_of(list, i, words + count);
    for (int i = 0; i < count && length < PAT_FORMAT_WORDS_SIZE; i++)
        length += snprintf(text + length, (size_t)(PAT_FORMAT_WORDS_SIZE - length), "%s%s",
                           i == 0           ? ""
                           : i == count - 1 ? last
                                            : ", ",
                           words[i]);
    return text;
}
