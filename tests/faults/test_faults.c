/* test_faults.c -- memory runs out at every request there is: while a plan is loaded, while its people are
 * made, while it is simulated, while the result is written. Each time there is one sentence that says so, no
 * crash, nothing kept, nothing half-written; and what still succeeds is what it always was. */
#include "sim/config/load.h"
#include "sim/report/folder.h"
#include "sim/report/report.h"
#include "tests/faults/allocator.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Simulating is slow and writing asks thousands of times: stat_faults.c takes all of them. */
#ifndef EVERY
#define EVERY(nth) (2 * (nth) + 1)
#endif

static const char plan[] = "tests/faults/plan/town.yaml";
static char scratch[] = "/tmp/adsim-faults-XXXXXX";
static char output[64];

/* What an attempt left to look at. */
typedef struct {
    status_t status;
    error_t err;
    uint64_t result; /* a fingerprint; equal results have equal ones */
} attempt_t;

static uint64_t fingerprint(uint64_t so_far, const void *data, size_t size)
{
    const unsigned char *byte = data;
    for (size_t i = 0; i < size; i++) so_far = (so_far ^ byte[i]) * 0x100000001b3u; /* FNV-1a */
    return so_far;
}

static uint64_t file_fingerprint(uint64_t so_far, const char *path)
{
    char buffer[4096];
    FILE *from = fopen(path, "rb");
    if (!from) return 0;
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, from));)
        so_far = fingerprint(so_far, buffer, n);
    fclose(from);
    return so_far;
}

/* Open files and entries of the scratch folder: both must be as before. */
static int next_descriptor(void)
{
    int fd = dup(0);
    close(fd);
    return fd;
}

static int entries(const char *path)
{
    DIR *dir = opendir(path);
    int n = -2; /* . and .. */
    assert_non_null(dir);
    while (readdir(dir)) n++;
    closedir(dir);
    return n;
}

/* --- attempts --------------------------------------------------------------------------------- */

static status_t load_plan(const char *path, loaded_t **l, diagnostics_t *d, error_t *err)
{
    static const char *const set[] = {"product.value=45",
                                      "audiences.sporty.include=interest sports"};
    load_options_t how = {.set = set, .n_set = 2};
    return scenario_load(path, &how, d, l, err);
}

static status_t load(loaded_t **l, diagnostics_t *d, error_t *err)
{
    return load_plan(plan, l, d, err);
}

static void load_attempt(attempt_t *a, const char *path)
{
    diagnostics_t *d = diagnostics_new();
    loaded_t *l = NULL;
    if (!d) {
        a->status = fail_memory(&a->err, "the messages");
        return;
    }
    a->status = load_plan(path, &l, d, &a->err);
    memory_failed();
    if (l) {
        size_t n;
        const resolved_t *value = loaded_values(l, &n);
        for (size_t i = 0; i < n; i++)
            a->result = fingerprint(fingerprint(a->result, value[i].path, strlen(value[i].path)),
                                    value[i].value, strlen(value[i].value));
    }
    loaded_free(l);
    diagnostics_free(d);
}

static void try_load(attempt_t *a, void *context)
{
    (void)context;
    load_attempt(a, plan);
}

/* People and customers from files. */
static void try_load_people(attempt_t *a, void *context)
{
    (void)context;
    load_attempt(a, "tests/faults/plan/people.yaml");
}

/* What is wrong with a file, in all three forms. */
static void try_complain(attempt_t *a, void *context)
{
    static const char *const wrong[] = {"more_than_twenty", "price_twice",
                                        "option_set_law",   "population_preset_misspelt",
                                        "extends_itself",   "csv_levels_and_traits",
                                        "customers_unknown"};
    (void)context;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char path[128];
        loaded_t *l = NULL;
        load_options_t how = {0};
        diagnostics_t *d = diagnostics_new();
        snprintf(path, sizeof path, "tests/config/wrong/%s.yaml", wrong[i]);
        a->status =
            d ? scenario_load(path, &how, d, &l, &a->err) : fail_memory(&a->err, "the messages");
        for (int form = FORMAT_HUMAN; a->status == ERR_INVALID && form <= FORMAT_JSON; form++) {
            char *text = diagnostics_text(d, (error_format_t)form, "nothing was run");
            if (text)
                a->result = fingerprint(a->result, text, strlen(text));
            else
                a->status = fail_memory(&a->err, "the messages");
            free(text);
        }
        loaded_free(l);
        diagnostics_free(d);
        if (a->status != ERR_INVALID) break;
    }
    memory_failed();
}

