/* The fast part of stat_oracle: the plans in which most happens, few flights. A bias of the plan is found
 * 99 times in 100 from about 3 % (impressions, reach) and 5 % (clicks, incremental conversions) on; one
 * run in 600 would fail by chance, had it other luck. */
#include "tests/oracle/agreement.h"

#include <stddef.h>

int main(void)
{
    static const char *const plans[] = {"base", "caps", "everything", NULL};
    return agreement_test((agreement_t){.only = plans, .effort = 0.06});
}
