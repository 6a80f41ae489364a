/* command_explain.c -- `adsim explain WORD`: what a key or a term means: unit, range, default and source, formula. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/config/load.h"
#include "sim/report/glossary.h"

#include <stdio.h>
#include <string.h>

static const option_t options[] = {{'h', "help", NULL, "this text"}};

static bool take(void *context, int code, const char *text)
{
    (void)code, (void)text;
    *(bool *)context = true;
    return true;
}

static int usage(FILE *to, int code)
{
    fputs("adsim explain WORD...\n"
          "Says what a word means, a key of the scenario file or a column of the results:\n"
          "  adsim explain product.value iroas mc_se \"reach 1+\"\n\n",
          to);
    options_help(options, 1, to);
    return code;
}

static void tell_term(const glossary_term_t *t)
{
    printf("%s, in results\n  %s\n", t->name, t->meaning);
    if (strcmp(t->name, t->label) != 0) printf("  on pages  %s\n", t->label);
    if (*t->unit) printf("  unit      %s\n", t->unit);
    if (*t->key) printf("  key       %s\n", t->key);
}

/* A key first: it is what a person changes. */
static bool tell(const char *word)
{
    const char *nearest = NULL;
    glossary_term_t term;
    bool is_term = glossary_find(word, &term), is_key = explain_key(word, stdout, &nearest);
    if (is_term && is_key) putchar('\n');
    if (is_term) tell_term(&term);
    if (is_term || is_key) return true;
    if (!nearest) nearest = glossary_nearest(word);
    fprintf(stderr, "adsim explain: no key or term '%s'", word);
    if (nearest) fprintf(stderr, "; did you mean '%s'?", nearest);
    fputc('\n', stderr);
    return false;
}

int command_explain(int argc, char **argv)
{
    int first, code = EXIT_FINE;
    bool help = false;
    if (!options_read(argc, argv, options, 1, &first, take, &help)) return EXIT_USAGE;
    if (help) return usage(stdout, EXIT_FINE);
    if (first == argc) return usage(stderr, EXIT_USAGE);
    for (int i = first; i < argc; i++) {
        if (i > first) putchar('\n');
        if (!tell(argv[i])) code = EXIT_USAGE;
    }
    return code;
}
