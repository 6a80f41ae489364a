/* command_schema.c -- `adsim schema`: the JSON schema (draft-07) of scenario files, for editors. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/config/load.h"

#include <stdio.h>

static const option_t options[] = {{'h', "help", NULL, "this text"}};
const option_table_t schema_options = {options, 1};

static bool take(void *context, int code, const char *text)
{
    (void)code, (void)text;
    *(bool *)context = true;
    return true;
}

static int usage(FILE *to, int code)
{
    fputs("adsim schema > adsim.schema.json\nPrints the JSON schema of scenario files.\n\n", to);
    options_help(options, 1, to);
    return code;
}

int command_schema(int argc, char **argv)
{
    int first;
    bool help = false;
    error_t err = {""};
    if (!options_read(argc, argv, options, 1, &first, take, &help)) return EXIT_USAGE;
    if (help) return usage(stdout, EXIT_FINE);
    if (first < argc) return usage(stderr, EXIT_USAGE);
    status_t st = schema_write(stdout, &err);
    if (st == OK) return EXIT_FINE;
    fprintf(stderr, "adsim schema: %s\n", err.text);
    return st == ERR_OUTPUT ? EXIT_NOT_WRITABLE : EXIT_UNEXPECTED;
}
