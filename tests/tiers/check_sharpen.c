/* Checks of the sharpening and of the errors it leaves. */
#include <stdio.h>
#include <string.h>

#include "ref/naive_kernels.h"
#include "tiers/checks.h"
#include "tiers/patterns.h"

enum { ALL_PAIRS = 1 << 16, LONGEST = (1 << 22) + 65573, STRENGTHS_MAX = 64 };

/* Base, blurred and original or sharpened samples of one length, and how messages call them. */
typedef struct operands {
    guarded_span base, blurred, third;
    int n;
    char name[120];
} operands;

static guarded_memory memory; /* of operands, then of strengths and of errors */

static operands operands_of(int n, int pattern, int relation, placement where, uint64_t *random)
{
    operands o = {.n = n};
    guarded_span *spans[] = {&o.base, &o.blurred, &o.third};
    for (int i = 0; i < 3; i++) {
        *spans[i] = guarded_span_at(&memory, i, (size_t)n, 1, where);
        span_arm(spans[i]);
    }
    sample_rows base = {o.base.data, n, n, 1}, blurred = {o.blurred.data, n, n, 1};
    fill_pattern(&base, pattern, random);
    fill_partner(&blurred, &base, relation, random);
    snprintf(o.name, sizeof o.name, "%d samples, %s and %s, %s", n, pattern_names[pattern],
             relation_names[relation], placement_names[where]);
    return o;
}

/* Every base with every blurred sample. */
static operands all_pairs(placement where)
{
    uint64_t unused = 0;
    operands o = operands_of(ALL_PAIRS, 1, 0, where, &unused);
    uint8_t *base = o.base.data, *blurred = o.blurred.data;
    for (int i = 0; i < ALL_PAIRS; i++) {
        base[i] = (uint8_t)(i >> 8);
        blurred[i] = (uint8_t)i;
    }
    snprintf(o.name, sizeof o.name, "all pairs of samples");
    return o;
}

typedef void operands_check(const pat_kernels *tested, const operands *o, int index,
                            uint64_t *random);

/* Call `check` with operands of all sizes, patterns, relations and placements, in turn. */
static void with_all_operands(const pat_kernels *tested, operands_check *check, int each,
                              uint64_t *random)
{
    int combination = 0;
    for (int s = 0; s < SIZES; s++)
        for (int i = 0; i < each; i++) {
            int c = combination++;
            operands o = operands_of(size_at(s), c % PATTERNS, c / PATTERNS % RELATIONS,
                                     (placement)(i % PLACEMENTS), random);
            check(tested, &o, c, random);
        }
}

static uint8_t want[ALL_PAIRS], plain[ALL_PAIRS];

/* What was sharpened in place, which must be done again from the same samples. */
static void compare(const guarded_span *out)
{
    check_bytes(TWIN, out->data, want, out->size);
    check_bytes(C_TIER, out->data, plain, out->size);
    check_intact(out);
}

static void check_doubled(const pat_kernels *tested, const operands *o, int doubled)
{
    static uint8_t kept[ALL_PAIRS];
    size_t n = (size_t)o->n;
    check_case("doubled %d, %s", doubled, o->name);
    naive_sharpen(o->base.data, o->blurred.data, doubled / 2.0, o->n, want);
    plain_kernels()->sharpen(o->base.data, o->blurred.data, doubled, o->n, plain);
    tested->sharpen(o->base.data, o->blurred.data, doubled, o->n, o->third.data);
    compare(&o->third);
    check_case("doubled %d, %s, into base", doubled, o->name);
    memcpy(kept, o->base.data, n);
    tested->sharpen(o->base.data, o->blurred.data, doubled, o->n, o->base.data);
    compare(&o->base);
    memcpy(o->base.data, kept, n);
    check_case("doubled %d, %s, into blurred", doubled, o->name);
    memcpy(kept, o->blurred.data, n);
    tested->sharpen(o->base.data, o->blurred.data, doubled, o->n, o->blurred.data);
    compare(&o->blurred);
    memcpy(o->blurred.data, kept, n);
}

static void check_doubled_in_turn(const pat_kernels *tested, const operands *o, int index,
                                  uint64_t *random)
{
    (void)random;
    check_doubled(tested, o, index % (PAT_DOUBLED_MAX + 1));
}

void check_sharpen(const pat_kernels *tested, uint64_t *random)
{
    memory = guarded_create(3, ALL_PAIRS + 4096);
    with_all_operands(tested, check_doubled_in_turn, 90, random);
    operands o = all_pairs(INSIDE);
    for (int doubled = 0; doubled <= PAT_DOUBLED_MAX; doubled++)
        check_doubled(tested, &o, doubled);
    guarded_free(&memory);
}

