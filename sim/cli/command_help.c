/* command_help.c -- adsim help [COMMAND]. */
#include "sim/cli/cli.h"

#include <stdio.h>
#include <string.h>

int command_help(int argc, char **argv)
{
    static char option[] = "--help";
    if (argc < 2) {
        printf("adsim COMMAND [FILE] [OPTIONS]\n\n");
        for (const command_t *c = commands; c->name; c++)
            printf("  %-11s %-12s %s\n", c->name, c->argument, c->does);
        printf("\nadsim help COMMAND tells a command's options, adsim --version which program this "
               "is.\n");
        return EXIT_FINE;
    }
    const command_t *c = command_find(argv[1]);
    if (!c) {
        command_unknown(argv[1]);
        return EXIT_USAGE;
    }
    if (!strcmp(c->name, "help")) return command_help(1, argv);
    char *asked[] = {argv[1], option, NULL};
    return c->run(2, asked);
}
