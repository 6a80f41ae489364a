/* The people are what their specification says: margins, dependence, and the same whoever asks. */
#include "models/audience/population.h"

#include "models/audience/composition.h"
#include "models/audience/liability.h"
#include "models/audience/strata.h"
#include "models/base/maths.h"
#include "people.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const rng_key_t KEY = {20260302, 7};

static population_t made(const population_spec_t *spec, size_t n)
{
    population_t pop;
    error_t err;
    assert_int_equal(population_init(&pop, spec, n, KEY, 0, &err), OK);
    return pop;
}

/* ---- Strata ---- */

static strata_t trait_over(uint32_t n, uint64_t cell, uint64_t stream)
{
    strata_t s;
    strata_init(&s, &(strata_cell_t){KEY, 0, cell, 1000, n, false}, stream);
    return s;
}

static void every_stratum_holds_one_person(void **state)
{
    (void)state;
    static const uint32_t size[] = {1,   2,   3,   7,   63,   64,   65,   66,
                                    100, 255, 256, 257, 1000, 4096, 4097, 99991};
    for (size_t k = 0; k < sizeof size / sizeof *size; k++) {
        uint32_t n = size[k], position[STRATA_BATCH];
        unsigned char *seen = calloc(n, 1);
        strata_t s = trait_over(n, 5, 0x1234567890abcdef);
        for (size_t i = 0; i < n; i += STRATA_BATCH) {
            size_t count = n - i < STRATA_BATCH ? n - i : STRATA_BATCH;
            strata_positions(&s, 1000 + i, count, position);
            for (size_t j = 0; j < count; j++) {
                assert_true(position[j] < n);
                assert_int_equal(seen[position[j]]++, 0);
            }
        }
        free(seen);
    }
}

static void one_person_asked_alone_gets_the_number_of_the_batch(void **state)
{
    (void)state;
    static const uint32_t size[] = {5, 63, 64, 65, 1000, 100003};
    for (size_t k = 0; k < sizeof size / sizeof *size; k++)
        for (int independent = 0; independent < 2; independent++) {
            strata_t s;
            strata_init(&s, &(strata_cell_t){KEY, 3, 9, 1001, size[k], independent}, 77);
            double u[STRATA_BATCH];
            size_t count = size[k] < STRATA_BATCH ? size[k] : STRATA_BATCH;
            strata_uniforms(&s, 1001, count, u);
            for (size_t i = 0; i < count; i++) {
                assert_true(u[i] > 0 && u[i] < 1);
                assert_true(u[i] == strata_uniform(&s, 1001 + i));
            }
        }
}

/* Three runs of people, in no order, with a share each: those below it are those whose uniform is, up to
 * the last bits where both are the same number. */
static void below_a_share_are_those_whose_uniform_is(void **state)
{
    (void)state;
    static const uint32_t size[] = {5, 63, 64, 65, 241, 1000, 1225, 100003};
    static const double share[] = {0, 0.013, 0.2, 0.5, 0.5001, 0.87, 1};
    enum { SHARES = sizeof share / sizeof *share };
    for (size_t k = 0; k < sizeof size / sizeof *size; k++)
        for (size_t first = 0; first < size[k]; first += size[k] / 3 + 1)
            for (int t = 0; t < SHARES; t++) {
                uint32_t n = size[k];
                strata_t s = trait_over(n, 5, 77 + (uint64_t)t);
                strata_places_t p = {.count = n - first < 250 ? n - first : 250};
                strata_cut_t cut[3];
                uint16_t set[STRATA_BATCH] = {0}, third = (uint16_t)(p.count / 3);
                strata_runs_t runs = {3, {0, third, third, (uint16_t)p.count}};
                for (size_t i = 0; i < p.count; i++) p.j[i] = (uint32_t)(first + (i * 7 % p.count));
                strata_places(&s.cell, &p);
                for (int r = 0; r < 3; r++) cut[r] = strata_cut(&s.cell, share[(t + r) % SHARES]);
                strata_below(&s, &p, &runs, cut, 4, set);
                for (size_t i = 0; i < p.count; i++) {
                    double u = strata_uniform(&s, 1000 + p.j[i]);
                    double below = share[(t + (i < third ? 0 : 2)) % SHARES];
                    if (fabs(u - below) > 1e-15) assert_int_equal(set[i], u < below ? 4 : 0);
                }
            }
}

/* Chi-square over an 8 x 8 table of the strata of two traits of 6,400 people: each margin is exact, so
 * 49 degrees of freedom; limit 94.7: 1 in 10,000 a pair, 20 pairs: 1 run in 500 with a new key. A
 * dependence that moves a cell by a tenth (10 of 100 people) everywhere adds 64 and is caught. */
static double pair_chi_square(const strata_t *a, const strata_t *b)
{
    enum { N = 6400 };
    double table[8][8] = {{0}}, chi = 0;
    for (size_t i = 0; i < N; i++)
        table[(int)(8 * strata_uniform(a, 1000 + i))][(int)(8 * strata_uniform(b, 1000 + i))]++;
    for (int x = 0; x < 8; x++)
        for (int y = 0; y < 8; y++) chi += (table[x][y] - N / 64.0) * (table[x][y] - N / 64.0);
    return chi / (N / 64.0);
}

static void two_traits_are_independent(void **state)
{
    (void)state;
    double sum = 0;
    for (uint64_t t = 0; t < 20; t++) {
        strata_t a = trait_over(6400, 1, t), b = trait_over(6400, 1, t + 1);
        double chi = pair_chi_square(&a, &b);
        assert_true(chi < 94.7);
        sum += chi;
    }
    /* Sum of 20: mean 980, sd sqrt(2 x 980) = 44.3; within 4 sd: 1 in 15,000. */
    assert_true(fabs(sum - 980) < 4 * 44.3);
}

