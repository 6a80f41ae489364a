/* test_profiles.c -- shares, means, indices and names of segments, on people a hand can follow. */
#include "models/segmentation/profiles.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Ten people; segment 0: the first four, 1: the next four, the last two in none. */
enum { TEN = 10 };
static const int segment[TEN] = {0, 0, 0, 0, 1, 1, 1, 1, -1, 9};
static const uint8_t age[TEN] = {20, 22, 30, 23, 50, 60, 70, 67, 40, 41};
static const uint8_t region[TEN] = {0, 0, 1, 0, 1, 1, 0, FEATURE_UNKNOWN, 1, 2};
static const uint8_t fitness[TEN] = {1, 1, 1, 0, 0, 0, 0, 1, 0, 0};
static const double spend[TEN] = {10, 20, 30, 40, 1, 2, NAN, 3, 5, 5};
static const double weight[TEN] = {2, 1, 1, 1, 1, 1, 1, 1, 1, 1};
static const char *const regions[] = {"West", "South", "East"};
static const feature_t columns[] = {
    {.kind = FEATURE_YEARS, .name = "age", .value = age},
    {.kind = FEATURE_LEVELS, .name = "region", .n_levels = 3, .level = regions, .value = region},
    {.kind = FEATURE_FLAG, .name = "fitness", .word = "interest", .value = fitness},
    {.kind = FEATURE_NUMBER, .name = "spend", .number = spend},
};
static const people_t plain = {TEN, columns, 4, NULL}, weighted = {TEN, columns, 4, weight};

static profiles_t made(const people_t *p)
{
    profiles_t out;
    assert_int_equal(profiles_init(&out, p, segment, 2, 3, NULL), OK);
    return out;
}

static int row_of(const profiles_t *p, int feature, int level)
{
    for (int r = 0; r < p->n_rows; r++)
        if (p->row[r].feature == feature && p->row[r].level == level) return r;
    fail_msg("no row of feature %d, level %d", feature, level);
    return -1;
}

static int near(double x, double value)
{
    if (fabs(x - value) < 1e-12) return 1;
    print_error("%.17g, not %.17g\n", x, value);
    return 0;
}

static void shares_are_of_those_known(void **state)
{
    (void)state;
    profiles_t p = made(&plain);
    assert_true(profiles_people(&p, PROFILE_ALL) == 10 && profiles_people(&p, 0) == 4);
    int west = row_of(&p, 1, 0);
    assert_true(near(profiles_value(&p, west, PROFILE_ALL), 4.0 / 9));
    assert_true(near(profiles_value(&p, west, 0), 3.0 / 4));
    assert_true(near(profiles_value(&p, west, 1), 1.0 / 3)); /* one of four is not known */
    assert_true(near(profiles_index(&p, west, 0), 100 * 0.75 * 9 / 4));
    int fit = row_of(&p, 2, 1);
    assert_true(near(profiles_value(&p, fit, PROFILE_ALL), 0.4) &&
                near(profiles_value(&p, fit, 0), 0.75));
    assert_true(near(profiles_difference(&p, fit, 0), 0.35 / sqrt(0.24)));
    profiles_free(&p);
    profiles_free(&p);
}

static void means_are_of_those_known(void **state)
{
    (void)state;
    profiles_t p = made(&plain);
    int money = row_of(&p, 3, PROFILE_MEAN), years = row_of(&p, 0, PROFILE_MEAN);
    assert_true(near(profiles_value(&p, money, 0), 25) && near(profiles_value(&p, money, 1), 2));
    assert_true(near(profiles_value(&p, money, PROFILE_ALL), 116.0 / 9));
    assert_true(near(profiles_value(&p, years, 0), 95.0 / 4));
    assert_true(near(profiles_index(&p, money, 1), 100 * 2 / (116.0 / 9)));
    profiles_free(&p);
}

static void weights_count(void **state)
{
    (void)state;
    profiles_t p = made(&weighted);
    assert_true(profiles_people(&p, PROFILE_ALL) == 11 && profiles_people(&p, 0) == 5);
    assert_true(near(profiles_value(&p, row_of(&p, 1, 0), 0), 4.0 / 5));
    assert_true(near(profiles_value(&p, row_of(&p, 3, PROFILE_MEAN), 0), 110.0 / 5));
    profiles_free(&p);
}

