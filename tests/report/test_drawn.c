/* test_drawn.c -- what figures say of tables that can be followed by hand: their findings and their rows. */
#include "sim/report/drawn.h"

#include "tests/report/folder_of.h"

#include <math.h>

/* The plot of a folder's figure, and its rows read back. */
typedef struct {
    plot_t plot;
    char text[1 << 16];
} drawing_t;

static void draw(drawing_t *d, draw_t *build)
{
    results_t *r;
    error_t err = {""};
    *d = (drawing_t){0};
    assert_int_equal(results_open(&r, made_folder, &err), OK);
    assert_int_equal(build(r, &d->plot, &err), OK);
    results_close(r);
    if (!d->plot.rows) return;
    FILE *to = tmpfile();
    assert_int_equal(plot_write(&d->plot, to, &err), OK);
    rewind(to);
    d->text[fread(d->text, 1, sizeof d->text - 1, to)] = 0;
    fclose(to);
}

static void check(drawing_t *d, draw_t *build, const char *title)
{
    draw(d, build);
    assert_string_equal(d->plot.title, title);
}

/* Is there a row of this text? */
static void has_row(const drawing_t *d, const char *row)
{
    char wanted[512];
    snprintf(wanted, sizeof wanted, "\n%s\n", row);
    if (!strstr(d->text, wanted)) print_error("no row '%s' in\n%s", row, d->text);
    assert_non_null(strstr(d->text, wanted));
}

static void end(drawing_t *d)
{
    plot_free(&d->plot);
}

static void make_run(const char *summary)
{
    make_file("timeline.csv", "day,period,ad_set,spend\n1,flight,a,0\n");
    make_file("summary.json", summary);
}

/* --- runs ------------------------------------------------------------------------------------------- */

static void fifty_dots_are_the_chance_of_the_target(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{\"target\": {\"metric\": \"roas\", \"at_least\": 1.3, \"probability\": 0.682, "
             "\"dots\": 34}}");
    check(&d, drawn_dots, "Chance to reach ROAS 1.3: 68 %, 34 of 50 futures");
    has_row(&d, "\"ROAS is less than 1.3\"\t16\t31.8");
    has_row(&d, "3\t3\t1");
    has_row(&d, "4\t3\t0"); /* the 35th */
    end(&d);
    make_run("{\"target\": null}");
    draw(&d, drawn_dots);
    assert_int_equal(d.plot.rows, 0);
    end(&d);
}

static void the_finding_is_the_widest_gap_of_spend_and_outcome(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{}");
    make_file("summary.csv", "scope,name,spend,incremental_conversions,conversions,clicks,reach\n"
                             "ad_set,a,60,10,20,,\nad_set,b,30,25,25,,\nad_set,c,10,5,5,,\n"
                             "plan,p,100,40,50,,\n");
    check(&d, drawn_shares,
          "a takes 60 % of the spend and brings 25 % of the incremental conversions");
    has_row(&d, "1\t\"b\"\t30\t62.5\t\"30 %\"\t\"62 %\"");
    end(&d);
    check(&d, drawn_credit, "a is credited 100 % more than it causes: 20.0, not 10.0");
    has_row(&d, "1\t\"b\"\t25\t25\t\"25.0\"\t\"25.0\"");
    end(&d);
    make_file("summary.csv", "scope,name,spend,incremental_conversions,conversions,clicks,reach\n"
                             "ad_set,a,60,0,0,6,\nad_set,b,40,0,0,14,\n");
    check(&d, drawn_shares, "a takes 60 % of the spend and brings 30 % of the clicks");
    end(&d);
    draw(&d, drawn_credit);
    assert_int_equal(d.plot.rows, 0);
    end(&d);
}

