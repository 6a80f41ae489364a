/* With the shipped presets, untuned, prices and click rates come out as published (FACTS: Meta CPM
 * 12-23 USD and CTR 0.9-2.2 %, LinkedIn 27-73 USD and 0.29-0.65 %), rise with the budget, and stay
 * within a factor of two of these bands at a tenth and at ten times the budget. */
#include "tests/experiment/loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { FACEBOOK, INSTAGRAM, LINKEDIN, PLATFORMS };

static const struct {
    double cpm_low, cpm_high, ctr_low, ctr_high;
} published[PLATFORMS] = {{12, 23, 0.009, 0.022}, {12, 23, 0.009, 0.022}, {27, 73, 0.0029, 0.0065}};

typedef struct {
    double cpm[PLATFORMS], ctr[PLATFORMS];
} market_seen_t;

static market_seen_t quickstart_at(const char *spring, const char *teams, const char *discovery)
{
    char set[5][96];
    snprintf(set[0], 96, "campaigns.Spring sale.lifetime_budget=%s", spring);
    snprintf(set[1], 96, "campaigns.Teams.lifetime_budget=%s", teams);
    snprintf(set[2], 96, "campaigns.Discovery.lifetime_budget=%s", discovery);
    snprintf(set[3], 96, "people=600000");
    snprintf(set[4], 96, "monte_carlo.replications=16");
    simulated_t s;
    simulate(&s, "configs/quickstart.yaml",
             (const char *const[]){set[0], set[1], set[2], set[3], set[4]}, 5);
    market_seen_t seen;
    for (int p = 0; p < PLATFORMS; p++) {
        int scope = scope_platform(world_scopes(s.study.world), p);
        seen.cpm[p] = study_estimate(&s.study, scope, "cpm").mean;
        seen.ctr[p] = study_estimate(&s.study, scope, "ctr").mean;
        print_message("%s at %s: CPM %.2f, CTR %.3f %%\n", s.study.scenario->platform[p].name,
                      spring, seen.cpm[p], 100 * seen.ctr[p]);
    }
    simulated_free(&s);
    return seen;
}

static void lies_within(market_seen_t seen, double factor)
{
    for (int p = 0; p < PLATFORMS; p++) {
        assert_true(seen.cpm[p] >= published[p].cpm_low / factor);
        assert_true(seen.cpm[p] <= published[p].cpm_high * factor);
        assert_true(seen.ctr[p] >= published[p].ctr_low / factor);
        assert_true(seen.ctr[p] <= published[p].ctr_high * factor);
    }
}

static void prices_and_click_rates_are_as_published_and_rise_with_the_budget(void **state)
{
    (void)state;
    market_seen_t tenth = quickstart_at("2800", "1600", "1600");
    market_seen_t plain = quickstart_at("28000", "16000", "16000");
    market_seen_t tenfold = quickstart_at("280000", "160000", "160000");
    lies_within(plain, 1);
    lies_within(tenth, 2);
    lies_within(tenfold, 2);
    for (int p = 0; p < PLATFORMS; p++)
        assert_true(tenth.cpm[p] < plain.cpm[p] && plain.cpm[p] < tenfold.cpm[p]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_and_click_rates_are_as_published_and_rise_with_the_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
