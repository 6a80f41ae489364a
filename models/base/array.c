/* array.c -- doubles what is full. */
#include "models/base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST = 64 };

void *array_grown(void *array, size_t n, size_t *capacity, size_t item_size)
{
    if (n < *capacity) return array;
    size_t wider = *capacity ? 2 * *capacity : FIRST;
    if (wider >= UINT32_MAX || wider > SIZE_MAX / item_size) return NULL;
    void *grown = realloc(array, wider * item_size);
    if (grown) *capacity = wider;
    return grown;
}
