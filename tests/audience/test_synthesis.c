/* Populations made from tables of surveys: every table is met, earlier ones exactly, later ones as far as
 * they agree; what cannot be met is told with both places; platforms overlap as they should. */
#include "models/audience/agreement.h"
#include "models/audience/composition.h"
#include "models/audience/size.h"
#include "models/audience/synthesis.h"
#include "models/base/maths.h"
#include "sim/config/load_population.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define assert_near(a, b, within) assert_true(fabs((a) - (b)) <= (within))

typedef struct {
    document_t *document;
    population_spec_t *spec;
    char *complaints;
} read_t;

static read_t read_text(const char *text)
{
    diagnostics_t *d = diagnostics_new();
    read_t r = {0};
    error_t err = {""};
    r.document = document_parse("p.yaml", text, strlen(text), d);
    if (r.document && document_root(r.document))
        r.spec = population_load(document_root(r.document), d, &err);
    r.complaints = diagnostics_text(d, FORMAT_HUMAN, "");
    diagnostics_free(d);
    return r;
}

static void forget(read_t *r)
{
    if (r->spec) population_spec_free(r->spec);
    free(r->spec);
    free(r->complaints);
    document_free(r->document);
}

static population_spec_t *good(read_t *r)
{
    if (!r->spec) fail_msg("%s", r->complaints);
    return r->spec;
}

/* Four places in two regions, two sexes; education and income raked; three platforms. */
#define PEOPLE                                                                                     \
    "joint:\n"                                                                                     \
    "  attributes: {place: [{NA: North Town}, {NB: North End}, {OR: South Port}, {IN: South "      \
    "Hill}], sex: [m, f]}\n"                                                                       \
    "  people: {NA: [1000, 3000], NB: [500, 1500], OR: [2500, 500], IN: [500, 500]}\n"
#define RAKED                                                                                      \
    "attributes:\n"                                                                                \
    "  region: {of: place, groups: {north: [NA, North End], south: [OR, IN]}}\n"                   \
    "  education: {levels: [low, high]}\n"                                                         \
    "  income: {levels: [poor, fair, rich]}\n"
#define MARGINS                                                                                    \
    "margins:\n"                                                                                   \
    "  tolerance: 10%\n"                                                                           \
    "  tables:\n"                                                                                  \
    "    education: {of: education, people: [70, 30]}\n"                                           \
    "    by region: {of: education, given: region, shares: {north: [60%, 40%], south: [70%, "      \
    "30%]}}\n"                                                                                     \
    "    income: {of: [education, income], shares: {low: [30%, 25%, 10%], high: [5%, 10%, "        \
    "20%]}}\n"

static int attribute_named(const population_spec_t *spec, const char *name)
{
    for (int a = 0; a < spec->n_attributes; a++)
        if (strcmp(spec->attribute[a].name, name) == 0) return a;
    fail_msg("no attribute %s", name);
    return -1;
}

static double size_of(const population_spec_t *spec, const char *text)
{
    expression_t *e;
    expression_fault_t fault;
    double people = -1;
    if (expression_compile(text, spec, NULL, &e, &fault, NULL) != OK)
        fail_msg("%s: %s", text, fault.text);
    assert_int_equal(audience_size_exact(e, spec, &people, NULL), OK);
    expression_free(e);
    return people;
}

/* ---- People ---- */

static void joint_people_and_the_first_table_are_met_exactly(void **state)
{
    (void)state;
    read_t r = read_text(PEOPLE RAKED MARGINS);
    population_spec_t *s = good(&r);
    assert_true(s->size == 10000);
    assert_near(size_of(s, "place NA and sex f"), 3000, 1e-6);
    assert_near(size_of(s, "region north"), 6000, 1e-6);
    assert_near(size_of(s, "education low"), 7000, 1e-6);
    forget(&r);
}

/* "by region" says 60 % of 6000 + 70 % of 4000 = 6400 low; the census says 7000: a gap of 6 points. The
 * rows keep their odds ratio, (.6/.4) / (.7/.3) = 9/14. */
