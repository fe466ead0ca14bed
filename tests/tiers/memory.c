#include "tiers/memory.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MARGIN = 128 };

const char *const placement_names[PLACEMENTS] = {"after a forbidden page",
                                                 "before a forbidden page", "unaligned"};

guarded_memory guarded_create(int count, size_t room)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    room = (room + page - 1) / page * page;
    guarded_memory memory = {.room = room, .step = room + page, .count = count};
    memory.block = mmap(NULL, memory.step * (size_t)count + page, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory.block == MAP_FAILED)
        abort();
    for (int i = 0; i < count; i++)
        if (mprotect(memory.block + page + memory.step * (size_t)i, room, PROT_READ | PROT_WRITE) !=
            0)
            abort();
    return memory;
}

void guarded_free(guarded_memory *memory)
{
    munmap(memory->block, memory->step * (size_t)memory->count + memory->step - memory->room);
    *memory = (guarded_memory){0};
}

guarded_span guarded_span_at(const guarded_memory *memory, int slot, size_t elements,
                             size_t element_size, placement where)
{
    size_t page = memory->step - memory->room, size = elements * element_size;
    uint8_t *begin = memory->block + page + memory->step * (size_t)slot;
    uint8_t *end = begin + memory->room;
    size_t inside = (MARGIN + 1) * element_size; /* aligned to an element, to no vector */
    if (slot >= memory->count || size + (where == INSIDE ? 2 * inside : 0) > memory->room)
        abort();
    uint8_t *data = where == AT_START ? begin : where == AT_END ? end - size : begin + inside;
    guarded_span span = {.data = data, .size = size};
    span.first = data - begin < MARGIN ? begin : data - MARGIN;
    span.last = end - data - (ptrdiff_t)size < MARGIN ? end : data + size + MARGIN;
    return span;
}

/* Differs from place to place, so that a misplaced copy shows. */
static uint8_t known_byte(const uint8_t *place)
{
    return (uint8_t)(0xa5 ^ (uintptr_t)place * 29);
}

void span_arm(const guarded_span *span)
{
    for (uint8_t *byte = span->first; byte < span->last; byte++)
        *byte = known_byte(byte);
}

bool span_is_intact(const guarded_span *span)
{
    const uint8_t *data = span->data, *end = data + span->size;
    for (const uint8_t *byte = span->first; byte < data; byte++)
        if (*byte != known_byte(byte))
            return false;
    for (const uint8_t *byte = end; byte < span->last; byte++)
        if (*byte != known_byte(byte))
            return false;
    return true;
}