static void a_funnel_is_of_the_result_most_is_spent_on(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{}");
    make_file("funnel.csv",
              "scope,name,impressions,views,clicks,visits,results,spend,cost_per_result\n"
              "ad_set,a,9,9,9,9,9,900,1\n"
              "result,leads,100,70,10,8,4,50,12.5\n"
              "result,purchases,1000,700,50,40,0,60,\n");
    check(&d, drawn_funnel, "1,000 impressions end in no purchases");
    has_row(&d, "2\t\"clicks\"\t50\t7.142857143\t\"50.0  (7.1 %)\"");
    end(&d);
    make_file("funnel.csv",
              "scope,name,impressions,views,clicks,visits,results,spend,cost_per_result\n"
              "result,link clicks,1000,700,50,50,50,60,1.2\n");
    check(&d, drawn_funnel, "One of 20.0 impressions ends in link clicks, for 1.20 each");
    assert_int_equal(d.plot.rows, 4); /* clicks are the result */
    end(&d);
}

static void half_the_reach_is_there_on_a_day(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{}");
    make_file("reach_curve.csv",
              "scope,name,day,date,reach,reach_2,reach_3,reach_5,reach_10\n"
              "ad_set,a,1,,900,,,,\nplan,p,1,,400,0,0,0,0\nplan,p,2,,700,100,0,0,0\n"
              "plan,p,3,,1000,250,50,0,0\n");
    check(&d, drawn_reach,
          "1,000 people are reached, half of them by day 2; 25 % see two impressions or more");
    assert_int_equal(d.plot.rows, 4); /* the days, and before the first */
    has_row(&d, "2\t700\t100\t0\t0\t0");
    end(&d);
}

static void frequencies_are_the_plans(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{}");
    make_file("frequency.csv", "scope,name,impressions_from,impressions_to,people\n"
                               "ad_set,a,1,1,7\nplan,p,1,1,60\nplan,p,4,4,30\nplan,p,15,15,4\n"
                               "plan,p,21,,6\n");
    make_file("delivery.csv",
              "ad_set,cap_impressions,cap_days\na,3,7\nb,,\nc,3,7\nd,2,1\ne,40,7\n");
    check(&d, drawn_frequency,
          "60 % of the people reached see one impression, 40 % see four or more");
    has_row(&d, "10\t\"10+\"\t10\t10\t\"10 %\"");
    has_row(&d, "2\t0\t\"cap 2 in 1 days: d\"");
    has_row(&d, "3\t1\t\"cap 3 in 7 days: a and 1 more\"");
    end(&d);
}

static void an_index_is_of_impressions_against_people(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{}");
    make_file("segments.csv", "ad_set,age,sex,region,people,impressions\n"
                              "a,18-34,male,North,100,30\na,18-34,female,North,100,30\n"
                              "a,35+,male,North,100,10\nb,35+,female,North,100,30\n");
    check(&d, drawn_segments, "60 % of the impressions go to 18-34 in North, index 120");
    has_row(&d, "1\t0\t\"35+\"\t\"North\"\t40\t80\t0\t\"40 %\"\t\"80\"");
    end(&d);
}

static void the_largest_overlap_is_told(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{}");
    make_file("overlap.csv", "ad_set_a,ad_set_b,people,share_of_a,share_of_b\n"
                             "a,b,1,0.1,0.4\na,c,1,0.2,0.001\nb,c,0,0,0\n");
    check(&d, drawn_overlap, "40 % of the people that b reaches see a too, the largest overlap");
    has_row(&d, "0\t2\t\"c\"\t\"a\"\t0.1\t0.001\t\"<1\"");
    has_row(&d, "1\t1\t\"b\"\t\"b\"\tNaN\t-1\t\"\"");
    end(&d);
}

static void a_calendar_has_days_then_weeks(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{}");
    make_file("timeline.csv",
              "day,period,ad_set,spend\n1,flight,a,10\n1,flight,b,0\n2,flight,a,30\n"
              "2,flight,b,20\n3,run-off,a,99\n,later,a,99\n");
    check(&d, drawn_calendar,
          "17 % of the 60.00 are spent in the first half; most on day 2: 50.00");
    has_row(&d, "1\t\"b\"\t20\t2\t2\t20\t\"20.00\"");
    end(&d);
    make_file("timeline.csv", "day,period,ad_set,spend\n1,flight,a,10\n99,flight,a,30\n");
    check(&d, drawn_calendar,
          "25 % of the 40.00 are spent in the first half; most on week 15: 30.00");
    end(&d);
}

