/* test_results.c -- result folders read back, whole and damaged ones; figures' data read back as pictures. */
#include "sim/report/pictures.h"
#include "sim/report/plot.h"
#include "sim/report/results.h"

#include "tests/report/folder_of.h"

#include <math.h>

static results_t *opened(void)
{
    results_t *r;
    error_t err = {""};
    assert_int_equal(results_open(&r, made_folder, &err), OK);
    return r;
}

/* --- kinds and summaries -------------------------------------------------------------------------- */

static void a_folder_is_of_the_kind_whose_file_it_has(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        results_kind_t kind;
    } kinds[] = {{"sensitivity.csv", RESULTS_SENSITIVITY}, {"timeline.csv", RESULTS_RUN},
                 {"profile.csv", RESULTS_SEGMENTS},        {"composition.csv", RESULTS_AUDIENCE},
                 {"manifest.json", RESULTS_BATCH},         {"allocation.csv", RESULTS_ALLOCATION},
                 {"comparison.csv", RESULTS_COMPARISON}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) { /* the later is the more special */
        make_file(kinds[i].file, "{}\n");
        results_t *r = opened();
        assert_int_equal(results_kind(r), kinds[i].kind);
        results_close(r);
    }
}

static void a_folder_of_nothing_is_told(void **state)
{
    (void)state;
    results_t *r;
    error_t err = {""};
    assert_int_equal(results_open(&r, made_folder, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "holds no results"));
    assert_null(r);
    assert_int_equal(results_open(&r, made("nowhere"), &err), ERR_UNREADABLE);
    assert_non_null(strstr(err.text, "there is no folder"));
}

static void a_damaged_summary_is_told_with_its_line(void **state)
{
    (void)state;
    results_t *r;
    error_t err = {""};
    make_file("timeline.csv", "day\n1\n");
    make_file("summary.json", "{\n\"a\": 1,\n\"b\" 2}\n");
    assert_int_equal(results_open(&r, made_folder, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "summary.json:3: "));
    make_file("summary.json", "[1]\n");
    assert_int_equal(results_open(&r, made_folder, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "must be an object"));
}

static void a_value_of_the_summary_is_found_by_its_path(void **state)
{
    (void)state;
    make_file("timeline.csv", "day\n1\n");
    make_file("summary.json", "{\"totals\": {\"roas\": {\"mean\": 1.5}}, \"scenario\": \"s\"}");
    results_t *r = opened();
    assert_true(results_number(r, "totals.roas.mean") == 1.5);
    assert_string_equal(results_text(r, "scenario"), "s");
    assert_true(isnan(results_number(r, "totals.roas.lo")) && isnan(results_number(r, "scenario")));
    assert_string_equal(results_text(r, "totals"), "");
    results_close(r);
}

/* --- tables --------------------------------------------------------------------------------------- */

static void a_table_says_what_its_file_says(void **state)
{
    (void)state;
    const result_table_t *t, *again;
    error_t err = {""};
    make_file("timeline.csv",
              "day,ad_set,spend\n1,\"one, \"\"two\"\"\",2.5\n2,\"a\nb\",\n3,nan,inf\n");
    results_t *r = opened();
    assert_int_equal(results_table(r, "timeline.csv", &t, &err), OK);
    assert_int_equal(t->rows, 3);
    assert_int_equal(t->columns, 3);
    assert_string_equal(result_text_of(t, 0, "ad_set"), "one, \"two\"");
    assert_true(result_number_of(t, 0, "spend") == 2.5);
    assert_string_equal(result_text_of(t, 1, "ad_set"), "a\nb");
    assert_true(isnan(result_number_of(t, 1, "spend"))); /* an empty field is unknown */
    assert_true(isnan(result_number_of(t, 2, "spend")) && isnan(result_number_of(t, 2, "ad_set")));
    assert_int_equal(t->line[2], 5); /* the second row takes two lines */
    assert_int_equal(result_column(t, "clicks"), -1);
    assert_string_equal(result_text_of(t, 0, "clicks"), "");
    assert_int_equal(result_find(t, 1, "day", "2"), 1);
    assert_int_equal(result_find(t, 2, "day", "2"), 3);
    assert_int_equal(results_table(r, "overlap.csv", &again, &err), OK); /* it has none */
    assert_int_equal(again->rows + again->columns, 0);
    assert_int_equal(results_table(r, "timeline.csv", &again, &err), OK);
    assert_ptr_equal(t, again); /* read once, and where it was */
    results_close(r);
}

static void a_table_without_rows_is_fine(void **state)
{
    (void)state;
    const result_table_t *t;
    error_t err = {""};
    make_file("timeline.csv", "day,ad_set\n");
    results_t *r = opened();
    assert_int_equal(results_table(r, "timeline.csv", &t, &err), OK);
    assert_int_equal(t->rows, 0);
    assert_int_equal(t->columns, 2);
    results_close(r);
}

