/* test_rfm.c -- ranks, ties, cells and names, on customers a hand can follow. */
#include "models/segmentation/rfm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { TEN = 10 };
static const double ten_days[TEN] = {90, 80, 70, 60, 50, 40, 30, 20, 10, 0};
static const double ten_orders[TEN] = {1, 1, 1, 1, 2, 2, 3, 4, 5, 9};
static const double ten_money[TEN] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100};

static void fifths_where_values_differ(void **state)
{
    (void)state;
    rfm_t s[TEN];
    rfm_data_t d = {TEN, ten_days, ten_orders, ten_money, NULL};
    assert_int_equal(rfm_rank(&d, s, NULL), OK);
    for (int i = 0; i < TEN; i++) {
        assert_int_equal(s[i].monetary, 1 + i / 2);
        assert_int_equal(s[i].recency, 1 + i / 2); /* the latest buyer has 5 */
    }
}

/* Four with 1 order: ranks 1..4, average 2.5, 1 + floor(5 * 2 / 10) = 2. Two with 2: average rank 5.5,
 * 1 + floor(2.5) = 3. Then 7: 1 + floor(3.25) = 4; 8: 4; 9: 5; 10: 5. */
static void equals_share_the_score_of_their_average_rank(void **state)
{
    (void)state;
    const uint8_t expected[TEN] = {2, 2, 2, 2, 3, 3, 4, 4, 5, 5};
    rfm_t s[TEN];
    rfm_data_t d = {TEN, ten_days, ten_orders, ten_money, NULL};
    assert_int_equal(rfm_rank(&d, s, NULL), OK);
    for (int i = 0; i < TEN; i++) assert_int_equal(s[i].frequency, expected[i]);
}

static void a_weight_is_so_many_customers(void **state)
{
    (void)state;
    const double days[] = {5, 4, 3, 2}, orders[] = {1, 2, 3, 4}, money[] = {1, 2, 3, 4};
    const double weight[] = {4, 1, 1, 4};
    double days_each[TEN], orders_each[TEN], money_each[TEN];
    int of[TEN] = {0, 0, 0, 0, 1, 2, 3, 3, 3, 3};
    for (int i = 0; i < TEN; i++) {
        days_each[i] = days[of[i]];
        orders_each[i] = orders[of[i]];
        money_each[i] = money[of[i]];
    }
    rfm_t few[4], all[TEN];
    assert_int_equal(rfm_rank(&(rfm_data_t){4, days, orders, money, weight}, few, NULL), OK);
    assert_int_equal(
        rfm_rank(&(rfm_data_t){TEN, days_each, orders_each, money_each, NULL}, all, NULL), OK);
    for (int i = 0; i < TEN; i++) assert_memory_equal(&all[i], &few[of[i]], sizeof(rfm_t));
    assert_int_equal(few[0].monetary, 2); /* middle of the first four tenths */
    assert_int_equal(few[1].monetary, 3); /* .45 of the weight */
}

static void who_never_bought_has_no_scores(void **state)
{
    (void)state;
    const double days[] = {NAN, 4, 3}, orders[] = {0, 2, 3}, money[] = {0, 2, 3};
    rfm_t s[3];
    assert_int_equal(rfm_rank(&(rfm_data_t){3, days, orders, money, NULL}, s, NULL), OK);
    assert_true(s[0].recency == 0 && s[0].frequency == 0 && s[0].monetary == 0);
    assert_int_equal(rfm_cell(s[0]), -1);
    assert_int_equal(rfm_segment(s[0]), -1);
    /* The two others are ranked among themselves: middles 1/4 and 3/4. */
    assert_true(s[1].frequency == 2 && s[2].frequency == 4);
}

static void doubling_the_money_moves_nobody(void **state)
{
    (void)state;
    double money[TEN];
    rfm_t before[TEN], after[TEN];
    for (int i = 0; i < TEN; i++) money[i] = 2 * ten_money[i];
    rfm_rank(&(rfm_data_t){TEN, ten_days, ten_orders, ten_money, NULL}, before, NULL);
    rfm_rank(&(rfm_data_t){TEN, ten_days, ten_orders, money, NULL}, after, NULL);
    assert_memory_equal(before, after, sizeof before);
}

static void cells_are_125(void **state)
{
    (void)state;
    for (int cell = 0; cell < RFM_CELLS; cell++)
        assert_int_equal(rfm_cell(rfm_of_cell(cell)), cell);
    assert_int_equal(rfm_cell((rfm_t){1, 1, 1}), 0);
    assert_int_equal(rfm_cell((rfm_t){5, 5, 5}), 124);
}

static int names_of(rfm_t s)
{
    int n = 0;
    for (int k = 0; k < RFM_SEGMENTS; k++) {
        const rfm_segment_t *g = &rfm_segments[k];
        n += s.recency >= g->recency_low && s.recency <= g->recency_high &&
             s.frequency >= g->frequency_low && s.frequency <= g->frequency_high &&
             s.monetary >= g->monetary_low && s.monetary <= g->monetary_high;
    }
    return n;
}

static void every_cell_has_one_name(void **state)
{
    (void)state;
    int met[RFM_SEGMENTS] = {0};
    for (int cell = 0; cell < RFM_CELLS; cell++) {
        assert_int_equal(names_of(rfm_of_cell(cell)), 1);
        met[rfm_segment(rfm_of_cell(cell))]++;
    }
    for (int k = 0; k < RFM_SEGMENTS; k++) assert_true(met[k] > 0);
}