/* What simulating and writing start from. */
typedef struct {
    loaded_t *loaded;
    study_t study;
} finished_t;

static void simulate_attempt(attempt_t *a, const scenario_t *sc)
{
    run_options_t how = {.threads = 1};
    study_t s;
    a->status = study_open(&s, sc, &how, &a->err);
    if (a->status == OK) a->status = study_simulate(&s, &a->err);
    memory_failed();
    if (a->status == OK) {
        size_t n = (size_t)scopes_count(s.evidence.scopes) * COLUMNS;
        a->result = fingerprint(0, s.estimate, n * sizeof *s.estimate);
        for (size_t i = 0; i < s.notices.n; i++)
            a->result =
                fingerprint(a->result, s.notices.item[i].text, strlen(s.notices.item[i].text));
    }
    study_close(&s);
}

static void try_simulate(attempt_t *a, void *context)
{
    const finished_t *f = context;
    simulate_attempt(a, loaded_scenario(f->loaded));
}

/* The other engine, which makes the people again and again. */
static void try_stream(attempt_t *a, void *context)
{
    const finished_t *f = context;
    static scenario_t sc;
    sc = *loaded_scenario(f->loaded);
    sc.engine = ENGINE_STREAMING;
    simulate_attempt(a, &sc);
}

static void try_write(attempt_t *a, void *context)
{
    const finished_t *f = context;
    static const char *const same[] = {
        "summary.csv",     "summary.json",   "frequency.csv",   "timeline.csv",
        "segments.csv",    "overlap.csv",    "assumptions.csv", "scenario.yaml",
        "resolved.yaml",   "hours.csv",      "organic.csv",     "months.csv",
        "attribution.csv", "experiment.csv", "funnel.csv",      "reach_curve.csv"};
    report_t r = {&f->study, f->loaded, {.command_line = "adsim run", .threads = 1}, NULL, NULL};
    size_t files;
    a->status = folder_check(output, "town in spring", false, &a->err);
    if (a->status == OK) a->status = report_write(&r, output, &files, &a->err);
    memory_failed();
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", output, same[i]);
        a->result = file_fingerprint(a->result, path);
    }
    static uint64_t whole; /* what stands there, from the first time on: all of it, new or old */
    if (!whole) whole = a->result;
    assert_true(a->result == whole);
    assert_int_equal(entries(output), 21);
}

/* The page as it is printed. */
static void try_page(attempt_t *a, void *context)
{
    const finished_t *f = context;
    report_t r = {&f->study, f->loaded, {.command_line = "adsim run", .threads = 1}, NULL, NULL};
    char path[128];
    snprintf(path, sizeof path, "%s/page", scratch);
    FILE *to = fopen(path, "w");
    if (!to) {
        a->status = fail_memory(&a->err, "the page");
        return;
    }
    a->status = report_page(&r, (page_t){100, false, true}, to, &a->err);
    if (a->status == OK)
        a->status = report_plan(&f->study, (page_t){100, false, true}, to, &a->err);
    memory_failed();
    fclose(to);
    if (a->status == OK) a->result = file_fingerprint(0, path);
}

/* --- every request ---------------------------------------------------------------------------- */

static bool is_one_sentence(const char *text)
{
    return text[0] && !strchr(text, '\n') &&
           (strstr(text, "out of memory") || strstr(text, "Cannot allocate memory"));
}

static int wrongs(const attempt_t *a, const attempt_t *whole, long k)
{
    bool fine =
        a->status == whole->status ? a->result == whole->result : is_one_sentence(a->err.text);
    if (!fine)
        fprintf(stderr, "request %ld refused: status %d, \"%s\", result %s\n", k, a->status,
                a->err.text, a->result == whole->result ? "whole" : "differs");
    return !fine;
}