static void a_doubt_is_the_wider_the_higher_it_stands(void **state)
{
    (void)state;
    drawing_t d;
    make_file("sensitivity.csv",
              "metric,key,origin,low,high,at_low,base,at_high\n"
              "iroas,narrow,given,1,2,5.0,5.5,6.0\niroas,wide,assumption,1,2,8,5.5,4\n"
              "iroas,none,given,1,2,,5.5,\nroas,other,given,1,2,0,5,99\n");
    check(&d, drawn_tornado, "iROAS hangs most on wide: from 4.00 to 8.00");
    assert_int_equal(d.plot.rows, 2);
    has_row(&d, "0\t\"wide\"\t\"1\"\t\"2\"\t8\t4\t\"assumption\"\t\"8.00\"\t\"4.00\"");
    has_row(&d, "5.5"); /* the base */
    end(&d);
}

/* The columns of a run, which sorts its own replications. */
static void a_run_has_doubts_too(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{\"totals\": {\"roas\": {\"mean\": 1.5}}}");
    make_file("sensitivity.csv",
              "metric,key,low,high,metric_low,metric_high\nroas,cvr,1,2,1.2,1.9\n");
    check(&d, drawn_tornado, "ROAS hangs most on cvr: from 1.20 to 1.90");
    has_row(&d, "1.5");
    end(&d);
}

/* --- comparisons ------------------------------------------------------------------------------------- */

static void make_comparison(const char *leader)
{
    char text[512];
    snprintf(text, sizeof text,
             "{\"metric\": \"iroas\", \"leader\": \"%s\", \"finding\": \"It is best.\\nMore.\", "
             "\"plans\": [{\"name\": \"old\"}, {\"name\": \"new\"}]}",
             leader);
    make_file("summary.json", text);
    make_file("comparison.csv", "metric,a,b,difference,difference_lo,difference_hi,p_a_better\n"
                                "roas,old,new,9,9,9,9\niroas,old,new,-2,-3,-0.5,0.1\n");
    make_file("plans.csv", "plan,scope,name,incremental_revenue\n"
                           "old,ad_set,a,10\nold,ad_set,b,20\nold,plan,p,29\n"
                           "new,ad_set,a,4\nnew,ad_set,c,40\nnew,plan,p,44\n");
}

static void a_difference_is_the_other_less_the_leader(void **state)
{
    (void)state;
    drawing_t d;
    make_comparison("new");
    check(&d, drawn_difference, "It is best");
    has_row(&d, "0\t\"old\"\t-2\t-3\t-0.5\t10\t\"-2, better in 10 %\"");
    end(&d);
    make_comparison("old"); /* the pair stands the other way round */
    draw(&d, drawn_difference);
    has_row(&d, "0\t\"new\"\t2\t0.5\t3\t90\t\"+2, better in 90 %\"");
    end(&d);
}

/* 29 to 44: a -6, b -20 (gone), c +40 (new), and 1 that the plan does not count twice. */
static void a_waterfall_ends_where_the_other_plan_stands(void **state)
{
    (void)state;
    drawing_t d;
    make_comparison("new");
    check(&d, drawn_waterfall,
          "From old to new: +15.0 incremental revenue; most of it by c, +40.0");
    has_row(&d, "0\t\"old\"\t29\t0\t29\t0\t\"29.0\"");
    has_row(&d, "1\t\"a\"\t-6\t29\t23\t-1\t\"-6.00\"");
    has_row(&d, "2\t\"b\"\t-20\t23\t3\t-1\t\"-20.0\"");
    has_row(&d, "3\t\"c\"\t40\t3\t43\t1\t\"+40.0\"");
    has_row(&d, "4\t\"counted in several\"\t1\t43\t44\t1\t\"+1.00\"");
    has_row(&d, "5\t\"new\"\t44\t0\t44\t0\t\"44.0\"");
    end(&d);
}

/* --- allocations -------------------------------------------------------------------------------------- */

static void make_allocation(void)
{
    make_file("summary.json",
              "{\"objective\": \"max_value\", \"response\": 33, \"lambda\": 0.5, "
              "\"base\": {\"response\": 30}, \"certainty\": {\"sure_budget\": null}}");
    make_file("allocation.csv", "cell,base_spend,spend,base_response,response,marginal,limited_by\n"
                                "a,10,30,5,12,0.5,budget\nb,30,10,25,21,0.7,min\n");
    make_file("curves.csv", "cell,spend,response\na,0,0\na,20,10\na,40,14\nb,0,0\nb,40,30\n");
    make_file("frontier.csv",
              "budget,response,response_lo,response_hi\n20,20,15,24\n40,33,30,38\n");
}

