/* Labels: what they get wrong, how many people that makes, and that chance is the vendor's own. */
#include "models/audience/labels.h"
#include "models/audience/targeting.h"

#include "people.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.17g is not %.17g", a, b);
}

static expression_t *compiled(const char *text, const population_spec_t *spec)
{
    expression_t *e = NULL;
    expression_fault_t fault;
    if (expression_compile(text, spec, NULL, &e, &fault, NULL) != OK)
        fail_msg("%s: %s", text, fault.text);
    return e;
}

static labels_t exact(const population_spec_t *spec)
{
    labels_t l;
    error_t err;
    assert_int_equal(labels_init(&l, spec, &err), OK);
    return l;
}

/* Every label errs. */
static labels_t noisy(const population_spec_t *spec)
{
    labels_t l = exact(spec);
    for (int q = 0; q < spec->n_traits; q++) {
        l.sensitivity[q] = 0.5 + 0.1 * q;
        l.specificity[q] = 0.95 - 0.1 * q;
    }
    for (int a = 0; a < spec->n_attributes; a++) l.accuracy[a] = 0.9 - 0.1 * a;
    return l;
}

static labelled_t size_of(const char *text, const population_spec_t *spec, const labels_t *l)
{
    labelled_t size = {NAN, NAN, NAN};
    expression_t *e = compiled(text, spec);
    assert_int_equal(labels_size(l, spec, e, &size, NULL), OK);
    expression_free(e);
    return size;
}

/* ---- Closed form ---- */

/* The case tgt_ppv: of 1000 people 250 have the trait, 150 of them and 150 others are labelled. */
static void size_ppv_and_missed_share_of_one_trait(void **state)
{
    (void)state;
    double people = 1000;
    population_spec_t spec = {.name = "one trait",
                              .size = people,
                              .cell_count = &people,
                              .n_cells = 1,
                              .age = -1,
                              .n_classes = 1,
                              .class_weight = {1},
                              .n_traits = 2,
                              .trait = {{.name = "a", .kind = TRAIT_OWN, .share = {0.25}},
                                        {.name = "b", .kind = TRAIT_OWN, .share = {0.5}}}};
    labels_t l = exact(&spec);
    l.sensitivity[0] = 0.6;
    l.specificity[0] = 0.8;
    labelled_t a = size_of("a", &spec, &l);
    assert_near(a.labelled, 300, 1e-9);
    assert_near(a.truth, 250, 1e-9);
    assert_near(a.both, 150, 1e-9);
    label_t by_hand = {0.25, 0.6, 0.8};
    assert_near(a.both / a.labelled, label_ppv(by_hand), 1e-12);
    assert_near(a.both / a.truth, 0.6, 1e-12);
    /* Excluded on the label: 700 are not labelled, 100 of the 250 among them. */
    labelled_t without = size_of("not a", &spec, &l);
    assert_near(without.labelled, 700, 1e-9);
    assert_near(without.both, 600, 1e-9);
    /* b is known: a label of a and b for 150 people, 75 of them rightly; of `a or b` in truth 625. */
    labelled_t both = size_of("a and b", &spec, &l), either = size_of("a or b", &spec, &l);
    assert_near(both.labelled, 150, 1e-9);
    assert_near(both.truth, 125, 1e-9);
    assert_near(both.both, 75, 1e-9);
    assert_near(either.labelled, 650, 1e-9);
    assert_near(either.truth, 625, 1e-9);
    assert_near(either.both, 500 + 0.5 * 150, 1e-9);
}

/* Regions 6000 and 4000: accuracy 90 % leaves 5400 in the West and brings 400. Of the ages 18-34,
 * 35-54 and 55+, those between fall into both others, 2000 : 4000. */
static void labels_of_attributes_follow_their_confusion(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    labels_t l = exact(spec);
    l.accuracy[REGION] = 0.9;
    labelled_t west = size_of("region West", spec, &l);
    assert_near(west.labelled, 5400 + 400, 1e-8);
    assert_near(west.both, 5400, 1e-8);
    l.accuracy[AGE] = 0.8;
    labelled_t young = size_of("age 18-34", spec, &l);
    assert_near(young.labelled, 2000 * 0.8 + 4000 * 0.2 / 3, 1e-8);
    assert_near(young.both, 1600, 1e-8);
    /* ... spread over the 17 years of the band; 55+ becomes 35-54 alone. */
    labelled_t thirty = size_of("age 30-34", spec, &l);
    assert_near(thirty.labelled, (2000 * 0.8 + 4000 * 0.2 / 3) * 5 / 17, 1e-8);
    labelled_t middle = size_of("age 35-54", spec, &l);
    assert_near(middle.labelled, 4000 * 0.8 + 2000 * 0.2 + 4000 * 0.2, 1e-8);
    for (int a = 0; a < spec->n_attributes; a++)
        for (int is = 0; is < spec->attribute[a].n_levels; is++) {
            double sum = 0;
            for (int said = 0; said < spec->attribute[a].n_levels; said++)
                sum += labels_confusion(&l, spec, a, is, said);
            assert_near(sum, 1, 1e-12);
        }
    people_free(spec);
}

