/* A population file is read as written, and all that is wrong with it is told, each at its place. */
#include "sim/config/load_population.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
    document_t *document;
    population_spec_t *spec;
    char *complaints;
    size_t errors;
} read_t;

static read_t read_text(const char *text)
{
    diagnostics_t *d = diagnostics_new();
    read_t r = {0};
    error_t err = {""};
    r.document = document_parse("p.yaml", text, strlen(text), d);
    if (r.document && document_root(r.document))
        r.spec = population_load(document_root(r.document), d, &err);
    r.complaints = diagnostics_text(d, FORMAT_SHORT, "");
    r.errors = diagnostics_errors(d);
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
    if (!r->spec || r->errors) fail_msg("%s", r->complaints);
    return r->spec;
}

static const char whole[] =
    "name: town\n"
    "source: a census\n"
    "oldest: 80\n"
    "joint:\n"
    "  source: the census\n"
    "  attributes: {sex: [male, female], age: [18-39, 40+]}\n"
    "  people: {female: [300, 200], male: {40+: 100, 18-39: 400}}\n"
    "attributes:\n"
    "  source: a survey\n"
    "  car:\n"
    "    levels: [none, one, more]\n"
    "    by: [age, sex]\n"
    "    shares:\n"
    "      18-39: [[50%, 25%, 25%], [40%, 40%, 20%]]\n"
    "      40+: {male: [10%, 80%, 10%], female: {one: 70%, none: 20%, more: 10%}}\n"
    "  home: {levels: [own, rent], shares: [60%, 40%], source: the town hall}\n"
    "platforms:\n"
    "  source: the survey\n"
    "  plain: 40%\n"
    "  forum: {by: age, shares: [30%, 10%]}\n"
    "  correlations: {platforms: [forum, plain], values: [[1, 0.4], [0.4, 1]]}\n"
    "classes:\n"
    "  weights: {a: 75%, b: 25%}\n"
    "  effects: {car: [[1, 2], [1, 1], [3, 1]]}\n"
    "interests: {yoga: [10%, 50%], cars: 20%}\n"
    "behaviours: {source: a guess, buyer: {b: 5%, a: 15%}}\n"
    "traits: {own: 30%}\n"
    "existing_customers: {value: 3%, source: the till}\n"
    "activity_correlation: 0.25\n";

static void a_population_is_read_as_written(void **state)
{
    (void)state;
    read_t r = read_text(whole);
    population_spec_t *s = good(&r);
    assert_string_equal(s->name, "town");
    assert_string_equal(s->source, "a census");
    assert_true(s->size == 1000);
    assert_int_equal(s->redraw, 0);
    assert_int_equal(s->n_cells, 4);
    static const double cell[] = {400, 100, 300, 200};
    assert_memory_equal(s->cell_count, cell, sizeof cell);
    assert_int_equal(s->n_attributes, 4);
    assert_int_equal(s->n_joint, 2);
    assert_int_equal(s->age, 1);
    assert_int_equal(s->attribute[1].low_years[1], 40);
    assert_int_equal(s->attribute[1].high_years[1], 80);
    assert_string_equal(s->attribute[0].source, "the census");
    assert_string_equal(s->attribute[2].source, "a survey");
    assert_string_equal(s->attribute[3].source, "the town hall");
    assert_int_equal(s->attribute[2].by.n, 2);
    assert_int_equal(s->attribute[2].by.attribute[0], 1);
    assert_int_equal(s->attribute[2].by.attribute[1], 0);
    static const double car[] = {.5, .25, .25, .4, .4, .2, .1, .8, .1, .2, .7, .1};
    for (int k = 0; k < 12; k++) assert_true(fabs(s->attribute[2].share[k] - car[k]) < 1e-15);
    assert_int_equal(s->attribute[3].by.n, 0);
    assert_true(fabs(s->attribute[3].share[0] - .6) < 1e-15);
    forget(&r);
}

