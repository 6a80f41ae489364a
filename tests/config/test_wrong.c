/* test_wrong.c -- wrong files, each wrong in a way of its own, and exactly what a person is told.
 *
 * tests/config/wrong/NAME.yaml and NAME.expected; of warned_NAME there are warnings alone. Lines "# --set path=value" at the top of a file are
 * options. GOLDEN=1 writes the expectations anew; git diff judges them. Run from the top folder. */
#include "sim/config/load.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { FILES_MOST = 400, SETS_MOST = 8 };

static char *file_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    char *text = calloc(1, 1 << 20);
    size_t n = fread(text, 1, (1 << 20) - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

/* "# --set path=value" lines; the texts are cut out of `text`. */
static size_t sets_read(char *text, const char **set)
{
    static const char mark[] = "# --set ";
    size_t n = 0;
    for (char *line = text; n < SETS_MOST && !strncmp(line, mark, strlen(mark));) {
        char *end = strchr(line, '\n');
        *end = '\0';
        set[n++] = line + strlen(mark);
        line = end + 1;
    }
    return n;
}

/* What loading says of the file. */
static char *complaints(const char *path, status_t *status)
{
    const char *set[SETS_MOST];
    char *text = file_text(path);
    load_options_t options = {
        .set = set, .n_set = sets_read(text, set), .data_dir = "../../../configs"};
    diagnostics_t *d = diagnostics_new();
    loaded_t *loaded = NULL;
    error_t err = {""};
    *status = scenario_load(path, &options, d, &loaded, &err);
    loaded_free(loaded);
    char *said =
        diagnostics_text(d, FORMAT_HUMAN, diagnostics_errors(d) ? "nothing was run" : NULL);
    diagnostics_free(d);
    free(text);
    return said;
}

static void wrong_file_is_told(void **state)
{
    const char *name = *state;
    char yaml[300], expected[300];
    snprintf(yaml, sizeof yaml, "%s.yaml", name);
    snprintf(expected, sizeof expected, "%s.expected", name);
    status_t status;
    char *said = complaints(yaml, &status);
    bool warned_only = !strcmp(name, "implausible") || !strncmp(name, "warned_", 7);
    assert_int_equal(status, warned_only ? OK : ERR_INVALID);
    if (getenv("GOLDEN")) {
        FILE *f = fopen(expected, "wb");
        fputs(said, f);
        fclose(f);
    } else {
        char *wanted = file_text(expected);
        if (!wanted) fail_msg("%s is missing: run with GOLDEN=1", expected);
        assert_string_equal(said, wanted);
        free(wanted);
    }
    free(said);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

int main(void)
{
    static struct CMUnitTest tests[FILES_MOST];
    static char names[FILES_MOST][200];
    size_t n = 0;
    if (chdir("tests/config/wrong")) return 1;
    DIR *dir = opendir(".");
    if (!dir) return 1;
    for (struct dirent *e; (e = readdir(dir)) && n < FILES_MOST;) {
        size_t length = strlen(e->d_name);
        if (length <= 5 || strcmp(e->d_name + length - 5, ".yaml")) continue;
        snprintf(names[n], sizeof names[n], "%.*s", (int)length - 5, e->d_name);
        tests[n] = (struct CMUnitTest){names[n], wrong_file_is_told, NULL, NULL, names[n]};
        n++;
    }
    closedir(dir);
    qsort(tests, n, sizeof *tests, by_name);
    return _cmocka_run_group_tests("wrong files", tests, n, NULL, NULL);
}
