/* Format: JEITA CP-3451, "Exchangeable image file format", section 4.6. */
#include "image/exif.h"

#include "image/tiff.h"

enum { ORIENTATION = 0x0112 };

/*
 * Fields that OpenCV reads besides the orientation: `length` bytes at the offset in the directory
 * entry or, if 0, a string of the length in the entry. OpenCV gives up if they lie outside the
 * data.
 */
static const struct field {
    unsigned tag, length;
} fields[] = {
    {0x010e, 0}, {0x010f, 0}, {0x0110, 0},  {0x0131, 0},  {0x0132, 0},  {0x8298, 0},
    {0x011a, 8}, {0x011b, 8}, {0x013e, 16}, {0x013f, 48}, {0x0211, 24}, {0x0214, 48},
};

static void read_field(pat_reader *exif, uint64_t entry, unsigned tag)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (fields[i].tag != tag)
            continue;
        uint64_t at = pat_reader_get(exif, entry + 8, 4), length = fields[i].length;
        if (length == 0) {
            length = pat_reader_get(exif, entry + 4, 4);
            at = length > 4 ? at : 8; /* sic: as OpenCV does */
        }
        exif->overrun = exif->overrun || at > exif->file.size || length > exif->file.size - at;
    }
}

unsigned pat_exif_orientation(pat_file_bytes file)
{
    enum { ENTRY_SIZE = 12 };
    pat_reader exif = {.file = file};
    exif.little_endian = file.size >= 2 && file.bytes[0] == 'I' && file.bytes[1] == 'I';
    if (pat_reader_get(&exif, 2, 2) != 42)
        return 0;
    uint64_t directory = pat_reader_get(&exif, 4, 4), entries = pat_reader_get(&exif, directory, 2);
    for (uint64_t i = 0; i < entries && !exif.overrun; i++) {
        uint64_t entry = directory + 2 + i * ENTRY_SIZE;
        unsigned tag = (unsigned)pat_reader_get(&exif, entry, 2);
        if (tag == ORIENTATION)
            return (unsigned)pat_reader_get(&exif, entry + 8, 2);
        read_field(&exif, entry, tag);
    }
    return 0;
}

void pat_exif_set_upright(uint8_t *exif, size_t size)
{
    enum { SHORT = 3 };
    pat_tiff_entry entry;
    if (!pat_tiff_find((pat_file_bytes){exif, size}, ORIENTATION, &entry) || entry.type != SHORT)
        return;
    uint8_t *value = exif + (entry.value.bytes - exif);
    value[0] = exif[0] == 'I';
    value[1] = exif[0] != 'I';
}