static const char *name_of(uint8_t r, uint8_t f)
{
    return rfm_segments[rfm_segment((rfm_t){r, f, 3})].name;
}

static void the_names_are_those_of_the_field(void **state)
{
    (void)state;
    assert_string_equal(name_of(5, 5), "champions");
    assert_string_equal(name_of(3, 4), "loyal");
    assert_string_equal(name_of(5, 1), "new");
    assert_string_equal(name_of(4, 1), "promising");
    assert_string_equal(name_of(2, 5), "can't lose");
    assert_string_equal(name_of(1, 3), "at risk");
    assert_string_equal(name_of(1, 1), "hibernating");
    assert_string_equal(name_of(3, 3), "need attention");
}

static void equals_are_listed_by_their_number(void **state)
{
    (void)state;
    const rfm_t s[] = {{1, 1, 1}, {5, 4, 5}, {0, 0, 0}, {5, 5, 4}, {5, 4, 5}};
    const uint32_t expected[] = {3, 1, 4, 0, 2};
    uint32_t order[5];
    assert_int_equal(rfm_order(s, 5, order, NULL), OK);
    assert_memory_equal(order, expected, sizeof order);
}

/* Customer 0: 10 on day 1.2, 30 on day 1.9 (the same day), 5 on day 8, a refund of 5 on day 9.
 * Customer 1: nothing. Customer 2: a refund alone. */
static void histories_follow_the_till(void **state)
{
    (void)state;
    const transaction_t t[] = {{0, 8, 5}, {0, 1.9, 30}, {2, 3, -7}, {0, 1.2, 10}, {0, 9, -5}};
    history_t h[3];
    assert_int_equal(rfm_histories(t, 5, h, 3, NULL), OK);
    assert_true(h[0].orders == 3 && h[0].days == 2);
    assert_true(h[0].first_day == 1.2 && h[0].last_day == 8);
    assert_true(h[0].total == 40 && h[0].repeat_total == 5);
    assert_true(h[1].orders == 0 && isnan(h[1].last_day) && h[1].total == 0);
    assert_true(h[2].orders == 0 && h[2].total == -7);
}

static void the_order_of_lines_does_not_matter(void **state)
{
    (void)state;
    transaction_t t[60], back[60];
    history_t h[7], g[7];
    for (uint32_t i = 0; i < 60; i++) t[i] = (transaction_t){i % 7, i * 13 % 30, i % 11};
    for (int i = 0; i < 60; i++) back[59 - i] = t[i];
    rfm_histories(t, 60, h, 7, NULL);
    rfm_histories(back, 60, g, 7, NULL);
    for (int k = 0; k < 7; k++)
        assert_true(h[k].orders == g[k].orders && h[k].days == g[k].days &&
                    h[k].total == g[k].total && h[k].last_day == g[k].last_day);
}

static void refused(const rfm_data_t *d, const char *why)
{
    rfm_t s[4];
    error_t err = {""};
    assert_int_equal(rfm_rank(d, s, &err), ERR_INVALID);
    assert_string_equal(err.text, why);
}

static void what_cannot_be_ranked_is_named(void **state)
{
    (void)state;
    const double fine[] = {1, 2, 3}, negative[] = {1, -2, 3}, missing[] = {1, 2, NAN};
    const double zero[] = {0, 0, 0};
    refused(&(rfm_data_t){3, negative, fine, fine, NULL},
            "customer 2: its recency is not a number of days, 0 or more");
    refused(&(rfm_data_t){3, fine, negative, fine, NULL},
            "customer 2: its frequency is not a number of orders");
    refused(&(rfm_data_t){3, fine, fine, missing, NULL},
            "customer 3: its monetary value is not a number");
    refused(&(rfm_data_t){3, fine, fine, fine, zero}, "customer 1: its weight is not above 0");
    refused(&(rfm_data_t){3, fine, zero, fine, NULL}, "none of 3 customers ever bought");
    const transaction_t t[] = {{0, 1, 2}, {1, 1, NAN}, {9, 1, 2}};
    history_t h[2];
    error_t err;
    assert_int_equal(rfm_histories(t + 1, 1, h, 2, &err), ERR_INVALID);
    assert_string_equal(err.text, "transaction 1: its amount is not a number");
    assert_int_equal(rfm_histories(t + 2, 1, h, 2, &err), ERR_INVALID);
    assert_string_equal(err.text, "transaction 1: there is no customer 9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fifths_where_values_differ),
        cmocka_unit_test(equals_share_the_score_of_their_average_rank),
        cmocka_unit_test(a_weight_is_so_many_customers),
        cmocka_unit_test(who_never_bought_has_no_scores),
        cmocka_unit_test(doubling_the_money_moves_nobody),
        cmocka_unit_test(cells_are_125),
        cmocka_unit_test(every_cell_has_one_name),
        cmocka_unit_test(the_names_are_those_of_the_field),
        cmocka_unit_test(equals_are_listed_by_their_number),
        cmocka_unit_test(histories_follow_the_till),
        cmocka_unit_test(the_order_of_lines_does_not_matter),
        cmocka_unit_test(what_cannot_be_ranked_is_named),
    };
    return cmocka_run_group_tests_name("rfm", tests, NULL, NULL);
}
