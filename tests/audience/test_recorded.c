/* test_recorded.c -- people who were recorded one by one: a file of 600 rows, 14 columns, weights from 1 to
 * 40, becomes a population. Simulated people are its rows in the right numbers, what the file lacks is
 * drawn given what it has, and the exact size of an audience is the weighted count that can be done by
 * hand, row by row. */
#include "sim/config/load_population.h"

#include "models/audience/composition.h"
#include "models/audience/expression.h"
#include "models/audience/labels.h"
#include "models/audience/recorded.h"
#include "models/audience/size.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROWS = 600, STATES = 5 };
#define SIZE 3e6

/* A row as the test knows it. */
typedef struct {
    int age, sex, state; /* sex 2 = unknown */
    bool gym, vegan, fb, bought;
    double weight;
} row_t;

static row_t rows[ROWS];
static double total;
static const char *const state_name[STATES] = {"CA", "FL", "NY", "TX", "WA"};
static const char *const sex_name[] = {"female", "male", "unknown"};
static char path[64], shuffled_path[64];

static uint32_t chance(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void make_rows(void)
{
    uint32_t s = 11;
    for (int i = 0; i < ROWS; i++) {
        row_t *r = &rows[i];
        r->age = 18 + (int)(chance(&s) % 60);
        r->sex = (int)(chance(&s) % 8);
        r->sex = r->sex > 2 ? r->sex % 2 : r->sex;
        r->state = (int)(chance(&s) % STATES);
        r->gym = chance(&s) % 100 < (unsigned)(r->age < 40 ? 50 : 20);
        r->vegan = chance(&s) % 10 == 0;
        r->fb = chance(&s) % 3 != 0;
        r->bought = chance(&s) % 5 == 0;
        r->weight = 1 + chance(&s) % 40;
        total += r->weight;
    }
}

static void write_rows(const char *to, int first, int step)
{
    FILE *f = fopen(to, "w");
    fputs("id,w,AGE,sex,state,gym,vegan,fb,bought\n", f);
    for (int i = 0; i < ROWS; i++) {
        const row_t *r = &rows[(first + i * step) % ROWS];
        fprintf(f, "%d,%g,%d,%s,%s,%d,%s,%d,%d\n", i, r->weight, r->age,
                r->sex == 2 ? "" : sex_name[r->sex], state_name[r->state], r->gym,
                r->vegan ? "yes" : "no", r->fb, r->bought);
    }
    fclose(f);
}

static const char description[] =
    "weight: w\n"
    "size: 3M\n"
    "columns:\n"
    "  sex: attribute\n"
    "  AGE: age\n"
    "  state: attribute\n"
    "  gym: {as: interest, name: fitness}\n"
    "  vegan: trait\n"
    "  fb: {as: platform, name: facebook}\n"
    "  bought: customers\n"
    "attributes:\n"
    "  coast: {of: state, groups: {west: [CA, WA], other: [FL, NY, TX]}}\n"
    "  community:\n"
    "    levels: [urban, rural]\n"
    "    by: sex\n"
    "    shares: {female: [60%, 40%], male: [30%, 70%], unknown: [50%, 50%]}\n"
    "platforms:\n"
    "  instagram: {by: [sex, community], shares: {female: [80%, 40%], male: [50%, 20%],\n"
    "    unknown: [50%, 50%]}}\n"
    "classes:\n"
    "  weights: {sporty: 50%, lazy: 50%}\n"
    "  effects: {age: {18-24: [3, 1], 25-34: [2, 1], 35-44: [1, 1], 45-54: [1, 1], 55-64: [1, 2],\n"
    "    65+: [1, 3]}}\n"
    "interests:\n"
    "  running: {sporty: 60%, lazy: 10%}\n";

typedef struct {
    document_t *doc;
    population_spec_t *spec;
    data_file_t file;
} town_t;

static town_t town_of(const char *csv)
{
    town_t t = {0};
    char text[4096];
    error_t err = {""};
    diagnostics_t *d = diagnostics_new();
    snprintf(text, sizeof text, "csv: %s\n%s", csv, description);
    t.doc = document_parse("town.yaml", text, strlen(text), d);
    t.spec = population_load_file(document_root(t.doc), &t.file, d, &err);
    char *said = diagnostics_text(d, FORMAT_SHORT, "");
    if (!t.spec) fail_msg("%s%s", said, err.text);
    free(said);
    diagnostics_free(d);
    return t;
}

static town_t town(void)
{
    return town_of(path);
}

static void leave(town_t *t)
{
    population_spec_free(t->spec);
    free(t->spec);
    document_free(t->doc);
}

static double exact(const population_spec_t *spec, const char *text)
{
    expression_t *e = NULL;
    expression_fault_t fault;
    error_t err;
    double people = NAN;
    if (expression_compile(text, spec, NULL, &e, &fault, &err) != OK) fail_msg("%s", fault.text);
    assert_int_equal(audience_size_exact(e, spec, &people, NULL), OK);
    expression_free(e);
    return people;
}

/* The same the way it goes where labels may be noisy: here none are. */
static double in_truth(const population_spec_t *spec, const char *text)
{
    condition_t c = {NULL, false};
    expression_t *e = NULL;
    expression_fault_t fault;
    double people = NAN;
    assert_int_equal(expression_compile(text, spec, NULL, &e, &fault, NULL), OK);
    c.audience = e;
    assert_int_equal(labels_people(NULL, spec, &c, 1, &people, NULL), OK);
    expression_free(e);
    return people;
}

static double counted(const population_t *pop, const char *text)
{
    expression_t *e = NULL;
    expression_fault_t fault;
    error_t err;
    double n = 0;
    assert_int_equal(expression_compile(text, pop->spec, NULL, &e, &fault, &err), OK);
    for (size_t i = 0; i < pop->n; i++) n += expression_matches(e, pop, i);
    expression_free(e);
    return n * pop->weight;
}

static population_t people_of(const town_t *t, size_t n, uint64_t seed)
{
    population_t pop;
    error_t err = {""};
    assert_int_equal(population_init(&pop, t->spec, n, rng_key(seed), 0, &err), OK);
    return pop;
}

/* ---- The file ---------------------------------------------------------------------------------- */

static void the_file_becomes_a_specification(void **state)
{
    (void)state;
    town_t t = town();
    const population_spec_t *spec = t.spec;
    assert_true(spec->size == SIZE);
    assert_int_equal(spec->n_attributes, 5);
    assert_string_equal(spec->attribute[0].name, "sex");
    assert_int_equal(spec->attribute[0].n_levels, 3);
    assert_string_equal(spec->attribute[0].level[2], "unknown");
    assert_int_equal(spec->attribute[1].n_levels, 6); /* the usual bands */
    assert_int_equal(spec->attribute[2].n_levels, STATES);
    assert_int_equal(spec->n_joint, 3);
    assert_int_equal(spec->n_cells, 3 * 6 * STATES);
    assert_int_equal(t.file.rows, ROWS);
    assert_string_equal(t.file.key, "population");
    assert_int_equal(strlen(t.file.sha256), 64);
    double sum = 0, weight = 0;
    for (size_t c = 0; c < spec->n_cells; c++) sum += spec->cell_count[c];
    for (size_t i = 0; i < spec->recorded->n_rows; i++) weight += spec->recorded->weight[i];
    assert_float_equal(sum, SIZE, 1e-6);
    assert_float_equal(weight, SIZE, 1e-6);
    leave(&t);
}

/* Another order of the rows is the same population, people for people. */
static void order_of_rows_does_not_matter(void **state)
{
    (void)state;
    town_t a = town(), b = town_of(shuffled_path);
    const recorded_t *r = a.spec->recorded, *s = b.spec->recorded;
    assert_int_equal(r->n_rows, s->n_rows);
    assert_memory_equal(r->traits, s->traits, r->n_rows * sizeof *r->traits);
    assert_memory_equal(r->age_years, s->age_years, r->n_rows);
    for (size_t i = 0; i < r->n_rows; i++)
        assert_float_equal(r->weight[i], s->weight[i], 1e-9 * r->weight[i]);
    leave(&a);
    leave(&b);
}

/* Names that strtod would read as numbers have no order among numbers: levels came as rows did. */
static void names_like_numbers_are_names(void **state)
{
    (void)state;
    enum { CITIES = 6 };
    static const char *const city[CITIES] = {"10", "9", "Infantry", "Lille", "Nancy", "Nantes"};
    static const char *const in_order[CITIES] = {"9", "10", "Infantry", "Lille", "Nancy", "Nantes"};
    char name[] = "/tmp/adsim-cities-XXXXXX", text[200];
    int file = mkstemp(name);
    assert_true(file >= 0);
    close(file);
    snprintf(text, sizeof text, "csv: %s\ncolumns: {city: attribute}\n", name);
    for (int turn = 0; turn < CITIES; turn++) {
        FILE *f = fopen(name, "w");
        fprintf(f, "city\n");
        for (int i = 0; i < CITIES; i++) fprintf(f, "%s\n", city[(turn + 5 * i) % CITIES]);
        fclose(f);
        diagnostics_t *d = diagnostics_new();
        document_t *doc = document_parse("town.yaml", text, strlen(text), d);
        data_file_t used;
        error_t err = {""};
        population_spec_t *spec = population_load_file(document_root(doc), &used, d, &err);
        assert_non_null(spec);
        assert_int_equal(spec->attribute[0].n_levels, CITIES);
        for (int k = 0; k < CITIES; k++)
            assert_string_equal(spec->attribute[0].level[k], in_order[k]);
        population_spec_free(spec);
        free(spec);
        document_free(doc);
        diagnostics_free(d);
    }
    unlink(name);
}

/* ---- People ------------------------------------------------------------------------------------ */

/* Every person is one of the rows: what was recorded of her stands together as in the file. */
static void people_are_rows(void **state)
{
    (void)state;
    town_t t = town();
    population_t pop = people_of(&t, 5000, 4);
    for (size_t i = 0; i < pop.n; i++) {
        int k = 0;
        for (; k < ROWS; k++) {
            const row_t *r = &rows[k];
            if (pop.age_years[i] == r->age && pop.level[0][i] == r->sex &&
                pop.level[2][i] == r->state && (pop.traits[i] & 1) == r->gym &&
                (pop.traits[i] >> 1 & 1) == r->vegan && (pop.uses[i] & 1) == r->fb &&
                pop.customer[i] == r->bought)
                break;
        }
        assert_true(k < ROWS);
        const attribute_t *age = &t.spec->attribute[1];
        assert_in_range(pop.age_years[i], age->low_years[pop.level[1][i]],
                        age->high_years[pop.level[1][i]]);
    }
    population_free(&pop);
    leave(&t);
}

/* Each cell and each run of rows has its share of n people to within one, n from 1 to many. */
static void margins_are_exact(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 7, 100, 599, 10000};
    town_t t = town();
    const recorded_t *r = t.spec->recorded;
    uint32_t *start = malloc((r->n_rows + 1) * sizeof *start);
    for (size_t k = 0; k < 5; k++)
        for (uint64_t seed = 1; seed <= 20; seed++) {
            size_t n = sizes[k];
            double before = 0, u = ((double)seed - 0.5) / 20;
            recorded_deal(r, n, u, start);
            assert_int_equal(start[0], 0);
            assert_int_equal(start[r->n_rows], n);
            for (size_t i = 0; i < r->n_rows; i++) {
                before += r->weight[i];
                assert_true(start[i + 1] >= start[i]);
                assert_true(fabs(start[i + 1] - before / SIZE * (double)n) <= 1);
            }
            population_t pop = people_of(&t, n, seed);
            double *cell = calloc(t.spec->n_cells, sizeof *cell);
            for (size_t i = 0; i < n; i++) cell[pop.cell[i]]++;
            for (size_t c = 0; c < t.spec->n_cells; c++)
                assert_true(fabs(cell[c] - t.spec->cell_count[c] / SIZE * (double)n) <= 1);
            free(cell);
            population_free(&pop);
        }
    free(start);
    leave(&t);
}