static void one_trait_is_independent_between_cells_and_replications(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 10; t++) {
        strata_t a = trait_over(6400, 1, t), b = trait_over(6400, 2, t), c;
        strata_init(&c, &(strata_cell_t){KEY, 1, 1, 1000, 6400, false}, t);
        assert_true(pair_chi_square(&a, &b) < 94.7);
        assert_true(pair_chi_square(&a, &c) < 94.7);
    }
}

/* Neighbours: the stratum of person i against that of person i + 1, 6,400 people, as above. */
static void neighbours_are_independent(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 20; t++) {
        strata_t s = trait_over(6401, 1, 1000 + t);
        double table[8][8] = {{0}}, chi = 0;
        for (size_t i = 0; i < 6400; i++)
            table[(int)(8 * strata_uniform(&s, 1000 + i))]
                 [(int)(8 * strata_uniform(&s, 1001 + i))]++;
        for (int x = 0; x < 8; x++)
            for (int y = 0; y < 8; y++) chi += (table[x][y] - 100) * (table[x][y] - 100) / 100;
        assert_true(chi < 94.7);
    }
}

/* ---- Cells ---- */

static void cells_are_rounded_by_less_than_one_person(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    static const size_t size[] = {1, 2, 7, 100, 997, 10000, 123457};
    for (size_t k = 0; k < sizeof size / sizeof *size; k++)
        for (uint32_t r = 0; r < 50; r++) {
            size_t cell[6], sum = 0;
            double share = 0;
            assert_int_equal(population_cell_sizes(spec, size[k], KEY, r, cell, NULL), OK);
            for (int c = 0; c < 6; c++) {
                double wanted = spec->cell_count[c] / 10000 * (double)size[k];
                share += wanted;
                sum += cell[c];
                assert_true(fabs((double)cell[c] - wanted) < 1 + 1e-9);
                assert_true(fabs((double)sum - share) < 1 + 1e-9);
            }
            assert_int_equal(sum, size[k]);
        }
    people_free(spec);
}

static void everybody_is_there_when_people_are_simulated_one_to_one(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    size_t cell[6];
    for (uint32_t r = 0; r < 20; r++) {
        assert_int_equal(population_cell_sizes(spec, 10000, KEY, r, cell, NULL), OK);
        for (int c = 0; c < 6; c++) assert_true((double)cell[c] == spec->cell_count[c]);
    }
    people_free(spec);
}

/* 10 people from weights 2.3, .7, 1.5, 3.1, 2.4 (pop_integerise_trs): each of 20,000 roundings holds
 * the floor or one more, and the mean is the weight: sd of a mean at most .5/sqrt(20,000) = .0035,
 * limit 4 sd: five tests, 1 run in 3,000. */
static void rounding_is_unbiased(void **state)
{
    (void)state;
    static const double weight[] = {2.3, 0.7, 1.5, 3.1, 2.4};
    population_spec_t *spec = people_redrawn();
    free(spec->cell_count);
    spec->cell_count = people_table(5, weight);
    spec->n_cells = 5;
    double mean[5] = {0};
    for (uint32_t r = 0; r < 20000; r++) {
        size_t cell[5];
        assert_int_equal(population_cell_sizes(spec, 10, KEY, r, cell, NULL), OK);
        for (int c = 0; c < 5; c++) {
            assert_true((double)cell[c] == floor(weight[c]) ||
                        (double)cell[c] == floor(weight[c]) + 1);
            mean[c] += (double)cell[c] / 20000;
        }
    }
    for (int c = 0; c < 5; c++) assert_true(fabs(mean[c] - weight[c]) < 4 * 0.0035);
    people_free(spec);
}

static void an_empty_cell_gets_nobody_and_a_population_of_nobody_is_refused(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    spec->cell_count[0] = spec->cell_count[5] = 0;
    population_t pop = made(spec, 1000);
    for (size_t i = 0; i < pop.n; i++) assert_true(pop.cell[i] >= 1 && pop.cell[i] <= 4);
    population_free(&pop);
    for (int c = 0; c < 6; c++) spec->cell_count[c] = 0;
    error_t err;
    assert_int_equal(population_init(&pop, spec, 1000, KEY, 0, &err), ERR_INVALID);
    population_free(&pop);
    assert_int_equal(population_init(&pop, spec, 0, KEY, 0, &err), ERR_INVALID);
    population_free(&pop);
    assert_int_equal(population_init(&pop, spec, (size_t)1 << 31, KEY, 0, &err), ERR_INVALID);
    population_free(&pop);
    people_free(spec);
}

/* ---- People ---- */

static void ids_run_through_the_cells_in_order(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    population_t pop = made(spec, 5000);
    for (size_t i = 1; i < pop.n; i++) assert_true(pop.cell[i] >= pop.cell[i - 1]);
    for (size_t i = 0; i < pop.n; i++) {
        assert_int_equal(pop.level[REGION][i], pop.cell[i] / 3);
        assert_int_equal(pop.level[AGE][i], pop.cell[i] % 3);
    }
    assert_true(pop.weight == 2);
    population_free(&pop);
    people_free(spec);
}

static void ages_lie_in_their_bands_and_are_spread_evenly(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    population_t pop = made(spec, 10000);
    double of_year[121] = {0};
    for (size_t i = 0; i < pop.n; i++) {
        int band = pop.level[AGE][i];
        assert_in_range(pop.age_years[i], spec->attribute[AGE].low_years[band],
                        spec->attribute[AGE].high_years[band]);
        of_year[pop.age_years[i]]++;
    }
    /* 2,000 aged 18-34: 117.6 a year, each of the two cells within one. */
    for (int year = 18; year <= 34; year++) assert_true(fabs(of_year[year] - 2000 / 17.0) <= 2);
    population_free(&pop);
    people_free(spec);
}

