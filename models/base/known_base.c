/* known_base.c -- the cases that chance and the maths answer. */
#include "models/base/distribution.h"
#include "models/base/known.h"
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "models/base/variate.h"

#include <stddef.h>

int known_inputs(known_case_t *c, const char *name, double *out)
{
    int n = c->length(c, name);
    if (n > KNOWN_MOST) n = KNOWN_MOST;
    for (int i = 0; i < n; i++) out[i] = c->input(c, name, i);
    return n;
}

void known_found_list(known_case_t *c, const char *name, const double *value, int n)
{
    for (int i = 0; i < n; i++) c->found(c, name, i, value[i]);
}

/* The counter's words are an address: index, purpose | placement | day, person and replication. */
static void block_at_address(known_case_t *c)
{
    uint32_t counter[4], key[2];
    for (int i = 0; i < 4; i++) counter[i] = (uint32_t)c->input(c, "counter", i);
    for (int i = 0; i < 2; i++) key[i] = (uint32_t)c->input(c, "key", i);
    rng_key_t k = rng_key((uint64_t)key[1] << 32 | key[0]);
    uint64_t person = (uint64_t)(counter[3] >> 20) << 32 | counter[2];
    rng_block_t b = rng_at(k, (purpose_t)(counter[1] >> 24), counter[1] >> 16 & 0xff,
                           counter[1] & 0xffff, person, counter[3] & 0xfffff, counter[0]);
    for (int i = 0; i < 4; i++) c->found(c, "output_hex", i, b.word[i]);
}

static void uniform(known_case_t *c)
{
    rng_block_t b;
    for (int i = 0; i < 4; i++) b.word[i] = (uint32_t)c->input(c, "words_hex", i);
    known_found(c, "u0", rng_unit(b, 0));
    known_found(c, "u1", rng_unit(b, 1));
    known_found(c, "u_of_all_zero", rng_unit_from_bits(0));
    known_found(c, "u_of_all_ones", rng_unit_from_bits(UINT64_MAX));
    known_found(c, "max_below_one", rng_unit_from_bits(UINT64_MAX) < 1);
}

static void box_muller(known_case_t *c)
{
    normal_pair_t z = normal_pair(known_input(c, "u0"), known_input(c, "u1"));
    known_found(c, "z0", z.first);
    known_found(c, "z1", z.second);
}

static void normal_inversion(known_case_t *c)
{
    double u[KNOWN_MOST];
    int n = known_inputs(c, "u", u);
    for (int i = 0; i < n; i++) c->found(c, "z", i, normal_quantile(u[i]));
}

static void poisson_inversion(known_case_t *c)
{
    double u[KNOWN_MOST], mean = known_input(c, "mean");
    int n = known_inputs(c, "u", u);
    for (int i = 0; i < n; i++) c->found(c, "k", i, poisson_quantile(mean, u[i]));
}

static void gamma_inversion(known_case_t *c)
{
    double u[KNOWN_MOST], shape = known_input(c, "shape"), mean = known_input(c, "mean");
    int n = known_inputs(c, "u", u);
    for (int i = 0; i < n; i++) c->found(c, "x", i, mean / shape * gamma_quantile(shape, u[i]));
}

static void skipping(known_case_t *c)
{
    double u[KNOWN_MOST], p = known_input(c, "p");
    int n = known_inputs(c, "u", u);
    for (int i = 0; i < n; i++) c->found(c, "G", i, geometric_skip(p, u[i]));
    known_found(c, "meanG", geometric_mean(p));
    known_found(c, "varG", geometric_variance(p));
}

static void alias_table(known_case_t *c)
{
    double p[KNOWN_MOST], keep[KNOWN_MOST];
    int alias[KNOWN_MOST], work[KNOWN_MOST], n = known_inputs(c, "p", p);
    alias_build(p, n, keep, alias, work);
    for (int j = 0; j < n; j++)
        c->found(c, "reconstructed_p", j, alias_probability(keep, alias, n, j));
}

/* |z| that one of m right tests passes with probability alpha / m (Bonferroni), from the lower tail:
 * 1 - alpha / 2m has lost its digits. */
static void test_thresholds(known_case_t *c)
{
    static const char *const at[] = {"z_1e3", "z_1e6"};
    double m[KNOWN_MOST], alpha[KNOWN_MOST];
    int tests = known_inputs(c, "m", m), levels = known_inputs(c, "family_alpha", alpha);
    for (int a = 0; a < levels && a < 2; a++)
        for (int i = 0; i < tests; i++)
            c->found(c, at[a], i, -normal_quantile(alpha[a] / (2 * m[i])));
}

/* A click drawn, and its probability counted instead: expected, not drawn. */
static void expected_not_drawn(known_case_t *c)
{
    distribution_t rate = {LAW_BETA, known_input(c, "a"), known_input(c, "b")};
    double mean = distribution_mean(rate), sd = distribution_sd(rate);
    known_found(c, "var_bernoulli", mean * (1 - mean));
    known_found(c, "var_rb", sd * sd);
    known_found(c, "ratio", mean * (1 - mean) / (sd * sd));
}

const known_answer_t known_in_base[] = {
    {"rng_philox4x32_10_1", block_at_address},
    {"rng_philox4x32_10_2", block_at_address},
    {"rng_philox4x32_10_3", block_at_address},
    {"rng_u01_52", uniform},
    {"rng_normal_boxmuller", box_muller},
    {"rng_normal_inversion", normal_inversion},
    {"rng_poisson_inversion", poisson_inversion},
    {"rng_gamma_inversion", gamma_inversion},
    {"rng_geometric_skip", skipping},
    {"rng_alias_invariant", alias_table},
    {"test_thresholds", test_thresholds},
    {"vr_rao_blackwell", expected_not_drawn},
    {NULL, NULL},
};
