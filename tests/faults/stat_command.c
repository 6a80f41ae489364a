/* stat_command.c -- test_command.c with four times the requests refused. */
#define STEP(n) (n)
#include "tests/faults/test_command.c"
