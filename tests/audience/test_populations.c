/* The populations that ship: everybody is there, the tables they were made from come out again, and what
 * nobody measured says so. Sizes are those of the closed form: a table is off by what the fit is off, not
 * by luck; test_population shows that people drawn meet the closed form. */
#include "models/audience/size.h"
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
} preset_t;
static preset_t us, uk;

static bool preset_load(preset_t *p, const char *file)
{
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    bool unreadable;
    p->document = document_read(file, d, &unreadable);
    if (p->document) p->spec = population_load(document_root(p->document), d, &err);
    bool quiet = diagnostics_errors(d) + diagnostics_warnings(d) == 0;
    char *text = diagnostics_text(d, FORMAT_HUMAN, "");
    if (!p->spec || !quiet) fprintf(stderr, "%s%s\n", text, err.text);
    free(text);
    diagnostics_free(d);
    return p->spec && quiet;
}

static void preset_unload(preset_t *p)
{
    if (p->spec) population_spec_free(p->spec);
    free(p->spec);
    document_free(p->document);
}

static int load(void **state)
{
    (void)state;
    return preset_load(&us, "configs/populations/us-adults.yaml") &&
                   preset_load(&uk, "configs/populations/uk-adults.yaml")
               ? 0
               : 1;
}

static int unload(void **state)
{
    (void)state;
    preset_unload(&us);
    preset_unload(&uk);
    return 0;
}