/* Over 1,000 evenly spread u the mean number of people of a row is its share: 600 people, shares from
 * a twelfth to three; the mean is off by at most a thousandth. */
static void rounding_is_fair(void **state)
{
    (void)state;
    town_t t = town();
    const recorded_t *r = t.spec->recorded;
    uint32_t *start = malloc((r->n_rows + 1) * sizeof *start);
    double *mean = calloc(r->n_rows, sizeof *mean);
    for (int k = 0; k < 1000; k++) {
        recorded_deal(r, ROWS, (k + 0.5) / 1000, start);
        for (size_t i = 0; i < r->n_rows; i++) mean[i] += (start[i + 1] - start[i]) / 1000.0;
    }
    for (size_t i = 0; i + 1 < r->n_rows; i++)
        assert_float_equal(mean[i], r->weight[i] / SIZE * ROWS, 0.0011);
    free(mean);
    free(start);
    leave(&t);
}

static void same_people(const population_t *a, const population_t *b)
{
    assert_memory_equal(a->cell, b->cell, a->n * sizeof *a->cell);
    assert_memory_equal(a->age_years, b->age_years, a->n);
    assert_memory_equal(a->traits, b->traits, a->n * sizeof *a->traits);
    assert_memory_equal(a->uses, b->uses, a->n * sizeof *a->uses);
    assert_memory_equal(a->customer, b->customer, a->n);
    for (int k = 0; k < a->spec->n_attributes; k++)
        assert_memory_equal(a->level[k], b->level[k], a->n);
}

