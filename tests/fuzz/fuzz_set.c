/* fuzz_set.c -- any bytes as --set options (one a line) on a sound scenario: no crash, every problem
 * told; and what loads is repeated by a resolved.yaml that loads. */
#include "tests/fuzz/scenario_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { SETS = 8 };
    const char *set[SETS];
    size_t n = 0;
    char *text = malloc(size + 1);
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    for (char *line = strtok(text, "\n"); line && n < SETS; line = strtok(NULL, "\n"))
        set[n++] = line;
    check_load("tests/config/fine/base.yaml", set, n);
    free(text);
    return 0;
}
