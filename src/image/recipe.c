#include "image/recipe.h"

bool pat_recipe_swaps_sides(const pat_recipe *recipe)
{
    return recipe->orientation >= 5 && recipe->orientation <= 8;
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) { /* Euclid's algorithm */
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

void pat_recipe_set_aspect(pat_recipe *recipe, uint64_t across, uint64_t down)
{
    if (across == 0 || down == 0)
        across = down = 1;
    uint64_t divisor =
        across > UINT16_MAX || down > UINT16_MAX ? greatest_divisor(across, down) : 1;
    across /= divisor;
    down /= divisor;
    for (; across > UINT16_MAX || down > UINT16_MAX; across >>= 1)
        down >>= 1;
    recipe->aspect[0] = across > 0 ? (uint32_t)across : 1;
    recipe->aspect[1] = down > 0 ? (uint32_t)down : 1;
}

/* ---- Colors ---------------------------------------------------------------------------------- */

typedef void color_function(const uint8_t *row, int width, int bands, ptrdiff_t right,
                            uint8_t *const out[PAT_CHANNELS]);

static void put_grey(const uint8_t *row, int width, int bands, ptrdiff_t right,
                     uint8_t *const out[PAT_CHANNELS])
{
    for (int x = 0; x < width; x++, row += bands)
        out[PAT_RED][x * right] = out[PAT_GREEN][x * right] = out[PAT_BLUE][x * right] = row[0];
}

static inline void split_rgb(const uint8_t *row, int width, int bands, ptrdiff_t right,
                             uint8_t *restrict red, uint8_t *restrict green, uint8_t *restrict blue)
{
    for (int x = 0; x < width; x++, row += bands) {
        red[x * right] = row[0];
        green[x * right] = row[1];
        blue[x * right] = row[2];
    }
}

/* The usual cases, with constants so that the compiler can vectorize the loops. */
static void put_rgb(const uint8_t *row, int width, int bands, ptrdiff_t right,
                    uint8_t *const out[PAT_CHANNELS])
{
    uint8_t *red = out[PAT_RED], *green = out[PAT_GREEN], *blue = out[PAT_BLUE];
    if (right == 1 && bands == 4)
        split_rgb(row, width, 4, 1, red, green, blue);
    else if (right == 1 && bands == 3)
        split_rgb(row, width, 3, 1, red, green, blue);
    else
        split_rgb(row, width, bands, right, red, green, blue);
}

static void put_rgb_times_alpha(const uint8_t *row, int width, int bands, ptrdiff_t right,
                                uint8_t *const out[PAT_CHANNELS])
{
    for (int x = 0; x < width; x++, row += bands)
        for (int c = 0; c < PAT_CHANNELS; c++)
            out[c][x * right] = (uint8_t)((row[c] * row[3] + 127) / 255);
}

static void put_cmyk(const uint8_t *row, int width, int bands, ptrdiff_t right,
                     uint8_t *const out[PAT_CHANNELS])
{
    for (int x = 0; x < width; x++, row += bands)
        for (int c = 0; c < PAT_CHANNELS; c++)
            out[c][x * right] = pat_light_libtiff(255 - row[3], row[c]);
}

static void put_cmyk_inverted(const uint8_t *row, int width, int bands, ptrdiff_t right,
                              uint8_t *const out[PAT_CHANNELS])
{
    for (int x = 0; x < width; x++, row += bands)
        for (int c = 0; c < PAT_CHANNELS; c++)
            out[c][x * right] = pat_light_opencv(row[3], 255 - row[c]);
}

static color_function *const color_functions[] = {
    [PAT_RGB] = put_rgb,
    [PAT_GREY] = put_grey,
    [PAT_RGB_TIMES_ALPHA] = put_rgb_times_alpha,
    [PAT_CMYK] = put_cmyk,
    [PAT_CMYK_INVERTED] = put_cmyk_inverted,
};

/* ---- Rows ------------------------------------------------------------------------------------ */

bool pat_recipe_takes(pat_recipe *recipe, int bands)
{
    if (recipe->color == PAT_RGB && bands <= 2)
        recipe->color = PAT_GREY;
    switch (recipe->color) {
    case PAT_GREY:
        return bands >= 1;
    case PAT_RGB:
        return bands == 3 || bands == 4;
    default:
        return bands == 4;
    }
}

pat_status pat_recipe_make_canvas(const pat_recipe *recipe, int width, int height, pat_image *image,
                                  pat_error *error)
{
    bool swap = pat_recipe_swaps_sides(recipe);
    return pat_image_resize_canvas(image, swap ? height : width, swap ? width : height, error);
}

void pat_recipe_narrow(const pat_recipe *recipe, const uint16_t *wide, size_t count, uint8_t *out)
{
    if (recipe->narrowing == PAT_HIGH_BYTE)
        for (size_t i = 0; i < count; i++)
            out[i] = (uint8_t)(wide[i] >> 8);
    else
        for (size_t i = 0; i < count; i++)
            out[i] = (uint8_t)((wide[i] + 128) / 257);
}

pat_rows pat_recipe_begin(const pat_recipe *recipe, int width, int height, int bands,
                          const pat_image *image)
{
    unsigned turn = recipe->orientation;
    ptrdiff_t stride = image->plane[0].stride;
    bool mirror_x = turn == 2 || turn == 3 || turn == 7 || turn == 8;
    bool mirror_y = turn == 3 || turn == 4 || turn == 6 || turn == 7;
    bool swap = pat_recipe_swaps_sides(recipe);
    ptrdiff_t right = swap ? stride : 1, down = swap ? 1 : stride;
    return (pat_rows){
        .recipe = recipe,
        .image = image,
        .width = width,
        .bands = bands,
        .start = (mirror_x ? (width - 1) * right : 0) + (mirror_y ? (height - 1) * down : 0),
        .right = mirror_x ? -right : right,
        .down = mirror_y ? -down : down,
    };
}

void pat_rows_put(const pat_rows *rows, const uint8_t *row, int y)
{
    uint8_t *out[PAT_CHANNELS];
    for (int c = 0; c < PAT_CHANNELS; c++)
        out[c] = rows->image->plane[c].data + rows->start + y * rows->down;
    color_functions[rows->recipe->color](row, rows->width, rows->bands, rows->right, out);
}
