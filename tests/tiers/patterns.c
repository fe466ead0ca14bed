#include "tiers/patterns.h"

uint32_t next_random(uint64_t *random, uint32_t limit)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*random >> 32) * limit >> 32);
}

typedef int sample_value(int x, int y, int parameter, uint64_t *random);

static int noise(int x, int y, int parameter, uint64_t *random)
{
    (void)x, (void)y, (void)parameter;
    return (int)next_random(random, 256);
}

static int constant(int x, int y, int parameter, uint64_t *random)
{
    (void)x, (void)y, (void)random;
    return parameter;
}

static int checkerboard(int x, int y, int period, uint64_t *random)
{
    (void)random;
    return (x / period + y / period) % 2 ? 255 : 0;
}

static int columns(int x, int y, int period, uint64_t *random)
{
    (void)y, (void)random;
    return x / period % 2 ? 255 : 0;
}

static int near(int x, int y, int extreme, uint64_t *random)
{
    (void)x, (void)y;
    int distance = (int)next_random(random, 3);
    return extreme == 0 ? distance : extreme - distance;
}

static int ramp(int x, int y, int slope, uint64_t *random)
{
    (void)random;
    return (slope * x + 3 * y) & 255;
}

static int spikes(int x, int y, int ground, uint64_t *random)
{
    (void)x, (void)y;
    return next_random(random, 40) == 0 ? 255 - ground : ground;
}

static int extremes(int x, int y, int parameter, uint64_t *random)
{
    (void)x, (void)y, (void)parameter;
    return next_random(random, 2) ? 255 : 0;
}

static const struct {
    sample_value *value;
    int parameter;
} patterns[PATTERNS] = {
    {noise, 0},        {constant, 0},     {constant, 255},   {checkerboard, 1},  {checkerboard, 2},
    {checkerboard, 3}, {checkerboard, 7}, {checkerboard, 8}, {checkerboard, 32}, {columns, 16},
    {near, 0},         {near, 255},       {ramp, 1},         {ramp, 37},         {constant, 97},
    {spikes, 0},       {spikes, 255},     {extremes, 0},
};

const char *const pattern_names[PATTERNS] = {
    "noise",          "all 0",          "all 255",         "checkerboard 1",  "checkerboard 2",
    "checkerboard 3", "checkerboard 7", "checkerboard 8",  "checkerboard 32", "columns of 16",
    "near 0",         "near 255",       "a ramp",          "a steep ramp",    "constant",
    "spikes",         "holes",          "random extremes",
};

void fill_pattern(const sample_rows *rows, int pattern, uint64_t *random)
{
    for (int y = 0; y < rows->height; y++)
        for (int x = 0; x < rows->width; x++)
            rows->data[y * rows->stride + x] =
                (uint8_t)patterns[pattern].value(x, y, patterns[pattern].parameter, random);
}

enum { SAME, INVERTED, NEARLY_THE_SAME, ANOTHER, NOISE };

const char *const relation_names[RELATIONS] = {"the same", "inverted", "nearly the same",
                                               "another pattern", "noise"};

static uint8_t beside(uint8_t value, uint64_t *random)
{
    uint32_t chance = next_random(random, 8);
    return (uint8_t)(chance == 0 && value > 0     ? value - 1
                     : chance == 1 && value < 255 ? value + 1
                                                  : value);
}

void fill_partner(const sample_rows *rows, const sample_rows *of, int relation, uint64_t *random)
{
    if (relation == ANOTHER || relation == NOISE) {
        int pattern = relation == NOISE ? 0 : 1 + (int)next_random(random, PATTERNS - 1);
        fill_pattern(rows, pattern, random);
        return;
    }
    for (int y = 0; y < rows->height; y++) {
        const uint8_t *from = of->data + y * of->stride;
        uint8_t *to = rows->data + y * rows->stride;
        for (int x = 0; x < rows->width; x++)
            to[x] = relation == INVERTED          ? (uint8_t)(255 - from[x])
                    : relation == NEARLY_THE_SAME ? beside(from[x], random)
                                                  : from[x];
    }
}
