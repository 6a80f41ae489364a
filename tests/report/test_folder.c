/* test_folder.c -- a result folder appears whole or not at all, and replaces only what it may. Works in
 * a scratch folder of its own. */
#include "sim/config/load.h"
#include "sim/report/folder.h"
#include "sim/report/report.h"

#include <dirent.h>
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char scratch[] = "/tmp/adsim-folder-XXXXXX";

/* A name in the scratch folder. */
typedef struct {
    char text[256];
} path_t;

static path_t in_scratch(const char *name)
{
    path_t p;
    snprintf(p.text, sizeof p.text, "%s/%s", scratch, name);
    return p;
}

static void write_text(const char *name, const char *text)
{
    FILE *to = fopen(in_scratch(name).text, "w");
    assert_non_null(to);
    fputs(text, to);
    assert_int_equal(fclose(to), 0);
}

static bool exists(const char *name)
{
    struct stat st;
    return !lstat(in_scratch(name).text, &st);
}

static int entries(const char *name)
{
    DIR *dir = opendir(in_scratch(name).text);
    int n = -2; /* . and .. */
    assert_non_null(dir);
    while (readdir(dir)) n++;
    closedir(dir);
    return n;
}

/* A folder with one file, summary.json of the scenario `name`. */
static void make_run(const char *target, const char *name)
{
    folder_t f;
    FILE *to;
    assert_int_equal(folder_begin(&f, in_scratch(target).text, NULL), OK);
    assert_int_equal(folder_open(&f, "summary.json", &to, NULL), OK);
    fprintf(to, "{\"scenario\": \"%s\"}\n", name);
    assert_int_equal(folder_close(&f, NULL), OK);
    assert_int_equal(folder_commit(&f, NULL), OK);
}

static status_t check(const char *target, const char *name, bool force)
{
    error_t err = {""};
    status_t st = folder_check(in_scratch(target).text, name, force, &err);
    assert_true((st == OK) == !err.text[0]); /* a refusal has a reason */
    return st;
}

static void a_run_of_the_same_name_is_replaced_and_no_other(void **state)
{
    (void)state;
    assert_int_equal(check("same", "spring", false), OK); /* does not exist */
    make_run("same", "spring");
    assert_int_equal(check("same", "spring", false), OK);
    assert_int_equal(check("same", "autumn", false), ERR_OUTPUT);
    assert_int_equal(check("same", "autumn", true), OK);
}

static void what_is_not_a_run_needs_force_and_folders_in_it_are_safe(void **state)
{
    (void)state;
    mkdir(in_scratch("mine").text, 0777);
    assert_int_equal(check("mine", "spring", false), OK); /* empty */
    write_text("mine/letter.txt", "dear");
    assert_int_equal(check("mine", "spring", false), ERR_OUTPUT);
    assert_int_equal(check("mine", "spring", true), OK);
    mkdir(in_scratch("mine/photos").text, 0777);
    assert_int_equal(check("mine", "spring", true), ERR_OUTPUT);
    write_text("file", "x");
    assert_int_equal(check("file", "spring", true), ERR_OUTPUT);
}

static void a_new_run_leaves_nothing_of_the_old_one(void **state)
{
    (void)state;
    make_run("twice", "spring");
    write_text("twice/old.csv", "1");
    mkdir(in_scratch("twice/figures").text, 0777);
    write_text("twice/figures/old.svg", "1");
    make_run("twice", "spring");
    assert_true(exists("twice/summary.json"));
    assert_false(exists("twice/old.csv"));
    assert_int_equal(entries("twice"), 1);
}

static void parents_are_made_and_a_slash_at_the_end_is_nothing(void **state)
{
    (void)state;
    make_run("a/b/c/", "spring");
    assert_true(exists("a/b/c/summary.json"));
    assert_int_equal(entries("a/b"), 1);
}