static void bands_and_levels_sum_to_one(void **state)
{
    (void)state;
    profiles_t p = made(&weighted);
    for (int s = PROFILE_ALL; s < 2; s++) {
        double bands = 0, levels = 0;
        for (int b = 0; b < PROFILE_BANDS; b++) bands += profiles_value(&p, row_of(&p, 0, b), s);
        for (int l = 0; l < 3; l++) levels += profiles_value(&p, row_of(&p, 1, l), s);
        assert_true(near(bands, 1) && near(levels, 1));
    }
    profiles_free(&p);
}

static void a_segment_of_everyone_has_index_100(void **state)
{
    (void)state;
    int all[TEN] = {0};
    profiles_t p;
    assert_int_equal(profiles_init(&p, &weighted, all, 1, 3, NULL), OK);
    for (int r = 0; r < p.n_rows; r++) {
        double index = profiles_index(&p, r, 0);
        assert_true(isnan(index) || near(index, 100));
        assert_true(fabs(profiles_difference(&p, r, 0)) < 1e-12);
    }
    assert_string_equal(p.name[0], "like everyone");
    profiles_free(&p);
}

/* --- names --- */

static void names_say_what_is_particular(void **state)
{
    (void)state;
    profiles_t p = made(&plain);
    /* 0: 18-34 has .4 of all and all of it: 1.22 sd; spend (25 - 12.9) / 13.2 = .91; fitness .71;
     * West .62. 1: 45+: 1.22; spend -.83; South: .2 sd. */
    assert_string_equal(p.name[0], "18-34 \xc2\xb7 high spend \xc2\xb7 fitness");
    assert_memory_equal(p.name[1], "45+ \xc2\xb7 low spend", 16);
    profiles_free(&p);
}

/* The rarest trait has the largest index, yet hardly anyone of the segment has it. */
static void a_rare_trait_gives_no_name(void **state)
{
    (void)state;
    enum { N = 1000 };
    static uint8_t rare[N], common[N];
    static int half[N];
    for (int i = 0; i < N; i++) {
        half[i] = i % 2;
        rare[i] = i < 20 && half[i];                   /* 10 people, index 200 */
        common[i] = half[i] ? i % 10 < 8 : i % 10 < 6; /* .8 against .6: index 114 */
    }
    const feature_t f[] = {
        {.kind = FEATURE_FLAG, .name = "rare", .word = "interest", .value = rare},
        {.kind = FEATURE_FLAG, .name = "common", .word = "interest", .value = common}};
    profiles_t p;
    assert_int_equal(profiles_init(&p, &(people_t){N, f, 2, NULL}, half, 2, 1, NULL), OK);
    assert_true(profiles_index(&p, 0, 1) > profiles_index(&p, 1, 1));
    assert_string_equal(p.name[1], "common");
    profiles_free(&p);
}

static void names_are_unique(void **state)
{
    (void)state;
    /* Four segments: all four have the trait, the first two live in town; 1 and 3 differ in nothing
     * else. A fifth of other people gives them something to differ from. */
    enum { N = 100 };
    static uint8_t fit[N], town[N];
    static int of[N];
    for (int i = 0; i < N; i++) {
        of[i] = i / 20;
        fit[i] = of[i] < 4 ? 1 : 0;
        town[i] = of[i] < 2;
    }
    for (int i = 60; i < 100; i++) of[i] = i < 80 ? 3 : 4;
    const feature_t f[] = {{.kind = FEATURE_FLAG, .name = "fit", .word = "interest", .value = fit},
                           {.kind = FEATURE_FLAG, .name = "urban", .word = "", .value = town}};
    profiles_t p;
    assert_int_equal(profiles_init(&p, &(people_t){N, f, 2, NULL}, of, 5, 1, NULL), OK);
    for (int a = 0; a < 5; a++) {
        assert_true(strlen(p.name[a]) > 0);
        for (int b = 0; b < a; b++) assert_string_not_equal(p.name[a], p.name[b]);
    }
    assert_memory_equal(p.name[1], p.name[0], strlen(p.name[0])); /* the second of two alike */
    assert_non_null(strstr(p.name[1], "(2)"));
    profiles_free(&p);
}

