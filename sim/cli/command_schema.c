/* command_schema.c -- `adsim schema`: the JSON schema (draft-07) of scenario files, for editors. */
#include "sim/cli/cli.h"
#include "sim/config/load.h"

#include <getopt.h>
#include <stdio.h>

static const char usage[] = "Usage: adsim schema > adsim.schema.json\n"
                            "Prints the JSON schema (draft-07) of scenario files.\n"
                            "\n"
                            "  -h, --help   this text\n";

int command_schema(int argc, char **argv)
{
    static const struct option table[] = {{"help", no_argument, NULL, 'h'}, {0}};
    optind = 0;
    for (int c; (c = getopt_long(argc, argv, "h", table, NULL)) != -1;) {
        if (c != 'h') return EXIT_USAGE;
        fputs(usage, stdout);
        return EXIT_FINE;
    }
    if (optind < argc) {
        fprintf(stderr, "adsim schema: takes no argument, got '%s'\n", argv[optind]);
        return EXIT_USAGE;
    }
    error_t err = {""};
    if (schema_write(stdout, &err) == OK) return EXIT_FINE;
    fprintf(stderr, "adsim schema: %s\n", err.text);
    return EXIT_UNEXPECTED;
}