/* P(class g | age, education), by hand. */
static double class_share(const population_spec_t *s, int age, int education, int g)
{
    double sum = 0;
    for (int h = 0; h < 3; h++)
        sum += s->class_weight[h] * s->class_effect[AGE][age][h] *
               s->class_effect[EDUCATION][education][h];
    return s->class_weight[g] * s->class_effect[AGE][age][g] *
           s->class_effect[EDUCATION][education][g] / sum;
}

/* Expected number of people of a cell who have a trait. */
static double trait_share(const population_spec_t *s, int cell, int trait)
{
    double sum = 0;
    for (int e = 0; e < 2; e++)
        for (int g = 0; g < 3; g++)
            sum += s->attribute[EDUCATION].share[(cell % 3) * 2 + e] *
                   class_share(s, cell % 3, e, g) * s->trait[trait].share[g];
    return sum;
}

static void an_attribute_given_a_cell_is_exact_to_one_person(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    population_t pop = made(spec, 10000);
    for (int c = 0; c < 6; c++) {
        double college = 0, customers = 0;
        for (size_t i = 0; i < pop.n; i++) {
            college += pop.cell[i] == c && pop.level[EDUCATION][i] == 1;
            customers += pop.cell[i] == c && pop.customer[i];
        }
        double n = spec->cell_count[c];
        assert_true(fabs(college - n * spec->attribute[EDUCATION].share[c % 3 * 2 + 1]) <= 1);
        assert_true(fabs(customers - 0.1 * n) <= 1);
    }
    population_free(&pop);
    people_free(spec);
}

/* Class and trait are stratified apart, so a trait's count in a cell is a sum over strata of a random
 * mixture: its sd is below that of free draws, sqrt(n p q). 30 cells x traits within 4 sd of free
 * draws: at most 1 run in 500. A trait share off by .015 in the smallest cell (16,000 people) is 4 sd
 * away. */
static void traits_follow_the_latent_classes(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    population_t pop = made(spec, 200000);
    for (int c = 0; c < 6; c++)
        for (int q = 0; q < 5; q++) {
            double n = 20 * spec->cell_count[c], p = trait_share(spec, c, q), have = 0;
            for (size_t i = 0; i < pop.n; i++) have += pop.cell[i] == c && pop.traits[i] >> q & 1;
            assert_true(fabs(have - n * p) < 4 * sqrt(n * p * (1 - p)) + 1);
        }
    population_free(&pop);
    people_free(spec);
}

static void a_trait_without_classes_is_exact_to_one_person_in_each_cell(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    static const size_t size[] = {10000, 137}; /* cells above and below 64 people */
    for (int k = 0; k < 2; k++) {
        population_t pop = made(spec, size[k]);
        for (int c = 0; c < 6; c++) {
            double n = 0, gold = 0;
            for (size_t i = 0; i < pop.n; i++) {
                n += pop.cell[i] == c;
                gold += pop.cell[i] == c && pop.traits[i] >> GOLD & 1;
            }
            assert_true(fabs(gold - 0.25 * n) <= 1); /* the same share in every class */
        }
        population_free(&pop);
    }
    people_free(spec);
}

/* A cell of 5 people and a share of .25: 1 or 2 have it, and the mean over 4,000 keys is 1.25. The
 * count is 1 + Bernoulli(.25), sd .433; 4 sd of the mean: .0274, 1 run in 15,000. */
static void small_cells_are_unbiased(void **state)
{
    (void)state;
    population_spec_t *spec = people_redrawn();
    spec->redraw = 0;
    spec->trait[0].share[0] = 0.25;
    double mean = 0;
    for (uint32_t k = 0; k < 4000; k++) {
        population_t pop;
        assert_int_equal(population_init(&pop, spec, 5, rng_key(k), 0, NULL), OK);
        int have = 0;
        for (size_t i = 0; i < pop.n; i++) have += (int)(pop.traits[i] & 1);
        assert_in_range(have, 1, 2);
        mean += have / 4000.0;
        population_free(&pop);
    }
    assert_true(fabs(mean - 1.25) < 0.0274);
    people_free(spec);
}

/* Joint use of two platforms of one cell against Phi2 of their thresholds (MODEL 1.3): 6 cells x 3
 * pairs, 4 sd of free draws: 1 run in 900. 100,000 people: the smallest cell has 8,000, sd .0056 at
 * most, so a correlation off by .1 (Phi2 moves by about .015) is usually caught. Single use is exact
 * to the strata: within .01. */
static void platform_use_has_its_margins_and_its_overlaps(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    spec->attribute[EDUCATION].share[0] = spec->attribute[EDUCATION].share[1] = 0.5;
    population_t pop = made(spec, 100000);
    for (int c = 0; c < 6; c++) {
        double n = 0, use[3] = {0}, both[3] = {0}, educated = 0;
        for (size_t i = 0; i < pop.n; i++) {
            if (pop.cell[i] != c) continue;
            n++;
            educated += pop.level[EDUCATION][i];
            for (int p = 0; p < 3; p++) {
                use[p] += pop.uses[i] >> p & 1;
                int q = (p + 1) % 3;
                both[p] += (pop.uses[i] >> p & pop.uses[i] >> q) & 1;
            }
        }
        double e = educated / n;
        double share[3] = {spec->platform[0].share[c % 3], 0.4, 0.2 * (1 - e) + 0.5 * e};
        for (int p = 0; p < 3; p++) assert_true(fabs(use[p] / n - share[p]) < 0.01);
        for (int p = 0; p < 3; p++) {
            int q = (p + 1) % 3;
            double rho = spec->use_correlation[p][q], expected = 0;
            for (int level = 0; level < 2; level++) {
                double weight = level ? e : 1 - e, gamma = level ? 0.5 : 0.2;
                double a = p == 2 ? gamma : share[p], b = q == 2 ? gamma : share[q];
                expected += weight * normal2_cdf(normal_quantile(a), normal_quantile(b), rho);
            }
            double sd = sqrt(expected * (1 - expected) / n);
            assert_true(fabs(both[p] / n - expected) < 4 * sd);
        }
    }
    population_free(&pop);
    people_free(spec);
}

