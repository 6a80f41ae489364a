/* signal.h -- inside the engine: what a platform knows of how a person answers ads, a standard normal.
 *
 * Each person has a place on a circle. In every replication the circle is turned by another angle, and
 * her rank is where her place comes to lie. In each replication signals are spread over people
 * as evenly as their places are; over the replications each person meets signals of all sizes, so that
 * the few people who stand for all, some of them seen often, do not stand for one signal each. (Fixed
 * signals made nearly all of the error that comes from simulating a sample of people.) */
#ifndef ADSIM_ENGINE_SIGNAL_H
#define ADSIM_ENGINE_SIGNAL_H

#include <stdint.h>

/* Levels of the signal, for bounds: each cell of ranks belongs to one. */
enum { SIGNAL_CELLS = 4096, SIGNAL_LEVELS = 26 };

typedef struct {
    double edge[SIGNAL_CELLS + 1]; /* signal at the ends of the cells */
    uint8_t level[SIGNAL_CELLS];
    double most[SIGNAL_LEVELS]; /* highest signal of a level */
    /* Share of ranks in a level and in all above, and the level's mean signal. */
    double within[SIGNAL_LEVELS], above[SIGNAL_LEVELS], mean[SIGNAL_LEVELS];
} signal_table_t;
void signal_table_init(signal_table_t *t);

/* The place of a standard normal. */
uint32_t signal_place(double signal);

/* What is added to all places in a replication. SIGNAL_TURN pairs in a row turn by quarters, so that
 * what one angle adds to a sum over people the others take back; the two replications of a pair are
 * unrelated. */
uint32_t signal_turn(uint32_t replication);

/* The signal at a turned place, and its level. */
double signal_at(const signal_table_t *t, uint32_t rank);
static inline int signal_level(const signal_table_t *t, uint32_t rank)
{
    return t->level[rank / (UINT32_MAX / SIGNAL_CELLS + 1)];
}

#endif