static void check_any(const pat_kernels *tested, const operands *o, double strength)
{
    static uint8_t kept[ALL_PAIRS];
    float base_weight = (float)(1 + strength), blurred_weight = (float)-strength;
    uint8_t *base = o->base.data, *blurred = o->blurred.data, *out = o->third.data;
    size_t n = (size_t)o->n;
    check_case("strength %g, %s", strength, o->name);
    naive_sharpen_any(base, blurred, base_weight, blurred_weight, o->n, want);
    plain_kernels()->sharpen_any(base, blurred, base_weight, blurred_weight, o->n, plain);
    tested->sharpen_any(base, blurred, base_weight, blurred_weight, o->n, out);
    compare(&o->third);
    check_case("strength %g, %s, into base", strength, o->name);
    memcpy(kept, base, n);
    tested->sharpen_any(base, blurred, base_weight, blurred_weight, o->n, base);
    compare(&o->base);
    memcpy(base, kept, n);
    check_case("strength %g, %s, into blurred", strength, o->name);
    memcpy(kept, blurred, n);
    tested->sharpen_any(base, blurred, base_weight, blurred_weight, o->n, blurred);
    compare(&o->blurred);
    memcpy(blurred, kept, n);
}

static const double strengths[] = {0,   1e-6, 0.001, 0.01, 0.1,   0.25, 0.3,   1.0 / 3,
                                   0.5, 0.7,  1,     1.1,  2.25,  3.7,  12.3,  62.9,
                                   63,  63.5, 64,    64.5, 77.77, 99.9, 99.99, 100};

enum { STRENGTHS = sizeof strengths / sizeof *strengths };

static void check_any_in_turn(const pat_kernels *tested, const operands *o, int index,
                              uint64_t *random)
{
    check_any(tested, o,
              index % 3 ? strengths[index % STRENGTHS] : next_random(random, 100001) / 1000.0);
}

void check_sharpen_any(const pat_kernels *tested, uint64_t *random)
{
    memory = guarded_create(3, ALL_PAIRS + 4096);
    with_all_operands(tested, check_any_in_turn, 90, random);
    operands o = all_pairs(INSIDE);
    for (int i = 0; i < STRENGTHS; i++)
        check_any(tested, &o, strengths[i]);
    for (int i = 0; i < 100; i++)
        check_any(tested, &o, next_random(random, 1000001) / 10000.0);
    guarded_free(&memory);
}

/* ---- errors ---- */

/* Pairs of samples whose products are the largest and the smallest. */
static const uint8_t far_apart[][2] = {{255, 0},  {0, 255},   {255, 255}, {0, 0},
                                       {64, 255}, {255, 128}, {128, 0},   {64, 127}};

enum { FAR_APART = sizeof far_apart / sizeof *far_apart };

static const int long_rows[] = {(1 << 16) - 1, 1 << 16,        (1 << 16) + 33, 1 << 18,
                                (1 << 18) + 1, (1 << 21) + 95, LONGEST};

enum { LONG_ROWS = sizeof long_rows / sizeof *long_rows };

static void check_error(const pat_kernels *tested, const operands *o, int index, uint64_t *random)
{
    (void)index, (void)random;
    check_case("%s", o->name);
    int64_t got = (int64_t)tested->squared_error(o->base.data, o->blurred.data, o->n);
    int64_t defined = (int64_t)naive_squared_error(o->base.data, o->blurred.data, o->n);
    check_number(TWIN, got, defined);
    check_number(C_TIER, got,
                 (int64_t)plain_kernels()->squared_error(o->base.data, o->blurred.data, o->n));
}

/* Rows of one value each. */
static operands flat_operands(int n, uint8_t base, uint8_t blurred, uint8_t third)
{
    operands o = {.n = n};
    o.base = guarded_span_at(&memory, 0, (size_t)n, 1, AT_END);
    o.blurred = guarded_span_at(&memory, 1, (size_t)n, 1, AT_END);
    o.third = guarded_span_at(&memory, 2, (size_t)n, 1, AT_END);
    memset(o.base.data, base, (size_t)n);
    memset(o.blurred.data, blurred, (size_t)n);
    memset(o.third.data, third, (size_t)n);
    snprintf(o.name, sizeof o.name, "%d samples, all %d, %d, %d", n, base, blurred, third);
    return o;
}

