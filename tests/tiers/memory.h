/* Memory between pages that must not be touched: a read or a write beside it ends in SIGSEGV. */
#ifndef TEST_TIERS_MEMORY_H
#define TEST_TIERS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `count` slots of the same room, in whole pages, a forbidden page before and after each. */
typedef struct guarded_memory {
    uint8_t *block;
    size_t room, step; /* bytes of a slot; from slot to slot */
    int count;
} guarded_memory;

/* Room for at least `room` bytes in each slot. Aborts when memory runs out. */
guarded_memory guarded_create(int count, size_t room);
void guarded_free(guarded_memory *memory);

/* Where elements lie in their slot: after a forbidden page, before one, or aligned to nothing. */
typedef enum placement { AT_START, AT_END, INSIDE, PLACEMENTS } placement;

extern const char *const placement_names[PLACEMENTS];

/* Some elements in a slot, with a margin on both sides as far as the slot goes. */
typedef struct guarded_span {
    void *data;
    size_t size;           /* in bytes */
    uint8_t *first, *last; /* with the margins; last is one past the end */
} guarded_span;

/* INSIDE needs room for 2 * 128 elements more. */
guarded_span guarded_span_at(const guarded_memory *memory, int slot, size_t elements,
                             size_t element_size, placement where);

/* Give data and margins known bytes; whether the margins still have them. */
void span_arm(const guarded_span *span);
bool span_is_intact(const guarded_span *span);

#endif
