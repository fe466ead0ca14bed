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

typedef enum checked_kernel { PREPARE, EXACT, BOUND } checked_kernel;

static checked_kernel checked; /* by this run */

static guarded_memory prepared_memory; /* slots: of the tested tier, of C */
static pat_ssim_prepared *prepared[2];

/* Where the squares of window i of a block are. */
static int place(int i)
{
    return i / 2 + i % 2 * PAT_SSIM_BLOCK / 2;
}

/* Of the windows that exist: what else is in a block is nobody's business. */
static void check_prepared(const pat_ssim_tile *tile)
{
    int windows = tile->width - 6, blocks = pat_ssim_blocks(tile->width);
    for (int y = 0; y + 6 < tile->height; y++)
        for (int x = 0; x < windows; x++) {
            int block = y * blocks + x / PAT_SSIM_BLOCK, i = x % PAT_SSIM_BLOCK;
            int64_t sum = 0, squares = 0;
            for (int j = 0; j < 49; j++) {
                int64_t u = tile->original.data[(y + j / 7) * tile->original.stride + x + j % 7];
                sum += u;
                squares += 49 * u * u;
            }
            for (int k = 0; k < 2; k++) {
                const pat_ssim_prepared *got = &prepared[k][block];
                check_number(k == 0 ? TWIN : C_TIER, got->sums[i], sum);
                check_number(k == 0 ? TWIN : C_TIER, got->squares[place(i)], squares);
            }
        }
}

static void check_bound(const pat_kernels *tested, const pat_ssim_tile *tile)
{
    int64_t exact = tested->ssim_exact(tile), bound = tested->ssim_bound(tile);
    int64_t windows = (int64_t)(tile->width - 6) * (tile->height - 6);
    check_number("not below the sum", bound < exact ? bound : exact, exact);
    int64_t most = exact + windows * (INT64_C(1) << 24);
    check_number("not far above the sum", bound > most ? bound : most, most);
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
    size_t blocks = (size_t)pat_ssim_blocks(width) * (size_t)(height - 6);
    for (int k = 0; k < 2; k++)
        prepared[k] =
            guarded_span_at(&prepared_memory, k, blocks, sizeof *prepared[k], AT_END).data;
    pat_ssim_tile tile = {{x.data, x.stride}, {u.data, u.stride}, prepared[0], width, height};
    check_case("%dx%d, %s and %s, %s", width, height, pattern_names[pattern],
               relation_names[relation], layout_names[how]);
    tested->ssim_prepare(&tile.original, width, height, prepared[0]);
    plain_kernels()->ssim_prepare(&tile.original, width, height, prepared[1]);
    if (checked == PREPARE) {
        check_prepared(&tile);
    } else if (checked == BOUND) {
        check_bound(tested, &tile);
    } else {
        int64_t got = tested->ssim_exact(&tile);
        check_number(TWIN, got, naive_ssim_units(&tile));
        tile.prepared = prepared[1];
        check_number(C_TIER, got, plain_kernels()->ssim_exact(&tile));
        if (index % 11 == 0 && height < 100)
            check_mean(&x, &u, got);
    }
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

static void check_tiles(const pat_kernels *tested, checked_kernel kernel, uint64_t *random)
{
    checked = kernel;
    candidate_rows = guarded_create(PAT_SSIM_TILE_HEIGHT, 4096);
    original_rows = guarded_create(PAT_SSIM_TILE_HEIGHT, 8192);
    prepared_memory =
        guarded_create(2, sizeof(pat_ssim_prepared) * PAT_SSIM_BLOCKS * PAT_SSIM_TILE_HEIGHT);
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
    guarded_free(&prepared_memory);
}

void check_ssim_prepare(const pat_kernels *tested, uint64_t *random)
{
    check_tiles(tested, PREPARE, random);
}

void check_ssim_exact(const pat_kernels *tested, uint64_t *random)
{
    check_tiles(tested, EXACT, random);
}

void check_ssim_bound(const pat_kernels *tested, uint64_t *random)
{
    check_tiles(tested, BOUND, random);
}
