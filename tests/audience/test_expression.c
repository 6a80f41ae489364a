/* Audience expressions mean what they say, and what they refuse points at the word at fault. */
#include "models/audience/expression.h"

#include "people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static population_spec_t *spec;

static int set_up(void **state)
{
    (void)state;
    spec = people_spec();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    people_free(spec);
    return 0;
}

/* 64 people with every assignment of the five traits and `customer`. */
enum { CROWD = 64 };
static uint8_t crowd_level[3][CROWD], crowd_age[CROWD], crowd_customer[CROWD];
static uint64_t crowd_traits[CROWD];
static uint16_t crowd_uses[CROWD];

static population_t crowd(void)
{
    population_t pop = {.spec = spec,
                        .n = CROWD,
                        .level = {crowd_level[0], crowd_level[1], crowd_level[2]},
                        .age_years = crowd_age,
                        .traits = crowd_traits,
                        .uses = crowd_uses,
                        .customer = crowd_customer};
    for (int i = 0; i < CROWD; i++) {
        crowd_traits[i] = (uint64_t)i & 31;
        crowd_customer[i] = (uint8_t)(i >> 5);
        crowd_level[REGION][i] = (uint8_t)(i & 1);
        crowd_level[AGE][i] = (uint8_t)(i % 3);
        crowd_level[EDUCATION][i] = (uint8_t)(i >> 1 & 1);
        crowd_age[i] = (uint8_t)(18 + i);
        crowd_uses[i] = (uint16_t)(i >> 2 & 7);
    }
    return pop;
}

static expression_t *compiled(const char *text)
{
    expression_t *e = NULL;
    expression_fault_t fault;
    error_t err = {""};
    status_t st = expression_compile(text, spec, NULL, &e, &fault, &err);
    if (st != OK) fail_msg("%s: %s", text, fault.text);
    return e;
}

/* Who of the crowd is in, as a set of 64 bits. */
static uint64_t members(const expression_t *e)
{
    population_t pop = crowd();
    uint64_t set = 0;
    for (size_t i = 0; i < CROWD; i++) set |= (uint64_t)expression_matches(e, &pop, i) << i;
    return set;
}

static uint64_t audience(const char *text)
{
    expression_t *e = compiled(text);
    uint64_t set = members(e);
    expression_free(e);
    return set;
}

/* ---- Meaning ---- */

static const char *const atom_text[] = {
    "interest fitness", "interest yoga", "behaviour frequent_buyer", "gold", "silver", "customers"};

