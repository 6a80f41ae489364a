/* arena.h -- memory that is taken bit by bit and given back at once, with its owner. */
#ifndef ADSIM_CONFIG_ARENA_H
#define ADSIM_CONFIG_ARENA_H

#include <stddef.h>

typedef struct {
    struct arena_block *first;
} arena_t; /* zeroed = empty */

/* Zeroed memory, aligned for anything; NULL when memory is out. */
void *arena_take(arena_t *a, size_t size);
/* Copies of `length` bytes, and of a formatted text; both end with a 0. */
char *arena_copy(arena_t *a, const char *text, size_t length);
char *arena_format(arena_t *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_free(arena_t *a);

#endif
