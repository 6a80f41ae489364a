/* test_customers.c -- a list of customers in a population: as many as the list has, of the kinds it has. */
#include "sim/config/load.h"

#include "models/audience/expression.h"
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

static char folder[] = "/tmp/adsim-customers-XXXXXX";

/* 300 customers: women of 18-34 90, men of 18-34 60, women of 35+ 100, men of 35+ 50; they come with ages
 * and bands, in two spellings. The last `unknown` have no age. */
static void write_list(int unknown)
{
    static const struct {
        int n;
        const char *age, *sex;
    } kind[] = {{90, "20", "F"}, {60, "18-34", "m"}, {100, "35+", "female"}, {50, "71", "M"}};
    FILE *f = fopen("list.csv", "w");
    fputs("name,AGE,gender,w\n", f);
    for (int k = 0; k < 4; k++)
        for (int i = 0; i < kind[k].n; i++)
            fprintf(f, "\"a, \"\"%d\"\"\",%s,%s,2\n", i, i < unknown ? "NA" : kind[k].age,
                    kind[k].sex);
    fclose(f);
}

static const char people[] =
    "population:\n"
    "  size: 10000\n"
    "  attributes:\n"
    "    sex: {levels: [female, male], shares: [50%, 50%]}\n"
    "    age: {levels: [18-34, 35+], by: sex, shares: {female: [40%, 60%], male: [50%, 50%]}}\n"
    "    car: {levels: [one, none], by: age, shares: {18-34: [20%, 80%], 35+: [60%, 40%]}}\n"
    "  traits: {sporty: 30%}\n";

static const char rest[] =
    "version: 1\n"
    "schedule: {start: 2026-03-02, days: 7}\n"
    "people: 10000\n"
    "platforms:\n"
    "  - {platform: one, users: 100%, activity: {opportunities_per_day: 4},\n"
    "     market: {cpm: 12}, ctr: 1%}\n"
    "campaigns:\n"
    "  - campaign: c\n"
    "    lifetime_budget: 100\n"
    "    ad_sets: [{ad_set: a, platform: one, audience: everyone}]\n";

static loaded_t *load(const char *population, const char *customers)
{
    FILE *f = fopen("plan.yaml", "w");
    fprintf(f, "%s%scustomers: %s\n", rest, population, customers);
    fclose(f);
    loaded_t *l = NULL;
    error_t err = {""};
    diagnostics_t *d = diagnostics_new();
    scenario_load("plan.yaml", NULL, d, &l, &err);
    char *said = diagnostics_text(d, FORMAT_SHORT, "");
    if (!l) fail_msg("%s%s", said, err.text);
    free(said);
    diagnostics_free(d);
    return l;
}

static double exact(const loaded_t *l, const char *text)
{
    const population_spec_t *spec = loaded_scenario(l)->population;
    expression_t *e = NULL;
    expression_fault_t fault;
    double n = NAN;
    if (expression_compile(text, spec, NULL, &e, &fault, NULL) != OK) fail_msg("%s", fault.text);
    assert_int_equal(audience_size_exact(e, spec, &n, NULL), OK);
    expression_free(e);
    return n;
}

static void customers_are_those_of_the_list(void **state)
{
    (void)state;
    write_list(0);
    loaded_t *l = load(people, "{csv: list.csv, columns: {AGE: age, gender: {as: attribute, "
                               "name: sex, levels: {F: female, female: female, M: male}}}}");
    assert_float_equal(exact(l, "customers"), 300, 1e-9);
    assert_float_equal(exact(l, "customers and age 18-34 and sex female"), 90, 1e-9);
    assert_float_equal(exact(l, "customers and age 18-34 and sex male"), 60, 1e-9);
    assert_float_equal(exact(l, "customers and age 35+ and sex female"), 100, 1e-9);
    assert_float_equal(exact(l, "customers and age 35+ and sex male"), 50, 1e-9);
    /* what the list does not know is as among all of the kind */
    assert_float_equal(exact(l, "customers and car one"), 150 * 0.2 + 150 * 0.6, 1e-9);
    assert_float_equal(loaded_scenario(l)->population->existing_customers, 0.03, 1e-12);
    int n;
    const data_file_t *file = loaded_data_files(l, &n);
    assert_int_equal(n, 1);
    assert_string_equal(file->key, "customers");
    assert_int_equal(file->rows, 300);
    loaded_free(l);
}

