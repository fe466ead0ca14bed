/* Checks of the SSIM of a tile. */
#include "ref/naive_kernels.h"
#include "ref/naive_ssim.h"
#include "tiers/checks.h"
#include "tiers/patterns.h"

/* One row a slot, a forbidden page before and after each; or all rows packed into one slot. */
static guarded_memory candidate_rows, original_rows, packed;

typedef enum layout { ROWS_AT_START, ROWS_AT_END, PACKED, LAYOUTS } layout;

static const char *const layout_names[LAYOUTS] = {"rows after forbidden pages",
                                                  "rows before forbidden pages", "odd strides"};

static sample_rows rows_in(const guarded_memory *memory, int width, int height, layout how)
{
    guarded_span row =
        guarded_span_at(memory, 0, (size_t)width, 1, how == ROWS_AT_START ? AT_START : AT_END);
    return (sample_rows){row.data, (ptrdiff_t)memory->step, width, height};
}

/* The last sample is the last before a forbidden page. */
static sample_rows packed_rows(int slot, int width, int height, int padding)
{
    size_t stride = (size_t)width + (size_t)padding;
    guarded_span all =
        guarded_span_at(&packed, slot, stride * (size_t)(height - 1) + (size_t)width, 1, AT_END);
    return (sample_rows){all.data, (ptrdiff_t)stride, width, height};
}

static pat_plane plane_of(const sample_rows *rows)
{
    return (pat_plane){rows->data, rows->width, rows->height, rows->stride};
}

/* From means, variances and covariance in double. */
static void check_mean(const sample_rows *candidate, const sample_rows *original, int64_t units)
{
    pat_plane x = plane_of(candidate), u = plane_of(original);
    double windows = (double)(x.width - 6) * (x.height - 6);
    check_close("by means and variances", (double)units * 0x1p-34 / windows, naive_ssim(&x, &u),
                1e-9);
}

static void check_tile(const pat_kernels *tested, int width, int height, int index,
                       uint64_t *random)
{
    layout how = (layout)(index % LAYOUTS);
    int pattern = index / LAYOUTS % PATTERNS, relation = index / LAYOUTS / PATTERNS % RELATIONS;
    sample_rows x = how == PACKED ? packed_rows(0, width, height, 1 + 2 * (index % 7))
                                  : rows_in(&candidate_rows, width, height, how);
    sample_rows u = how == PACKED ? packed_rows(1, width, height, index % 5)
                                  : rows_in(&original_rows, width, height, how);
    fill_pattern(&x, pattern, random);
    fill_partner(&u, &x, relation, random);
    pat_ssim_tile tile = {{x.data, x.stride}, {u.data, u.stride}, width, height};
    check_case("%dx%d, %s and %s, %s", width, height, pattern_names[pattern],
               relation_names[relation], layout_names[how]);
    int64_t got = tested->ssim_tile(&tile);
    check_number(TWIN, got, naive_ssim_units(&tile));
    check_number(C_TIER, got, plain_kernels()->ssim_tile(&tile));
    if (index % 11 == 0 && height < 100)
        check_mean(&x, &u, got);
}

enum { COMBINATIONS = LAYOUTS * PATTERNS * RELATIONS };

/* Every pattern with every partner, over the largest tile there is and over thin ones. */
static void check_tall_tiles(const pat_kernels *tested, uint64_t *random)
{
    static const int widths[] = {7, 38, 39, 70, 101};
    for (int i = 0; i < COMBINATIONS; i += LAYOUTS)
        check_tile(tested, widths[i % 5], PAT_SSIM_TILE_HEIGHT, i + i % 7 % LAYOUTS, random);
    for (int i = 0; i < COMBINATIONS; i += 31)
        check_tile(tested, PAT_SSIM_TILE_WIDTH, PAT_SSIM_TILE_HEIGHT, i, random);
}

void check_ssim_tile(const pat_kernels *tested, uint64_t *random)
{
    candidate_rows = guarded_create(PAT_SSIM_TILE_HEIGHT, 4096);
    original_rows = guarded_create(PAT_SSIM_TILE_HEIGHT, 8192);
    packed = guarded_create(2, PAT_SSIM_TILE_HEIGHT * (PAT_SSIM_TILE_WIDTH + 32));
    int index = 0;
    for (int i = 0; i < COMBINATIONS; i++)
        check_tile(tested, PAT_SSIM_SIDE, PAT_SSIM_SIDE, i, random);
    for (int width = PAT_SSIM_SIDE; width <= PAT_SSIM_TILE_WIDTH; width++)
        for (int i = 0; i < (width <= 200 ? 12 : 3); i++)
            check_tile(tested, width, 7 + width * 31 % 54, index++, random);
    for (int height = PAT_SSIM_SIDE; height <= 60; height++)
        for (int i = 0; i < 12; i++)
            check_tile(tested, 7 + height * 29 % 120, height, index++, random);
    check_tall_tiles(tested, random);
    guarded_free(&candidate_rows);
    guarded_free(&original_rows);
    guarded_free(&packed);
}
