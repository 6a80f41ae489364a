/* test_frame.c -- people become a frame as they are: a scenario's, a table's, a till's roll. */
#include "models/audience/population.h"
#include "sim/config/load.h"
#include "sim/experiment/frame_csv.h"
#include "sim/experiment/segments.h"

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

/* --- of a scenario ---------------------------------------------------------------------------- */

static loaded_t *quickstart(void)
{
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    loaded_t *l = NULL;
    if (scenario_load("configs/quickstart.yaml", NULL, d, &l, &err) != OK) fail_msg("%s", err.text);
    diagnostics_free(d);
    return l;
}

static const uint8_t *bytes(frame_t *f, const char *label)
{
    int c = frame_find(f, label);
    if (c < 0) fail_msg("no column %s", label);
    return frame_bytes(f, &f->feature[c]);
}

/* Person by person the frame holds what population_init makes, whoever of three threads made it. */
static void a_frame_holds_the_people_of_the_scenario(void **state)
{
    (void)state;
    enum { N = 9000 }; /* more than two chunks */
    loaded_t *l = quickstart();
    const population_spec_t *spec = loaded_scenario(l)->population;
    frame_t f;
    population_t pop;
    error_t err = {""};
    assert_int_equal(frame_of_people(&f, spec, N, 42, 3, &err), OK);
    assert_int_equal(population_init(&pop, spec, N, rng_key(42), 0, &err), OK);
    assert_true(f.unit == spec->size / N);
    const uint8_t *age = bytes(&f, "age"), *customers = bytes(&f, "customers");
    const uint8_t *first = bytes(&f, spec->trait[0].name), *last = NULL;
    last = bytes(&f, spec->trait[spec->n_traits - 1].name);
    char uses[100];
    snprintf(uses, sizeof uses, "uses %s", spec->platform[1].name);
    const uint8_t *platform = bytes(&f, uses);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(age[i], pop.age_years[i]);
        assert_int_equal(customers[i], pop.customer[i]);
        assert_int_equal(first[i], pop.traits[i] & 1);
        assert_int_equal(last[i], pop.traits[i] >> (spec->n_traits - 1) & 1);
        assert_int_equal(platform[i], pop.uses[i] >> 1 & 1);
    }
    for (int a = 0; a < spec->n_attributes; a++)
        if (a != spec->age && !(spec->attribute[a].grouping && spec->attribute[a].of == spec->age))
            assert_memory_equal(bytes(&f, spec->attribute[a].name), pop.level[a], N);
    population_free(&pop);
    frame_free(&f);
    loaded_free(l);
}

static void a_column_is_found_by_label_or_by_a_name_that_is_clear(void **state)
{
    (void)state;
    loaded_t *l = quickstart();
    frame_t f;
    error_t err = {""};
    assert_int_equal(frame_of_people(&f, loaded_scenario(l)->population, 100, 1, 1, &err), OK);
    int fitness = frame_find(&f, "interest fitness");
    assert_true(fitness >= 0);
    assert_int_equal(frame_find(&f, "fitness"), fitness);
    assert_int_equal(frame_find(&f, "Interest Fitness"), fitness);
    assert_int_equal(frame_find(&f, "interest"), -1);
    frame_free(&f);
    loaded_free(l);
}

/* --- of a table ------------------------------------------------------------------------------- */

static char scratch[] = "/tmp/adsim-frame-XXXXXX";

static const char *file_with(const char *text)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/t.csv", scratch);
    FILE *to = fopen(path, "w");
    assert_non_null(to);
    fputs(text, to);
    assert_int_equal(fclose(to), 0);
    return path;
}

static char complaints[4000], left_out[LEFT_OUT_LENGTH];

static status_t read_table(frame_t *f, const char *text, const char *id, const char *weight)
{
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    csv_source_t source = {file_with(text), id, weight};
    status_t st = frame_of_csv(f, &source, d, left_out, &err);
    char *told = diagnostics_text(d, FORMAT_SHORT, NULL);
    snprintf(complaints, sizeof complaints, "%s%s", told ? told : "", err.text);
    free(told);
    diagnostics_free(d);
    return st;
}