/* The same bits as one at a time, also in the far tails and at the edges of the branches. */
static void quantiles_of_many_are_those_of_one(void **state)
{
    (void)state;
    enum { N = 3000 };
    static const double edge[] = {0x1p-60, 1e-12, 1.3e-11,     1.4e-11,     0.075,     0.0750000001,
                                  0.5,     0.925, 0.924999999, 1 - 0x1p-53, 1 - 1e-12, 1e-300};
    double u[N], z[N];
    for (int i = 0; i < N; i++)
        u[i] = i < 12 ? edge[i] : i < 1000 ? m_exp(-0.03 * i) : (i - 999.5) / 2000.5;
    memcpy(z, u, sizeof z);
    normal_quantiles(z, N);
    for (int i = 0; i < N; i++) assert_true(z[i] == normal_quantile(u[i]));
    normal_quantiles(u + 5, 3); /* a short list, in place */
    for (int i = 5; i < 8; i++) assert_true(u[i] == z[i]);
}

/* P(uses all three) of 4 million people of one kind against the trivariate normal law by quadrature over
 * one of them (20 nodes on each of 60 panels): sd of free draws 1.2e-4 of the people, 5 sd. A correlation
 * off by .01 moves it by .0012. */
static void three_platforms_go_together_as_their_correlations_say(void **state)
{
    (void)state;
    enum { N = 1000000 };
    population_spec_t *spec = people_spec();
    spec->platform[0].by.n = spec->platform[2].by.n = 0;
    spec->platform[0].share[0] = 0.6;
    spec->platform[2].share[0] = 0.3;
    spec->use_correlation[0][2] = spec->use_correlation[2][0] = 0.35;
    population_t pop = made(spec, N);
    double found = 0, expected = 0;
    for (size_t i = 0; i < N; i++) found += pop.uses[i] == 7;
    double(*r)[POP_PLATFORMS] = spec->use_correlation;
    double cut[3] = {normal_quantile(0.6), normal_quantile(0.4), normal_quantile(0.3)};
    double s1 = sqrt(1 - r[0][1] * r[0][1]), s2 = sqrt(1 - r[0][2] * r[0][2]);
    double rest = (r[1][2] - r[0][1] * r[0][2]) / (s1 * s2), step = 1e-3;
    for (double z = -9 + step / 2; z < cut[0]; z += step)
        expected += step * normal_density(z) *
                    normal2_cdf((cut[1] - r[0][1] * z) / s1, (cut[2] - r[0][2] * z) / s2, rest);
    assert_true(fabs(found / N - expected) < 5 * sqrt(expected * (1 - expected) / N));
    population_free(&pop);
    people_free(spec);
}

/* Customers given class and age. The classes are not kept, but silver, had by 5 %, 60 % and 90 % of them,
 * tells them apart: 9 counts at 4 sd of free draws, 1 run in 1,700; were the class not looked at, customers
 * with silver would be off by more than 8 sd. */
static void customers_follow_their_table(void **state)
{
    (void)state;
    static const double share[] = {.1, .2, .3, .4, .5, .6, .7, .8, .9}; /* class x age */
    population_spec_t *spec = people_spec();
    spec->customer_by = (by_t){2, {BY_CLASS, AGE}};
    spec->customer_share = people_table(9, share);
    population_t pop = made(spec, 200000);
    for (int age = 0; age < 3; age++) {
        double n = 0, bought = 0, silver = 0, both = 0;
        double expected = 0, expected_both = 0, p = 0;
        for (int e = 0; e < 2; e++) {
            double chance[POP_CLASSES];
            int level[POP_ATTRIBUTES] = {0, age, e};
            bool counts[POP_ATTRIBUTES] = {true, true, true};
            double with = spec->attribute[EDUCATION].share[2 * age + e];
            class_chances(spec, level, counts, chance);
            for (int g = 0; g < 3; g++) {
                expected += with * chance[g] * share[3 * g + age];
                expected_both +=
                    with * chance[g] * share[3 * g + age] * spec->trait[SILVER].share[g];
                p += with * chance[g] * spec->trait[SILVER].share[g];
            }
        }
        for (size_t i = 0; i < pop.n; i++) {
            if (pop.level[AGE][i] != age) continue;
            bool has = pop.traits[i] >> SILVER & 1;
            n++;
            bought += pop.customer[i];
            silver += has;
            both += has && pop.customer[i];
        }
        assert_true(fabs(bought / n - expected) < 4 * sqrt(expected / n));
        assert_true(fabs(silver / n - p) < 4 * sqrt(p / n));
        assert_true(fabs(both / n - expected_both) < 4 * sqrt(expected_both / n));
        assert_true(fabs(expected_both - expected * p) >
                    8 * sqrt(expected_both / n)); /* class counts */
    }
    population_free(&pop);
    people_free(spec);
}

/* Share of everybody (rows of chance p[r], people n[r]) whose mean + z lies below y. */
static double mixture_below(const double *p, const double *n, int rows, double y)
{
    double below = 0, all = 0;
    for (int r = 0; r < rows; r++) {
        below += n[r] * normal_cdf(y - normal_quantile(p[r]));
        all += n[r];
    }
    return below / all;
}

/* Where customers go by class and age, a person is the nearer to being one the more customers her row has: the
 * share of each row among the 5 % of highest affinity is that of brute force (bisection for where those 5 %
 * begin among z + Phi^-1(p)), within 5 sd of free draws. Were z the rank within the row alone, each age
 * would have 5 %. */