/* People for whom bit `a` of their number is set. */
static uint64_t atom_set(int a)
{
    uint64_t set = 0;
    for (int i = 0; i < CROWD; i++) set |= (uint64_t)(i >> a & 1) << i;
    return set;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Writes a random expression and returns who is in it. `strength`: 0 inside or, 1 inside and, 2 after
 * not; parentheses only where precedence needs them, and sometimes where not. */
static uint64_t random_expression(uint32_t *luck, int depth, int strength, char *text)
{
    uint32_t kind = depth == 0 ? 0 : next_random(luck) % 4;
    char *to = text + strlen(text);
    if (kind == 0) {
        int a = (int)(next_random(luck) % 6);
        strcpy(to, atom_text[a]);
        return atom_set(a);
    }
    if (kind == 1) {
        strcpy(to, "not ");
        return ~random_expression(luck, depth - 1, 2, text);
    }
    int binds = kind == 2; /* and */
    int enclosed = binds < strength || next_random(luck) % 5 == 0;
    if (enclosed) strcpy(to, "(");
    uint64_t set = random_expression(luck, depth - 1, binds, text);
    for (uint32_t more = 1 + next_random(luck) % 3; more > 0; more--) {
        strcat(text, binds ? " and " : " OR ");
        uint64_t right = random_expression(luck, depth - 1, binds, text);
        set = binds ? set & right : set | right;
    }
    if (enclosed) strcat(text, ")");
    return set;
}

static void random_expressions_agree_with_their_truth_tables(void **state)
{
    (void)state;
    static char text[1 << 20];
    uint32_t luck = 11;
    for (int k = 0; k < 3000; k++) {
        text[0] = '\0';
        uint64_t expected = random_expression(&luck, 1 + k % 4, 0, text);
        uint64_t found = audience(text);
        if (found != expected) fail_msg("%s", text);
    }
}

static void and_binds_tighter_than_or_and_not_tighter_than_both(void **state)
{
    (void)state;
    uint64_t f = atom_set(FITNESS), y = atom_set(YOGA), g = atom_set(GOLD);
    assert_true(audience("gold or interest fitness and interest yoga") == (g | (f & y)));
    assert_true(audience("interest fitness and interest yoga or gold") == (g | (f & y)));
    assert_true(audience("(gold or interest fitness) and interest yoga") == ((g | f) & y));
    assert_true(audience("not gold and interest yoga") == (~g & y));
    assert_true(audience("not gold or interest yoga") == (~g | y));
    assert_true(audience("not (gold or interest yoga)") == ~(g | y));
    assert_true(audience("not not gold") == g);
}

/* Who of the crowd has an age in low..high; person i is 18 + i. */
static uint64_t aged(int low, int high)
{
    uint64_t set = 0;
    for (int i = 0; i < CROWD; i++) set |= (uint64_t)(18 + i >= low && 18 + i <= high) << i;
    return set;
}

static void ages_are_compared_in_every_way_of_writing(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int low, high;
    } row[] = {
        {"age 18-34", 18, 34},
        {"age 18 - 34", 18, 34},
        {"age 18\xe2\x80\x93"
         "34",
         18, 34},
        {"age 65+", 65, 120},
        {"age 30", 30, 30},
        {"age >= 55", 55, 120},
        {"age>=55", 55, 120},
        {"age > 55", 56, 120},
        {"age <= 34", 0, 34},
        {"age < 34", 0, 33},
        {"age = 40", 40, 40},
        {"age == 40", 40, 40},
        {"AGE 18-34", 18, 34},
        {"(age 18-34)", 18, 34},
        {"age in [25-34]", 25, 34},
        {"age 100-120", 100, 120},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++)
        if (audience(row[k].text) != aged(row[k].low, row[k].high)) fail_msg("%s", row[k].text);
    assert_true(audience("age in [18-20, 70+]") == (aged(18, 20) | aged(70, 120)));
}

static void names_agree_whatever_their_case_and_their_joints(void **state)
{
    (void)state;
    uint64_t east = atom_set(0), buyer = atom_set(BUYER);
    assert_true(audience("region \"North East\"") == east);
    assert_true(audience("region 'north east'") == east);
    assert_true(audience("Region north_east") == east);
    assert_true(audience("region NORTH-EAST") == east);
    assert_true(audience("behavior Frequent-Buyer") == buyer);
    assert_true(audience("behaviours 'frequent buyer'") == buyer);
    assert_true(audience("\"gold\"") == atom_set(GOLD));
}

static void lists_are_unions(void **state)
{
    (void)state;
    assert_true(audience("region in [West, north_east]") == ~(uint64_t)0);
    assert_true(audience("region in [West]") == ~atom_set(0));
    assert_true(audience("interest in [fitness, yoga]") == (atom_set(FITNESS) | atom_set(YOGA)));
    assert_true(audience("uses in [alpha,gamma]") == (atom_set(2) | atom_set(4)));
    assert_true(audience("education in [ college ]") == atom_set(1));
}

static void everyone_is_everyone(void **state)
{
    (void)state;
    assert_true(audience("everyone") == ~(uint64_t)0);
    assert_true(audience("not everyone") == 0);
    assert_true(audience("everyone and gold") == atom_set(GOLD));
    assert_true(audience("gold or everyone") == ~(uint64_t)0);
    assert_true(audience("not everyone or gold") == atom_set(GOLD));
}

