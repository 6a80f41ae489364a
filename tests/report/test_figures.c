/* test_figures.c -- figures with a gnuplot of our own making in PATH: one that draws, one that fails, one
 * that hangs, none; and with the real one, if it is there, names that would like to be commands. */
#include "sim/report/figures.h"
#include "sim/report/plot.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char scratch[] = "/tmp/adsim-figures-XXXXXX";

typedef struct {
    char text[256];
} path_t;

static path_t in_scratch(const char *name)
{
    path_t p;
    snprintf(p.text, sizeof p.text, "%s/%s", scratch, name);
    return p;
}

static bool exists(const char *name)
{
    struct stat st;
    return !lstat(in_scratch(name).text, &st);
}

/* A program called `name` in scratch/bin, which is all of PATH besides the system's. */
static void make_program(const char *name, const char *script)
{
    char path[64];
    snprintf(path, sizeof path, "bin/%s", name);
    FILE *to = fopen(in_scratch(path).text, "w");
    assert_non_null(to);
    fprintf(to, "#!/bin/sh\n%s\n", script);
    assert_int_equal(fclose(to), 0);
    assert_int_equal(chmod(in_scratch(path).text, 0755), 0);
}

/* What plots/sizes.gp reads: one bar, called as the title is. */
static status_t write_dot(const void *context, int which, FILE *to, error_t *err)
{
    (void)which;
    plot_t p = {.note = "a note"};
    snprintf(p.title, sizeof p.title, "%s", (const char *)context);
    plot_columns(
        &p, (const char *[]){"(number)", "audience", "people", "closed form", "(label)", NULL});
    plot_number(&p, 0);
    plot_text(&p, context, 20);
    plot_number(&p, 5);
    plot_number(&p, 0.0 / 0.0);
    plot_text(&p, "5", 0);
    plot_end(&p);
    status_t st = plot_write(&p, to, err);
    plot_free(&p);
    return st;
}

typedef struct {
    status_t status;
    notices_t notices;
    int files;
} drawn_t;

/* Two figures, sizes one and two, in a folder `target`. */
static drawn_t draw(const char *target, const char *title, int seconds,
                    const volatile sig_atomic_t *interrupted)
{
    drawn_t d = {.status = OK};
    folder_t f;
    error_t err = {""};
    figure_t figure[2] = {{.script = "sizes", .name = "one", .write = write_dot},
                          {.script = "sizes", .name = "two", .write = write_dot}};
    figures_how_t how = {.context = title,
                         .at_once = 2,
                         .seconds = seconds,
                         .interrupted = interrupted,
                         .notices = &d.notices};
    assert_int_equal(folder_begin(&f, in_scratch(target).text, &err), OK);
    d.status = figures_write(&f, figure, 2, &how, &err);
    d.files = f.n;
    if (d.status == OK)
        assert_int_equal(folder_commit(&f, &err), OK);
    else
        folder_abandon(&f);
    return d;
}

static int entries(const char *name)
{
    DIR *dir = opendir(in_scratch(name).text);
    int n = -2; /* . and .. */
    if (!dir) return -1;
    while (readdir(dir)) n++;
    closedir(dir);
    return n;
}

static void a_picture_stands_beside_its_data_and_script(void **state)
{
    (void)state;
    /* After two options come the script that draws several, the folder, the names. */
    make_program("gnuplot", "cd \"$4\" && shift 4 && for n; do echo s >$n.svg; echo p >$n.png; "
                            "echo drawn $n >&2; done");
    drawn_t d = draw("drawn", "a title", 20, NULL);
    assert_int_equal(d.status, OK);
    assert_int_equal(d.notices.n, 0);
    assert_int_equal(d.files, 8);
    static const char *const files[] = {"one.dat", "one.gp", "one.svg", "one.png",
                                        "two.dat", "two.gp", "two.svg", "two.png"};
    for (int i = 0; i < 8; i++) {
        char name[64];
        snprintf(name, sizeof name, "drawn/figures/%s", files[i]);
        assert_true(exists(name));
    }
    notices_free(&d.notices);
}

static void without_gnuplot_the_data_are_there_and_one_line_says_so(void **state)
{
    (void)state;
    unlink(in_scratch("bin/gnuplot").text);
    setenv("PATH", in_scratch("bin").text, 1);
    drawn_t d = draw("without", "a title", 20, NULL);
    assert_int_equal(d.status, OK);
    assert_int_equal(d.notices.n, 1);
    assert_non_null(strstr(d.notices.item[0].text, "gnuplot is not installed"));
    assert_int_equal(d.files, 4);
    assert_int_equal(entries("without/figures"), 4);
    notices_free(&d.notices);
}

/* What it had begun to write is taken away; what it said is told. */
static void a_gnuplot_that_fails_is_told_and_leaves_nothing(void **state)
{
    (void)state;
    make_program("gnuplot", "cd \"$4\"; echo x >one.svg; echo '\n  ^\nline 7: cannot' >&2; exit 1");
    drawn_t d = draw("failed", "a title", 20, NULL);
    assert_int_equal(d.status, OK);
    assert_int_equal(d.notices.n, 2);
    assert_non_null(strstr(d.notices.item[0].text, "line 7: cannot"));
    assert_int_equal(entries("failed/figures"), 4);
    notices_free(&d.notices);
}

