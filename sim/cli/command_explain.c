/* command_explain.c -- `adsim explain KEY`: what a key means, its unit, range, default and source. */
#include "sim/cli/cli.h"
#include "sim/config/load.h"

#include <getopt.h>
#include <stdio.h>

static const char usage[] =
    "Usage: adsim explain KEY...\n"
    "Says what a key of the scenario file means: adsim explain product.value\n"
    "\n"
    "  -h, --help   this text\n";

/* 1 = help was asked for, 0 = go on, -1 = wrong usage. */
static int help_wanted(int argc, char **argv)
{
    static const struct option table[] = {{"help", no_argument, NULL, 'h'}, {0}};
    int wanted = 0;
    optind = 0;
    for (int c; (c = getopt_long(argc, argv, "h", table, NULL)) != -1;) {
        if (c != 'h') return -1;
        wanted = 1;
    }
    return wanted;
}

int command_explain(int argc, char **argv)
{
    int code = EXIT_FINE, help = help_wanted(argc, argv);
    if (help < 0) return EXIT_USAGE;
    if (help || optind == argc) {
        fputs(usage, help ? stdout : stderr);
        return help ? EXIT_FINE : EXIT_USAGE;
    }
    for (int i = optind; i < argc; i++) {
        const char *nearest = NULL;
        if (i > optind) putchar('\n');
        if (explain_key(argv[i], stdout, &nearest)) continue;
        fprintf(stderr, "adsim explain: no key '%s'", argv[i]);
        if (nearest) fprintf(stderr, "; did you mean '%s'?", nearest);
        fputc('\n', stderr);
        code = EXIT_USAGE;
    }
    return code;
}