static void levels_may_hold_signs(void **state)
{
    (void)state;
    attribute_t *income = &spec->attribute[EDUCATION];
    income->name = "income";
    income->level[0] = "<30k";
    income->level[1] = "100k+";
    assert_true(audience("income <30k") == ~atom_set(1));
    assert_true(audience("income<30k") == ~atom_set(1));
    assert_true(audience("income 100k+ and gold") == (atom_set(1) & atom_set(GOLD)));
    assert_true(audience("income in [<30k, 100K+]") == ~(uint64_t)0);
    income->name = "education";
    income->level[0] = "school";
    income->level[1] = "college";
}

static void nobody_is_a_customer_of_a_population_without_customers(void **state)
{
    (void)state;
    spec->existing_customers = 0;
    assert_true(audience("customers") == 0);
    assert_true(audience("not customers and gold") == atom_set(GOLD));
    spec->existing_customers = 0.1;
}

/* ---- Audiences of audiences ---- */

typedef struct {
    const char *name;
    expression_t *program;
} named_t;

static named_t named[40];
static int n_named;

static const expression_t *find_named(void *context, const char *name)
{
    (void)context;
    for (int i = 0; i < n_named; i++)
        if (expression_same_name(name, named[i].name)) return named[i].program;
    return NULL;
}

static const char *suggest_named(void *context, const char *name)
{
    (void)context;
    (void)name;
    return n_named ? named[0].name : NULL;
}

static const expression_scope_t scope = {find_named, suggest_named, NULL};

static void forget_named(void)
{
    while (n_named > 0) expression_free(named[--n_named].program);
}

static status_t name_audience(const char *name, const char *text, expression_fault_t *fault)
{
    named[n_named].name = name;
    status_t st = expression_compile(text, spec, &scope, &named[n_named].program, fault, NULL);
    n_named += st == OK;
    return st;
}

static void audiences_are_built_from_audiences(void **state)
{
    (void)state;
    expression_fault_t fault;
    assert_int_equal(name_audience("fans", "interest fitness or interest yoga", &fault), OK);
    assert_int_equal(name_audience("rich fans", "fans and gold", &fault), OK);
    assert_int_equal(name_audience("rest", "not rich_fans and (silver or not fans)", &fault), OK);
    uint64_t fans = atom_set(FITNESS) | atom_set(YOGA), rich = fans & atom_set(GOLD);
    assert_true(members(named[0].program) == fans);
    assert_true(members(named[1].program) == rich);
    assert_true(members(named[2].program) == (~rich & (atom_set(SILVER) | ~fans)));
    forget_named();
}

static void excluding_takes_away(void **state)
{
    (void)state;
    static const char *const text[] = {"gold",           "interest fitness and not gold",
                                       "everyone",       "not everyone",
                                       "silver or gold", "customers"};
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            expression_t *a = compiled(text[i]), *b = compiled(text[j]), *without = NULL;
            assert_int_equal(expression_and_not(a, b, &without, NULL), OK);
            assert_true(members(without) == (members(a) & ~members(b)));
            expression_free(without);
            assert_int_equal(expression_and_not(a, NULL, &without, NULL), OK);
            assert_true(members(without) == members(a));
            expression_free(without);
            expression_free(a);
            expression_free(b);
        }
}

/* x2 = x1 and x1, x3 = x2 and x2, ...: each twice as long; refused before memory is gone. */
static void doubling_audiences_are_refused_in_time(void **state)
{
    (void)state;
    static const char *const name[] = {"x1", "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",
                                       "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16"};
    expression_fault_t fault;
    assert_int_equal(name_audience(name[0], "gold", &fault), OK);
    status_t st = OK;
    int k = 1;
    for (; k < 16 && st == OK; k++) {
        char text[40];
        snprintf(text, sizeof text, "%s and %s", name[k - 1], name[k - 1]);
        st = name_audience(name[k], text, &fault);
    }
    assert_int_equal(st, ERR_INVALID);
    assert_int_equal(k, 15); /* 2^13 questions fit, 2^14 do not */
    assert_non_null(strstr(fault.text, "more than 10000 conditions"));
    forget_named();
}

