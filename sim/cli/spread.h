/* spread.h -- points over the ranks of an MPI program: `make MPI=1`, `mpirun -n 4 adsim sweep ...`.
 *
 * Rank 0 leads: it hands out points one by one to whoever is free, and alone writes the store. The others
 * compute. Without MPI, or on one rank, the leader computes on its own threads. Whatever the ranks are, a
 * point's record has the same bytes. A rank that is lost ends the program, as MPI has it; what was kept is
 * whole and --resume goes on. */
#ifndef ADSIM_CLI_SPREAD_H
#define ADSIM_CLI_SPREAD_H

#include "models/base/status.h"
#include "sim/experiment/batch.h"

#include <stdbool.h>

void spread_begin(void);
int spread_ranks(void);
bool spread_leads(void);

/* The leader's side of batch_run. */
status_t spread_run(const batch_t *b, const size_t *point, size_t n, const batch_how_t *how,
                    error_t *err);
/* A follower's: computes what it is given until the leader ends. NULL: its files could not be opened. */
void spread_serve(const batch_t *b, const point_how_t *how);

/* Dismisses the followers; every rank calls it once. */
void spread_end(void);

#endif