static void a_later_table_is_shifted_to_an_earlier_one_and_keeps_its_odds_ratio(void **state)
{
    (void)state;
    read_t r = read_text(PEOPLE RAKED MARGINS);
    population_spec_t *s = good(&r);
    double low = size_of(s, "region north and education low"), n = size_of(s, "region north");
    double south = size_of(s, "region south and education low"), m = size_of(s, "region south");
    assert_near(low + south, 7000, 1e-6);
    double ratio = low / (n - low) / (south / (m - south));
    assert_near(s->target[1].gap, 0.06, 1e-9);
    assert_string_equal(s->target[1].gap_from, "education");
    /* The factor of all entries of one level is one number: low rows by 7000/6400, high by 3000/3600. */
    assert_near(ratio, 9 / 14.0, 0.03);
    assert_true(s->target[0].gap == 0);
    forget(&r);
}

/* Income x education states 65 % low; 70 % it must be: rows scaled by 70/65 and 30/35. */
static void a_table_of_two_attributes_keeps_its_rows_when_it_is_shifted(void **state)
{
    (void)state;
    read_t r = read_text(PEOPLE RAKED MARGINS);
    population_spec_t *s = good(&r);
    assert_near(size_of(s, "education low and income poor"), 10000 * 0.30 * 70 / 65, 1e-5);
    assert_near(size_of(s, "education high and income rich"), 10000 * 0.20 * 30 / 35, 1e-5);
    forget(&r);
}

/* Nothing said of income and sex given education and region: they are independent there. */
static void what_no_table_says_is_independent(void **state)
{
    (void)state;
    read_t r = read_text(PEOPLE RAKED MARGINS);
    population_spec_t *s = good(&r);
    double of = size_of(s, "education low and region north");
    assert_near(size_of(s, "education low and region north and sex f and income fair"),
                size_of(s, "education low and region north and sex f") *
                    size_of(s, "education low and region north and income fair") / of,
                1e-6);
    forget(&r);
}

/* Raking keeps the odds ratios of the seed (MODEL 1.1): 4 here, in a table of two margins. */
static void a_seed_gives_its_odds_ratio(void **state)
{
    (void)state;
    read_t r = read_text(
        "size: 1000\n"
        "attributes: {a: {levels: [x, y]}, b: {levels: [u, v]}}\n"
        "margins:\n"
        "  seed: {of: [a, b], people: [[2, 1], [1, 2]]}\n"
        "  tables: {first: {of: a, shares: [30%, 70%]}, second: {of: b, shares: [60%, 40%]}}\n");
    population_spec_t *s = good(&r);
    double xu = size_of(s, "a x and b u"), xv = size_of(s, "a x and b v");
    double yu = size_of(s, "a y and b u"), yv = size_of(s, "a y and b v");
    assert_near(xu * yv / (xv * yu), 4, 1e-6);
    assert_near(xu + xv, 300, 1e-6);
    assert_near(xu + yu, 600, 1e-6);
    forget(&r);
}

static void a_table_of_three_attributes_is_met(void **state)
{
    (void)state;
    read_t r = read_text(
        PEOPLE RAKED
        "margins:\n  tables:\n"
        "    all: {of: [sex, education, income], people: {m: [[10, 10, 5], [10, 5, 5]], f: [[15, "
        "10, 5], [5, 10, 10]]}}\n");
    population_spec_t *s = good(&r);
    /* 45 of 100 men in both tables; the joint table has 45 % men. */
    assert_near(size_of(s, "sex m and education high and income poor"), 1000, 1e-6);
    assert_near(size_of(s, "sex f and education low and income rich"), 500, 1e-6);
    assert_near(size_of(s, "place OR and sex f"), 500, 1e-6);
    forget(&r);
}

