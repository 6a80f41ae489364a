/* known_designs.c -- the cases that designs answer. */
#include "models/base/known_designs.h"

#include "models/base/sobol.h"

#include <stddef.h>

/* GSL takes the points in the order of a Gray code and leaves out the first, the origin: of its first 2^m points
 * the lowest cell is empty and another holds two. Ours are a net. */
static void sobol_first(known_case_t *c)
{
    enum { CELLS = 8 };
    int without[CELLS] = {0}, with[CELLS] = {0}, dimension = (int)known_input(c, "dim") - 1;
    for (uint32_t i = 0; i < CELLS; i++) {
        uint32_t gray = (i + 1) ^ (i + 1) >> 1, x = sobol_bits(gray, dimension);
        c->found(c, "x", (int)i, (double)x * 0x1p-32);
        without[x >> 29]++;
        with[sobol_bits(i, dimension) >> 29]++;
    }
    for (int k = 0; k < CELLS; k++) {
        c->found(c, "count_per_eighth", k, without[k]);
        c->found(c, "proper_net_count_per_eighth", k, with[k]);
    }
}

const known_answer_t known_in_designs[] = {
    {"qmc_gsl_sobol_first", sobol_first},
    {NULL, NULL},
};