static void rows_of_more_customers_have_more_affinity(void **state)
{
    (void)state;
    enum { N = 200000, ROWS = 9 };
    static const double share[ROWS] = {.001, .01, .02, .05, .03,
                                       .1,   .07, .02, .04}; /* class x age */
    population_spec_t *spec = people_spec();
    spec->customer_by = (by_t){2, {BY_CLASS, AGE}};
    spec->customer_share = people_table(ROWS, share);
    double people[ROWS], low = -10, high = 10, customers = 0, all = 0;
    assert_int_equal(composition(spec, &spec->customer_by, people, NULL), OK);
    for (int r = 0; r < ROWS; r++) {
        customers += people[r] * share[r];
        all += people[r];
    }
    spec->existing_customers = customers / all;
    while (high - low > 1e-12) {
        double middle = (low + high) / 2;
        *(mixture_below(share, people, ROWS, middle) < .95 ? &low : &high) = middle;
    }
    population_t pop = made(spec, N);
    uint32_t *id = malloc(N * sizeof *id);
    double *z = malloc(N * sizeof *z), lowest = INFINITY, highest = -INFINITY;
    double sum = 0, squares = 0, n[3] = {0}, top[3] = {0};
    for (uint32_t i = 0; i < N; i++) id[i] = i;
    population_affinities(&pop, id, N, KEY, 0, z);
    for (size_t i = 0; i < N; i++) {
        sum += z[i];
        squares += z[i] * z[i];
        if (pop.customer[i]) lowest = fmin(lowest, z[i]);
        if (!pop.customer[i]) highest = fmax(highest, z[i]);
        n[pop.level[AGE][i]]++;
        top[pop.level[AGE][i]] += z[i] > normal_quantile(.95);
    }
    assert_true(lowest >= highest);
    assert_true(fabs(sum / N) < .01);
    assert_true(fabs(squares / N - 1) < .016);
    for (int age = 0; age < 3; age++) {
        double expected = 0, of_age = 0;
        for (int class = 0; class < 3; class ++) {
            int r = 3 * class + age;
            expected += people[r] * normal_cdf(normal_quantile(share[r]) - low);
            of_age += people[r];
        }
        expected /= of_age;
        assert_true(fabs(top[age] / n[age] - expected) < 5 * sqrt(expected / n[age]));
    }
    assert_true(top[2] / n[2] > 1.5 * top[0] / n[0]);
    free(id);
    free(z);
    population_free(&pop);
    people_free(spec);
}

/* The tabulated standard normal is that of the mixture, near and far, for two rows and for a thousand. */
static void liability_is_the_mixture_of_its_rows(void **state)
{
    (void)state;
    enum { MANY = 1000 };
    static double p[MANY], n[MANY], mean[MANY];
    static liability_t l;
    error_t err;
    for (int rows = 2; rows <= MANY; rows += MANY - 2) {
        for (int r = 0; r < rows; r++) {
            p[r] = rows == 2 ? .02 + .5 * r : .4 * pow((r + .5) / rows, 3);
            n[r] = 1 + r % 7;
            mean[r] = liability_mean(p[r]);
        }
        assert_int_equal(liability_init(&l, mean, n, (size_t)rows, &err), OK);
        for (double y = -6; y < 5; y += .0137) {
            double below = mixture_below(p, n, rows, y);
            if (below > .5) continue; /* 1 - below has no digits left above */
            assert_true(fabs(liability_rank(&l, y) - normal_quantile(below)) < 1e-6);
        }
        for (double y = -17; y < 17; y += .01)
            assert_true(liability_rank(&l, y + .01) > liability_rank(&l, y));
    }
    assert_true(liability_mean(0) < -8 && liability_mean(1) > 8);
}

/* ---- Continuous traits ---- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Ranks of n different numbers. */
static void ranks(const double *x, size_t n, double *rank)
{
    double *sorted = malloc(n * sizeof *sorted);
    memcpy(sorted, x, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    for (size_t i = 0; i < n; i++) {
        const double *at = bsearch(&x[i], sorted, n, sizeof *sorted, by_value);
        rank[i] = (double)(at - sorted);
    }
    free(sorted);
}

static double correlation(const double *x, const double *y, size_t n)
{
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        mx += x[i] / (double)n;
        my += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    return xy / sqrt(xx * yy);
}

/* Four traits, one of each law, one class: deciles against the law, Spearman = (6/pi) asin(rho/2) and
 * Kendall (over 2,000 people, all pairs) = (2/pi) asin(rho). 100,000 people: sd of a decile's share .001,
 * of Spearman .003, of Kendall .015; 5 sd. A latent .4 taken for the rank correlation is off by .015 of
 * Spearman (5 sd) and .14 of Kendall. */
static void continuous_traits_have_their_laws_and_rank_correlations(void **state)
{
    (void)state;
    enum { N = 100000, FEW = 2000 };
    static const double rho[16] = {1,   .4,  -.5, .2,  .4, 1,  -.3, .1,
                                   -.5, -.3, 1,   .25, .2, .1, .25, 1};
    population_spec_t *spec = people_spec();
    spec->n_classes = 1;
    spec->n_continuous = 4;
    spec->continuous[0] = (continuous_t){.name = "spend", .law = {{LAW_LOGNORMAL, 1, 0.8}}};
    spec->continuous[1] = (continuous_t){.name = "calm", .law = {{LAW_NORMAL, 5, 2}}};
    spec->continuous[2] = (continuous_t){.name = "price", .law = {{LAW_BETA, 2, 3}}};
    spec->continuous[3] = (continuous_t){.name = "visits", .law = {{LAW_GAMMA, 0.7, 4}}};
    spec->continuous_correlation = people_table(16, rho);
    population_t pop = made(spec, N);
    uint32_t *who = malloc(N * sizeof *who);
    double(*x)[N] = malloc(4 * sizeof *x), (*rank)[N] = malloc(4 * sizeof *rank);
    for (uint32_t i = 0; i < N; i++) who[i] = i;
    for (int t = 0; t < 4; t++) {
        population_continuous(&pop, who, N, t, KEY, 0, x[t]);
        ranks(x[t], N, rank[t]);
        for (int k = 1; k < 10; k++) {
            double below = 0, cut = distribution_quantile(spec->continuous[t].law[0], k / 10.0);
            for (size_t i = 0; i < N; i++) below += x[t][i] < cut;
            assert_true(fabs(below / N - k / 10.0) < 0.008);
        }
    }
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < a; b++) {
            double latent = rho[4 * a + b], agree = 0;
            double spearman = correlation(rank[a], rank[b], N);
            assert_true(fabs(spearman - 6 / MATHS_PI * m_asin(latent / 2)) < 0.015);
            for (size_t i = 0; i < FEW; i++)
                for (size_t j = 0; j < i; j++) {
                    size_t p = i * (N / FEW), q = j * (N / FEW);
                    agree += (x[a][p] - x[a][q]) * (x[b][p] - x[b][q]) > 0 ? 1 : -1;
                }
            double kendall = agree / (FEW * (FEW - 1) / 2);
            assert_true(fabs(kendall - 2 / MATHS_PI * m_asin(latent)) < 0.075);
        }
    free(who);
    free(x);
    free(rank);
    population_free(&pop);
    people_free(spec);
}

