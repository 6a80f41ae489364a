/* spread.h -- the ranks of an MPI program: `make MPI=1`, then the points of a sweep (`mpirun -n 4 adsim sweep ...`)
 * or the replications of one scenario (`mpirun -n 4 adsim run ...`) are spread over them.
 *
 * Of a run every rank has the scenario and its people, makes its part of the replications, of people who are streamed
 * also of one replication, and holds what all have counted (engine/crew.h); rank 0 alone tells and writes.
 *
 * Of a sweep rank 0 leads: it hands out points one by one to whoever is free, and alone writes the store. The others
 * compute. Without MPI, or on one rank, the leader computes on its own threads. Whatever the ranks are, a
 * point's record has the same bytes. A rank that is lost ends the program, as MPI has it: of a run nothing is written, of
 * a sweep what was kept is whole and --resume goes on. */
#ifndef ADSIM_CLI_SPREAD_H
#define ADSIM_CLI_SPREAD_H

#include "models/base/status.h"
#include "sim/engine/crew.h"
#include "sim/experiment/batch.h"

#include <stdbool.h>

/* Every rank calls it, once. `lost`: what the program tells, once, when its launcher ends it since a rank is lost. */
void spread_begin(const char *lost);
int spread_ranks(void);
bool spread_leads(void);

/* The leader's side of batch_run. */
status_t spread_run(const batch_t *b, const size_t *point, size_t n, const batch_how_t *how,
                    error_t *err);
/* A follower's: computes what it is given until the leader ends. NULL: its files could not be opened. */
void spread_serve(const batch_t *b, const point_how_t *how);

/* Sends the followers of a sweep home. */
void spread_dismiss(void);

/* The ranks as a run wants them. */
crew_t spread_crew(void);
/* A failure in one rank is one in all. A follower that fails where the leader does not tells why. */
status_t spread_agree(status_t own, error_t *err);

/* Every rank calls it, once. */
void spread_end(void);

#endif