static const struct {
    const char *text, *says[3];
} refused[] = {
    /* A gap above the tolerance names both tables with their lines. */
    {PEOPLE RAKED "margins:\n  tables:\n"
                  "    census: {of: education, shares: [70%, 30%]}\n"
                  "    survey: {of: [education, income], shares: {low: [10%, 20%, 20%], high: "
                  "[20%, 20%, 10%]}}\n",
     {"tables 'survey' and 'census' disagree by 20%", "p.yaml:11:5", "p.yaml:10:5"}},
    /* Pairwise in agreement, together impossible: x = y, y = z, but x and z always differ. */
    {"size: 100\nattributes: {x: {levels: [a, b]}, y: {levels: [a, b]}, z: {levels: [a, b]}}\n"
     "margins:\n  tables:\n"
     "    first: {of: [x, y], shares: [[50%, 0%], [0%, 50%]]}\n"
     "    second: {of: [y, z], shares: [[50%, 0%], [0%, 50%]]}\n"
     "    third: {of: [x, z], shares: [[0%, 50%], [50%, 0%]]}\n",
     {"'third'", "p.yaml:7:5", NULL}},
    {"size: 100\nattributes: {x: {levels: [a, b]}}\nmargins: {tables: {t: {of: x}}}\n",
     {"'t' needs 'shares' or 'people'", NULL, NULL}},
    {"size: 100\nattributes: {x: {levels: [a, b]}}\nmargins: {tables: {t: {of: x, people: [0, "
     "0]}}}\n",
     {"'people' counts nobody", NULL, NULL}},
    {"size: 100\nattributes: {x: {levels: [a, b]}, y: {levels: [a, b]}}\n"
     "margins: {tables: {t: {of: x, shares: [50%, 50%]}}}\n",
     {"'y' has no shares", "p.yaml:2:", NULL}},
    {"size: 100\nattributes: {x: {levels: [a, b]}, y: {levels: [a, b], shares: [50%, 50%]}}\n"
     "margins: {tables: {t: {of: [x, y], shares: [[20%, 30%], [20%, 30%]]}}}\n",
     {"goes by 'y', which stands below 'x'", NULL, NULL}},
    {"size: 100\nattributes: {x: {levels: [a, b]}}\n"
     "margins: {seed: {of: x, people: [0, 1]}, tables: {t: {of: x, shares: [50%, 50%]}}}\n",
     {"leave nobody", NULL, NULL}},
    {"size: 100\nattributes: {x: {levels: [a, b], shares: [50%, 50%]}, g: {of: x, groups: {one: "
     "[a]}}}\n",
     {"x b is in no group", NULL, NULL}},
    {"size: 100\nattributes: {x: {levels: [a, b], shares: [50%, 50%]}, g: {of: x, groups: {one: "
     "[a, b], two: "
     "[b]}}}\n",
     {"x b is in two groups", NULL, NULL}},
    {"size: 100\nattributes: {x: {levels: [{a: A, b: B}], shares: [100%]}}\n",
     {"a level has one code and one name", NULL, NULL}},
    {"size: 100\nplatforms: {one: 50%, tables: {t: {platforms: [one], shares: [40%]}}}\n",
     {"'one' has a table of its own", NULL, NULL}},
    {"size: 100\nplatforms: {one: 50%, two: 20%, correlations: {platforms: [one, two], values: "
     "[[1, 0.5], [0.4, "
     "1]]}}\n",
     {"two with one is 0.4, but one with two is 0.5", NULL, NULL}},
    {"size: 100\nplatforms: {one: 50%, two: 20%, overlaps: {platforms: [one, two], shares: [[90%, "
     "20%], [40%, "
     "100%]]}}\n",
     {"'shares' must have 100% where one meets itself", NULL, NULL}},
    /* 20 % use two; more than all of them cannot use one as well. */
    {"size: 100\nplatforms: {one: 50%, two: 20%, overlaps: {platforms: [one, two], shares: [[100%, "
     "60%], [100%, "
     "100%]]}}\n",
     {"25.0% of the people use both", "can only be", NULL}},
    {"size: 100\ncontinuous: {traits: {x: {dist: normal, mean: 0, sd: 1}, y: {dist: normal, mean: "
     "0, sd: 1}, z: "
     "{dist: normal, mean: 0, sd: 1}}, correlations: [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, "
     "1]]}\n",
     {"not positive definite", NULL, NULL}},
};

static void what_cannot_be_is_told_with_its_places(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        read_t r = read_text(refused[k].text);
        if (r.spec) fail_msg("accepted: %s", refused[k].text);
        for (int i = 0; i < 3; i++)
            if (refused[k].says[i] && !strstr(r.complaints, refused[k].says[i]))
                fail_msg("%s\n%s\n(no '%s')", refused[k].text, r.complaints, refused[k].says[i]);
        forget(&r);
    }
}

/* ---- Use ---- */