/* By class: laws of class 0 and 2 lie apart, and so do their correlations (.8 and -.8); silver, had by 5 %
 * of class 0 and 90 % of class 2, tells them apart without knowing the class. */
static void continuous_traits_differ_by_class(void **state)
{
    (void)state;
    enum { N = 60000 };
    population_spec_t *spec = people_spec();
    double rho[12] = {1, .8, .8, 1, 1, 0, 0, 1, 1, -.8, -.8, 1};
    for (int g = 0; g < 3; g++)
        for (int a = 0; a < POP_ATTRIBUTES; a++)
            for (int l = 0; l < POP_LEVELS; l++) spec->class_effect[a][l][g] = 1;
    spec->n_continuous = 2;
    for (int t = 0; t < 2; t++) {
        spec->continuous[t].name = t ? "b" : "a";
        for (int g = 0; g < 3; g++)
            spec->continuous[t].law[g] = (distribution_t){LAW_NORMAL, 10 * g, 1};
    }
    spec->continuous_correlation = people_table(12, rho);
    population_t pop = made(spec, N);
    uint32_t *who = malloc(N * sizeof *who);
    double *a = malloc(N * sizeof *a), *b = malloc(N * sizeof *b);
    for (uint32_t i = 0; i < N; i++) who[i] = i;
    population_continuous(&pop, who, N, 0, KEY, 0, a);
    population_continuous(&pop, who, N, 1, KEY, 0, b);
    double n[3] = {0}, product[3] = {0}, silver[3] = {0};
    for (size_t i = 0; i < N; i++) {
        int g = a[i] < 5 ? 0 : a[i] < 15 ? 1 : 2; /* 5 sd apart */
        assert_true(fabs(b[i] - 10 * g) < 6);
        n[g]++;
        product[g] += (a[i] - 10 * g) * (b[i] - 10 * g);
        silver[g] += pop.traits[i] >> SILVER & 1;
    }
    for (int g = 0; g < 3; g++) {
        assert_true(fabs(n[g] / N - spec->class_weight[g]) < 0.01);
        assert_true(fabs(product[g] / n[g] - rho[4 * g + 1]) < 0.06); /* sd .009 at most */
        assert_true(fabs(silver[g] / n[g] - spec->trait[SILVER].share[g]) < 0.02);
    }
    free(who);
    free(a);
    free(b);
    population_free(&pop);
    people_free(spec);
}

static void certain_shares_are_certain(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    spec->platform[0].share[0] = 1;
    spec->platform[0].share[1] = 0;
    for (int g = 0; g < 3; g++) {
        spec->trait[GOLD].share[g] = 1;
        spec->trait[SILVER].share[g] = 0;
    }
    population_t pop = made(spec, 20000);
    for (size_t i = 0; i < pop.n; i++) {
        if (pop.level[AGE][i] < 2) assert_int_equal(pop.uses[i] & 1, pop.level[AGE][i] == 0);
        assert_int_equal(pop.traits[i] >> GOLD & 3, 1);
    }
    population_free(&pop);
    people_free(spec);
}

static bool same_people(const population_t *a, const population_t *b)
{
    bool same = !memcmp(a->cell, b->cell, a->n * sizeof *a->cell) &&
                !memcmp(a->age_years, b->age_years, a->n) &&
                !memcmp(a->traits, b->traits, a->n * sizeof *a->traits) &&
                !memcmp(a->uses, b->uses, a->n * sizeof *a->uses) &&
                !memcmp(a->customer, b->customer, a->n);
    for (int k = 0; k < a->spec->n_attributes; k++)
        same = same && !memcmp(a->level[k], b->level[k], a->n);
    return same;
}

static void people_are_the_same_however_the_work_is_split(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    for (int redraw = 0; redraw < 2; redraw++) {
        spec->redraw = redraw;
        population_t whole = made(spec, 3001), parts;
        assert_int_equal(population_allocate(&parts, spec, 3001, KEY, 0, NULL), OK);
        static const size_t edge[] = {3001, 2999, 1777, 1776, 600, 3, 1, 0};
        for (size_t k = 0; k + 1 < sizeof edge / sizeof *edge; k++)
            population_fill(&parts, edge[k + 1], edge[k], KEY, 0);
        assert_true(same_people(&whole, &parts));
        population_free(&whole);
        population_free(&parts);
    }
    people_free(spec);
}

