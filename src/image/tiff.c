#include "image/tiff.h"

pat_tiff_walk pat_tiff_begin(pat_file_bytes file)
{
    pat_tiff_walk walk = {.tiff = {.file = file}};
    walk.tiff.little_endian = file.size > 0 && file.bytes[0] == 'I';
    walk.wide = pat_reader_get(&walk.tiff, 2, 2) == 43 ? 8 : 4;
    unsigned head = walk.wide == 8 ? 8 : 2;
    uint64_t directory = pat_reader_get(&walk.tiff, walk.wide, walk.wide);
    walk.left = pat_reader_get(&walk.tiff, directory, head);
    walk.at = directory + head;
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
