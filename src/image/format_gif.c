/* GIF: "Graphics Interchange Format, Version 89a". libvips decodes the first frame. */
#include <string.h>

#include "image/codec.h"
#include "image/picture.h"
#include "image/recipe.h"

enum { SCREEN = 6, COMMENT = 0xfe, APPLICATION = 0xff, EXTENSION = '!', FRAME = ',', END = ';' };

/* A part of the file after the screen descriptor: a frame, or an extension with its label. */
struct block {
    unsigned kind, label;
    uint64_t data; /* offset of its first sub-block */
};

/* The size of a color table in bytes. packed: the byte with its flag and its size. */
static uint64_t table_size(uint64_t packed)
{
    return packed & 0x80 ? (uint64_t)3 << ((packed & 7) + 1) : 0;
}

static uint64_t after_sub_blocks(pat_reader *gif, uint64_t at)
{
    uint64_t size;
    while ((size = pat_reader_get(gif, at, 1)) > 0)
        at += 1 + size;
    return at + 1;
}

static uint64_t first_block(pat_reader *gif)
{
    return SCREEN + 7 + table_size(pat_reader_get(gif, SCREEN + 4, 1));
}

/* Read the block at *at, and advance *at to the next one. False at the trailer, and if the file
 * ends before it. */
static bool next_block(pat_reader *gif, uint64_t *at, struct block *block)
{
    enum { FLAGS = 9, HEAD = 11 }; /* in a frame: offsets of its flags and of its data */
    block->kind = (unsigned)pat_reader_get(gif, *at, 1);
    block->label = (unsigned)pat_reader_get(gif, *at + 1, 1);
    block->data = *at + 2;
    if (block->kind == END)
        gif->overrun = false; /* the trailer has no label */
    if (block->kind == FRAME)
        block->data = *at + HEAD + table_size(pat_reader_get(gif, *at + FLAGS, 1));
    else if (block->kind != EXTENSION)
        return false;
    *at = after_sub_blocks(gif, block->data);
    return !gif->overrun;
}

/* Count the frames. If the file ends before its trailer, gif->overrun is set. */
static int count_frames(pat_reader *gif)
{
    struct block block;
    int frames = 0;
    for (uint64_t at = first_block(gif); next_block(gif, &at, &block);)
        frames += block.kind == FRAME;
    return frames;
}

static int count_pages(pat_file_bytes file)
{
    return count_frames(&(pat_reader){.file = file, .little_endian = true});
}

static void look(pat_file_bytes file, pat_recipe *recipe)
{
    pat_reader gif = {.file = file, .little_endian = true};
    recipe->palette = true;
    recipe->more_images = count_frames(&gif) > 1;
    if (gif.overrun)
        recipe->damage = "it ends before its trailer";
}

static bool has_metadata(pat_file_bytes file, pat_metadata kind)
{
    static const char xmp[] = "\x0bXMP DataXMP";
    pat_reader gif = {.file = file, .little_endian = true};
    struct block block;
    bool found = false;
    for (uint64_t at = first_block(&gif); !found && next_block(&gif, &at, &block);) {
        bool is_xmp = block.label == APPLICATION && file.size - block.data >= sizeof xmp - 1 &&
                      memcmp(file.bytes + block.data, xmp, sizeof xmp - 1) == 0;
        if (block.kind == EXTENSION)
            found = (kind == PAT_METADATA_TEXT && block.label == COMMENT) ||
                    (kind == PAT_METADATA_XMP && is_xmp);
    }
    return found;
}

const pat_file_format pat_format_gif_row = {
    .name = "gif",
    .title = "GIF",
    .media_type = "image/gif",
    .extensions = {"gif"},
    .signatures = {{"GIF87a", 6}, {"GIF89a", 6}},
    .look = look,
    .count_pages = count_pages,
    .decode = pat_codec_decode,
    .load = pat_picture_load_source,
    .loader = "gifload_source",
    .loader_class = "VipsForeignLoadNsgif",
    .written_as = &pat_format_png_row,
    .has_metadata = has_metadata,
};