/* People of an expression, by the closed form. */
static double people(const preset_t *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static double people(const preset_t *p, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    expression_t *e;
    expression_fault_t fault;
    double size = -1;
    if (expression_compile(text, p->spec, NULL, &e, &fault, NULL) != OK)
        fail_msg("%s: %s (%s)", text, fault.text, fault.help);
    if (audience_size_exact(e, p->spec, &size, NULL) != OK) fail_msg("%s: no closed form", text);
    expression_free(e);
    return size;
}

/* Whole people; the closed form may round in the last bits. */
static void assert_people(const preset_t *p, double expected, const char *text)
{
    double found = people(p, "%s", text);
    if (fabs(found - expected) > 1e-9 * expected)
        fail_msg("%s: %.3f people, not %.0f", text, found, expected);
}

/* --- us-adults: who there is ------------------------------------------------------------------- */

static void us_adults_are_259751171_in_51_states(void **state)
{
    (void)state;
    assert_true(us.spec->size == 259751171);
    assert_people(&us, 259751171, "everyone");
    static const struct {
        const char *text;
        double people;
    } claims[] = {/* FACTS 1b: all people of a state */
                  {"state CA", 30380758},
                  {"state California", 30380758}, /* by its name */
                  {"state TX", 22458530},
                  {"state in [FL]", 17887513},
                  {"state 'New York'", 15667902},
                  {"state new_york or state PA", 15667902 + 10344811},
                  {"state in [IL, Ohio, GA]", 9843344 + 9186753 + 8345670},
                  {"state NC", 8301722},
                  {"state MI", 7922380},
                  /* cells of the table as it was read */
                  {"state AL and sex male and age 18-24", 244260},
                  {"state WY and sex female and age 65+", 55518},
                  {"state DC and age 25-34 and sex female", 77374}};
    for (size_t k = 0; k < sizeof claims / sizeof *claims; k++)
        assert_people(&us, claims[k].people, claims[k].text);
}

static const char *const region[] = {"Northeast", "Midwest", "South", "West"};
static const char *const sex[] = {"male", "female"};
static const char *const age6[] = {"18-24", "25-34", "35-44", "45-54", "55-64", "65+"};
static const char *const age4[] = {"18-29", "30-49", "50-64", "65+"};
static const char *const education[] = {"high_school", "some_college", "college"};
static const char *const income[] = {"<30k", "30-70k", "70-100k", "100k+"};

/* FACTS 1b: the census table by region, sex and age, 48 cells; states add up to it. */
static void states_add_up_to_the_regions_of_the_census(void **state)
{
    (void)state;
    static const double cells[4][2][6] = {{{2636699, 3854528, 3662453, 3470294, 3806006, 4677412},
                                           {2604336, 3769082, 3625213, 3516297, 3975463, 5903304}},
                                          {{3328627, 4571627, 4434787, 4106799, 4416645, 5543042},
                                           {3179040, 4396510, 4306055, 4014612, 4497711, 6749320}},
                                          {{6012218, 8589186, 8326946, 7824750, 7802702, 9786157},
                                           {5890465, 8562572, 8384967, 7927632, 8227907, 12153988}},
                                          {{3713150, 5818939, 5518070, 4845036, 4644161, 5922733},
                                           {3564364, 5504308, 5226021, 4688206, 4711935, 7058896}}};
    for (int r = 0; r < 4; r++)
        for (int x = 0; x < 2; x++)
            for (int a = 0; a < 6; a++) {
                char text[100], by_band[100];
                snprintf(text, sizeof text, "region %s and sex %s and age %s", region[r], sex[x],
                         age6[a]);
                snprintf(by_band, sizeof by_band, "region %s and sex %s and age6 %s", region[r],
                         sex[x], age6[a]);
                assert_people(&us, cells[r][x][a], text);
                assert_people(&us, cells[r][x][a], by_band);
            }
}

/* FACTS 1a: 25-34 and 45-54 are split by the shares of the resident population; of 51 states and two
 * sexes each is rounded to a person, hence 51. */
static void bands_are_split_as_in_the_nation(void **state)
{
    (void)state;
    const double young = (53521295.0 - 31328131) / 45501300, /* 18-29 less 18-24, of 25-34 */
        middle = (86627599.0 - (45501300 - (53521295 - 31328131)) - 43695365) / 40431645;
    assert_true(fabs(people(&us, "age 25-29") - young * people(&us, "age 25-34")) < 51);
    assert_true(fabs(people(&us, "age 45-49") - middle * people(&us, "age 45-54")) < 51);
    for (int a = 0; a < 4; a++)
        assert_true(fabs(people(&us, "age4 %s", age4[a]) - people(&us, "age %s", age4[a])) < 1);
}

/* --- tables of the file ------------------------------------------------------------------------ */

/* How far what came out is from a table, in points. */
typedef struct {
    double worst, sum;
    int n;
    char where[400];
} distance_t;

static void distance_add(distance_t *d, double found, double wanted, const char *where)
{
    double off = 100 * fabs(found - wanted);
    d->sum += off;
    d->n++;
    if (off <= d->worst) return;
    d->worst = off;
    snprintf(d->where, sizeof d->where, "%.200s: %.2f %%, not %.2f %%", where, 100 * found,
             100 * wanted);
}

static void distance_tell(const distance_t *d, const char *table)
{
    print_message("  %-24s %4d shares, off by %5.2f points in the mean, %5.2f at most (%s)\n",
                  table, d->n, d->sum / d->n, d->worst, d->where);
}

static const node_t *entry(const node_t *mapping, const char *key)
{
    const node_t *node = node_get(mapping, key);
    if (!node) fail_msg("no '%s'", key);
    return node;
}

/* Names in a list, or one name. */
static int names_of(const node_t *node, const char **name)
{
    if (node->kind == NODE_SCALAR) {
        name[0] = node->text;
        return 1;
    }
    for (size_t i = 0; i < node->n; i++) name[i] = node->item[i]->text;
    return (int)node->n;
}

static double share_of(const node_t *node)
{
    char *end;
    double percent = strtod(node->text, &end);
    assert_string_equal(end, "%");
    return percent / 100;
}

/* A row: the people it is about, and its shares. */
typedef void (*row_fn)(void *context, const char *who, const node_t *shares);

static void walk(const node_t *node, const char *const *by, int n, const char *who, row_fn row,
                 void *context)
{
    if (n == 0) {
        row(context, who, node);
        return;
    }
    for (size_t i = 0; i < node->n; i++) {
        char inner[300];
        bool years = !strcmp(by[0], "age");
        snprintf(inner, sizeof inner, "%s%s%s %s%s%s", who, *who ? " and " : "", by[0],
                 years ? "" : "'", node->key[i]->text, years ? "" : "'");
        walk(node->item[i], by + 1, n - 1, inner, row, context);
    }
}

/* Shares of a row are of platforms, or of the levels of an attribute. */
typedef struct {
    const preset_t *preset;
    distance_t distance;
    const char *attribute; /* NULL: platforms */
    const char *column[POP_LEVELS];
} table_t;

static void compare_row(void *context, const char *who, const node_t *shares)
{
    table_t *t = context;
    const char *whom = *who ? who : "everyone";
    double all = people(t->preset, "%s", whom);
    for (size_t k = 0; k < shares->n; k++) {
        char where[400];
        snprintf(where, sizeof where, "%s and %s '%s'", whom, t->attribute ? t->attribute : "uses",
                 t->column[k]);
        distance_add(&t->distance, people(t->preset, "%s", where) / all, share_of(shares->item[k]),
                     where);
    }
}

static distance_t distance_of_use(const preset_t *p, const char *group, const char *name)
{
    table_t t = {.preset = p};
    const char *by[6];
    const node_t *table = entry(entry(entry(document_root(p->document), group), "tables"), name);
    names_of(entry(table, "platforms"), t.column);
    int n = names_of(entry(table, "by"), by);
    walk(entry(table, "shares"), by, n, "", compare_row, &t);
    distance_tell(&t.distance, name);
    return t.distance;
}

static distance_t distance_of_margin(const preset_t *p, const char *name)
{
    table_t t = {.preset = p};
    const node_t *root = document_root(p->document);
    const node_t *table = entry(entry(entry(root, "margins"), "tables"), name);
    const node_t *given = node_get(table, "given");
    const char *by[6], *of[1] = {""};
    names_of(entry(table, "of"), of);
    t.attribute = of[0];
    names_of(entry(entry(entry(root, "attributes"), of[0]), "levels"), t.column);
    walk(entry(table, "shares"), by, given ? names_of(given, by) : 0, "", compare_row, &t);
    distance_tell(&t.distance, name);
    return t.distance;
}

static distance_t distance_of_overlap(const preset_t *p, const node_t *names, const node_t *shares,
                                      const char *what)
{
    distance_t d = {0};
    const char *name[POP_PLATFORMS];
    int n = names_of(names, name);
    for (int a = 0; a < n; a++) {
        double users = people(p, "uses %s", name[a]);
        for (int b = 0; b < n; b++) {
            char where[100];
            snprintf(where, sizeof where, "uses %s and uses %s", name[a], name[b]);
            if (a != b)
                distance_add(&d, people(p, "%s", where) / users,
                             share_of(entry(shares, name[a])->item[b]), where);
        }
    }
    distance_tell(&d, what);
    return d;
}

/* --- us-adults: what they are ------------------------------------------------------------------ */

/* FACTS 1c. The census totals stand first in the file and are met as they are. */
static void education_and_income_meet_the_census(void **state)
{
    (void)state;
    static const double persons[] = {98923, 67487, 88847},
                        households[] = {27945, 36965, 19377, 46913};
    for (int l = 0; l < 3; l++)
        assert_true(fabs(people(&us, "education %s", education[l]) / us.spec->size -
                         persons[l] / 255257) < 1e-6);
    for (int l = 0; l < 4; l++)
        assert_true(fabs(people(&us, "income '%s'", income[l]) / us.spec->size -
                         households[l] / 131200) < 1e-6);
}

/* What the survey says of them is shifted to the census, so it is missed by what the two differ. */
/* Of several margins that of the first, which is met; shares of its own keep theirs. */
static void what_margins_make_has_their_source(void **state)
{
    (void)state;
    static const struct {
        const char *attribute, *source;
    } cases[] = {{"education", "U.S. Census Bureau, CPS ASEC 2022, Educational Attainment"},
                 {"income", "U.S. Census Bureau, CPS ASEC 2022, HINC-01"},
                 {"community", "computed from Pew Research Center"},
                 {"region", "U.S. Census Bureau, Census Regions"},
                 {"work", "assumption"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int a = 0; a < us.spec->n_attributes; a++) {
            const attribute_t *x = &us.spec->attribute[a];
            if (strcmp(x->name, cases[i].attribute) != 0) continue;
            if (strncmp(x->source, cases[i].source, strlen(cases[i].source)) != 0)
                fail_msg("%s: %s", x->name, x->source);
        }
}

static void community_education_and_income_follow_the_survey(void **state)
{
    (void)state;
    assert_true(distance_of_margin(&us, "community by age").worst < 0.01);
    assert_true(distance_of_margin(&us, "education by age").worst < 5);
    assert_true(distance_of_margin(&us, "income by education").worst < 5);
}

static void platform_use_meets_all_its_tables(void **state)
{
    (void)state;
    static const struct {
        const char *table;
        double mean, worst; /* points */
    } limit[] = {{"age x sex", 0.01, 0.05},
                 {"age x education", 0.6, 1.2},
                 {"age x community", 0.6, 2.0},
                 {"education x income", 0.8, 2.0},
                 {"region", 1.2, 2.2}};
    for (size_t k = 0; k < sizeof limit / sizeof *limit; k++) {
        distance_t d = distance_of_use(&us, "platforms", limit[k].table);
        if (d.worst > limit[k].worst || d.sum / d.n > limit[k].mean)
            fail_msg("%s is off by %.2f points in the mean, %.2f at most", limit[k].table,
                     d.sum / d.n, d.worst);
    }
}

/* Figures of FACTS 2c typed once more, so that a slip of the file shows. */
static void tables_of_the_file_are_those_of_the_survey(void **state)
{
    (void)state;
    static const struct {
        const char *who, *platform;
        double percent;
    } claims[] = {{"age 18-24 and sex female", "tiktok", 82.8},
                  {"age 25-34 and sex male", "reddit", 54.5},
                  {"age 65+ and sex male", "facebook", 52.0},
                  {"age 45-54 and sex female", "pinterest", 56.8},
                  {"age 35-44 and sex male", "linkedin", 49.6},
                  {"age 18-24 and sex male", "snapchat", 73.7}};
    for (size_t k = 0; k < sizeof claims / sizeof *claims; k++) {
        double share = people(&us, "%s and uses %s", claims[k].who, claims[k].platform) /
                       people(&us, "%s", claims[k].who);
        assert_true(fabs(100 * share - claims[k].percent) < 0.05);
    }
}

static void platforms_go_together_as_in_the_survey(void **state)
{
    (void)state;
    const node_t *overlaps = entry(entry(document_root(us.document), "platforms"), "overlaps");
    distance_t d = distance_of_overlap(&us, entry(overlaps, "platforms"), entry(overlaps, "shares"),
                                       "overlaps");
    assert_true(d.sum / d.n < 0.8 && d.worst < 3);
}

/* Held out: nothing was fitted to these. Between the two years the survey itself moved by 3.4 points in the
 * mean, by 19 in one cell of 62 people. */
static void what_was_not_fitted_is_near_too(void **state)
{
    (void)state;
    assert_true(distance_of_use(&us, "checks", "use by income, 2024").worst < 2);
    assert_true(distance_of_use(&us, "checks", "use by community, 2024").worst < 2.5);
    assert_true(distance_of_use(&us, "checks", "use by age x sex, 2025").sum < 96 * 4);
    const node_t *table =
        entry(entry(entry(document_root(us.document), "checks"), "tables"), "overlap, 2025");
    distance_t d =
        distance_of_overlap(&us, entry(table, "overlap"), entry(table, "shares"), "overlap, 2025");
    assert_true(d.sum / d.n < 3);
}

/* --- work -------------------------------------------------------------------------------------- */

static void work_traits_are_there_and_agree_with_each_other(void **state)
{
    (void)state;
    static const char *const claims[] = {"job_function in [marketing, sales]",
                                         "seniority director",
                                         "company_size 51-200",
                                         "company_size 10001+",
                                         "industry technology",
                                         "work professional"};
    static const char *const trait[] = {"job_function", "seniority", "industry", "company_size"};
    for (size_t k = 0; k < sizeof claims / sizeof *claims; k++) {
        double share = people(&us, "%s", claims[k]) / us.spec->size;
        print_message("  %-36s %5.2f %%\n", claims[k], 100 * share);
        assert_true(share > 0.005 && share < 0.5);
    }
    for (int k = 0; k < 4; k++) {
        assert_people(&us, people(&us, "work not_working"), "seniority not_working");
        assert_true(people(&us, "work not_working and not %s not_working", trait[k]) < 1);
        assert_true(people(&us, "%s not_working and not work not_working", trait[k]) < 1);
    }
    /* LinkedIn is where the degrees are, and so the directors. */
    assert_true(people(&us, "seniority director and uses linkedin") / people(&us, "uses linkedin") >
                1.2 * people(&us, "seniority director") / us.spec->size);
}

/* --- sources ----------------------------------------------------------------------------------- */

static void what_nobody_measured_says_so(void **state)
{
    (void)state;
    static const char *const assumed[] = {"work", "job_function", "seniority", "industry",
                                          "company_size"};
    for (int a = 0; a < us.spec->n_attributes; a++) {
        const attribute_t *x = &us.spec->attribute[a];
        bool guess = false;
        for (size_t k = 0; k < sizeof assumed / sizeof *assumed; k++)
            guess |= !strcmp(x->name, assumed[k]);
        if (guess) assert_string_equal(x->source, "assumption");
    }
    for (int p = 0; p < us.spec->n_platforms; p++)
        assert_non_null(strstr(us.spec->platform[p].source, "Pew Research Center NPORS 2024"));
    for (int p = 0; p < uk.spec->n_platforms; p++)
        assert_string_equal(uk.spec->platform[p].source, "assumption");
    const preset_t *both[] = {&us, &uk};
    for (int k = 0; k < 2; k++) {
        for (int q = 0; q < both[k]->spec->n_traits; q++)
            assert_string_equal(both[k]->spec->trait[q].source, "assumption");
        assert_string_equal(both[k]->spec->existing_customers_source, "assumption");
    }
}

/* --- uk-adults --------------------------------------------------------------------------------- */

/* FACTS 1d, UK 2025, thousands. */
static void uk_adults_are_those_of_the_united_nations(void **state)
{
    (void)state;
    static const double thousands[2][6] = {{2774, 4457, 4675, 4252, 4403, 6374},
                                           {2666, 4327, 4699, 4320, 4581, 7352}};
    assert_true(uk.spec->size == 54880000);
    for (int x = 0; x < 2; x++)
        for (int a = 0; a < 6; a++) {
            char text[100];
            snprintf(text, sizeof text, "sex %s and age %s", sex[x], age6[a]);
            assert_people(&uk, 1000 * thousands[x][a], text);
        }
    assert_int_equal(uk.spec->n_platforms, 10);
    assert_true(distance_of_use(&uk, "platforms", "age x sex").worst < 0.05);
}

/* What the assumed classes are for: interests differ between ages and between levels of education. */
static void interests_are_plausible_and_classes_matter(void **state)
{
    (void)state;
    static const struct {
        const char *more, *less, *interest;
    } pair[] = {{"age 18-24", "age 65+", "gaming"},
                {"age 25-34", "age 65+", "parenting"},
                {"sex male", "sex female", "sports"},
                {"education college", "education high_school", "business"}};
    const preset_t *both[] = {&us, &uk};
    for (size_t k = 0; k < sizeof pair / sizeof *pair; k++)
        for (int which = 0; which < (k == 3 ? 1 : 2); which++) {
            const preset_t *p = both[which];
            double more = people(p, "%s and interest %s", pair[k].more, pair[k].interest) /
                          people(p, "%s", pair[k].more);
            double less = people(p, "%s and interest %s", pair[k].less, pair[k].interest) /
                          people(p, "%s", pair[k].less);
            print_message("  %s: interest %s of %s %.1f %%, of %s %.1f %%\n", p->spec->name,
                          pair[k].interest, pair[k].more, 100 * more, pair[k].less, 100 * less);
            assert_true(more > 1.15 * less && less > 0.01 && more < 0.9);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(us_adults_are_259751171_in_51_states),
        cmocka_unit_test(states_add_up_to_the_regions_of_the_census),
        cmocka_unit_test(bands_are_split_as_in_the_nation),
        cmocka_unit_test(education_and_income_meet_the_census),
        cmocka_unit_test(what_margins_make_has_their_source),
        cmocka_unit_test(community_education_and_income_follow_the_survey),
        cmocka_unit_test(platform_use_meets_all_its_tables),
        cmocka_unit_test(tables_of_the_file_are_those_of_the_survey),
        cmocka_unit_test(platforms_go_together_as_in_the_survey),
        cmocka_unit_test(what_was_not_fitted_is_near_too),
        cmocka_unit_test(work_traits_are_there_and_agree_with_each_other),
        cmocka_unit_test(what_nobody_measured_says_so),
        cmocka_unit_test(uk_adults_are_those_of_the_united_nations),
        cmocka_unit_test(interests_are_plausible_and_classes_matter),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