static const char *const audiences[] = {
    "interest fitness",
    "not interest fitness",
    "interest fitness and interest yoga",
    "interest in [fitness, yoga] and not silver",
    "region West and education college",
    "age 18-34 or (age 40-49 and gold)",
    "age >= 30 and age <= 60 and not age 45",
    "(interest yoga and education school) or (interest fitness and education college)",
    "behaviour frequent_buyer and not customers and age 25-60",
    "uses alpha and (interest fitness or region in [West])",
    "interest fitness and not interest fitness",
    "not (gold or silver) and not (age 20-30 or region West)",
};
enum { AUDIENCES = sizeof audiences / sizeof *audiences };

static void labels_without_error_are_the_truth(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    labels_t l = exact(spec);
    assert_false(labels_err(&l, spec));
    for (int k = 0; k < AUDIENCES; k++) {
        labelled_t size = size_of(audiences[k], spec, &l);
        assert_near(size.labelled, size.truth, 1e-7);
        assert_near(size.both, size.truth, 1e-7);
    }
    people_free(spec);
}

/* ---- Counts ---- */

static void assert_counted(const char *what, double people, double counted, double of, double size)
{
    /* 36 counts: one false alarm in 10,000 seeds by |z| = 4.7; a bias of 2 % of the largest is seen. */
    double sd = sqrt(people / size * (1 - people / size) * of);
    if (!(fabs(counted - people * of / size) <= 4.7 * sd + 2))
        fail_msg("%s: %.1f of %.0f, counted %.0f", what, people * of / size, of, counted);
}

static void sizes_are_those_counted(void **state)
{
    (void)state;
    enum { PEOPLE = 200000 };
    population_spec_t *spec = people_spec();
    labels_t l = noisy(spec);
    population_t pop;
    error_t err;
    rng_key_t key = rng_key(3);
    vendor_t vendor = {key, 17, (uint64_t)5 << 32, 0};
    assert_int_equal(population_init(&pop, spec, PEOPLE, key, 0, &err), OK);
    for (int k = 0; k < AUDIENCES; k++) {
        labelled_t size = size_of(audiences[k], spec, &l);
        expression_t *e = compiled(audiences[k], spec);
        double labelled = 0, truth = 0, both = 0;
        for (size_t i = 0; i < PEOPLE; i++) {
            bool said = labels_match(&l, &vendor, e, &pop, i), is = expression_matches(e, &pop, i);
            labelled += said;
            truth += is;
            both += said && is;
        }
        assert_counted(audiences[k], size.labelled, labelled, PEOPLE, spec->size);
        assert_counted(audiences[k], size.truth, truth, PEOPLE, spec->size);
        assert_counted(audiences[k], size.both, both, PEOPLE, spec->size);
        expression_free(e);
    }
    population_free(&pop);
    people_free(spec);
}

/* Regions are grouped into coasts, ages into generations, and these into halves. */
static void add_groupings(population_spec_t *spec)
{
    spec->attribute[3] = (attribute_t){.name = "coast",
                                       .n_levels = 2,
                                       .level = {"far", "near"},
                                       .grouping = true,
                                       .of = REGION,
                                       .group = {1, 0}};
    spec->attribute[4] = (attribute_t){.name = "generation",
                                       .n_levels = 2,
                                       .level = {"younger", "older"},
                                       .grouping = true,
                                       .of = AGE,
                                       .group = {0, 1, 1}};
    spec->n_attributes = 5;
    for (int a = 3; a < 5; a++)
        for (int k = 0; k < POP_LEVELS; k++)
            for (int g = 0; g < POP_CLASSES; g++) spec->class_effect[a][k][g] = 1;
}

