/* arena.c -- blocks in a list; the first one is filled until it is full. */
#include "sim/config/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16384 };

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char memory[];
};

static struct arena_block *block_add(arena_t *a, size_t size)
{
    struct arena_block *b = calloc(1, sizeof *b + size);
    if (!b) return NULL;
    b->size = size;
    b->next = a->first;
    a->first = b;
    return b;
}

void *arena_take(arena_t *a, size_t size)
{
    size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2) return NULL;
    size = (size + align - 1) / align * align;
    struct arena_block *b = a->first;
    if (!b || b->size - b->used < size) b = block_add(a, size > BLOCK_BYTES ? size : BLOCK_BYTES);
    if (!b) return NULL;
    void *taken = b->memory + b->used;
    b->used += size;
    return taken;
}

char *arena_copy(arena_t *a, const char *text, size_t length)
{
    char *copy = arena_take(a, length + 1);
    if (copy && length) memcpy(copy, text, length);
    return copy;
}

char *arena_format(arena_t *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *text = length < 0 ? NULL : arena_take(a, (size_t)length + 1);
    if (text) vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void arena_free(arena_t *a)
{
    while (a->first) {
        struct arena_block *next = a->first->next;
        free(a->first);
        a->first = next;
    }
}
