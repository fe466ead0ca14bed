/* Checks of the sum of samples and of the table. */
#include "ref/naive_kernels.h"
#include "tiers/checks.h"
#include "tiers/patterns.h"

/* More than 32 bits can add up: at once, and in each of the 16 lanes of 64 bytes. */
static void check_long_sums(const pat_kernels *tested, uint64_t *random)
{
    enum { LONGEST = 16 * (1 << 23) + (1 << 20) + 63 };
    static const struct {
        int n, pattern;
    } rows[] = {{1 << 16, 11}, {(1 << 20) + 63, 0}, {1 << 24, 2}, {LONGEST, 2}};
    guarded_memory memory = guarded_create(1, LONGEST);
    for (int i = 0; i < 4; i++) {
        int n = rows[i].n;
        guarded_span in = guarded_span_at(&memory, 0, (size_t)n, 1, AT_END);
        fill_pattern(&(sample_rows){in.data, 0, n, 1}, rows[i].pattern, random);
        check_case("%d samples, %s", n, pattern_names[rows[i].pattern]);
        int64_t got = (int64_t)tested->sum(in.data, n);
        check_number(TWIN, got, (int64_t)naive_sum(in.data, n));
        check_number(C_TIER, got, (int64_t)plain_kernels()->sum(in.data, n));
    }
    guarded_free(&memory);
}

void check_sum(const pat_kernels *tested, uint64_t *random)
{
    guarded_memory memory = guarded_create(1, 2 * LARGEST_SIZE);
    for (int s = 0; s < SIZES; s++)
        for (int p = 0; p < PATTERNS; p++)
            for (placement where = 0; where < PLACEMENTS; where++) {
                int n = size_at(s);
                guarded_span in = guarded_span_at(&memory, 0, (size_t)n, 1, where);
                span_arm(&in);
                fill_pattern(&(sample_rows){in.data, n, n, 1}, p, random);
                check_case("%d samples, %s, %s", n, pattern_names[p], placement_names[where]);
                int64_t got = (int64_t)tested->sum(in.data, n);
                check_number(TWIN, got, (int64_t)naive_sum(in.data, n));
                check_number(C_TIER, got, (int64_t)plain_kernels()->sum(in.data, n));
            }
    guarded_free(&memory);
    check_long_sums(tested, random);
}

/* ---- the table ---- */

static void fill_table(uint8_t *table, int kind, uint64_t *random)
{
    for (int v = 0; v < 256; v++)
        table[v] = (uint8_t)(kind == 0 ? v : kind == 1 ? 255 - v : (int)next_random(random, 256));
}

static void check_map_at(const pat_kernels *tested, const guarded_span *in, const uint8_t *table,
                         const guarded_span *out)
{
    static uint8_t want[LARGEST_SIZE], plain[LARGEST_SIZE];
    const uint8_t *samples = in->data;
    for (size_t i = 0; i < in->size; i++)
        want[i] = table[samples[i]];
    plain_kernels()->map(in->data, table, (int)in->size, plain);
    tested->map(in->data, table, (int)in->size, out->data);
    check_bytes(TWIN, out->data, want, in->size);
    check_bytes(C_TIER, out->data, plain, in->size);
    check_intact(out);
}

void check_map(const pat_kernels *tested, uint64_t *random)
{
    guarded_memory memory = guarded_create(2, 2 * LARGEST_SIZE), tables = guarded_create(1, 256);
    for (int s = 0; s < SIZES; s++)
        for (int i = 0; i < 4 * PLACEMENTS; i++) {
            int n = size_at(s), pattern = (s + i) % 4 ? 0 : (s + i) % PATTERNS, kind = i % 4;
            placement where = (placement)(i / 4);
            guarded_span table = guarded_span_at(&tables, 0, 256, 1, i % 2 ? AT_START : AT_END);
            guarded_span in = guarded_span_at(&memory, 0, (size_t)n, 1, where);
            guarded_span out = guarded_span_at(&memory, 1, (size_t)n, 1, where);
            fill_table(table.data, kind, random);
            span_arm(&in);
            span_arm(&out);
            fill_pattern(&(sample_rows){in.data, n, n, 1}, pattern, random);
            check_case("%d samples, %s, table %d, %s", n, pattern_names[pattern], kind,
                       placement_names[where]);
            check_map_at(tested, &in, table.data, &out);
            check_case("%d samples, %s, table %d, %s, in place", n, pattern_names[pattern], kind,
                       placement_names[where]);
            check_map_at(tested, &in, table.data, &in);
        }
    guarded_free(&memory);
    guarded_free(&tables);
}