static void platforms_classes_and_traits_are_read_as_written(void **state)
{
    (void)state;
    read_t r = read_text(whole);
    population_spec_t *s = good(&r);
    assert_int_equal(s->n_platforms, 2);
    assert_string_equal(s->platform[0].name, "plain");
    assert_true(s->platform[0].share[0] == .4 && s->use_correlation[0][1] == .4);
    assert_string_equal(s->platform[1].source, "the survey");
    assert_true(s->platform[1].share[1] == .1 && s->use_correlation[1][0] == .4);
    assert_int_equal(s->n_classes, 2);
    assert_true(s->class_weight[0] == .75);
    assert_true(s->class_effect[2][0][1] == 2 && s->class_effect[2][2][0] == 3);
    assert_true(s->class_effect[0][0][0] == 1 && s->class_effect[3][1][1] == 1);
    assert_int_equal(s->n_traits, 4);
    assert_true(s->trait[0].share[0] == .1 && s->trait[0].share[1] == .5);
    assert_true(s->trait[1].share[0] == .2 && s->trait[1].share[1] == .2);
    assert_true(s->trait[2].share[0] == .15 && s->trait[2].share[1] == .05);
    assert_int_equal(s->trait[2].kind, TRAIT_BEHAVIOUR);
    assert_string_equal(s->trait[0].source, "assumption");
    assert_string_equal(s->trait[2].source, "a guess");
    assert_int_equal(s->trait[3].kind, TRAIT_OWN);
    assert_true(s->existing_customers == .03);
    assert_string_equal(s->existing_customers_source, "the till");
    assert_true(s->activity_correlation == .25);
    forget(&r);
}

static void the_reference_population_fits_on_a_line(void **state)
{
    (void)state;
    read_t r = read_text("{size: 1000000, redraw: true, traits: {eligible: 30%}}");
    population_spec_t *s = good(&r);
    assert_true(s->size == 1e6 && s->cell_count[0] == 1e6);
    assert_int_equal(s->redraw, 1);
    assert_int_equal(s->n_cells, 1);
    assert_int_equal(s->age, -1);
    assert_int_equal(s->n_classes, 1);
    assert_int_equal(s->n_traits, 1);
    assert_int_equal(s->trait[0].kind, TRAIT_OWN);
    assert_true(s->trait[0].share[0] == .3);
    forget(&r);
}

static void shares_are_made_to_sum_exactly(void **state)
{
    (void)state;
    read_t r =
        read_text("size: 10\nattributes: {a: {levels: [x, y, z], shares: [33.3%, 33.3%, 33.3%]}}");
    population_spec_t *s = good(&r);
    assert_true(fabs(s->attribute[0].share[0] - 1 / 3.0) < 1e-15);
    forget(&r);
}

