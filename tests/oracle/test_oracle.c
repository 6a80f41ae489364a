/* The fast part of stat_oracle: the plans in which most happens, few flights. A bias of the plan is found
 * 99 times in 100 from 2 to 4 % on (impressions, reach), 3 to 5 % (clicks, incremental conversions); of
 * other seeds one in 290 would fail by chance. */
#include "tests/oracle/agreement.h"

#include <stddef.h>

int main(void)
{
    static const char *const plans[] = {
        "base",         "caps",  "labels", "lookalike", "everything",
        "market_paced", "brand", "kinds",  "promotion", NULL};
    return agreement_test((agreement_t){.only = plans, .effort = 0.06});
}
