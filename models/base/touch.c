/* touch.c -- the growing array of touches. */
#include "models/base/touch.h"
#include "models/base/array.h"

#include <stdlib.h>

status_t touches_add(touches_t *list, uint32_t *head, touch_t touch, error_t *err)
{
    touch_t *grown = array_grown(list->touch, list->n, &list->capacity, sizeof *grown);
    if (!grown) return fail_memory(err, "the list of impressions");
    list->touch = grown;
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
