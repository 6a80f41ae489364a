/* text.h -- inside this room: texts written piece by piece into a buffer that may be too small. */
#ifndef ADSIM_SEGMENTATION_TEXT_H
#define ADSIM_SEGMENTATION_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Adds `text` behind `used` bytes and returns how many there are then, had there been room for all, as
 * snprintf does. */
static inline size_t text_add(char *to, size_t room, size_t used, const char *text)
{
    size_t left = used < room ? room - used : 0;
    return used + (size_t)snprintf(left ? to + used : NULL, left, "%s", text);
}

#endif