/* One gnuplot draws several: those it has not come to are given to gnuplots of their own. */
static void a_figure_that_fails_does_not_take_others_with_it(void **state)
{
    (void)state;
    make_program("gnuplot",
                 "cd \"$4\" && shift 4 && for n; do [ $n = one ] && echo 'line 3: no' >&2 && "
                 "exit 1; echo s >$n.svg; echo p >$n.png; echo drawn $n >&2; done");
    drawn_t d = draw("partly", "a title", 20, NULL);
    assert_int_equal(d.status, OK);
    assert_int_equal(d.notices.n, 1);
    assert_non_null(
        strstr(d.notices.item[0].text, "figure one was not drawn: gnuplot failed: line 3"));
    assert_int_equal(entries("partly/figures"), 6);
    assert_true(exists("partly/figures/two.svg") && exists("partly/figures/two.png"));
    notices_free(&d.notices);
}

static void a_gnuplot_that_hangs_is_stopped(void **state)
{
    (void)state;
    make_program("gnuplot", "sleep 1000");
    drawn_t d = draw("hung", "a title", 1, NULL);
    assert_int_equal(d.status, OK);
    assert_int_equal(d.notices.n, 2);
    assert_non_null(strstr(d.notices.item[0].text, "took too long"));
    assert_int_equal(entries("hung/figures"), 4);
    notices_free(&d.notices);
}

static void an_interruption_leaves_nothing(void **state)
{
    (void)state;
    volatile sig_atomic_t yes = 1;
    make_program("gnuplot", "sleep 1000");
    drawn_t d = draw("stopped", "a title", 1000, &yes);
    assert_int_equal(d.status, ERR_INTERRUPTED);
    assert_false(exists("stopped"));
    notices_free(&d.notices);
}

/* --- text ------------------------------------------------------------------------------------- */

static void check_text(const char *text, size_t cells, const char *written)
{
    char got[256] = "";
    FILE *to = tmpfile();
    assert_true(figure_text(to, text, cells));
    rewind(to);
    got[fread(got, 1, sizeof got - 1, to)] = 0;
    fclose(to);
    assert_string_equal(got, written);
}

static void a_text_is_a_field_of_its_own(void **state)
{
    (void)state;
    check_text("plain", 0, "\"plain\"");
    check_text("a\tb\nc", 0, "\"a b c\"");
    check_text("say \"hi\"", 0, "\"say \xe2\x80\x9dhi\xe2\x80\x9d\"");
    check_text("back\\nslash", 0, "\"back\\\\nslash\"");
    check_text("`id` $(id) @x", 0, "\"`id` $(id) @x\"");
    check_text("longer than ten", 10, "\"longer th\xe2\x80\xa6\"");
}

static void a_name_of_files_is_letters_and_digits(void **state)
{
    (void)state;
    char name[FIGURE_NAME];
    figure_name(name, "heat", 3, "Fitness, young");
    assert_string_equal(name, "heat-03-fitness-young");
    figure_name(name, "heat", 12, "../../etc/passwd");
    assert_string_equal(name, "heat-12-etc-passwd");
    figure_name(name, "index", 1, "\xe7\x9b\xae\xe6\xa8\x99");
    assert_string_equal(name, "index-01");
    figure_name(name, "index", 1,
                "a name of more than forty-eight bytes, which is too long for it");
    assert_true(strlen(name) < FIGURE_NAME);
}

/* --- the real one ----------------------------------------------------------------------------- */

static void names_are_never_commands(void **state)
{
    (void)state;
    static const char hostile[] =
        "`touch pwned` '.system('touch pwned').' \"; !touch pwned # @A {/B x}";
    unlink(in_scratch("bin/gnuplot").text);
    if (system("command -v gnuplot >/dev/null")) skip();
    drawn_t d = draw("real", hostile, 60, NULL);
    assert_int_equal(d.status, OK);
    assert_int_equal(d.notices.n, 0);
    assert_true(exists("real/figures/one.png"));
    assert_false(exists("pwned") || exists("real/figures/pwned") || !access("pwned", F_OK));
    char text[1 << 16] = "";
    FILE *svg = fopen(in_scratch("real/figures/one.svg").text, "r");
    assert_non_null(svg);
    text[fread(text, 1, sizeof text - 1, svg)] = 0;
    fclose(svg);
    assert_non_null(strstr(text, "`touch pwned`"));
    assert_non_null(strstr(text, "@A {/B x}"));
    notices_free(&d.notices);
}

static int set_up(void **state)
{
    (void)state;
    char path[4096];
    assert_non_null(mkdtemp(scratch));
    assert_int_equal(mkdir(in_scratch("bin").text, 0755), 0);
    snprintf(path, sizeof path, "%s:%s", in_scratch("bin").text, getenv("PATH"));
    return setenv("PATH", path, 1);
}

static int tear_down(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "/bin/rm -rf '%s'", scratch);
    return system(command) ? 1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_stands_beside_its_data_and_script),
        cmocka_unit_test(a_gnuplot_that_fails_is_told_and_leaves_nothing),
        cmocka_unit_test(a_figure_that_fails_does_not_take_others_with_it),
        cmocka_unit_test(a_gnuplot_that_hangs_is_stopped),
        cmocka_unit_test(an_interruption_leaves_nothing),
        cmocka_unit_test(names_are_never_commands),
        cmocka_unit_test(a_text_is_a_field_of_its_own),
        cmocka_unit_test(a_name_of_files_is_letters_and_digits),
        cmocka_unit_test(without_gnuplot_the_data_are_there_and_one_line_says_so),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
