/* stat_budget_law.c -- test_budget_law.c with twenty times the plans. */
#define PLANS 3000
#include "tests/engine/test_budget_law.c"
