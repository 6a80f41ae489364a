/* touch.c -- the growing array of touches. */
#include "models/base/touch.h"

#include <stdlib.h>

status_t touches_add(touches_t *list, uint32_t *head, touch_t touch, error_t *err)
{
    if (list->n == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 4096;
        touch_t *grown =
            capacity < UINT32_MAX ? realloc(list->touch, capacity * sizeof *grown) : NULL;
        if (!grown) return fail_memory(err, "the list of impressions");
        list->touch = grown;
        list->capacity = capacity;
    }
    touch.earlier = *head;
    list->touch[list->n++] = touch;
    *head = (uint32_t)list->n;
    return OK;
}

void touches_free(touches_t *list)
{
    free(list->touch);
    *list = (touches_t){0};
}