/* Every simulated person stands for one real one here: the counts are those of the list to within what
 * stratification leaves, one a kind. */
static void simulated_customers_are_as_many(void **state)
{
    (void)state;
    write_list(0);
    loaded_t *l = load(people, "{csv: list.csv, columns: {AGE: age, gender: {as: attribute, "
                               "name: sex, levels: {F: female, female: female, M: male}}}}");
    population_t pop;
    assert_int_equal(
        population_init(&pop, loaded_scenario(l)->population, 10000, rng_key(6), 0, NULL), OK);
    double count[2][2] = {{0}};
    for (size_t i = 0; i < pop.n; i++)
        if (pop.customer[i]) count[pop.level[0][i]][pop.level[1][i]]++;
    /* 90 of 2,000 by chance would vary by 9.3 (sd): within 30, 1 run in 1,000 fails, this seed not */
    assert_float_equal(count[0][0], 90, 30);
    assert_float_equal(count[1][0], 60, 25);
    assert_float_equal(count[0][1], 100, 32);
    assert_float_equal(count[1][1], 50, 23);
    population_free(&pop);
    loaded_free(l);
}

/* Rows without a value count and are as the others are; a weight counts for so many. */
static void missing_values_are_spread_or_left_out(void **state)
{
    (void)state;
    write_list(10); /* of each kind */
    loaded_t *l =
        load(people, "{csv: list.csv, weight: w, columns: {AGE: {as: age, missing: spread}}}");
    assert_float_equal(exact(l, "customers"), 600, 1e-9);
    assert_float_equal(exact(l, "customers and age 18-34"), 600 * 130.0 / 260, 1e-9);
    loaded_free(l);
    l = load(people, "{csv: list.csv, columns: {AGE: {as: age, missing: drop}}}");
    assert_float_equal(exact(l, "customers"), 260, 1e-9);
    loaded_free(l);
    l = load(people, "{csv: list.csv}"); /* how many, not who */
    assert_float_equal(exact(l, "customers and sex male"), 150, 1e-9);
    loaded_free(l);
}

/* The list takes the place of an assumption, and is counted among recorded people as among drawn ones. */
static void recorded_people_have_customers_too(void **state)
{
    (void)state;
    write_list(0);
    FILE *f = fopen("people.csv", "w");
    fputs("sex,age\n", f);
    for (int i = 0; i < 100; i++)
        fprintf(f, "%s,%s\n", i % 2 ? "male" : "female", i < 40 ? "18-34" : "35+");
    fclose(f);
    loaded_t *l = load("population:\n  csv: people.csv\n  size: 1M\n  existing_customers: 50%\n"
                       "  columns: {sex: attribute, age: age}\n",
                       "{csv: list.csv, columns: {AGE: age}}");
    assert_float_equal(exact(l, "customers and age 18-34"), 150, 1e-6);
    assert_float_equal(exact(l, "customers and age 35+ and sex male"), 75, 1e-6);
    loaded_free(l);
}

static int begin(void **state)
{
    (void)state;
    return !mkdtemp(folder) || chdir(folder);
}

static int end(void **state)
{
    (void)state;
    unlink("list.csv");
    unlink("people.csv");
    unlink("plan.yaml");
    return rmdir(folder);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(customers_are_those_of_the_list),
        cmocka_unit_test(simulated_customers_are_as_many),
        cmocka_unit_test(missing_values_are_spread_or_left_out),
        cmocka_unit_test(recorded_people_have_customers_too),
    };
    return cmocka_run_group_tests_name("lists of customers", tests, begin, end);
}