/* What is worked out of the columns when it is needed. */
static void worked_out(const population_t *pop, const uint32_t *id, size_t n, double out[5][64])
{
    uint8_t group[64];
    population_normals(pop, id, n, NORMAL_SIGNAL, KEY, 0, out[0]);
    population_affinities(pop, id, n, KEY, 0, out[1]);
    population_activity_ranks(pop, id, n, 99, KEY, 0, out[2]);
    population_continuous(pop, id, n, 1, KEY, 0, out[3]);
    population_groups(pop, id, n, 16, KEY, 0, group);
    for (size_t i = 0; i < n; i++) out[4][i] = group[i];
}

/* The window moves forth and back, within cells and across; each time it holds the people of the whole. */
static void a_window_holds_the_people_of_the_whole(void **state)
{
    (void)state;
    enum { N = 3001, ROOM = 700 };
    static const size_t window[][2] = {{0, 700}, {3000, 1}, {1411, 700}, {700, 64}, {2400, 601}};
    for (int redraw = 0; redraw < 2; redraw++) {
        population_spec_t *spec = people_spec();
        spec->redraw = redraw;
        spec->n_continuous = 2;
        for (int t = 0; t < 2; t++)
            spec->continuous[t] = (continuous_t){.name = t ? "b" : "a",
                                                 .law = {{LAW_NORMAL, 0, 1}, {LAW_NORMAL, 9, 1}}};
        population_t whole = made(spec, N), w;
        error_t err;
        assert_int_equal(population_allocate_window(&w, spec, N, ROOM, KEY, 0, &err), OK);
        assert_true(w.weight == whole.weight);
        for (size_t k = 0; k < sizeof window / sizeof *window; k++) {
            size_t first = window[k][0], n = window[k][1];
            population_move(&w, first, n, KEY, 0);
            assert_memory_equal(w.cell, whole.cell + first, n * sizeof *w.cell);
            assert_memory_equal(w.age_years, whole.age_years + first, n);
            assert_memory_equal(w.traits, whole.traits + first, n * sizeof *w.traits);
            assert_memory_equal(w.uses, whole.uses + first, n * sizeof *w.uses);
            assert_memory_equal(w.customer, whole.customer + first, n);
            for (int a = 0; a < spec->n_attributes; a++)
                assert_memory_equal(w.level[a], whole.level[a] + first, n);
            uint32_t id[64];
            size_t few = n < 64 ? n : 64;
            double own[5][64], all[5][64];
            for (size_t i = 0; i < few; i++) id[i] = (uint32_t)(first + i * (n / few));
            worked_out(&w, id, few, own);
            worked_out(&whole, id, few, all);
            for (int x = 0; x < 5; x++) assert_memory_equal(own[x], all[x], few * sizeof **own);
        }
        population_free(&whole);
        population_free(&w);
        people_free(spec);
    }
}

/* A new trait is nobody else's business. */
static void adding_a_trait_moves_no_other(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    population_t before = made(spec, 2000);
    trait_t *t = spec->trait;
    memmove(t + 1, t, 5 * sizeof *t);
    t[0] = (trait_t){.name = "new", .kind = TRAIT_OWN, .share = {0.5, 0.5, 0.5}};
    spec->n_traits++;
    population_t after = made(spec, 2000);
    for (size_t i = 0; i < before.n; i++) assert_true(before.traits[i] == after.traits[i] >> 1);
    population_free(&before);
    population_free(&after);
    people_free(spec);
}

/* ---- Redrawn people ---- */

/* Counts of 400 replications of 2,000 people are binomial: mean 600, variance 420. The mean within 4
 * sd (4.1; 1 run in 15,000); the variance estimate has a relative sd of sqrt(2/399) = .071, limit
 * 4.2 sd: .3. Stratified draws have no variance at all and fail. */
static void redrawn_people_are_independent(void **state)
{
    (void)state;
    population_spec_t *spec = people_redrawn();
    population_t pop;
    assert_int_equal(population_allocate(&pop, spec, 2000, KEY, 0, NULL), OK);
    double sum = 0, squares = 0;
    for (uint32_t r = 0; r < 400; r++) {
        int have = 0;
        population_fill(&pop, 0, 2000, KEY, r);
        for (size_t i = 0; i < pop.n; i++) have += (int)(pop.traits[i] & 1);
        sum += have;
        squares += (double)have * have;
    }
    double mean = sum / 400, variance = (squares - sum * mean) / 399;
    assert_true(fabs(mean - 600) < 4.1);
    assert_true(fabs(variance / 420 - 1) < 0.3);
    population_free(&pop);
    people_free(spec);
}

/* ---- Continuous traits ---- */

/* Within a cell of n stratified people the mean of a normal trait has sd about 1/n^1.5 times a few,
 * far below 1/sqrt(n); limit .01 for 800 and more. Independent traits correlate by less than
 * 4/sqrt(10,000) = .04: 3 pairs, 1 run in 5,000. */
static void normal_traits_are_stratified_and_independent(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    population_t pop = made(spec, 10000);
    double product[3] = {0}, mean[6] = {0}, square = 0;
    for (size_t i = 0; i < pop.n; i++) {
        double z[3];
        for (int k = 0; k < 3; k++) z[k] = population_normal(&pop, i, (normal_trait_t)k, KEY, 0);
        for (int k = 0; k < 3; k++) product[k] += z[k] * z[(k + 1) % 3] / 10000;
        mean[pop.cell[i]] += z[0] / spec->cell_count[pop.cell[i]];
        square += z[0] * z[0] / 10000;
    }
    for (int k = 0; k < 3; k++) assert_true(fabs(product[k]) < 0.04);
    for (int c = 0; c < 6; c++) assert_true(fabs(mean[c]) < 0.01);
    assert_true(fabs(square - 1) < 0.01);
    population_free(&pop);
    people_free(spec);
}