/* Each refused with one complaint at this place. */
static const struct {
    const char *text, *place, *says;
} wrong[] = {
    {"traits: {a: 1%}", "p.yaml:1:1:", "a 'joint' table or a 'csv' file"},
    {"[1, 2]", "p.yaml:1:1:", "'population' must be a mapping, not a list"},
    {"size: 0", "p.yaml:1:7:", "'size'"},
    {"size: 2.5", "p.yaml:1:7:", "'size'"},
    {"size: 1e30", "p.yaml:1:7:", "'size'"},
    {"size: -5", "p.yaml:1:7:", "'size'"},
    {"size: 10\nredraw: maybe", "p.yaml:2:9:", "must be true or false, got 'maybe'"},
    {"size: 10\nbehaviors: {a: 1%}", "p.yaml:2:1:", "unknown key in population: 'behaviors'"},
    {"size: 10\ntraits: {a: 130%}", "p.yaml:2:13:", "'a'"},
    {"size: 10\ntraits: {a: [10%, 20%]}", "p.yaml:2:13:", "has no classes"},
    {"size: 10\ntraits: {and: 10%}", "p.yaml:2:10:", "has a meaning of its own"},
    {"size: 10\ntraits: {a b: 10%, A_B: 10%}", "p.yaml:2:20:", "trait 'a b' is there already"},
    {"size: 10\ntraits: [a]", "p.yaml:2:9:", "'traits' must be a mapping, not a list"},
    {"size: 10\nattributes: {a: {levels: [x, y], shares: [50%, 40%]}}",
     "p.yaml:2:42:", "'shares' must sum to 100%, not 90%"},
    {"size: 10\nattributes: {a: {levels: [x, y], shares: [50%, 40%, 10%]}}",
     "p.yaml:2:42:", "'shares' has 3 entries here, one for each of the 2 levels of a"},
    {"size: 10\nattributes: {a: {levels: [x, y], shares: {x: 50%, z: 50%, y: 50%}}}",
     "p.yaml:2:51:", "unknown level of a 'z'"},
    {"size: 10\nattributes: {a: {levels: [x, y], shares: {x: 100%}}}",
     "p.yaml:2:42:", "'shares' has nothing for a y"},
    {"size: 10\nattributes: {a: {levels: [x, y], shares: 50%}}",
     "p.yaml:2:42:", "must have an entry for each of the 2 levels of a"},
    {"size: 10\nattributes: {a: {levels: [x, X], shares: [50%, 50%]}}",
     "p.yaml:2:30:", "level 'x' is there already"},
    {"size: 10\nattributes: {a: {levels: [x], shares: [100%], by: bb}}",
     "p.yaml:2:51:", "unknown attribute 'bb'"},
    {"size: 10\nattributes: {a: {levels: [], shares: []}}", "p.yaml:2:26:", "has 0 levels"},
    {"size: 10\nattributes: {a: {shares: [100%]}}", "p.yaml:2:17:", "a needs 'levels'"},
    {"size: 10\nattributes: {interest: {levels: [x], shares: [100%]}}",
     "p.yaml:2:14:", "cannot be an attribute"},
    {"size: 10\nattributes: {age: {levels: [young], shares: [100%]}}",
     "p.yaml:2:29:", "'young' is not a band of ages"},
    {"size: 10\nattributes: {age: {levels: [18-30, 30-40], shares: [50%, 50%]}}",
     "p.yaml:2:36:", "age 30 is in two bands"},
    {"size: 10\nattributes: {age: {levels: [40-18], shares: [100%]}}",
     "p.yaml:2:29:", "'40-18' is not a band"},
    {"size: 10\njoint: {attributes: {a: [x, y]}, people: [4, 5]}",
     "p.yaml:1:7:", "'size' is 10, but the table counts 9 people"},
    {"joint: {attributes: {a: [x, y]}, people: [4, -5]}", "p.yaml:1:46:", "'people'"},
    {"joint: {attributes: {a: [x, y]}, people: [4, 1.5]}", "p.yaml:1:46:", "'people'"},
    {"joint: {attributes: {a: [x, y]}, people: [0, 0]}",
     "p.yaml:1:42:", "the table counts 0 people"},
    {"joint: {attributes: {a: [x, y]}}", "p.yaml:1:8:", "joint needs 'people'"},
    {"size: 10\nplatforms: {p: {source: me}}", "p.yaml:2:16:", "p needs 'shares'"},
    {"size: 10\nplatforms: {p: {shares: 10%, suorce: me}}",
     "p.yaml:2:30:", "unknown key in p: 'suorce'"},
    {"size: 10\nclasses: {weights: {a: 50%, b: 60%}}",
     "p.yaml:2:20:", "must sum to 100%, not 110%"},
    {"size: 10\nclasses: {weights: {}}", "p.yaml:2:20:", "1 to 32 classes are possible, not 0"},
    {"size: 10\nclasses: {weights: {a: 100%}, effects: {x: [[1]]}}",
     "p.yaml:2:41:", "unknown attribute 'x'"},
    {"size: 10\nattributes: {a: {levels: [x, y], shares: [50%, 50%]}}\n"
     "classes: {weights: {g: 100%}, effects: {a: [[1], [0]]}}",
     "p.yaml:3:44:", "a y leaves no class possible"},
    {"size: 10\nexisting_customers: 150%", "p.yaml:2:21:", "'existing_customers'"},
    {"size: 10\nexisting_customers: {source: me}",
     "p.yaml:2:21:", "'existing_customers' must be one number"},
    {"size: 10\nactivity_correlation: {low: 0.1, high: 0.2}",
     "p.yaml:2:23:", "'activity_correlation' must be one number here: a population is certain"},
    {"size: 10\nactivity_correlation: {value: 0.1, sorce: me}",
     "p.yaml:2:36:", "unknown key in activity_correlation: 'sorce'"},
    {"size: 10\ntraits: {a: {low: 1%, high: 3%}}", "p.yaml:2:13:", "has no classes"},
    {"size: 10\nname: [a]", "p.yaml:2:7:", "'name' must be a single value"},
};