#define USE                                                                                        \
    "platforms:\n"                                                                                 \
    "  tolerance: 10%\n"                                                                           \
    "  tables:\n"                                                                                  \
    "    sex: {by: sex, platforms: [one, two, three], shares: {m: [60%, 20%, 35%], f: [70%, 10%, " \
    "40%]}}\n"                                                                                     \
    "    place: {by: [region, education], platforms: [one, two], shares: {north: [[70%, 12%], "    \
    "[55%, 20%]], south: "                                                                         \
    "[[75%, 10%], [60%, 25%]]}}\n"

/* Of 4500 men 60 %, of 5500 women 70 % use one: 6550. The second table says more: shifted in its odds. */
static void use_meets_all_its_tables_at_once(void **state)
{
    (void)state;
    read_t r = read_text(PEOPLE RAKED MARGINS USE);
    population_spec_t *s = good(&r);
    assert_near(size_of(s, "sex m and uses one"), 2700, 1e-5);
    assert_near(size_of(s, "sex f and uses one"), 3850, 1e-5);
    assert_near(size_of(s, "sex f and uses two"), 550, 1e-5);
    assert_near(size_of(s, "sex m and uses three"), 1575, 1e-5);
    double odds[4];
    static const char *const group[] = {
        "region north and education low", "region north and education high",
        "region south and education low", "region south and education high"};
    static const double stated[] = {.70, .55, .75, .60};
    double sum = 0;
    for (int k = 0; k < 4; k++) {
        char text[100];
        snprintf(text, sizeof text, "%s and uses one", group[k]);
        double users = size_of(s, text), p = users / size_of(s, group[k]);
        odds[k] = p / (1 - p) / (stated[k] / (1 - stated[k]));
        sum += users;
    }
    assert_near(sum, 6550, 1e-4);
    for (int k = 1; k < 4; k++) assert_near(odds[k] / odds[0], 1, 1e-6); /* one factor for all */
    assert_true(odds[0] < 0.95);
    forget(&r);
}

/* Without a table that crosses sex with region, the log-odds of use are additive (the table of greatest
 * entropy). */
static void use_is_additive_in_log_odds_where_no_table_crosses(void **state)
{
    (void)state;
    read_t r = read_text(PEOPLE RAKED MARGINS USE);
    population_spec_t *s = good(&r);
    double z[8];
    for (int k = 0; k < 8; k++) {
        char text[120];
        int n = snprintf(text, sizeof text, "sex %s and region %s and education %s",
                         k & 4 ? "f" : "m", k & 2 ? "south" : "north", k & 1 ? "high" : "low");
        double people = size_of(s, text);
        snprintf(text + n, sizeof text - (size_t)n, " and uses one");
        z[k] = logit(size_of(s, text) / people);
    }
    for (int k = 1; k < 4; k++) assert_near(z[4 + k] - z[k], z[4] - z[0], 1e-6);
    forget(&r);
}

#define OVERLAPS                                                                                   \
    "  overlaps:\n"                                                                                \
    "    platforms: [two, one, three]\n"                                                           \
    "    shares: {two: [100%, 80%, 50%], one: [17.5%, 100%, 45%], three: [19%, 78%, 100%]}\n"

static void overlaps_come_out_as_stated(void **state)
{
    (void)state;
    read_t r = read_text(PEOPLE RAKED MARGINS USE OVERLAPS);
    population_spec_t *s = good(&r);
    static const struct {
        const char *a, *b;
        double given_a, given_b;
    } pair[] = {{"two", "one", .80, .175}, {"two", "three", .50, .19}, {"one", "three", .45, .78}};
    for (int k = 0; k < 3; k++) {
        char text[60];
        double single[2], wanted;
        for (int i = 0; i < 2; i++) {
            snprintf(text, sizeof text, "uses %s", i ? pair[k].b : pair[k].a);
            single[i] = size_of(s, text);
        }
        wanted = (single[0] * pair[k].given_a + single[1] * pair[k].given_b) / 2;
        snprintf(text, sizeof text, "uses %s and uses %s", pair[k].a, pair[k].b);
        assert_near(size_of(s, text), wanted, 1e-3);
    }
    assert_true(s->use_correlation_moved == 0);
    forget(&r);
}