static void a_damaged_table_is_told_with_its_line(void **state)
{
    (void)state;
    const result_table_t *t;
    error_t err = {""};
    static const struct {
        const char *text, *told;
    } damaged[] = {{"a,b\n1,2\n3\n", "timeline.csv:3:"},
                   {"a,b\n1,\"2\n3,4\n", "timeline.csv:2:"},
                   {"", "timeline.csv"},
                   {"a,a\n1,2\n", "timeline.csv:1:"},
                   {"a,b\n1,\xff\n", "timeline.csv:2:"}};
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        make_file("timeline.csv", damaged[i].text);
        results_t *r = opened();
        assert_int_equal(results_table(r, "timeline.csv", &t, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, damaged[i].told));
        results_close(r);
    }
}

static void rows_and_columns_are_chosen(void **state)
{
    (void)state;
    static const char *const wanted[] = {"c", "none", "a"};
    result_wanted_t plan = {.column = wanted, .columns = 3, .where = "b", .is = "plan"};
    result_wanted_t nothing = {.where = "no such", .is = ""};
    result_table_t t;
    error_t err = {""};
    make_file("manifest.json", "{}");
    make_file("results.csv", "a,b,c\n1,plan,2\n3,plans,4\n5,plan,6\n");
    results_t *r = opened();
    assert_int_equal(results_select(r, "results.csv", &plan, &t, &err), OK);
    assert_int_equal(t.rows, 2);
    assert_int_equal(t.columns, 3);
    assert_true(result_number(&t, 1, 0) == 6 && result_number(&t, 1, 2) == 5);
    assert_string_equal(result_text(&t, 0, 1), "");
    assert_int_equal(t.line[1], 4);
    result_table_free(&t);
    assert_int_equal(results_select(r, "results.csv", &nothing, &t, &err), OK);
    assert_int_equal(t.rows, 0);
    result_table_free(&t);
    results_close(r);
}

/* --- pictures -------------------------------------------------------------------------------------- */

static void make_picture(const char *name, const plot_t *p)
{
    FILE *to = fopen(made(name), "w");
    error_t err;
    assert_non_null(to);
    assert_int_equal(plot_write(p, to, &err), OK);
    fclose(to);
}

static void fill(plot_t *p, const char *title)
{
    snprintf(p->title, sizeof p->title, "%s", title);
    snprintf(p->note, sizeof p->note, "a note");
    plot_columns(p, (const char *[]){"(number)", "name", "share, %", "(label)", NULL});
    static const char *const names[] = {"say \"hi\" \\ <b>", "\xe7\x9b\xae\xe6\xa8\x99"};
    for (int k = 0; k < 2; k++) {
        plot_number(p, k);
        plot_text(p, names[k], NAME_CELLS);
        plot_number(p, k ? NAN : 12.5);
        plot_text(p, "shown", 0);
        plot_end(p);
    }
    plot_axis(p, 0, 10);
}

static void a_picture_is_what_was_drawn(void **state)
{
    (void)state;
    static const char title[] = "A finding that is so long that it does not go into one line of a "
                                "picture, and goes on";
    plot_t p = {0};
    pictures_t all;
    error_t err = {""};
    fill(&p, title);
    assert_int_equal(mkdir(made("figures"), 0755), 0);
    make_picture("figures/tornado.dat", &p);
    make_picture("figures/tornado-png.dat", &p);
    make_picture("figures/dots.dat", &p);
    make_picture("figures/heat-02-b.dat", &p);
    make_picture("figures/heat-01-z.dat", &p);
    make_file("figures/dots.svg", "<svg/>");
    plot_free(&p);
    assert_int_equal(pictures_read(&all, made_folder, &err), OK);
    static const char *const order[] = {"dots", "tornado", "heat-01-z", "heat-02-b"};
    assert_int_equal(all.n, 4);
    for (size_t i = 0; i < 4; i++) assert_string_equal(all.picture[i].name, order[i]);
    const picture_t *x = &all.picture[0];
    assert_string_equal(x->title, title);
    assert_string_equal(x->note, "a note");
    assert_int_equal(x->columns, 2);
    assert_int_equal(x->rows, 2);
    assert_string_equal(x->column[0], "name");
    assert_string_equal(x->column[1], "share, %");
    assert_string_equal(x->field[0], "say \xe2\x80\x9dhi\xe2\x80\x9d \\ <b>");
    assert_true(isnan(x->value[0]) && x->value[1] == 12.5);
    assert_string_equal(x->field[3], "");
    assert_true(isnan(x->value[3]));
    assert_non_null(x->svg);
    assert_null(all.picture[1].svg);
    pictures_free(&all);
}

static void a_damaged_picture_is_told(void **state)
{
    (void)state;
    pictures_t all;
    error_t err = {""};
    assert_int_equal(pictures_read(&all, made_folder, &err), OK);
    assert_int_equal(all.n, 0);
    pictures_free(&all);
    assert_int_equal(mkdir(made("figures"), 0755), 0);
    make_file("figures/dots.dat", "\"title\"\n");
    assert_int_equal(pictures_read(&all, made_folder, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "dots.dat:1: "));
    make_file("figures/dots.dat", "\"t\"\n\"\"\n\"n\"\n\n\n# a\tb\n1\n1\t2\t3\n");
    assert_int_equal(pictures_read(&all, made_folder, &err), OK); /* short and long rows */
    assert_int_equal(all.picture[0].rows, 2);
    assert_string_equal(all.picture[0].field[1], "");
    pictures_free(&all);
}

