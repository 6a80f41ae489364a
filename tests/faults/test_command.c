/* test_command.c -- memory runs out under the commands themselves, as a person would see it: one line on
 * stderr, the exit code of its cause, and either the whole result or the one that was there before. Which
 * requests are refused is one in STEP(n); stat_command.c leaves out fewer. */
#include "sim/cli/cli.h"
#include "tests/faults/allocator.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* main.c stays out of the library; the commands need its table for what they suggest. */
const command_t commands[] = {{NULL, NULL, NULL, NULL, NULL}};

#ifndef STEP
#define STEP(n) (8 * (n) + 1)
#endif

static char scratch[] = "/tmp/adsim-command-XXXXXX";

/* What a command left behind. */
typedef struct {
    int code, files;
    char said[4096]; /* on stderr */
} outcome_t;

static int entries(const char *path)
{
    DIR *dir = opendir(path);
    int n = -2; /* . and .. */
    while (dir && readdir(dir)) n++;
    if (dir) closedir(dir);
    return n;
}

static int redirected(int fd, const char *path)
{
    int kept = dup(fd), to = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
    dup2(to, fd);
    close(to);
    return kept;
}

static void restored(int fd, int kept)
{
    dup2(kept, fd);
    close(kept);
}

typedef int (*command_run_t)(int argc, char **argv);

/* The command, the k-th request for memory refused. */
static bool try_command(command_run_t run, const char *const *argv, long k, shortage_t how,
                        outcome_t *out)
{
    char said[64], printed[64], *copy[16];
    int argc = 0;
    snprintf(said, sizeof said, "%s/stderr", scratch);
    snprintf(printed, sizeof printed, "%s/stdout", scratch);
    for (; argv[argc]; argc++) copy[argc] = (char *)argv[argc]; /* getopt reorders them */
    copy[argc] = NULL;
    fflush(stdout);
    int out_kept = redirected(STDOUT_FILENO, printed), err_kept = redirected(STDERR_FILENO, said);
    memory_fails_at(k, how);
    out->code = run(argc, copy);
    bool failed = memory_failed();
    fflush(stdout);
    restored(STDOUT_FILENO, out_kept);
    restored(STDERR_FILENO, err_kept);
    FILE *from = fopen(said, "r");
    size_t n = fread(out->said, 1, sizeof out->said - 1, from);
    fclose(from);
    out->said[n] = '\0';
    out->files = entries(scratch);
    return failed;
}

static int lines(const char *text)
{
    int n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

static bool tells_of_memory(const outcome_t *o)
{
    return (o->code == EXIT_UNEXPECTED || o->code == EXIT_NOT_READABLE ||
            o->code == EXIT_NOT_WRITABLE) &&
           lines(o->said) == 1 && !strncmp(o->said, "adsim", 5) &&
           (strstr(o->said, "out of memory") || strstr(o->said, "Cannot allocate memory"));
}

/* A point of a batch fails on its own: its reason is kept, and the batch goes on. */
static bool tells_of_points(const outcome_t *o)
{
    return o->code == EXIT_POINTS && lines(o->said) == 1 &&
           strstr(o->said, " failed; points.csv has the reasons");
}

static void refuse_each(command_run_t run, const char *const *argv, shortage_t how, long step)
{
    outcome_t whole, o;
    try_command(run, argv, NONE_FAILS, how, &whole); /* what the C library keeps it takes now */
    try_command(run, argv, NONE_FAILS, how, &whole);
    long requests = memory_requests(), held = memory_held();
    int wrong = 0, told = 0;
    for (long k = 1; k <= requests && wrong < 5; k += step) {
        assert_true(try_command(run, argv, k, how, &o));
        bool same = o.code == whole.code && !strcmp(o.said, whole.said);
        told += !same;
        if ((same || tells_of_memory(&o) || tells_of_points(&o)) && o.files == whole.files &&
            memory_held() <= held) /* what a library kept from before may go */
            continue;
        wrong++;
        fprintf(stderr, "request %ld refused: exit code %d, %ld blocks kept, said:\n%s", k, o.code,
                memory_held() - held, o.said);
        held = memory_held();
    }
    printf("# %ld requests, %d refusals told\n", requests, told);
    assert_int_equal(wrong, 0);
    assert_true(told > 0);
}

static void a_run_that_lacks_memory_says_so_once(void **state)
{
    char output[64];
    const char *argv[] = {"run", "tests/faults/plan/town.yaml", "-j1", "-q", "-o", output, NULL};
    (void)state;
    snprintf(output, sizeof output, "%s/out", scratch);
    refuse_each(command_run, argv, FAILS_ONCE, STEP(353));
    refuse_each(command_run, argv, FAILS_FOREVER, STEP(797));
}

static void a_count_of_audiences_that_lacks_memory_says_so_once(void **state)
{
    char output[64];
    const char *argv[] = {
        "audience", "tests/faults/plan/town.yaml", "-j1", "-q", "--no-report", "-o", output, NULL};
    (void)state;
    snprintf(output, sizeof output, "%s/out", scratch);
    refuse_each(command_audience, argv, FAILS_ONCE, STEP(101));
    refuse_each(command_audience, argv, FAILS_FOREVER, STEP(211));
}

static void a_check_that_lacks_memory_says_so_once(void **state)
{
    const char *argv[] = {"check", "tests/config/wrong/unknown_keys.yaml", NULL};
    (void)state;
    refuse_each(command_check, argv, FAILS_ONCE, 1);
    refuse_each(command_check, argv, FAILS_FOREVER, 1);
}

static void a_comparison_that_lacks_memory_says_so_once(void **state)
{
    char output[64];
    const char *argv[] = {"compare", "tests/faults/plan/variants.yaml", "-j1", "-q", "-o", output,
                          NULL};
    (void)state;
    snprintf(output, sizeof output, "%s/out", scratch);
    refuse_each(command_compare, argv, FAILS_ONCE, STEP(701));
    refuse_each(command_compare, argv, FAILS_FOREVER, STEP(1601));
}

/* Anew each time: the store is SQLite's, which asks for memory too. */
static void a_sweep_that_lacks_memory_says_so(void **state)
{
    char output[64];
    const char *argv[] = {
        "sweep", "tests/faults/plan/variants.yaml", "-j1", "-q", "-f", "-o", output, NULL};
    (void)state;
    snprintf(output, sizeof output, "%s/study", scratch);
    refuse_each(command_sweep, argv, FAILS_ONCE, STEP(701));
    refuse_each(command_sweep, argv, FAILS_FOREVER, STEP(1601));
}

static int make_scratch(void **state)
{
    (void)state;
    return mkdtemp(scratch) ? 0 : -1;
}

static int remove_scratch(void **state)
{
    char command[80];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", scratch);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_that_lacks_memory_says_so_once),
        cmocka_unit_test(a_count_of_audiences_that_lacks_memory_says_so_once),
        cmocka_unit_test(a_comparison_that_lacks_memory_says_so_once),
        cmocka_unit_test(a_sweep_that_lacks_memory_says_so),
        cmocka_unit_test(a_check_that_lacks_memory_says_so_once),
    };
    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
