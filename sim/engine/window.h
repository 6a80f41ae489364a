/* window.h -- inside the engine: a window that moves over people who are never held as a whole. They are
 * the same people, with the same luck, as if they were. */
#ifndef ADSIM_ENGINE_WINDOW_H
#define ADSIM_ENGINE_WINDOW_H

#include "sim/engine/world.h"

/* People of a window: few enough for their state to stay in a core's cache, enough for the hours of the
 * flight, which every window goes through, to cost little beside them. */
enum { WINDOW_PEOPLE = 16384 };

typedef struct {
    population_t people;
    crowd_t crowd; /* those of them whom some ad set could ever reach; its tally is empty */
} window_t;

/* People of its pilot (streaming.c). */
size_t streaming_pilot(const world_t *w);

/* Windows of a streaming world; the last may be smaller. */
size_t world_windows(const world_t *w);

/* Room for the windows of a replication's people; nobody is in it yet. The caller closes, also after a
 * failure. */
status_t window_open(window_t *v, const world_t *w, uint32_t replication, error_t *err);
void window_close(window_t *v);

/* Makes the people of window k; adds them to `tally` unless that is NULL. */
status_t window_move(window_t *v, const world_t *w, size_t k, uint32_t replication, tally_t *tally,
                     error_t *err);

/* Counts everybody of a replication, the tally empty; the processes of a crew together. */
status_t windows_count(const world_t *w, uint32_t replication, int threads, const crew_t *crew,
                       tally_t *tally, error_t *err);

#endif
