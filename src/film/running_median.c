#include "film/running_median.h"

#include <assert.h>
#include <stdlib.h>

struct pat_running_median {
    uint32_t size;
    uint32_t level, below; /* a level, and how many numbers lie below it */
    uint32_t count[];
};

pat_running_median *pat_running_median_create(uint32_t levels)
{
    return calloc(1, sizeof(pat_running_median) + levels * sizeof(uint32_t));
}

void pat_running_median_free(pat_running_median *median)
{
    free(median);
}

void pat_running_median_add(pat_running_median *median, uint16_t value)
{
    median->count[value]++;
    median->size++;
    median->below += value < median->level;
}

void pat_running_median_remove(pat_running_median *median, uint16_t value)
{
    assert(median->count[value] > 0);
    median->count[value]--;
    median->size--;
    median->below -= value < median->level;
}

/* The number at this place, 0 .. size - 1, in ascending order. */
static uint32_t number_at(pat_running_median *median, uint32_t place)
{
    while (median->below > place)
        median->below -= median->count[--median->level];
    while (median->below + median->count[median->level] <= place)
        median->below += median->count[median->level++];
    return median->level;
}

uint32_t pat_running_median_twice(pat_running_median *median)
{
    if (median->size == 0)
        return 0;
    uint32_t lower = number_at(median, (median->size - 1) / 2);
    return lower + number_at(median, median->size / 2);
}