/* Filled at once, or in pieces of any size in any order: the same people. */
static void any_split_gives_the_same_people(void **state)
{
    (void)state;
    enum { N = 20000 };
    static const size_t pieces[] = {1, 13, 256, 4096, 7001};
    town_t t = town();
    population_t whole = people_of(&t, N, 9);
    for (size_t k = 0; k < 5; k++) {
        population_t pop;
        assert_int_equal(population_allocate(&pop, t.spec, N, rng_key(9), 0, NULL), OK);
        for (size_t end = N; end > 0;) {
            size_t from = end > pieces[k] ? end - pieces[k] : 0;
            population_fill(&pop, from, end, rng_key(9), 0);
            end = from;
        }
        same_people(&whole, &pop);
        population_free(&pop);
    }
    population_free(&whole);
    leave(&t);
}

/* ---- Sizes ------------------------------------------------------------------------------------- */

/* P(urban), P(instagram) and P(running) of a row, from the description. */
static double p_urban(const row_t *r)
{
    return r->sex == 0 ? 0.6 : r->sex == 1 ? 0.3 : 0.5;
}

static double p_instagram(const row_t *r, bool urban)
{
    return r->sex == 0 ? (urban ? 0.8 : 0.4) : r->sex == 1 ? (urban ? 0.5 : 0.2) : 0.5;
}