static void every_error_stands_at_its_place(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        read_t r = read_text(wrong[k].text);
        if (r.spec) fail_msg("accepted: %s", wrong[k].text);
        if (r.errors < 1 || !strstr(r.complaints, wrong[k].says) ||
            strncmp(r.complaints, wrong[k].place, strlen(wrong[k].place)) != 0)
            fail_msg("%s\n%s", wrong[k].text, r.complaints);
        forget(&r);
    }
}

static void all_errors_of_a_file_are_told_at_once(void **state)
{
    (void)state;
    read_t r = read_text("size: 0\n"
                         "attributes:\n"
                         "  a: {levels: [x, y], shares: [50%, 40%]}\n"
                         "  b: {levels: [x, y], sahres: [50%, 50%]}\n"
                         "traits: {t: 200%}\n");
    assert_null(r.spec);
    assert_true(r.errors >= 5); /* size, sum, unknown key, missing key, share */
    forget(&r);
}

static void unknown_keys_and_levels_are_suggested(void **state)
{
    (void)state;
    static const struct {
        const char *text, *help;
    } row[] = {
        {"size: 10\nplatfroms: {}", "did you mean 'platforms'?"},
        {"size: 10\nattributes: {aa: {levels: [north, south], shares: {nroth: 50%, south: 50%}}}",
         "did you mean 'north'?"},
        {"size: 10\nattributes: {sexes: {levels: [x], shares: [100%]}, b: {levels: [x], by: sexs, "
         "shares: [[100%]]}}",
         "did you mean 'sexes'?"},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        diagnostics_t *d = diagnostics_new();
        error_t err;
        document_t *doc = document_parse("p.yaml", row[k].text, strlen(row[k].text), d);
        assert_null(population_load(document_root(doc), d, &err));
        char *text = diagnostics_text(d, FORMAT_HUMAN, "");
        if (!strstr(text, row[k].help)) fail_msg("%s", text);
        free(text);
        diagnostics_free(d);
        document_free(doc);
    }
}

/* Appends names n0, n1, ... with a value each. */
static char *many(const char *before, size_t n, const char *each, const char *after)
{
    char *text = malloc(strlen(before) + strlen(after) + n * (strlen(each) + 16) + 1);
    char *to = text + sprintf(text, "%s", before);
    for (size_t i = 0; i < n; i++) to += sprintf(to, "%sn%zu%s", i ? ", " : "", i, each);
    sprintf(to, "%s", after);
    return text;
}

static void too_much_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        size_t n;
        const char *each, *after, *says;
    } row[] = {
        {"size: 10\ntraits: {", 65, ": 1%", "}", "at most 64 traits"},
        {"size: 10\nplatforms: {", 17, ": 1%", "}", "at most 16 platforms"},
        {"size: 10\nattributes: {", 21, ": {levels: [x], shares: [100%]}", "}",
         "at most 20 attributes"},
        {"size: 10\nattributes: {a: {levels: [", 65, "", "], shares: []}}", "has 65 levels"},
        {"size: 10\nclasses: {weights: {", 33, ": 3%", "}}", "1 to 32 classes"},
        {"joint: {people: [], attributes: {", 12, ": [a, b, c, d, e, f]", "}}",
         "more than 65536 cells"},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        char *text = many(row[k].before, row[k].n, row[k].each, row[k].after);
        read_t r = read_text(text);
        assert_null(r.spec);
        if (!strstr(r.complaints, row[k].says)) fail_msg("%s", r.complaints);
        forget(&r);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_population_is_read_as_written),
        cmocka_unit_test(platforms_classes_and_traits_are_read_as_written),
        cmocka_unit_test(the_reference_population_fits_on_a_line),
        cmocka_unit_test(shares_are_made_to_sum_exactly),
        cmocka_unit_test(every_error_stands_at_its_place),
        cmocka_unit_test(all_errors_of_a_file_are_told_at_once),
        cmocka_unit_test(unknown_keys_and_levels_are_suggested),
        cmocka_unit_test(too_much_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