/* ---- Faults ---- */

/* `at` is the stretch that the fault must point to. */
static const struct {
    const char *text, *at, *says, *helps;
} faults[] = {
    {"", "", "is empty", "everyone"},
    {"   ", "   ", "is empty", "everyone"},
    {"interest fitnes", "fitnes", "'fitnes' is not an interest", "did you mean 'fitness'?"},
    {"interest gaming", "gaming", "is not an interest", "choose from fitness, yoga"},
    {"interest frequent_buyer", "frequent_buyer", "is not an interest",
     "write behaviour frequent_buyer"},
    {"behaviour yoga", "yoga", "is not a behaviour", "write interest yoga"},
    {"interest", "", "expected an interest, found the end", "choose from"},
    {"interest and gold", "and", "expected an interest, found 'and'", "choose from"},
    {"uses alpa", "alpa", "is not a platform", "did you mean 'alpha'?"},
    {"uses West", "West", "is not a platform", "write region West"},
    {"region Wst", "Wst", "is not a level of region", "did you mean 'West'?"},
    {"region West or North_East", "North_East", "is not an attribute", "write region North East"},
    {"region", "", "expected a level of region", "choose from West, North East"},
    {"region in West", "West", "expected '[' after 'in'", ""},
    {"region in [West North_East]", "North_East", "expected ',' or ']'", ""},
    {"region in [West", "", "expected ',' or ']', found the end", ""},
    {"region in []", "]", "expected a level of region", "choose from"},
    {"regoin West", "regoin", "is not an attribute", "did you mean 'region'?"},
    {"intrest yoga", "intrest", "is not an attribute", "did you mean 'interest'?"},
    {"alpha", "alpha", "is not an attribute", "write uses alpha"},
    {"yoga", "yoga", "is not an attribute", "write interest yoga"},
    {"state in [CA, TX]", "state", "is not an attribute", "the attributes are region, age"},
    {"gold silver", "silver", "expected 'and' or 'or', found 'silver'", ""},
    {"gold && silver", "&&", "expected 'and' or 'or', found '&&'", "write 'and'"},
    {"gold | silver", "|", "expected 'and' or 'or'", "write 'or'"},
    {"! gold", "!", "is not an attribute", "write 'not'"},
    {"all", "all", "is not an attribute", "write 'everyone'"},
    {"gold and", "", "expected a condition, found the end", ""},
    {"and gold", "and", "expected a condition, found 'and'", ""},
    {"gold or or silver", "or", "expected a condition, found 'or'", ""},
    {"not", "", "expected a condition", ""},
    {"(gold", "(", "this parenthesis is never closed", ""},
    {"gold)", ")", "this parenthesis was never opened", ""},
    {"(gold silver)", "silver", "expected 'and', 'or' or ')'", ""},
    {"()", ")", "expected a condition", ""},
    {"region \"West", "\"", "this quote is never closed", ""},
    {"'gold", "'", "this quote is never closed", ""},
    {"gold 'x", "'", "this quote is never closed", ""},
    {"age young", "young", "is not an age range", "write age 18-34, age 65+ or age >= 55"},
    {"age", "", "expected an age range, found the end", "write age"},
    {"age 18-", "18-", "is not an age range", "write age"},
    {"age 18-x", "18-x", "is not an age range", "write age"},
    {"age 34-18", "34-18", "nobody is at least 34", "write age 18-34"},
    {"age 18-340", "18-340", "ages lie between 0 and 120", ""},
    {"age >= old", ">=", "does not compare an age", "write age >= 55"},
    {"age => 5", "=>", "does not compare an age", "write age >= 55"},
    {"age >= 500", ">= 500", "ages lie between", ""},
    {"age < 0", "< 0", "nobody is", ""},
    {"age 99999999999", "99999999999", "is not an age range", "write age"},
    {"age in 18-34", "18-34", "expected '[' after 'in'", ""},
    {"age in [18-34, x]", "x", "is not an age range", ""},
    {"age in [18-34", "", "expected ',' or ']'", ""},
    {"gold, silver", ",", "expected 'and' or 'or', found ','", ""},
    {"[gold]", "[", "expected a condition, found '['", ""},
    {"in [gold]", "in", "expected a condition, found 'in'", ""},
    {"caf\xc3\xa9", "caf\xc3\xa9", "'caf\xc3\xa9' is not an attribute", ""},
};

