/* command_explain.c -- `adsim explain KEY`: what a key means, its unit, range, default and source. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/config/load.h"

#include <stdio.h>

static const option_t options[] = {{'h', "help", NULL, "this text"}};

static bool take(void *context, int code, const char *text)
{
    (void)code, (void)text;
    *(bool *)context = true;
    return true;
}

static int usage(FILE *to, int code)
{
    fputs("adsim explain KEY...\n"
          "Says what a key of the scenario file means: adsim explain product.value\n\n",
          to);
    options_help(options, 1, to);
    return code;
}

static bool tell(const char *key)
{
    const char *nearest = NULL;
    if (explain_key(key, stdout, &nearest)) return true;
    fprintf(stderr, "adsim explain: no key '%s'", key);
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