static void rows_are_written_for_tables_and_for_names(void **state)
{
    (void)state;
    profiles_t p = made(&plain);
    static const struct {
        int feature, level;
        const char *full, *brief;
    } expected[] = {
        {0, 2, "age 25-34", "25-34"},           {0, 6, "age 65+", "65+"},
        {0, PROFILE_MEAN, "age (mean)", "age"}, {1, 1, "region South", "South"},
        {2, 1, "interest fitness", "fitness"},  {3, PROFILE_MEAN, "spend (mean)", "spend"}};
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        char text[64];
        int row = row_of(&p, expected[k].feature, expected[k].level);
        profiles_row_write(&p, &plain, row, false, text, sizeof text);
        assert_string_equal(text, expected[k].full);
        profiles_row_write(&p, &plain, row, true, text, sizeof text);
        assert_string_equal(text, expected[k].brief);
    }
    profiles_free(&p);
}

/* Two attributes that say the same of the same people, and one that says it less. */
static void a_name_says_each_word_once(void **state)
{
    (void)state;
    enum { MANY = 12 };
    static const char *const kinds[] = {"office_work", "not_working"};
    static const uint8_t work[MANY] = {1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0},
                         trade[MANY] = {1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0},
                         gaming[MANY] = {1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0};
    static const int of[MANY] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
    const feature_t column[] = {
        {.kind = FEATURE_LEVELS, .name = "trade", .n_levels = 2, .level = kinds, .value = trade},
        {.kind = FEATURE_LEVELS, .name = "work", .n_levels = 2, .level = kinds, .value = work},
        {.kind = FEATURE_FLAG, .name = "online_gaming", .word = "interest", .value = gaming}};
    profiles_t p;
    char text[64];
    assert_int_equal(profiles_init(&p, &(people_t){MANY, column, 3, NULL}, of, 2, 3, NULL), OK);
    assert_string_equal(p.name[0], "not working \xc2\xb7 online gaming");
    profiles_row_write(&p, &(people_t){MANY, column, 3, NULL}, 3, false, text, sizeof text);
    assert_string_equal(text, "work not working");
    profiles_free(&p);
}

static void bands_are_those_of_platforms(void **state)
{
    (void)state;
    assert_int_equal(profiles_band(12), -1);
    assert_int_equal(profiles_band(13), 0);
    assert_int_equal(profiles_band(17), 0);
    assert_int_equal(profiles_band(18), 1);
    assert_int_equal(profiles_band(64), 5);
    assert_int_equal(profiles_band(120), 6);
}

static void an_empty_segment_has_no_values(void **state)
{
    (void)state;
    profiles_t p;
    assert_int_equal(profiles_init(&p, &plain, segment, 3, 3, NULL), OK);
    assert_true(profiles_people(&p, 2) == 0);
    assert_true(isnan(profiles_value(&p, 0, 2)));
    assert_string_equal(p.name[2], "nobody");
    profiles_free(&p);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    profiles_t p;
    assert_int_equal(profiles_init(&p, &plain, segment, 0, 3, NULL), ERR_INVALID);
    profiles_free(&p);
    assert_int_equal(profiles_init(&p, &plain, segment, 2, 0, NULL), ERR_INVALID);
    profiles_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_of_those_known),
        cmocka_unit_test(means_are_of_those_known),
        cmocka_unit_test(weights_count),
        cmocka_unit_test(bands_and_levels_sum_to_one),
        cmocka_unit_test(a_segment_of_everyone_has_index_100),
        cmocka_unit_test(names_say_what_is_particular),
        cmocka_unit_test(a_rare_trait_gives_no_name),
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(rows_are_written_for_tables_and_for_names),
        cmocka_unit_test(a_name_says_each_word_once),
        cmocka_unit_test(bands_are_those_of_platforms),
        cmocka_unit_test(an_empty_segment_has_no_values),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests_name("profiles", tests, NULL, NULL);
}
