#include "image/boxes.h"

#include <string.h>

bool pat_box_next(pat_file_bytes parent, size_t *at, pat_box *box)
{
    enum { TO_THE_END, LONG_SIZE, HEAD = 8, LONG_HEAD = 16 };
    pat_reader reader = {.file = parent};
    uint64_t size = pat_reader_get(&reader, *at, 4), head = HEAD, left = parent.size - *at;
    if (size == LONG_SIZE) {
        size = pat_reader_get(&reader, *at + HEAD, 8);
        head = LONG_HEAD;
    } else if (size == TO_THE_END) {
        size = left;
    }
    if (reader.overrun || size < head || left < head)
        return false;
    size = size < left ? size : left;
    box->type = parent.bytes + *at + 4;
    box->content = (pat_file_bytes){parent.bytes + *at + head, size - head};
    *at += size;
    return true;
}

bool pat_box_is(const pat_box *box, const char *type)
{
    return memcmp(box->type, type, 4) == 0;
}

pat_file_bytes pat_box_find(pat_file_bytes parent, const char *type)
{
    pat_box box;
    for (size_t at = 0; pat_box_next(parent, &at, &box);)
        if (pat_box_is(&box, type))
            return box.content;
    return (pat_file_bytes){NULL, 0};
}

pat_file_bytes pat_box_skip(pat_file_bytes content, size_t count)
{
    if (count > content.size)
        return (pat_file_bytes){NULL, 0};
    return (pat_file_bytes){content.bytes + count, content.size - count};
}