/* --- plots ----------------------------------------------------------------------------------------- */

/* Row `row` of block `index` of a plot's file, as text. */
static void row_of(const plot_t *p, int index, int row, char out[256])
{
    FILE *to = tmpfile();
    char line[256];
    error_t err;
    int block = 0, blank = 0, at = 0;
    assert_int_equal(plot_write(p, to, &err), OK);
    rewind(to);
    out[0] = 0;
    while (fgets(line, sizeof line, to)) {
        line[strcspn(line, "\n")] = 0;
        if (!line[0]) {
            blank++;
            if (blank == 2) {
                block++;
                at = 0;
            }
            continue;
        }
        blank = 0;
        if (line[0] == '#') continue;
        if (block == index && at++ == row) strcpy(out, line);
    }
    fclose(to);
}

static void widths_and_blocks_stand_where_scripts_look(void **state)
{
    (void)state;
    char row[256];
    plot_t p = {0};
    fill(&p, "t");
    row_of(&p, 0, 0, row);
    assert_string_equal(row, "\"t\"");
    row_of(&p, 1, 1, row);
    assert_string_equal(row, "1\t\"\xe7\x9b\xae\xe6\xa8\x99\"\tNaN\t\"shown\"");
    row_of(&p, 2, 0, row);
    assert_string_equal(row, "0\t14\t0\t5"); /* cells; two for each wide letter */
    row_of(&p, 3, 1, row);
    assert_string_equal(row, "2\t\"2\"\t1");
    row_of(&p, 3, 5, row);
    assert_string_equal(row, "10\t\"10\"\t2");
    plot_free(&p);
}

static void an_axis_has_one_unit_and_covers_its_numbers(void **state)
{
    (void)state;
    static const struct {
        double most;
        const char *first, *second;
    } cases[] = {{2.77e6, "0\t\"0\"\t1", "500000\t\"0.5 M\"\t5"},
                 {999999, "0\t\"0\"\t1", "200000\t\"0.2 M\"\t5"},
                 {0.00042, "0\t\"0\"\t1", "0.0001\t\"0.0001\"\t6"},
                 {3.1e13, "0\t\"0\"\t1", "5e+12\t\"5e+12\"\t5"}};
    char row[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plot_t p = {0};
        plot_columns(&p, (const char *[]){"a", NULL});
        plot_number(&p, 1);
        plot_end(&p);
        plot_axis(&p, 0, cases[i].most);
        row_of(&p, 3, 0, row);
        assert_string_equal(row, cases[i].first);
        row_of(&p, 3, 1, row);
        assert_string_equal(row, cases[i].second);
        double last = 0;
        for (int k = 0; k < 9; k++) {
            row_of(&p, 3, k, row);
            if (*row) last = strtod(row, NULL);
        }
        assert_true(last >= cases[i].most * (1 - 1e-9) && last < 1.3 * cases[i].most);
        plot_free(&p);
    }
}

static void labels_of_lines_never_meet(void **state)
{
    (void)state;
    enum { N = 7 };
    static const double ends[N] = {0, 0.1, 0.2, 5, 5, 5.5, 90};
    line_end_t end[N];
    plot_t p = {0};
    for (int k = 0; k < N; k++) end[k] = (line_end_t){.line = k, .y = ends[N - 1 - k]};
    plot_columns(&p, (const char *[]){"a", NULL});
    plot_number(&p, 1);
    plot_end(&p);
    plot_line_ends(&p, end, N, 90); /* sixteen labels stand on top of each other along an axis */
    for (int k = 0; k < N; k++) {
        assert_true(end[k].at >= 0);
        if (k) assert_true(end[k].at >= end[k - 1].at + 90.0 / 16 - 1e-9);
        if (k) assert_true(end[k].y >= end[k - 1].y);
    }
    assert_true(end[N - 1].at == 90); /* one that is alone stays at its line */
    plot_free(&p);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_folder_is_of_the_kind_whose_file_it_has),
        IN_A_FOLDER(a_folder_of_nothing_is_told),
        IN_A_FOLDER(a_damaged_summary_is_told_with_its_line),
        IN_A_FOLDER(a_value_of_the_summary_is_found_by_its_path),
        IN_A_FOLDER(a_table_says_what_its_file_says),
        IN_A_FOLDER(a_table_without_rows_is_fine),
        IN_A_FOLDER(a_damaged_table_is_told_with_its_line),
        IN_A_FOLDER(rows_and_columns_are_chosen),
        IN_A_FOLDER(a_picture_is_what_was_drawn),
        IN_A_FOLDER(a_damaged_picture_is_told),
        cmocka_unit_test(widths_and_blocks_stand_where_scripts_look),
        cmocka_unit_test(an_axis_has_one_unit_and_covers_its_numbers),
        cmocka_unit_test(labels_of_lines_never_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
