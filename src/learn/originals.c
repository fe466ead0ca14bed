#include "learn/originals.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "learn/training_table.h"

/* Images indexed by a text that versions of one original share. */
struct sharer {
    const char *text;
    size_t length, picture;
};

static int by_text(const void *a, const void *b)
{
    const struct sharer *x = a, *y = b;
    int order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static void sort_by(struct sharer *sharer, const pat_names *text)
{
    for (size_t i = 0; i < text->count; i++) {
        const char *of = pat_names_get(text, i);
        sharer[i] = (struct sharer){of, pat_group_of(of), i};
    }
    qsort(sharer, text->count, sizeof *sharer, by_text);
}

/* The first image found to share an original with this one. */
static size_t find(size_t *parent, size_t picture)
{
    while (parent[picture] != picture)
        picture = parent[picture] = parent[parent[picture]];
    return picture;
}

static void unite(const struct sharer *sharer, size_t count, size_t *parent)
{
    for (size_t i = 1; i < count; i++)
        if (sharer[i].length > 0 && by_text(&sharer[i - 1], &sharer[i]) == 0)
            parent[find(parent, sharer[i].picture)] = find(parent, sharer[i - 1].picture);
}

/* Order of sharers: by name, so that the first of an original has the least name. */
static bool name_all(const struct sharer *sharer, size_t count, size_t *parent,
                     const struct sharer **least, pat_names *original)
{
    pat_buffer text = {0};
    bool enough = true;
    for (size_t i = 0; i < count; i++) {
        size_t root = find(parent, sharer[i].picture);
        least[root] = least[root] == NULL ? &sharer[i] : least[root];
    }
    for (size_t i = 0; enough && i < count; i++) {
        const struct sharer *of = least[find(parent, i)];
        text.size = 0;
        pat_buffer_append(&text, of->text, of->length);
        pat_buffer_append_char(&text, '\0');
        enough = !text.failed && pat_names_add(original, text.data);
    }
    pat_buffer_release(&text);
    return enough;
}

pat_status pat_originals_find(const pat_names *name, const pat_names *image, pat_names *original,
                              pat_error *error)
{
    size_t count = name->count;
    struct sharer *sharer = pat_realloc_array(NULL, count, sizeof *sharer);
    size_t *parent = pat_realloc_array(NULL, count, sizeof *parent);
    const struct sharer **least = calloc(count + 1, sizeof *least);
    bool enough = sharer != NULL && parent != NULL && least != NULL;
    for (size_t i = 0; enough && i < count; i++)
        parent[i] = i;
    if (enough) {
        sort_by(sharer, image);
        unite(sharer, count, parent);
        sort_by(sharer, name);
        unite(sharer, count, parent);
        enough = name_all(sharer, count, parent, least, original);
    }
    free(sharer);
    free(parent);
    free(least);
    return enough ? PAT_OK : pat_fail_memory(error, "the originals of the images");
}