static void an_abandoned_folder_leaves_no_trace(void **state)
{
    (void)state;
    int before = entries(".");
    folder_t f;
    FILE *to;
    assert_int_equal(folder_begin(&f, in_scratch("gone").text, NULL), OK);
    assert_int_equal(folder_open(&f, "half", &to, NULL), OK);
    fputs("half", to);
    folder_abandon(&f);
    folder_abandon(&f);
    assert_int_equal(entries("."), before);
}

static void the_digest_is_that_of_the_bytes(void **state)
{
    (void)state;
    folder_t f;
    FILE *to;
    assert_int_equal(folder_begin(&f, in_scratch("digest").text, NULL), OK);
    assert_int_equal(folder_open(&f, "abc", &to, NULL), OK);
    fputs("abc", to);
    assert_int_equal(folder_close(&f, NULL), OK);
    /* FIPS 180-2, appendix B.1 */
    assert_string_equal(f.file[0].sha256,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    folder_abandon(&f);
}

/* --- a whole report --------------------------------------------------------------------------- */

typedef struct {
    loaded_t *loaded;
    study_t study;
    report_t report;
} finished_t;

static int finish(void **state)
{
    static finished_t f;
    diagnostics_t *d = diagnostics_new();
    load_options_t how = {0};
    run_options_t run = {.threads = 2};
    error_t err = {""};
    if (!mkdtemp(scratch)) return -1;
    if (scenario_load("tests/report/small.yaml", &how, d, &f.loaded, &err) != OK) return -1;
    diagnostics_free(d);
    if (study_open(&f.study, loaded_scenario(f.loaded), &run, &err) != OK) return -1;
    if (study_simulate(&f.study, &err) != OK) return -1;
    f.report =
        (report_t){&f.study, f.loaded, {.command_line = "adsim run", .threads = 2}, NULL, NULL};
    *state = &f;
    return 0;
}

static void remove_tree(const char *path)
{
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char inner[1024];
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
        if (unlink(inner)) remove_tree(inner);
    }
    if (dir) closedir(dir);
    rmdir(path);
}

static int clean_up(void **state)
{
    finished_t *f = *state;
    study_close(&f->study);
    loaded_free(f->loaded);
    remove_tree(scratch);
    return 0;
}

static void the_files_are_all_there_and_run_json_knows_their_digests(void **state)
{
    finished_t *f = *state;
    size_t n = 0;
    assert_int_equal(report_write(&f->report, in_scratch("full").text, &n, NULL), OK);
    assert_int_equal(n, 18);
    assert_int_equal(entries("full"), 18);
    json_t *run = json_load_file(in_scratch("full/run.json").text, 0, NULL);
    assert_int_equal(json_object_size(json_object_get(run, "sha256")), 17);
    assert_string_equal(json_string_value(json_object_get(run, "command_line")), "adsim run");
    assert_string_equal(json_string_value(json_object_get(run, "git")), git_id);
    assert_true(*git_id);
    json_decref(run);
}

static void summary_json_holds_every_column_of_every_scope(void **state)
{
    finished_t *f = *state;
    size_t n;
    assert_int_equal(report_write(&f->report, in_scratch("json").text, &n, NULL), OK);
    json_t *s = json_load_file(in_scratch("json/summary.json").text, 0, NULL);
    assert_non_null(s);
    assert_string_equal(json_string_value(json_object_get(s, "scenario")), "small town");
    assert_int_equal(json_array_size(json_object_get(s, "ad_sets")), 2);
    json_t *first = json_array_get(json_object_get(s, "ad_sets"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "name")), "one, \"quoted\"");
    assert_string_equal(json_string_value(json_object_get(first, "platform")), "agora");
    for (int c = 0; c < COLUMNS; c++) {
        json_t *total = json_object_get(json_object_get(s, "totals"), columns[c].name);
        assert_int_equal(json_object_size(total), 8);
        assert_int_equal(json_object_size(json_object_get(first, columns[c].name)), 8);
    }
    double dots = json_number_value(json_object_get(json_object_get(s, "target"), "dots"));
    assert_true(dots >= 0 && dots <= 50);
    json_decref(s);
}