static double p_running(const row_t *r)
{
    double sporty = r->age < 25 ? 3 : r->age < 35 ? 2 : 1;
    double lazy = r->age < 55 ? 1 : r->age < 65 ? 2 : 3;
    return (0.6 * sporty + 0.1 * lazy) / (sporty + lazy);
}

static double is_recorded(const row_t *r)
{
    return r->age >= 25 && r->age <= 41 && r->gym && !r->bought;
}

static double is_of_states(const row_t *r)
{
    return (r->state == 0 || r->state == 4 || r->sex == 2) && (r->fb || r->vegan);
}

static double is_drawn(const row_t *r)
{
    return r->age >= 30 ? p_urban(r) * p_instagram(r, true) : 0;
}

static double is_either(const row_t *r)
{
    double instagram = p_urban(r) * p_instagram(r, true) + (1 - p_urban(r)) * p_instagram(r, false);
    return r->fb ? 1 : instagram;
}

static double is_runner(const row_t *r)
{
    return (r->bought ? 1 : 0) * (1 - (1 - p_running(r)) * (r->gym ? 0 : 1));
}

static const struct {
    const char *text;
    double (*chance)(const row_t *r);
} audiences[] = {
    {"age 25-41 and interest fitness and not customers", is_recorded},
    {"(coast west or sex unknown) and (uses facebook or vegan)", is_of_states},
    {"age >= 30 and community urban and uses instagram", is_drawn},
    {"uses facebook or uses instagram", is_either},
    {"customers and (interest running or interest fitness)", is_runner},
};
enum { AUDIENCES = sizeof audiences / sizeof *audiences };