static void refuse_each(void (*attempt)(attempt_t *, void *), void *context, shortage_t how,
                        long step)
{
    attempt_t whole = {.status = OK};
    attempt(&whole, context); /* what the C library keeps for ever it takes now */
    memory_fails_at(NONE_FAILS, how);
    whole = (attempt_t){.status = OK};
    attempt(&whole, context);
    int wrong = 0;
    long failures = 0, requests = memory_requests(), held = memory_held();
    int files = next_descriptor(), beside = entries(scratch);
    for (long k = 1; k <= requests; k += step) {
        attempt_t a = {.status = OK};
        memory_fails_at(k, how);
        attempt(&a, context);
        assert_true(memory_failed());
        wrong += wrongs(&a, &whole, k);
        if (memory_held() != held) {
            fprintf(stderr, "request %ld refused: %ld blocks kept\n", k, memory_held() - held);
            held = memory_held();
            wrong++;
        }
        assert_int_equal(next_descriptor(), files);
        assert_int_equal(entries(scratch), beside);
        failures += a.status != whole.status;
        assert_true(wrong < 5);
    }
    printf("# %ld requests, %ld refusals ended in an error\n", requests, failures);
    assert_int_equal(wrong, 0);
    assert_true(failures > 0);
}

static void loading_survives_every_shortage(void **state)
{
    refuse_each(try_load, *state, FAILS_ONCE, 1);
    refuse_each(try_load, *state, FAILS_FOREVER, 1);
}

static void loading_people_survives_every_shortage(void **state)
{
    refuse_each(try_load_people, *state, FAILS_ONCE, 1);
    refuse_each(try_load_people, *state, FAILS_FOREVER, 1);
}

static void complaining_survives_every_shortage(void **state)
{
    refuse_each(try_complain, *state, FAILS_ONCE, 1);
    refuse_each(try_complain, *state, FAILS_FOREVER, 1);
}

static void simulating_survives_every_shortage(void **state)
{
    refuse_each(try_simulate, *state, FAILS_ONCE, EVERY(4));
    refuse_each(try_simulate, *state, FAILS_FOREVER, EVERY(17));
}

static void streaming_survives_every_shortage(void **state)
{
    refuse_each(try_stream, *state, FAILS_ONCE, EVERY(19));
    refuse_each(try_stream, *state, FAILS_FOREVER, EVERY(67));
}

static void writing_survives_every_shortage(void **state)
{
    refuse_each(try_write, *state, FAILS_ONCE, EVERY(13));
    refuse_each(try_write, *state, FAILS_FOREVER, EVERY(29));
}

static void printing_survives_every_shortage(void **state)
{
    refuse_each(try_page, *state, FAILS_ONCE, 1);
    refuse_each(try_page, *state, FAILS_FOREVER, 1);
}

/* --- before and after ------------------------------------------------------------------------- */

static int finish(void **state)
{
    static finished_t f;
    diagnostics_t *d = diagnostics_new();
    run_options_t run = {.threads = 1};
    error_t err = {""};
    if (!mkdtemp(scratch)) return -1;
    snprintf(output, sizeof output, "%s/out", scratch);
    bool fine = load(&f.loaded, d, &err) == OK &&
                study_open(&f.study, loaded_scenario(f.loaded), &run, &err) == OK &&
                study_simulate(&f.study, &err) == OK;
    diagnostics_free(d);
    if (!fine) fprintf(stderr, "%s\n", err.text);
    *state = &f;
    return fine ? 0 : -1;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loading_survives_every_shortage),
        cmocka_unit_test(loading_people_survives_every_shortage),
        cmocka_unit_test(complaining_survives_every_shortage),
        cmocka_unit_test(simulating_survives_every_shortage),
        cmocka_unit_test(streaming_survives_every_shortage),
        cmocka_unit_test(writing_survives_every_shortage),
        cmocka_unit_test(printing_survives_every_shortage),
    };
    return cmocka_run_group_tests(tests, finish, clean_up);
}