/* Correlations that no three normals can have are moved to the nearest that they can. */
static void impossible_correlations_are_repaired(void **state)
{
    (void)state;
    read_t r = read_text("size: 100\nplatforms:\n  a: 50%\n  b: 50%\n  c: 50%\n"
                         "  correlations: {platforms: [a, b, c], values: [[1, 0.9, -0.9], [0.9, 1, "
                         "0.9], [-0.9, 0.9, "
                         "1]]}\n");
    population_spec_t *s = good(&r);
    double root[9], m[9];
    for (int i = 0; i < 9; i++) m[i] = i % 4 == 0 ? 1 : s->use_correlation[i / 3][i % 3];
    assert_true(correlation_root(m, 3, root));
    assert_true(s->use_correlation_moved > 0.3 && s->use_correlation_moved < 0.5);
    /* By symmetry (x, x, -x) with the least eigenvalue 1 - 2x = .01. */
    assert_near(m[1], 0.495, 1e-6);
    assert_near(m[2], -0.495, 1e-6);
    error_t err;
    population_t pop;
    assert_int_equal(population_init(&pop, s, 100, rng_key(1), 0, &err), OK);
    population_free(&pop);
    forget(&r);
}

/* Higham (2002), section 5: the nearest correlation matrix of [1 1 0; 1 1 1; 0 1 1]. */
static void the_nearest_correlation_matrix_of_higham(void **state)
{
    (void)state;
    double m[9] = {1, 1, 0, 1, 1, 1, 0, 1, 1};
    double moved = correlation_repair(m, 3, 0);
    assert_near(m[1], 0.76068985, 1e-7);
    assert_near(m[2], 0.15729811, 1e-7);
    assert_near(m[5], 0.76068985, 1e-7);
    assert_near(moved, 1 - 0.76068985, 1e-7);
    double fine[4] = {1, 0.5, 0.5, 1};
    assert_true(correlation_repair(fine, 2, 0.01) == 0 && fine[1] == 0.5);
}

/* ---- Agreement ---- */

static const agreement_t *table_named(const agreements_t *all, const char *name)
{
    for (int k = 0; k < all->n; k++)
        if (strcmp(all->table[k].table.name, name) == 0) return &all->table[k];
    fail_msg("no table %s", name);
    return NULL;
}

static void every_table_is_told_with_its_fit(void **state)
{
    (void)state;
    read_t r = read_text(
        PEOPLE RAKED MARGINS USE OVERLAPS
        "checks:\n  tables:\n"
        "    held: {of: education, given: sex, shares: {m: [65%, 35%], f: [75%, 25%]}}\n"
        "    held use: {by: income, platforms: [three], shares: [[40%], [40%], [30%]]}\n");
    population_spec_t *s = good(&r);
    population_t pop;
    error_t err;
    agreements_t all;
    assert_int_equal(population_init(&pop, s, 10000, rng_key(4), 0, &err), OK);
    assert_int_equal(population_agreements(&all, s, &pop, &err), OK);
    assert_true(table_named(&all, "education")->fit.srmse < 1e-9);
    assert_true(table_named(&all, "sex")->fit.srmse <
                1e-9); /* the joint table's margin stands first */
    const agreement_t *held = table_named(&all, "held");
    assert_true(held->table.held_out);
    assert_near(held->wanted[0], 0.65 * 4500, 1e-6);
    assert_near(held->base[2], 5500, 1e-6);
    assert_near(held->fitted[0] + held->fitted[1], 4500, 1e-6);
    assert_true(held->fit.srmse > 0.01);
    double simulated = 0;
    for (size_t e = 0; e < held->n; e++) simulated += held->simulated[e];
    assert_near(simulated, 10000, 1e-6);
    const agreement_t *overlap = table_named(&all, "overlaps");
    assert_int_equal(overlap->n, 9);
    assert_near(overlap->fitted[1], size_of(s, "uses one and uses two"), 1e-6);
    assert_near(overlap->base[1], size_of(s, "uses two"), 1e-6);
    /* 10,000 people, sd of a count at most 50; 4 sd of each. */
    for (int e = 0; e < 9; e++) assert_near(overlap->simulated[e], overlap->fitted[e], 200);
    agreements_free(&all);
    population_free(&pop);
    forget(&r);
}

/* One-way margins of the joint table, MODEL 1.4: systematic rounding puts each cell within one person, and a
 * margin of C levels has an SRMSE of at most cells a level x C / N. */
