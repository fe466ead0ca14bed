#include "image/tiff.h"

/* Start a walk through the entries of the directory at this offset. */
static void enter(pat_tiff_walk *walk, uint64_t directory)
{
    unsigned count_size = walk->wide == 8 ? 8 : 2;
    walk->left = pat_reader_get(&walk->tiff, directory, count_size);
    walk->at = directory + count_size;
}

static uint64_t first_directory(pat_tiff_walk *walk)
{
    return pat_reader_get(&walk->tiff, walk->wide, walk->wide);
}

pat_tiff_walk pat_tiff_begin(pat_file_bytes file)
{
    pat_tiff_walk walk = {.tiff = {.file = file}};
    walk.tiff.little_endian = file.size > 0 && file.bytes[0] == 'I';
    walk.wide = pat_reader_get(&walk.tiff, 2, 2) == 43 ? 8 : 4;
    enter(&walk, first_directory(&walk));
    return walk;
}

bool pat_tiff_next(pat_tiff_walk *walk, pat_tiff_entry *entry)
{
    static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    pat_reader *tiff = &walk->tiff;
    while (walk->left > 0 && !tiff->overrun) {
        uint64_t at = walk->at, value = at + 4 + walk->wide;
        walk->at = value + walk->wide;
        walk->left--;
        entry->tag = (unsigned)pat_reader_get(tiff, at, 2);
        entry->type = (unsigned)pat_reader_get(tiff, at + 2, 2);
        entry->count = pat_reader_get(tiff, at + 4, walk->wide);
        uint64_t size = entry->type < sizeof sizes ? sizes[entry->type] : 0;
        if (size == 0 || entry->count > tiff->file.size / size)
            continue;
        if (entry->count * size > walk->wide)
            value = pat_reader_get(tiff, value, walk->wide);
        if (value > tiff->file.size || entry->count * size > tiff->file.size - value)
            continue;
        entry->value = (pat_file_bytes){tiff->file.bytes + value, entry->count * size};
        return !tiff->overrun;
    }
    return false;
}

bool pat_tiff_find(pat_file_bytes file, unsigned tag, pat_tiff_entry *found)
{
    pat_tiff_walk walk = pat_tiff_begin(file);
    while (pat_tiff_next(&walk, found))
        if (found->tag == tag)
            return true;
    return false;
}

/* ---- Pages ----------------------------------------------------------------------------------- */

/* The offset of the next directory, which follows the entries; 0: this is the last one. */
static uint64_t next_directory(pat_tiff_walk *walk)
{
    uint64_t entry_size = 4 + 2 * walk->wide;
    if (walk->left > walk->tiff.file.size / entry_size)
        return 0;
    uint64_t next = pat_reader_get(&walk->tiff, walk->at + walk->left * entry_size, walk->wide);
    return walk->tiff.overrun || next >= walk->tiff.file.size ? 0 : next;
}

/* The offset of page *page or, if there are fewer pages, of the last one, whose number *page then
 * receives. */
static uint64_t find_page(pat_file_bytes file, int *page)
{
    pat_tiff_walk walk = pat_tiff_begin(file);
    uint64_t found = first_directory(&walk), next;
    int at = 1;
    for (; at < *page && (next = next_directory(&walk)) != 0; at++) {
        enter(&walk, next);
        found = next;
    }
    *page = at;
    return found;
}

int pat_tiff_count_pages(pat_file_bytes file)
{
    int page = PAT_TIFF_PAGES_MAX;
    (void)find_page(file, &page);
    return page;
}

void pat_tiff_put_first(uint8_t *bytes, size_t size, int page)
{
    const pat_file_bytes file = {bytes, size};
    pat_tiff_walk walk = pat_tiff_begin(file);
    uint64_t at = find_page(file, &page);
    for (unsigned i = 0; i < walk.wide; i++)
        bytes[walk.wide + (walk.tiff.little_endian ? i : walk.wide - 1 - i)] =
            (uint8_t)(at >> 8 * i);
}
