/* stat_faults.c -- test_faults.c with no request left out. */
#define EVERY(nth) 1
#include "tests/faults/test_faults.c"
