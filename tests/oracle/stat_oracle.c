/* The engine and the brute-force oracle simulate the same plans; every count must agree.
 *
 * stat_oracle [PLAN|all [EFFORT [LUCK]]] tells every count; EFFORT times as many flights, other luck. */
#include "tests/oracle/agreement.h"

#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    const char *const plan[] = {argc > 1 ? argv[1] : "all", NULL};
    return agreement_test((agreement_t){.only = strcmp(plan[0], "all") ? plan : NULL,
                                        .effort = argc > 2 ? atof(argv[2]) : 1,
                                        .luck = argc > 3 ? (unsigned)atoi(argv[3]) : 0,
                                        .tell_all = argc > 1});
}
