#include "data/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

bool pat_names_add(pat_names *names, const char *name)
{
    if (!pat_array_reserve(&names->offset, &names->capacity, names->count + 1,
                           sizeof *names->offset))
        return false;
    names->offset[names->count++] = names->text.size;
    pat_buffer_append(&names->text, name, strlen(name) + 1);
    return !names->text.failed;
}

const char *pat_names_get(const pat_names *names, size_t index)
{
    return names->text.data + names->offset[index];
}

static int compare_offsets(const void *a, const void *b, void *context)
{
    const char *text = context;
    return strcmp(text + *(const size_t *)a, text + *(const size_t *)b);
}

void pat_names_sort(pat_names *names)
{
    if (names->count > 1)
        qsort_r(names->offset, names->count, sizeof *names->offset, compare_offsets,
                names->text.data);
}

size_t pat_names_find(const pat_names *sorted, const char *name)
{
    size_t low = 0, high = sorted->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(pat_names_get(sorted, middle), name);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return sorted->count;
}

void pat_names_release(pat_names *names)
{
    pat_buffer_release(&names->text);
    free(names->offset);
    *names = (pat_names){0};
}

/* ---- An index ------------------------------------------------------------------------------ */

static int compare_indexed(const void *a, const void *b, void *context)
{
    const pat_names *names = context;
    size_t first = *(const size_t *)a, second = *(const size_t *)b;
    int order = strcmp(pat_names_get(names, first), pat_names_get(names, second));
    return order != 0 ? order : first < second ? -1 : first > second;
}

pat_status pat_name_index_make(pat_name_index *index, const pat_names *names, pat_error *error)
{
    pat_name_index_release(index);
    index->names = names;
    index->order = pat_realloc_array(NULL, names->count, sizeof *index->order);
    if (index->order == NULL)
        return pat_fail_memory(error, "an index of names");
    for (size_t i = 0; i < names->count; i++)
        index->order[i] = i;
    if (names->count > 1)
        qsort_r(index->order, names->count, sizeof *index->order, compare_indexed, (void *)names);
    return PAT_OK;
}

static const char *nth(const pat_name_index *index, size_t n)
{
    return pat_names_get(index->names, index->order[n]);
}

size_t pat_name_index_find(const pat_name_index *index, const char *name)
{
    size_t count = index->names->count, low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(nth(index, middle), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && strcmp(nth(index, low), name) == 0 ? index->order[low] : count;
}

size_t pat_name_index_repeated(const pat_name_index *index)
{
    for (size_t i = 1; i < index->names->count; i++)
        if (strcmp(nth(index, i - 1), nth(index, i)) == 0)
            return index->order[i];
    return index->names->count;
}

void pat_name_index_release(pat_name_index *index)
{
    free(index->order);
    *index = (pat_name_index){0};
}

size_t pat_group_of(const char *filename)
{
    const char *slash = strrchr(filename, '/'), *name = slash == NULL ? filename : slash + 1;
    const char *mark = strrchr(name, '~');
    return mark == NULL || mark == name ? strlen(filename) : (size_t)(mark - filename);
}