static void a_split_says_what_to_move(void **state)
{
    (void)state;
    drawing_t d;
    make_allocation();
    check(&d, drawn_change, "Move 20.00 into a: +10.0 % value");
    has_row(&d, "1\t\"b\"\t30\t10\t-20\t\"-20.00\"");
    end(&d);
    check(&d, drawn_next_dollar, "The next dollar brings most in b, 0.70 value; least in a, 0.50");
    has_row(&d, "0.5"); /* the line */
    end(&d);
    check(&d, drawn_ladder, "20.00 brings 20.0 value; 40.00 brings 33.0");
    has_row(&d, "1\t40\t33\t30\t38\t\"40.00\"\t\"33.0\"");
    end(&d);
}

/* Now and best stand on the curve: a at 30 is half way between 10 and 14. */
static void marks_stand_on_the_curve(void **state)
{
    (void)state;
    drawing_t d;
    make_allocation();
    check(&d, drawn_response, "a is best at 30.00, now 10.00: there the next dollar brings 0.50");
    has_row(&d, "0\t0\t10\t5");
    has_row(&d, "0\t1\t30\t12");
    has_row(&d, "1\t1\t10\t7.5");
    end(&d);
}

/* Two curves end at 100, the top: their names may not stand on each other, nor beyond the axis. */
static void names_of_curves_keep_apart_and_below_the_top(void **state)
{
    (void)state;
    drawing_t d;
    make_allocation();
    make_file("curves.csv", "cell,spend,response\na,0,0\na,20,100\nb,0,0\nb,40,100\n");
    draw(&d, drawn_response);
    has_row(&d, "0\t20\t100\t93.75\t\"a\"\t1"); /* a sixteenth lower */
    has_row(&d, "1\t40\t100\t100\t\"b\"\t1");
    end(&d);
}

static void of_many_cells_the_dearest_are_drawn(void **state)
{
    (void)state;
    drawing_t d;
    char cells[4096] = "cell,base_spend,spend,base_response,response,marginal\n",
         curves[4096] = "cell,spend,response\n", row[64];
    for (int k = 0; k < 30; k++) {
        snprintf(row, sizeof row, "c%d,1,%d,1,1,1\n", k, (k * 7) % 30);
        strcat(cells, row);
        snprintf(row, sizeof row, "c%d,0,0\nc%d,40,%d\n", k, k, k + 1);
        strcat(curves, row);
    }
    make_allocation();
    make_file("allocation.csv", cells);
    make_file("curves.csv", curves);
    draw(&d, drawn_response);
    assert_non_null(strstr(d.plot.note, "the 8 of 30 with most money"));
    for (int k = 0; k < 30; k++) {
        snprintf(row, sizeof row, "%d\t1\t%d\t", k, (k * 7) % 30);
        bool drawn = strstr(d.text, row) != NULL;
        assert_int_equal(drawn, (k * 7) % 30 >= 22);
    }
    end(&d);
}

static void a_run_has_curves_of_its_own(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{\"currency\": \"EUR\"}");
    make_file("response_curve.csv",
              "changed,multiple,budget,scope,name,spend,incremental_revenue,marginal_roas\n"
              "a,0.5,50,ad_set,a,50,60,\na,0.5,60,plan,p,60,78,\n"
              "a,1,100,ad_set,a,100,90,0.4\na,1,110,plan,p,110,108,\n"
              "b,0.5,5,ad_set,b,5,10,\nb,0.5,105,plan,p,105,100,\n"
              "b,1,10,ad_set,b,10,18,1.4\nb,1,110,plan,p,110,108,\n");
    check(&d, drawn_next_dollar,
          "The next EUR brings most in b, 1.40 incremental revenue; least in a, 0.40");
    assert_int_equal(d.plot.rows, 2);
    assert_string_equal(d.plot.note, "Incremental revenue of the next EUR, at the spend now");
    end(&d);
    check(&d, drawn_response, "b has the steepest curve now: at 10.00 the next EUR brings 1.40");
    assert_int_equal(d.plot.rows, 4);
    has_row(&d, "0\t0\t100\t90");
    end(&d);
}

