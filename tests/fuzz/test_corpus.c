/* test_corpus.c -- the fuzzers' seeds and what they once found, tests/fuzz/corpus/TARGET/NAME, each through
 * its target as the fuzzer would do it: what is promised of any bytes holds of these. Run from the top
 * folder. */
#define LLVMFuzzerTestOneInput try_yaml
#include "tests/fuzz/fuzz_yaml.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput try_set
#include "tests/fuzz/fuzz_set.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput try_blocks
#include "tests/fuzz/fuzz_blocks.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput try_expression
#include "tests/fuzz/fuzz_expression.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput try_csv
#include "tests/fuzz/fuzz_csv.c"
#undef LLVMFuzzerTestOneInput

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { INPUTS_MOST = 500, BYTES_MOST = 1 << 16 };

typedef struct {
    char name[300];
    int (*try)(const uint8_t *data, size_t size);
} input_t;

static void promises_hold(void **state)
{
    const input_t *input = *state;
    char path[400];
    snprintf(path, sizeof path, "tests/fuzz/corpus/%s", input->name);
    FILE *from = fopen(path, "rb");
    assert_non_null(from);
    uint8_t *data = malloc(BYTES_MOST);
    size_t size = fread(data, 1, BYTES_MOST, from);
    fclose(from);
    assert_true(size < BYTES_MOST);
    data = realloc(data, size ? size : 1); /* so that a read past the end is seen */
    assert_non_null(data);
    assert_int_equal(input->try(data, size), 0);
    free(data);
}

static size_t list(input_t *input, size_t n, const char *target,
                   int (*try)(const uint8_t *data, size_t size))
{
    char path[100];
    snprintf(path, sizeof path, "tests/fuzz/corpus/%s", target);
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir)) && n < INPUTS_MOST;) {
        if (e->d_name[0] == '.') continue;
        snprintf(input[n].name, sizeof input[n].name, "%s/%s", target, e->d_name);
        input[n++].try = try;
    }
    if (dir) closedir(dir);
    return n;
}

static int remove_scratch(void **state)
{
    (void)state;
    unlink(scratch_path());
    return 0;
}

int main(void)
{
    static input_t input[INPUTS_MOST];
    static struct CMUnitTest tests[INPUTS_MOST];
    size_t n = list(input, 0, "yaml", try_yaml);
    n = list(input, n, "set", try_set);
    n = list(input, n, "blocks", try_blocks);
    n = list(input, n, "expression", try_expression);
    n = list(input, n, "csv", try_csv);
    for (size_t i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){input[i].name, promises_hold, NULL, NULL, &input[i]};
    return _cmocka_run_group_tests("corpus", tests, n, NULL, remove_scratch);
}