/* Every row of every CSV has as many fields as its header. */
static int fields_of(const char *line)
{
    int n = 1;
    bool quoted = false;
    for (; *line && *line != '\n'; line++) {
        if (*line == '"') quoted = !quoted;
        if (*line == ',' && !quoted) n++;
    }
    return n;
}

static void csv_rows_are_as_long_as_their_headers(void **state)
{
    finished_t *f = *state;
    static const char *const names[] = {"summary", "frequency",   "timeline",    "segments",
                                        "overlap", "assumptions", "reach_curve", "delivery"};
    size_t files;
    assert_int_equal(report_write(&f->report, in_scratch("csv").text, &files, NULL), OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[64], line[65536];
        snprintf(name, sizeof name, "csv/%s.csv", names[i]);
        FILE *from = fopen(in_scratch(name).text, "r");
        assert_non_null(from);
        int rows = 0, fields = 0;
        while (fgets(line, sizeof line, from)) {
            if (!rows++) fields = fields_of(line);
            assert_int_equal(fields_of(line), fields);
            assert_null(strstr(line, "nan"));
            assert_null(strstr(line, "inf"));
        }
        assert_true(rows > 1);
        fclose(from);
    }
}

/* Files of at most `bytes`, as on a full disk: writing fails in the middle. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

static void a_full_disk_leaves_the_old_result_as_it_was(void **state)
{
    finished_t *f = *state;
    make_run("kept", "small town");
    int before = entries(".");
    signal(SIGXFSZ, SIG_IGN);
    size_t n;
    for (rlim_t bytes = 0; bytes <= 8192; bytes += 1024) {
        error_t err = {""};
        limit_files(bytes);
        status_t st = report_write(&f->report, in_scratch("kept").text, &n, &err);
        limit_files(RLIM_INFINITY);
        assert_int_equal(st, ERR_OUTPUT);
        assert_true(strstr(err.text, "cannot write") != NULL);
        assert_int_equal(entries("."), before);
        assert_int_equal(entries("kept"), 1);
    }
}

static void a_folder_that_cannot_be_made_says_so(void **state)
{
    finished_t *f = *state;
    error_t err = {""};
    size_t n;
    write_text("plain", "x");
    assert_int_equal(report_write(&f->report, in_scratch("plain/out").text, &n, &err), ERR_OUTPUT);
    assert_true(err.text[0]);
}

/* The page at every width: same number of lines, none wider than it must be, no colours unasked. */
static void the_page_fits_any_width(void **state)
{
    finished_t *f = *state;
    for (int width = 40; width <= 160; width += 12) {
        char *out = NULL;
        size_t length;
        FILE *to = open_memstream(&out, &length);
        assert_int_equal(report_page(&f->report, (page_t){width, false, true}, to, NULL), OK);
        fclose(to);
        assert_null(strchr(out, '\033'));
        assert_non_null(strstr(out, "small town"));
        assert_non_null(strstr(out, "of 50)"));
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_of_the_same_name_is_replaced_and_no_other),
        cmocka_unit_test(what_is_not_a_run_needs_force_and_folders_in_it_are_safe),
        cmocka_unit_test(a_new_run_leaves_nothing_of_the_old_one),
        cmocka_unit_test(parents_are_made_and_a_slash_at_the_end_is_nothing),
        cmocka_unit_test(an_abandoned_folder_leaves_no_trace),
        cmocka_unit_test(the_digest_is_that_of_the_bytes),
        cmocka_unit_test(the_files_are_all_there_and_run_json_knows_their_digests),
        cmocka_unit_test(summary_json_holds_every_column_of_every_scope),
        cmocka_unit_test(csv_rows_are_as_long_as_their_headers),
        cmocka_unit_test(a_full_disk_leaves_the_old_result_as_it_was),
        cmocka_unit_test(a_folder_that_cannot_be_made_says_so),
        cmocka_unit_test(the_page_fits_any_width),
    };
    return cmocka_run_group_tests(tests, finish, clean_up);
}