/* West is near: its labels stand for both; 18-34 are the younger, wherever their label puts them. */
static void groupings_are_labelled_as_what_they_group(void **state)
{
    (void)state;
    enum { PEOPLE = 50000 };
    static const char *const same[][2] = {{"coast near", "region West"},
                                          {"generation younger", "age 18-34"},
                                          {"coast far and generation older and interest fitness",
                                           "not region West and age 35+ and interest fitness"},
                                          {"generation older and age 18-40", "age 35-40"}};
    population_spec_t *spec = people_spec();
    add_groupings(spec);
    labels_t l = noisy(spec);
    l.accuracy[3] = l.accuracy[4] = 0.1; /* is not read */
    population_t pop;
    error_t err;
    vendor_t vendor = {rng_key(5), 1, 0, 0};
    assert_int_equal(population_init(&pop, spec, PEOPLE, vendor.key, 0, &err), OK);
    for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
        labelled_t a = size_of(same[k][0], spec, &l), b = size_of(same[k][1], spec, &l);
        assert_near(a.labelled, b.labelled, 1e-7);
        assert_near(a.both, b.both, 1e-7);
        expression_t *x = compiled(same[k][0], spec), *y = compiled(same[k][1], spec);
        for (size_t i = 0; i < PEOPLE; i++)
            assert_int_equal(labels_match(&l, &vendor, x, &pop, i),
                             labels_match(&l, &vendor, y, &pop, i));
        expression_free(x);
        expression_free(y);
    }
    population_free(&pop);
    people_free(spec);
}

/* Two audiences of one vendor share its labels. */
static void overlap_of_two_audiences_is_that_counted(void **state)
{
    (void)state;
    enum { PEOPLE = 100000 };
    population_spec_t *spec = people_spec();
    labels_t l = noisy(spec);
    population_t pop;
    error_t err;
    vendor_t vendor = {rng_key(4), 1, 0, 0};
    expression_t *a = compiled("interest fitness and age 18-54", spec),
                 *b = compiled("interest fitness and region West", spec);
    condition_t both[] = {{a, true}, {b, true}};
    double people, counted = 0;
    assert_int_equal(labels_people(&l, spec, both, 2, &people, NULL), OK);
    assert_int_equal(population_init(&pop, spec, PEOPLE, vendor.key, 0, &err), OK);
    for (size_t i = 0; i < PEOPLE; i++)
        counted += labels_match(&l, &vendor, a, &pop, i) && labels_match(&l, &vendor, b, &pop, i);
    assert_counted("overlap", people, counted, PEOPLE, spec->size);
    expression_free(a);
    expression_free(b);
    population_free(&pop);
    people_free(spec);
}

/* ---- Chance ---- */

typedef struct {
    population_spec_t *spec;
    population_t pop;
} village_t;

static village_t village(size_t people)
{
    village_t v = {.spec = people_spec()};
    error_t err;
    assert_int_equal(population_init(&v.pop, v.spec, people, rng_key(9), 0, &err), OK);
    return v;
}

static void village_free(village_t *v)
{
    population_free(&v->pop);
    people_free(v->spec);
}

static void better_rates_only_put_labels_right(void **state)
{
    (void)state;
    village_t v = village(20000);
    labels_t worse = noisy(v.spec), better = worse;
    vendor_t vendor = {rng_key(9), 3, 0, 0};
    better.sensitivity[YOGA] = 0.9;
    better.specificity[YOGA] = 0.97;
    better.accuracy[EDUCATION] = better.accuracy[AGE] = 0.95;
    int mended = 0;
    for (size_t i = 0; i < v.pop.n; i++) {
        bool yoga = v.pop.traits[i] >> YOGA & 1;
        int education = v.pop.level[EDUCATION][i], age = v.pop.age_years[i];
        bool was = label_of_trait(&worse, &vendor, &v.pop, i, YOGA) == yoga,
             is = label_of_trait(&better, &vendor, &v.pop, i, YOGA) == yoga;
        assert_true(is || !was);
        mended += is && !was;
        assert_true(label_of_attribute(&worse, &vendor, &v.pop, i, EDUCATION) != education ||
                    label_of_attribute(&better, &vendor, &v.pop, i, EDUCATION) == education);
        assert_true(label_of_age(&worse, &vendor, &v.pop, i) != age ||
                    label_of_age(&better, &vendor, &v.pop, i) == age);
    }
    assert_true(mended > 1000);
    village_free(&v);
}