static void a_fault_points_at_the_word_and_suggests(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof faults / sizeof *faults; k++) {
        expression_t *e = NULL;
        expression_fault_t fault;
        error_t err = {""};
        const char *text = faults[k].text;
        status_t st = expression_compile(text, spec, NULL, &e, &fault, &err);
        if (st != ERR_INVALID || e != NULL) fail_msg("'%s' was not refused", text);
        /* The last place where the stretch stands, the end for an empty one. */
        const char *at = text + strlen(text);
        size_t length = strlen(faults[k].at);
        while (at > text && strncmp(at, faults[k].at, length) != 0) at--;
        if (length == 0) at = text + strlen(text);
        if (fault.offset != (size_t)(at - text) || fault.length != length)
            fail_msg("'%s': points at %zu+%zu", text, fault.offset, fault.length);
        if (!strstr(fault.text, faults[k].says)) fail_msg("'%s': %s", text, fault.text);
        if (faults[k].helps[0] ? !strstr(fault.help, faults[k].helps) : 0)
            fail_msg("'%s': help '%s'", text, fault.help);
        if (!err.text[0]) fail_msg("'%s': no sentence", text);
    }
}

static void other_audiences_are_suggested(void **state)
{
    (void)state;
    expression_fault_t fault;
    assert_int_equal(name_audience("visitors", "gold", &fault), OK);
    assert_int_equal(name_audience("b", "visitrs and gold", &fault), ERR_INVALID);
    assert_string_equal(fault.help, "did you mean 'visitors'?");
    forget_named();
}

static void what_the_population_lacks_is_said(void **state)
{
    (void)state;
    population_spec_t *bare = people_redrawn();
    static const struct {
        const char *text, *says;
    } row[] = {{"age 18-34", "population 'redrawn' has no ages"},
               {"interest yoga", "is not an interest of population 'redrawn'"},
               {"uses alpha", "is not a platform of population 'redrawn'"},
               {"region West", "is not an attribute"}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        expression_t *e;
        expression_fault_t fault;
        assert_int_equal(expression_compile(row[k].text, bare, NULL, &e, &fault, NULL),
                         ERR_INVALID);
        assert_non_null(strstr(fault.text, row[k].says));
    }
    people_free(bare);
}

static void nesting_ends_at_64(void **state)
{
    (void)state;
    for (int depth = EXPRESSION_DEPTH; depth <= EXPRESSION_DEPTH + 1; depth++)
        for (int nots = 0; nots < 2; nots++) {
            char text[1000] = "";
            for (int i = 0; i < depth; i++) strcat(text, nots ? "not " : "(");
            strcat(text, "gold");
            for (int i = 0; i < depth && !nots; i++) strcat(text, ")");
            expression_t *e = NULL;
            expression_fault_t fault;
            status_t st = expression_compile(text, spec, NULL, &e, &fault, NULL);
            assert_int_equal(st, depth == EXPRESSION_DEPTH ? OK : ERR_INVALID);
            if (st == OK) assert_true(members(e) == atom_set(GOLD));
            expression_free(e);
        }
}

static void long_chains_are_fine_until_10000_conditions(void **state)
{
    (void)state;
    enum { MOST = 10000 };
    char *text = malloc((MOST + 1) * 12);
    char *to = text;
    to += sprintf(to, "gold");
    for (int i = 1; i < MOST; i++) to += sprintf(to, " or gold");
    expression_t *e = NULL;
    expression_fault_t fault;
    assert_int_equal(expression_compile(text, spec, NULL, &e, &fault, NULL), OK);
    assert_true(members(e) == atom_set(GOLD));
    expression_free(e);
    strcpy(to, " or gold");
    assert_int_equal(expression_compile(text, spec, NULL, &e, &fault, NULL), ERR_INVALID);
    assert_null(e);
    free(text);
}