static void one_way_margins_are_exact_to_rounding(void **state)
{
    (void)state;
    read_t r = read_text(PEOPLE RAKED MARGINS);
    population_spec_t *s = good(&r);
    for (size_t n = 7; n < 20000; n = n * 3 + 1) {
        population_t pop;
        error_t err;
        agreements_t all;
        assert_int_equal(population_init(&pop, s, n, rng_key(n), 0, &err), OK);
        assert_int_equal(population_agreements(&all, s, &pop, &err), OK);
        /* `place` is made of runs of two neighbouring cells: each is off by less than one person. */
        assert_true(table_named(&all, "place")->drawn.srmse < 4.0 / (double)n);
        assert_true(table_named(&all, "joint")->drawn.srmse < 8.0 / (double)n);
        agreements_free(&all);
        population_free(&pop);
    }
    forget(&r);
}

/* ---- People have what their groupings say ---- */

static void groupings_are_functions_of_their_attribute(void **state)
{
    (void)state;
    read_t r = read_text(PEOPLE RAKED MARGINS);
    population_spec_t *s = good(&r);
    int place = attribute_named(s, "place"), region = attribute_named(s, "region");
    population_t pop;
    error_t err;
    assert_int_equal(population_init(&pop, s, 5000, rng_key(2), 0, &err), OK);
    for (size_t i = 0; i < pop.n; i++)
        assert_int_equal(pop.level[region][i], pop.level[place][i] >= 2);
    population_free(&pop);
    forget(&r);
}

/* Codes that are words of the grammar are names after an attribute and in lists. */
static void levels_are_known_by_code_and_by_name(void **state)
{
    (void)state;
    read_t r = read_text(PEOPLE RAKED MARGINS);
    population_spec_t *s = good(&r);
    assert_near(size_of(s, "place OR"), 3000, 1e-6);
    assert_near(size_of(s, "place IN"), 1000, 1e-6);
    assert_near(size_of(s, "place in [OR, IN]"), 4000, 1e-6);
    assert_near(size_of(s, "place 'south port' or place North-Town"), 7000, 1e-6);
    assert_near(size_of(s, "place IN or sex m"), 500 + 4500, 1e-6);
    expression_t *e;
    expression_fault_t fault;
    assert_int_equal(expression_compile("place in [South Port]", s, NULL, &e, &fault, NULL),
                     ERR_INVALID);
    assert_int_equal(expression_compile("place Sout_Port", s, NULL, &e, &fault, NULL), ERR_INVALID);
    assert_non_null(strstr(fault.help, "South Port"));
    assert_int_equal(expression_compile("place and sex m", s, NULL, &e, &fault, NULL), ERR_INVALID);
    assert_non_null(strstr(fault.help, "NA (North Town)"));
    forget(&r);
}

/* Sixteen attributes of 60 levels: 60^16 combinations, two kinds of each. Levels that answer alike are not
 * told apart, so the sizes are there at once. */
static void levels_that_answer_alike_cost_nothing(void **state)
{
    (void)state;
    char text[40000], *to = text + sprintf(text, "size: 1000000\nattributes:\n"), asks[1000] = "";
    for (int a = 0; a < 16; a++) {
        to += sprintf(to, "  a%d: {levels: [", a);
        for (int l = 0; l < 60; l++) to += sprintf(to, "%sv%d", l ? ", " : "", l);
        to += sprintf(to, "], shares: [");
        for (int l = 0; l < 60; l++)
            to += sprintf(to, "%s%s", l ? ", " : "", l % 2 ? "1%" : l == 0 ? "41%" : "1%");
        to += sprintf(to, "]}\n");
        sprintf(asks + strlen(asks), "%sa%d in [v0, v1, v5]", a ? " and " : "", a);
    }
    read_t r = read_text(text);
    population_spec_t *s = good(&r);
    assert_near(size_of(s, asks), 1e6 * pow(0.43, 16), 1e-9);
    assert_near(size_of(s, "a0 v0 and a0 in [v0, v3] and (a1 v2 or a1 v9) and not a2 v0"),
                1e6 * 0.41 * 0.02 * 0.59, 1e-6);
    forget(&r);
}

