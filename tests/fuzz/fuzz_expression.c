/* fuzz_expression.c -- any bytes as an audience expression: no crash, a fault that lies inside the
 * text, or a program that ends for every person; and `x and not x` is nobody. */
#include "models/audience/expression.h"

#include "tests/audience/people.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static population_spec_t *spec;
static population_t pop;

static void check_fault(const char *text, const expression_fault_t *fault)
{
    if (fault->offset + fault->length > strlen(text)) abort();
    if (!memchr(fault->text, '\0', sizeof fault->text) || !fault->text[0]) abort();
    if (!memchr(fault->help, '\0', sizeof fault->help)) abort();
}

static void check_program(const expression_t *e)
{
    expression_t *nobody = NULL;
    if (expression_and_not(e, e, &nobody, NULL) != OK) return; /* too long when doubled */
    for (size_t i = 0; i < pop.n; i++) {
        expression_matches(e, &pop, i);
        if (expression_matches(nobody, &pop, i)) abort();
    }
    expression_free(nobody);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!spec) {
        spec = people_spec();
        if (population_init(&pop, spec, 100, rng_key(1), 0, NULL) != OK) abort();
    }
    char *text = malloc(size + 1);
    if (!text) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    expression_t *e = NULL;
    expression_fault_t fault;
    if (expression_compile(text, spec, NULL, &e, &fault, NULL) == OK)
        check_program(e);
    else
        check_fault(text, &fault);
    expression_free(e);
    free(text);
    return 0;
}