static void a_long_name_is_refused_and_shown_short(void **state)
{
    (void)state;
    char text[400];
    memset(text, 'x', 399);
    text[399] = '\0';
    expression_t *e;
    expression_fault_t fault;
    assert_int_equal(expression_compile(text, spec, NULL, &e, &fault, NULL), ERR_INVALID);
    assert_non_null(strstr(fault.text, "at most 127 bytes"));
    assert_int_equal(fault.length, 399);
    text[100] = '\0';
    assert_int_equal(expression_compile(text, spec, NULL, &e, &fault, NULL), ERR_INVALID);
    assert_non_null(strstr(fault.text, "xxx...'"));
}

/* ---- What is asked ----------------------------------------------------------------------------- */

static void a_program_tells_what_it_asks(void **state)
{
    (void)state;
    enum { T = 1, P = 2, C = 4 }; /* traits, platforms, customers */
    static const struct {
        const char *text;
        uint32_t attributes;
        int other;
    } claims[] = {
        {"everyone", 0, 0},
        {"age 18-34", 1 << AGE, 0},
        {"age >= 0", 0, 0},  /* everybody answers alike */
        {"age 18-90", 0, 0}, /* the youngest and the oldest there are */
        {"age 19-90", 1 << AGE, 0},
        {"region West or education college", 1 << REGION | 1 << EDUCATION, 0},
        {"region in [West, north_east]", 0, 0},
        {"not (age 55+ and region West)", 1 << AGE | 1 << REGION, 0},
        {"interest yoga", 0, T},
        {"behaviour frequent_buyer or gold", 0, T},
        {"uses alpha and customers", 0, P | C},
        {"age 18-34 and (interest yoga or uses alpha) and not customers", 1 << AGE, T | P | C},
        {"not everyone and age 18-34 and interest yoga", 0, 0}, /* never asked */
        {"everyone or interest yoga", 0, 0},
    };
    for (size_t k = 0; k < sizeof claims / sizeof *claims; k++) {
        expression_t *e;
        expression_fault_t fault;
        if (expression_compile(claims[k].text, spec, NULL, &e, &fault, NULL) != OK)
            fail_msg("%s: %s", claims[k].text, fault.text);
        expression_asks_t asks = expression_asks(e, spec);
        int other = (asks.traits ? T : 0) | (asks.platforms ? P : 0) | (asks.customers ? C : 0);
        if (asks.attributes != claims[k].attributes || other != claims[k].other)
            fail_msg("%s: attributes %x, other %x", claims[k].text, (unsigned)asks.attributes,
                     (unsigned)other);
        expression_free(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_expressions_agree_with_their_truth_tables),
        cmocka_unit_test(and_binds_tighter_than_or_and_not_tighter_than_both),
        cmocka_unit_test(ages_are_compared_in_every_way_of_writing),
        cmocka_unit_test(names_agree_whatever_their_case_and_their_joints),
        cmocka_unit_test(lists_are_unions),
        cmocka_unit_test(everyone_is_everyone),
        cmocka_unit_test(levels_may_hold_signs),
        cmocka_unit_test(nobody_is_a_customer_of_a_population_without_customers),
        cmocka_unit_test(audiences_are_built_from_audiences),
        cmocka_unit_test(excluding_takes_away),
        cmocka_unit_test(doubling_audiences_are_refused_in_time),
        cmocka_unit_test(a_fault_points_at_the_word_and_suggests),
        cmocka_unit_test(other_audiences_are_suggested),
        cmocka_unit_test(what_the_population_lacks_is_said),
        cmocka_unit_test(nesting_ends_at_64),
        cmocka_unit_test(long_chains_are_fine_until_10000_conditions),
        cmocka_unit_test(a_long_name_is_refused_and_shown_short),
        cmocka_unit_test(a_program_tells_what_it_asks),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