void check_squared_error(const pat_kernels *tested, uint64_t *random)
{
    memory = guarded_create(3, LONGEST);
    with_all_operands(tested, check_error, 90, random);
    for (int i = 0; i < LONG_ROWS; i++)
        for (int j = 0; j < FAR_APART; j++) {
            operands o = flat_operands(long_rows[i], far_apart[j][0], far_apart[j][1], 0);
            check_error(tested, &o, 0, random);
        }
    guarded_free(&memory);
}

static uint64_t naive_row_error(const operands *o, ptrdiff_t at, int n, int doubled)
{
    static uint8_t sharpened[LONGEST];
    const uint8_t *base = o->base.data, *blurred = o->blurred.data, *third = o->third.data;
    naive_sharpen(base + at, blurred + at, doubled / 2.0, n, sharpened);
    return naive_squared_error(third + at, sharpened, n);
}

/* The sums go on from where they were; what is beside them stays. */
static void check_errors_of(const pat_kernels *tested, const operands *o, int count,
                            placement where, uint64_t *random)
{
    uint64_t defined[STRENGTHS_MAX], in_c[STRENGTHS_MAX];
    guarded_span doubled_span = guarded_span_at(&memory, 3, (size_t)count, sizeof(int), where);
    guarded_span errors = guarded_span_at(&memory, 4, (size_t)count, sizeof(uint64_t), where);
    span_arm(&errors);
    int *doubled = doubled_span.data;
    uint64_t *got = errors.data;
    for (int k = 0; k < count; k++) {
        doubled[k] = count % 5 == 0 ? k % 5 + 1 /* the default grid: a path of its own */
                     : k % 9 == 8   ? PAT_DOUBLED_MAX
                     : k % 9 == 7   ? 0
                                    : (int)next_random(random, PAT_DOUBLED_MAX + 1);
        got[k] = in_c[k] = defined[k] = (uint64_t)next_random(random, UINT32_MAX) << (k % 20);
    }
    /* as one row, or as two of less than half the length with some samples left out between them */
    int height = o->n >= 3 && count % 2 ? 2 : 1, width = height == 2 ? (o->n - 1) / 2 : o->n;
    ptrdiff_t stride = o->n - width;
    for (int k = 0; k < count; k++)
        for (int y = 0; y < height; y++)
            defined[k] += naive_row_error(o, y * stride, width, doubled[k]);
    const pat_sharpen_area area = {
        {o->base.data, stride}, {o->blurred.data, stride}, {o->third.data, stride}, width, height};
    check_case("%d strengths, %s, in rows of %d", count, o->name, width);
    plain_kernels()->sharpen_errors(&area, doubled, count, in_c);
    tested->sharpen_errors(&area, doubled, count, got);
    check_numbers(TWIN, got, defined, (size_t)count);
    check_numbers(C_TIER, got, in_c, (size_t)count);
    check_intact(&errors);
}

static void check_errors_in_turn(const pat_kernels *tested, const operands *o, int index,
                                 uint64_t *random)
{
    sample_rows base = {o->base.data, o->n, o->n, 1}, original = {o->third.data, o->n, o->n, 1};
    fill_partner(&original, &base, index % RELATIONS, random);
    check_errors_of(tested, o, index % (STRENGTHS_MAX + 1), (placement)(index % PLACEMENTS),
                    random);
}

/* Rows much shorter than a vector, and very many of them: all in the same lanes. */
static void check_narrow_area(const pat_kernels *tested)
{
    enum { WIDTH = 7, HEIGHT = 40000 };
    static uint8_t white[WIDTH * HEIGHT], black[WIDTH * HEIGHT];
    static const int doubled[] = {2};
    uint64_t got = 0;
    memset(white, 255, sizeof white);
    const pat_sharpen_area area = {{white, WIDTH}, {white, WIDTH}, {black, WIDTH}, WIDTH, HEIGHT};
    tested->sharpen_errors(&area, doubled, 1, &got);
    check_case("%d rows of %d", HEIGHT, WIDTH);
    check_number(TWIN, (int64_t)got, (int64_t)WIDTH * HEIGHT * 255 * 255);
}

void check_sharpen_errors(const pat_kernels *tested, uint64_t *random)
{
    check_narrow_area(tested);
    memory = guarded_create(5, LONGEST);
    with_all_operands(tested, check_errors_in_turn, 15, random);
    for (int i = 0; i < LONG_ROWS; i++)
        for (int j = 0; j < 4; j++) {
            const uint8_t *value = far_apart[j];
            operands o = flat_operands(long_rows[i], value[0], value[j % 2], value[1]);
            check_errors_of(tested, &o, i < LONG_ROWS - 2 && j == 0 ? 9 : 1, AT_END, random);
        }
    guarded_free(&memory);
}
