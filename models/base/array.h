/* array.h -- arrays that grow. */
#ifndef ADSIM_BASE_ARRAY_H
#define ADSIM_BASE_ARRAY_H

#include <stddef.h>

/* Room for one more item behind the n that `array` holds: the array, perhaps moved, its capacity
 * doubled when it was full; NULL (and `array` as it was) when memory is out or it would hold 2^32 items. */
void *array_grown(void *array, size_t n, size_t *capacity, size_t item_size);

#endif