static void columns_are_typed_by_what_they_hold(void **state)
{
    (void)state;
    frame_t f;
    assert_int_equal(read_table(&f,
                                "who,Age,spend,member,place,same,none\n"
                                "ann,34,12.5,yes,north,x,\n"
                                "bob,,-3,no,south,x,\n"
                                "cy,18,1e2,,north,x,\n",
                                "who", NULL),
                     OK);
    assert_int_equal(f.people.n, 3);
    assert_int_equal(f.people.n_features, 4);
    assert_string_equal(left_out, "same (the same for everybody), none (empty)");
    assert_string_equal(f.id[2], "cy");
    const feature_t *age = &f.feature[0], *spend = &f.feature[1], *member = &f.feature[2],
                    *place = &f.feature[3];
    assert_int_equal(age->kind, FEATURE_YEARS);
    assert_string_equal(age->name, "age");
    assert_int_equal(age->value[0], 34);
    assert_int_equal(age->value[1], FEATURE_UNKNOWN);
    assert_int_equal(f.column[0].n_missing, 1);
    assert_int_equal(spend->kind, FEATURE_NUMBER);
    assert_true(spend->number[1] == -3 && spend->number[2] == 100);
    assert_int_equal(member->kind, FEATURE_FLAG);
    assert_int_equal(member->value[0], 1);
    assert_int_equal(member->value[1], 0);
    assert_int_equal(member->value[2], FEATURE_UNKNOWN);
    assert_int_equal(place->kind, FEATURE_LEVELS);
    assert_int_equal(place->n_levels, 2);
    assert_string_equal(place->level[place->value[1]], "south");
    frame_free(&f);
}

/* An age that is no whole number of years, or past 120, is a number like others. */
static void an_age_is_whole_years(void **state)
{
    (void)state;
    frame_t f;
    assert_int_equal(read_table(&f, "age,x\n34.5,1\n20,2\n", NULL, NULL), OK);
    assert_int_equal(f.feature[0].kind, FEATURE_NUMBER);
    frame_free(&f);
    assert_int_equal(read_table(&f, "age,x\n134,1\n20,2\n", NULL, NULL), OK);
    assert_int_equal(f.feature[0].kind, FEATURE_NUMBER);
    frame_free(&f);
}

/* nan, inf, hexadecimals and 1,234 are no numbers; 65 different words are no category. */
static void what_is_no_number_is_a_category_while_it_has_few_levels(void **state)
{
    (void)state;
    frame_t f;
    char many[2000] = "x,y\n";
    assert_int_equal(read_table(&f, "x,y\nnan,1\n0x10,2\n\"1,234\",3\n", NULL, NULL), OK);
    assert_int_equal(f.feature[0].kind, FEATURE_LEVELS);
    assert_int_equal(f.feature[0].n_levels, 3);
    frame_free(&f);
    for (int i = 0; i < 25; i++) sprintf(many + strlen(many), "%d,%d\n", i * i, i);
    strcat(many, "n/a,1\n");
    assert_int_equal(read_table(&f, many, NULL, NULL), OK);
    assert_int_equal(f.feature[0].kind, FEATURE_LEVELS);
    assert_non_null(strstr(complaints, ":27:1: warning: 'x' is not taken as numbers"));
    frame_free(&f);
    strcpy(many, "x,y\n");
    for (int i = 0; i < 65; i++) sprintf(many + strlen(many), "w%d,%d\n", i, i);
    assert_int_equal(read_table(&f, many, NULL, NULL), OK);
    assert_int_equal(f.people.n_features, 1);
    assert_string_equal(left_out, "x (text)");
    frame_free(&f);
}

/* Weights 1, 2, 3: two real people a row, relative weights 0.5, 1, 1.5. */
static void weights_have_mean_one_and_a_unit(void **state)
{
    (void)state;
    frame_t f;
    assert_int_equal(read_table(&f, "x,w\n1,1\n2,2\n3,3\n", NULL, "w"), OK);
    assert_int_equal(f.people.n_features, 1);
    assert_true(f.unit == 2);
    assert_true(f.people.weight[0] == 0.5 && f.people.weight[2] == 1.5);
    frame_free(&f);
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    frame_t f;
    assert_int_equal(read_table(&f, "x,w\n1,1\n2,-2\n3,\n", NULL, "w"), ERR_INVALID);
    assert_non_null(strstr(complaints, "t.csv:3:3: error: a weight must be a number above 0"));
    assert_non_null(strstr(complaints, "t.csv:4:3: error: a weight must be a number above 0"));
    frame_free(&f);
    assert_int_equal(read_table(&f, "name,x\na,1\n", "nam", NULL), ERR_INVALID);
    assert_non_null(strstr(complaints, "there is no column 'nam'"));
    frame_free(&f);
}