/* Correlation of the two normal scores is the copula's; sd (1 - rho^2)/sqrt(10,000) = .0075, 4 sd. */
static void activity_ranks_join_by_the_copula(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    population_t pop = made(spec, 10000);
    static const double rho[] = {0, 0.5, 1};
    for (int k = 0; k < 3; k++) {
        spec->activity_correlation = rho[k];
        double product = 0, mean = 0;
        for (size_t i = 0; i < pop.n; i++) {
            double a = population_activity_rank(&pop, i, name_hash("alpha"), KEY, 0);
            double b = population_activity_rank(&pop, i, name_hash("beta"), KEY, 0);
            assert_true(a > 0 && a < 1 && b > 0 && b < 1);
            product += normal_quantile(a) * normal_quantile(b) / 10000;
            mean += a / 10000;
        }
        assert_true(fabs(product - rho[k]) < 4 * (1 - rho[k] * rho[k]) / 100 + 0.01);
        assert_true(fabs(mean - 0.5) < 4 * 0.289 / 100);
    }
    population_free(&pop);
    people_free(spec);
}

static void a_list_of_people_gets_the_numbers_of_each(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    for (int redraw = 0; redraw < 2; redraw++) {
        spec->redraw = redraw;
        static const size_t size[] = {9001, 200}; /* cells above and below 64 people */
        for (int k = 0; k < 2; k++) {
            population_t pop = made(spec, size[k]);
            static uint32_t person[9001];
            static double normal[9001], rank[9001];
            size_t n = 0;
            for (uint32_t i = 0; i < pop.n; i++)
                if (i % 7 != 3 && (i < 2000 || i % 3 == 0)) person[n++] = i;
            population_normals(&pop, person, n, NORMAL_SIGNAL, KEY, 0, normal);
            population_activity_ranks(&pop, person, n, 99, KEY, 0, rank);
            for (size_t i = 0; i < n; i++) {
                assert_true(normal[i] == population_normal(&pop, person[i], NORMAL_SIGNAL, KEY, 0));
                assert_true(rank[i] == population_activity_rank(&pop, person[i], 99, KEY, 0));
            }
            population_free(&pop);
        }
    }
    people_free(spec);
}

/* 16 groups of 625 people each: their mean activity ranks would differ by 0.0115 (sd) were people dealt
 * at random. */
static void groups_are_of_one_size_and_alike_in_activity(void **state)
{
    (void)state;
    enum { N = 10000, G = 16 };
    population_spec_t *spec = people_spec();
    spec->activity_correlation = 1; /* all activity is common */
    for (spec->redraw = 0; spec->redraw < 2; spec->redraw++) {
        population_t pop = made(spec, N);
        static uint32_t person[N];
        static uint8_t group[N];
        static double rank[N];
        double size[G] = {0}, sum[G] = {0}, apart = 0;
        for (uint32_t i = 0; i < N; i++) person[i] = i;
        population_groups(&pop, person, N, G, KEY, 0, group);
        population_activity_ranks(&pop, person, N, 99, KEY, 0, rank);
        for (size_t i = 0; i < N; i++) {
            size[group[i]]++;
            sum[group[i]] += rank[i];
        }
        for (int g = 0; g < G; g++) {
            assert_true(fabs(size[g] - (double)N / G) <= 1);
            double off = sum[g] / size[g] - 0.5;
            apart += off * off / G;
        }
        if (spec->redraw)
            assert_true(sqrt(apart) > 0.006 && sqrt(apart) < 0.018);
        else
            assert_true(sqrt(apart) < 0.002);
        population_free(&pop);
    }
    people_free(spec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stratum_holds_one_person),
        cmocka_unit_test(one_person_asked_alone_gets_the_number_of_the_batch),
        cmocka_unit_test(below_a_share_are_those_whose_uniform_is),
        cmocka_unit_test(two_traits_are_independent),
        cmocka_unit_test(one_trait_is_independent_between_cells_and_replications),
        cmocka_unit_test(neighbours_are_independent),
        cmocka_unit_test(cells_are_rounded_by_less_than_one_person),
        cmocka_unit_test(everybody_is_there_when_people_are_simulated_one_to_one),
        cmocka_unit_test(rounding_is_unbiased),
        cmocka_unit_test(an_empty_cell_gets_nobody_and_a_population_of_nobody_is_refused),
        cmocka_unit_test(ids_run_through_the_cells_in_order),
        cmocka_unit_test(ages_lie_in_their_bands_and_are_spread_evenly),
        cmocka_unit_test(an_attribute_given_a_cell_is_exact_to_one_person),
        cmocka_unit_test(traits_follow_the_latent_classes),
        cmocka_unit_test(a_trait_without_classes_is_exact_to_one_person_in_each_cell),
        cmocka_unit_test(small_cells_are_unbiased),
        cmocka_unit_test(platform_use_has_its_margins_and_its_overlaps),
        cmocka_unit_test(quantiles_of_many_are_those_of_one),
        cmocka_unit_test(three_platforms_go_together_as_their_correlations_say),
        cmocka_unit_test(customers_follow_their_table),
        cmocka_unit_test(rows_of_more_customers_have_more_affinity),
        cmocka_unit_test(liability_is_the_mixture_of_its_rows),
        cmocka_unit_test(continuous_traits_have_their_laws_and_rank_correlations),
        cmocka_unit_test(continuous_traits_differ_by_class),
        cmocka_unit_test(certain_shares_are_certain),
        cmocka_unit_test(people_are_the_same_however_the_work_is_split),
        cmocka_unit_test(a_window_holds_the_people_of_the_whole),
        cmocka_unit_test(adding_a_trait_moves_no_other),
        cmocka_unit_test(redrawn_people_are_independent),
        cmocka_unit_test(normal_traits_are_stratified_and_independent),
        cmocka_unit_test(activity_ranks_join_by_the_copula),
        cmocka_unit_test(a_list_of_people_gets_the_numbers_of_each),
        cmocka_unit_test(groups_are_of_one_size_and_alike_in_activity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