/* A label depends on its person, trait and vendor: not on the other traits and their order. */
static void a_label_is_of_person_trait_and_vendor(void **state)
{
    (void)state;
    village_t v = village(2000);
    labels_t l = noisy(v.spec), alone = exact(v.spec);
    vendor_t one = {rng_key(9), 3, 0, 0}, other = {rng_key(9), 3, (uint64_t)1 << 32, 0};
    alone.sensitivity[YOGA] = l.sensitivity[YOGA];
    alone.specificity[YOGA] = l.specificity[YOGA];
    trait_t first = v.spec->trait[0]; /* yoga comes first now */
    population_spec_t *turned = people_spec();
    turned->trait[0] = v.spec->trait[YOGA];
    turned->trait[YOGA] = first;
    labels_t of_turned = exact(turned);
    of_turned.sensitivity[0] = l.sensitivity[YOGA];
    of_turned.specificity[0] = l.specificity[YOGA];
    int differ = 0;
    for (size_t i = 0; i < v.pop.n; i++) {
        bool label = label_of_trait(&l, &one, &v.pop, i, YOGA);
        assert_int_equal(label, label_of_trait(&alone, &one, &v.pop, i, YOGA));
        uint64_t had = v.pop.traits[i];
        v.pop.traits[i] = had >> YOGA & 1;
        assert_int_equal(label, label_of_trait(&of_turned, &one, &v.pop, i, 0));
        v.pop.traits[i] = had;
        differ += label != label_of_trait(&l, &other, &v.pop, i, YOGA);
    }
    assert_true(differ > 200);
    people_free(turned);
    village_free(&v);
}

/* Given the truth, errors of two vendors, and of two traits, are strangers: correlations of 40,000 people
 * beyond 0.0235 are the chance of one in 400,000. */
static void errors_are_independent(void **state)
{
    (void)state;
    enum { PEOPLE = 40000 };
    village_t v = village(PEOPLE);
    labels_t l = noisy(v.spec);
    for (int q = 0; q < v.spec->n_traits; q++) l.sensitivity[q] = l.specificity[q] = 0.7;
    vendor_t one = {rng_key(9), 3, 0, 0}, other = {rng_key(9), 4, 0, 0};
    double together[2] = {0, 0};
    for (size_t i = 0; i < PEOPLE; i++) {
        bool wrong = label_of_trait(&l, &one, &v.pop, i, YOGA) != (v.pop.traits[i] >> YOGA & 1);
        bool elsewhere =
            label_of_trait(&l, &other, &v.pop, i, YOGA) != (v.pop.traits[i] >> YOGA & 1);
        bool of_gold = label_of_trait(&l, &one, &v.pop, i, GOLD) != (v.pop.traits[i] >> GOLD & 1);
        together[0] += (wrong - 0.3) * (elsewhere - 0.3);
        together[1] += (wrong - 0.3) * (of_gold - 0.3);
    }
    for (int k = 0; k < 2; k++) assert_near(together[k] / PEOPLE / 0.21, 0, 0.0235);
    village_free(&v);
}

/* More conditions than labels fit beside them are refused, not guessed. */
static void too_many_labels_have_no_closed_form(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    char text[POP_TRAITS][8];
    for (int q = 0; q < POP_TRAITS; q++) {
        snprintf(text[q], sizeof text[q], "t%d", q);
        spec->trait[q] = (trait_t){.name = text[q], .kind = TRAIT_OWN, .share = {.1, .1, .1}};
    }
    spec->n_traits = POP_TRAITS;
    labels_t l = noisy(spec);
    for (int q = 0; q < POP_TRAITS; q++) l.sensitivity[q] = l.specificity[q] = 0.9;
    char all[1024] = "t0";
    for (int q = 1; q < 30; q++) snprintf(all + strlen(all), 16, " and t%d", q);
    expression_t *e = compiled(all, spec);
    labelled_t size;
    assert_int_equal(labels_size(&l, spec, e, &size, NULL), ERR_INVALID);
    expression_free(e);
    people_free(spec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_ppv_and_missed_share_of_one_trait),
        cmocka_unit_test(labels_of_attributes_follow_their_confusion),
        cmocka_unit_test(labels_without_error_are_the_truth),
        cmocka_unit_test(sizes_are_those_counted),
        cmocka_unit_test(groupings_are_labelled_as_what_they_group),
        cmocka_unit_test(overlap_of_two_audiences_is_that_counted),
        cmocka_unit_test(better_rates_only_put_labels_right),
        cmocka_unit_test(a_label_is_of_person_trait_and_vendor),
        cmocka_unit_test(errors_are_independent),
        cmocka_unit_test(too_many_labels_have_no_closed_form),
    };
    return cmocka_run_group_tests_name("labels", tests, NULL, NULL);
}
