/* touch.h -- what a person has seen of us, latest first: the list that frequency caps, wear-out and
 * every attribution rule read. It lives for one replication.
 *
 * Touches of all people stand in one growing array in the order they happened; each knows the touch of
 * the same person before it. A person is one 32-bit head: the position of her latest touch + 1, or 0. */
#ifndef ADSIM_BASE_TOUCH_H
#define ADSIM_BASE_TOUCH_H

#include "models/base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Moments are ticks of 1/32 second since the flight began; flights last at most 1,500 days. */
#define TICKS_PER_DAY 2764800.0
#define TICKS_PER_HOUR 115200u

typedef enum {
    TOUCH_DRAWN = 1, /* click and visit below were drawn, because later state depends on them */
    TOUCH_CLICKED = 2,
    TOUCH_VISITED = 4,     /* ... and the click led to the site */
    TOUCH_SIGHT_DRAWN = 8, /* the sight below was drawn, because a cap counts it */
    TOUCH_SEEN = 16,
    /* What came of it is charged, and counted as it was drawn: expectations are taken given the draw. */
    TOUCH_CHARGED = 32,
    TOUCH_ORDERED = 64,       /* there was an order by its click, which is charged */
    TOUCH_SIGHT_ORDERED = 128 /* ... by its sight alone */
} touch_flag_t;

typedef struct {
    uint32_t tick;
    uint32_t earlier; /* position + 1 of the person's touch before this one; 0 = none */
    uint32_t number;  /* of the candidate in its stream: addresses its later draws */
    float stock;      /* exposure stock of its creative family just after it */
    float p_click;    /* click probability when it was shown */
    uint8_t ad_set, creative;
    uint8_t flags;     /* touch_flag_t */
    uint8_t placement; /* of the platform */
} touch_t;

typedef struct {
    touch_t *touch;
    size_t n, capacity;
} touches_t;

/* Appends a touch of the person whose head is given, and moves the head. */
status_t touches_add(touches_t *list, uint32_t *head, touch_t touch, error_t *err);
void touches_free(touches_t *list);

/* The person's latest touch, and the one before; NULL at the end. */
static inline const touch_t *touch_latest(const touches_t *list, uint32_t head)
{
    return head ? &list->touch[head - 1] : NULL;
}
static inline const touch_t *touch_earlier(const touches_t *list, const touch_t *t)
{
    return touch_latest(list, t->earlier);
}

#endif