/* --- of orders -------------------------------------------------------------------------------- */

static status_t read_orders(orders_t *o, const char *text)
{
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    orders_source_t source = {file_with(text), "who", "day", "paid"};
    status_t st = orders_of_csv(o, &source, d, &err);
    char *told = diagnostics_text(d, FORMAT_SHORT, NULL);
    snprintf(complaints, sizeof complaints, "%s%s", told ? told : "", err.text);
    free(told);
    diagnostics_free(d);
    return st;
}

/* Ann ordered on the 1st and the 11th, Bob on the 5th; seen from the 21st. A refund is no order. */
static void orders_become_customers(void **state)
{
    (void)state;
    orders_t o;
    frame_t f;
    error_t err = {""};
    double today;
    assert_true(order_day("2026-03-21", &today));
    assert_int_equal(read_orders(&o, "who,day,paid\nann,2026-03-01,10\nbob,2026-03-05,7\n"
                                     "ann,2026-03-11,20\nann,2026-03-12,-5\n"),
                     OK);
    assert_int_equal(o.n, 4);
    assert_int_equal(o.n_customers, 2);
    assert_int_equal(frame_of_orders(&f, &o, today, &err), OK);
    assert_string_equal(f.id[0], "ann");
    assert_true(f.feature[0].number[0] == 10 && f.feature[0].number[1] == 16);
    assert_true(f.feature[1].number[0] == 2 && f.feature[1].number[1] == 1);
    assert_true(f.feature[2].number[0] == 25 && f.feature[2].number[1] == 7);
    frame_free(&f);
    assert_int_equal(frame_of_orders(&f, &o, today - 10, &err), ERR_INVALID);
    frame_free(&f);
    orders_free(&o);
}

static void wrong_orders_are_told_with_their_places(void **state)
{
    (void)state;
    orders_t o;
    assert_int_equal(
        read_orders(&o, "who,day,paid\nann,2026-02-30,10\nbob,2026-03-05,ten\n,2026-03-05,1\n"),
        ERR_INVALID);
    assert_non_null(strstr(complaints, "t.csv:2:5: error: this is not a date"));
    assert_non_null(strstr(complaints, "t.csv:3:16: error: an amount must be a number"));
    assert_non_null(strstr(complaints, "t.csv:4:1: error: an order without its customer"));
    orders_free(&o);
}

/* The names of customers outgrow their first index (1,024 places) twice. */
static void many_customers_keep_their_names_apart(void **state)
{
    (void)state;
    enum { N = 3000 };
    char *text = malloc(N * 40), *at = text;
    orders_t o;
    at += sprintf(at, "who,day,paid\n");
    for (int i = 0; i < 2 * N; i++)
        if (i % 2 == 0) at += sprintf(at, "c%d,2026-03-01,%d\n", i / 2, i / 2);
    at += sprintf(at, "c0,2026-03-02,5\nc2999,2026-03-02,5\n");
    assert_int_equal(read_orders(&o, text), OK);
    assert_int_equal(o.n_customers, N);
    assert_int_equal(o.order[N].customer, 0);
    assert_int_equal(o.order[N + 1].customer, N - 1);
    for (size_t i = 0; i < N; i++) assert_int_equal(o.order[i].customer, i);
    orders_free(&o);
    free(text);
}

static int make_scratch(void **state)
{
    (void)state;
    return !mkdtemp(scratch);
}

static int remove_scratch(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/t.csv", scratch);
    unlink(path);
    return rmdir(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_holds_the_people_of_the_scenario),
        cmocka_unit_test(a_column_is_found_by_label_or_by_a_name_that_is_clear),
        cmocka_unit_test(columns_are_typed_by_what_they_hold),
        cmocka_unit_test(an_age_is_whole_years),
        cmocka_unit_test(what_is_no_number_is_a_category_while_it_has_few_levels),
        cmocka_unit_test(weights_have_mean_one_and_a_unit),
        cmocka_unit_test(what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(orders_become_customers),
        cmocka_unit_test(wrong_orders_are_told_with_their_places),
        cmocka_unit_test(many_customers_keep_their_names_apart),
    };
    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
