/* stat_streaming.c -- test_streaming.c with ten times the plans. */
#define PLANS 200
#include "tests/engine/test_streaming.c"
