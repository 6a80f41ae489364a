/* sobol.h -- points that fill the unit cube more evenly than chance does (MODEL 5.4): Sobol's sequence with
 * nested uniform scrambling, and Latin hypercubes, of a size that is known ahead or not.
 *
 * A digital sequence in base 2: of every 2^m points that begin at a multiple of 2^m each coordinate falls once
 * into each of 2^m equal cells. The origin is the first point: without it (GSL leaves it out) 2^m points are
 * no net. Owen's scrambling (1995) flips every bit by a coin that belongs to the bits above it: each point is
 * uniform, the net stays one, and independent scramblings tell the error.
 *
 * Leaves out: more than SOBOL_DIMENSIONS coordinates, more than 2^32 points. */
#ifndef ADSIM_BASE_SOBOL_H
#define ADSIM_BASE_SOBOL_H

#include "models/base/rng.h"

#include <stdint.h>

enum { SOBOL_DIMENSIONS = 64 };

/* A coordinate of point `index` in the order of its number, not of a Gray code: 32 bits of a fraction.
 * dimension < SOBOL_DIMENSIONS. */
uint32_t sobol_bits(uint32_t index, int dimension);

/* The same scrambled, uniform on (0,1). `scrambling` < 2^20 numbers independent ones. */
double sobol_unit(rng_key_t key, uint32_t scrambling, uint32_t index, int dimension);

/* Point j of a Latin hypercube of n points, in a coordinate named by `stream` (rng_path_hash of its name):
 * each of n equal strata is met once, whatever the other coordinates are. */
double latin_unit(rng_key_t key, uint64_t stream, uint64_t j, uint64_t n);

/* Point j of a Latin hypercube that grows by blocks of LATIN_BLOCK points: in each block, and in any 2^m of them that
 * begin at a multiple of 2^m, as many equal strata as there are points are met once each, whatever the other
 * coordinates are. Blocks are permuted each for itself; within a stratum of theirs their points are a van der Corput
 * sequence under Owen's scrambling. (To shuffle one such sequence for every coordinate needs no blocks, but then two
 * points that follow each other lie in opposite halves of every coordinate: products err by half as much again.) */
enum { LATIN_BLOCK = 16 };
double latin_sequence_unit(rng_key_t key, uint64_t stream, uint32_t j);

#endif