static double by_hand(int k)
{
    double sum = 0;
    for (int i = 0; i < ROWS; i++) sum += rows[i].weight * audiences[k].chance(&rows[i]);
    return sum / total * SIZE;
}

static void exact_sizes_are_weighted_counts(void **state)
{
    (void)state;
    town_t t = town();
    for (int k = 0; k < AUDIENCES; k++) {
        assert_float_equal(exact(t.spec, audiences[k].text), by_hand(k), 1e-8 * SIZE);
        assert_float_equal(in_truth(t.spec, audiences[k].text), by_hand(k), 1e-8 * SIZE);
    }
    assert_float_equal(exact(t.spec, "everyone"), SIZE, 1e-6);
    leave(&t);
}

/* Half a million simulated people, seed 5: within 0.1 % of everybody (five to ten standard errors of
 * what is drawn; the recorded part is within one person a row, 0.01 %). A share of the drawn traits
 * that were off by a hundredth of itself would be seen. */
static void counted_sizes_agree(void **state)
{
    (void)state;
    town_t t = town();
    population_t pop = people_of(&t, 500000, 5);
    for (int k = 0; k < AUDIENCES; k++)
        assert_float_equal(counted(&pop, audiences[k].text), by_hand(k), 0.001 * SIZE);
    population_free(&pop);
    leave(&t);
}

/* Composition, which tables and lists of customers count with, is the weighted count too. */
static void composition_counts_rows(void **state)
{
    (void)state;
    town_t t = town();
    by_t by = {2, {4, 3}}; /* community, coast */
    double people[4], wanted[4] = {0};
    assert_int_equal(composition(t.spec, &by, people, NULL), OK);
    for (int i = 0; i < ROWS; i++) {
        const row_t *r = &rows[i];
        int coast = r->state == 0 || r->state == 4 ? 0 : 1;
        wanted[coast] += r->weight * p_urban(r);
        wanted[2 + coast] += r->weight * (1 - p_urban(r));
    }
    for (int k = 0; k < 4; k++)
        assert_float_equal(people[k], wanted[k] / total * SIZE, 1e-8 * SIZE);
    leave(&t);
}

static int begin(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/adsim-recorded-%ld.csv", (long)getpid());
    snprintf(shuffled_path, sizeof shuffled_path, "/tmp/adsim-recorded-%ld-2.csv", (long)getpid());
    make_rows();
    write_rows(path, 0, 1);
    write_rows(shuffled_path, 17, 77); /* 77 and 600 have no common factor but 1 */
    return 0;
}

static int end(void **state)
{
    (void)state;
    unlink(path);
    unlink(shuffled_path);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_becomes_a_specification),
        cmocka_unit_test(order_of_rows_does_not_matter),
        cmocka_unit_test(names_like_numbers_are_names),
        cmocka_unit_test(people_are_rows),
        cmocka_unit_test(margins_are_exact),
        cmocka_unit_test(rounding_is_fair),
        cmocka_unit_test(any_split_gives_the_same_people),
        cmocka_unit_test(exact_sizes_are_weighted_counts),
        cmocka_unit_test(counted_sizes_agree),
        cmocka_unit_test(composition_counts_rows),
    };
    return cmocka_run_group_tests_name("recorded people", tests, begin, end);
}