/* Costs are 1.2 of the spend and half of the revenue is margin: 2.40 must come back of a unit of money. */
static void the_next_money_of_a_run_is_held_against_what_it_must_bring(void **state)
{
    (void)state;
    drawing_t d;
    make_run("{\"currency\": \"EUR\", \"ad_sets\": [{\"name\": \"a\", \"spend\": {\"mean\": 100}, "
             "\"costs\": {\"mean\": 120}, \"gross_profit\": {\"mean\": 90}, "
             "\"incremental_revenue\": {\"mean\": 180}, "
             "\"iroas\": {\"mean\": 1.8, \"lo\": 1.7, \"hi\": 1.9}}]}");
    make_file("response_curve.csv",
              "changed,multiple,budget,scope,name,spend,incremental_revenue,marginal_roas\n"
              "a,1,100,ad_set,a,100,180,1.4\n");
    check(&d, drawn_next_dollar, "The next EUR brings 1.40 incremental revenue");
    assert_string_equal(d.plot.note,
                        "At the spend now; the line is where it earns itself back: 2.40");
    has_row(&d, "2.4");
    end(&d);
}

/* --- batches ------------------------------------------------------------------------------------------ */

static void a_batch_is_a_map_and_a_table(void **state)
{
    (void)state;
    drawing_t d;
    make_file("manifest.json", "{}");
    make_file(
        "results.csv",
        "param_budget,param_cap,param_seed,point,scope,name,spend,incremental_conversions,iroas\n"
        "10,3,1,1,plan,p,10,4,2\n10,3,1,1,ad_set,a,10,4,99\n10,3,2,2,plan,p,10,6,4\n"
        "9,3,1,3,plan,p,9,7,5\n10,2,1,4,plan,p,20,8,1\n9,2,1,5,plan,p,20,3,0.5\n");
    check(&d, drawn_plans,
          "Of 5 points 2 are not beaten by a cheaper one; point 4 brings most, 8.00 "
          "incremental conversions for 20.00");
    has_row(&d, "3\t\"p\"\t9\t7\t1");
    has_row(&d, "5\t\"p\"\t20\t3\t0");
    end(&d);
    check(&d, drawn_sweep, "iROAS is highest, 5.00, at budget 9 and cap 3");
    has_row(&d, "1\t1\t\"10\"\t\"3\"\t3\t\"3.00\""); /* the mean of two seeds; values ascend */
    has_row(&d, "0\t0\t\"9\"\t\"2\"\t0.5\t\"0.50\"");
    end(&d);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(fifty_dots_are_the_chance_of_the_target),
        IN_A_FOLDER(the_finding_is_the_widest_gap_of_spend_and_outcome),
        IN_A_FOLDER(a_funnel_is_of_the_result_most_is_spent_on),
        IN_A_FOLDER(half_the_reach_is_there_on_a_day),
        IN_A_FOLDER(frequencies_are_the_plans),
        IN_A_FOLDER(an_index_is_of_impressions_against_people),
        IN_A_FOLDER(the_largest_overlap_is_told),
        IN_A_FOLDER(a_calendar_has_days_then_weeks),
        IN_A_FOLDER(a_doubt_is_the_wider_the_higher_it_stands),
        IN_A_FOLDER(a_run_has_doubts_too),
        IN_A_FOLDER(a_difference_is_the_other_less_the_leader),
        IN_A_FOLDER(a_waterfall_ends_where_the_other_plan_stands),
        IN_A_FOLDER(a_split_says_what_to_move),
        IN_A_FOLDER(marks_stand_on_the_curve),
        IN_A_FOLDER(names_of_curves_keep_apart_and_below_the_top),
        IN_A_FOLDER(of_many_cells_the_dearest_are_drawn),
        IN_A_FOLDER(a_run_has_curves_of_its_own),
        IN_A_FOLDER(the_next_money_of_a_run_is_held_against_what_it_must_bring),
        IN_A_FOLDER(a_batch_is_a_map_and_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