/* Eight attributes of 25 levels, each going by the one before: 1.5e11 combinations. The sum goes attribute
 * by attribute, as a product of matrices does. */
enum { LINKS = 8, LINK_LEVELS = 25 };

static int link_percent(int from, int to)
{
    int percent = 100;
    if (to < LINK_LEVELS - 1) return 4 + (from + to) % 3 - 1;
    for (int l = 0; l < LINK_LEVELS - 1; l++) percent -= link_percent(from, l);
    return percent;
}

static void write_chain(char *to)
{
    to += sprintf(to, "size: 1000000\nattributes:\n");
    for (int a = 0; a < LINKS; a++) {
        to += sprintf(to, "  a%d: {levels: [v0", a);
        for (int l = 1; l < LINK_LEVELS; l++) to += sprintf(to, ", v%d", l);
        to += a ? sprintf(to, "], by: a%d, shares: {", a - 1) : sprintf(to, "], shares: ");
        for (int from = 0; from < (a ? LINK_LEVELS : 1); from++) {
            to += a ? sprintf(to, "%sv%d: [", from ? ", " : "", from) : sprintf(to, "[");
            for (int l = 0; l < LINK_LEVELS; l++)
                to += sprintf(to, "%s%d%%", l ? ", " : "", link_percent(from, l));
            to += sprintf(to, "]");
        }
        to += sprintf(to, a ? "}}\n" : "}\n");
    }
}

static void a_chain_of_attributes_is_summed_link_by_link(void **state)
{
    (void)state;
    char text[100000];
    double share[LINK_LEVELS], all_first = link_percent(0, 0) / 100.0;
    for (int l = 0; l < LINK_LEVELS; l++) share[l] = link_percent(0, l) / 100.0;
    for (int a = 1; a < LINKS; a++) {
        double next[LINK_LEVELS] = {0};
        for (int from = 0; from < LINK_LEVELS; from++)
            for (int l = 0; l < LINK_LEVELS; l++)
                next[l] += share[from] * link_percent(from, l) / 100;
        memcpy(share, next, sizeof share);
        all_first *= link_percent(0, 0) / 100.0;
    }
    write_chain(text);
    read_t r = read_text(text);
    population_spec_t *s = good(&r);
    assert_near(size_of(s, "a7 v0") / 1e6, share[0], 1e-12);
    assert_near(size_of(s, "a7 in [v3, v24]") / 1e6, share[3] + share[24], 1e-12);
    assert_near(
        size_of(s, "a0 v0 and a1 v0 and a2 v0 and a3 v0 and a4 v0 and a5 v0 and a6 v0 and a7 v0"),
        1e6 * all_first, 1e-12);
    double two = link_percent(0, 0) * link_percent(0, 0) + link_percent(0, 1) * link_percent(1, 0);
    assert_near(size_of(s, "a0 in [v0, v1] and a1 v0") / 1e6, two / 1e4, 1e-12);
    forget(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joint_people_and_the_first_table_are_met_exactly),
        cmocka_unit_test(a_later_table_is_shifted_to_an_earlier_one_and_keeps_its_odds_ratio),
        cmocka_unit_test(a_table_of_two_attributes_keeps_its_rows_when_it_is_shifted),
        cmocka_unit_test(what_no_table_says_is_independent),
        cmocka_unit_test(a_seed_gives_its_odds_ratio),
        cmocka_unit_test(a_table_of_three_attributes_is_met),
        cmocka_unit_test(what_cannot_be_is_told_with_its_places),
        cmocka_unit_test(use_meets_all_its_tables_at_once),
        cmocka_unit_test(use_is_additive_in_log_odds_where_no_table_crosses),
        cmocka_unit_test(overlaps_come_out_as_stated),
        cmocka_unit_test(impossible_correlations_are_repaired),
        cmocka_unit_test(the_nearest_correlation_matrix_of_higham),
        cmocka_unit_test(every_table_is_told_with_its_fit),
        cmocka_unit_test(one_way_margins_are_exact_to_rounding),
        cmocka_unit_test(groupings_are_functions_of_their_attribute),
        cmocka_unit_test(levels_are_known_by_code_and_by_name),
        cmocka_unit_test(levels_that_answer_alike_cost_nothing),
        cmocka_unit_test(a_chain_of_attributes_is_summed_link_by_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
