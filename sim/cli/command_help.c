/* command_help.c -- adsim help [COMMAND], and the manual page. */
#include "sim/cli/cli.h"
#include "sim/cli/manual.h"

#include <stdio.h>
#include <string.h>

enum { OPTION_MAN = 256 };

static const option_t options[] = {
    {OPTION_MAN, "man", NULL, "print the manual page adsim(1): adsim help --man | man -l -"},
    {'h', "help", NULL, "this text"},
};
const option_table_t help_options = {options, sizeof options / sizeof *options};

static int list_commands(void)
{
    printf("adsim COMMAND [FILE] [OPTIONS]\n\n");
    for (const command_t *c = commands; c->name; c++)
        printf("  %-11s %-12s %s\n", c->name, c->argument, c->does);
    printf(
        "\nadsim help COMMAND tells a command's options, adsim --version which program this is.\n");
    return EXIT_FINE;
}

static int list_own_options(void)
{
    printf("adsim help [COMMAND] -- what the commands are, and their options\n\n");
    options_help(options, help_options.n, stdout);
    return EXIT_FINE;
}

static bool take(void *context, int code, const char *text)
{
    (void)text;
    *(int *)context = code;
    return true;
}

int command_help(int argc, char **argv)
{
    static char option[] = "--help";
    int first, asked = 0;
    if (!options_read(argc, argv, options, help_options.n, &first, take, &asked)) return EXIT_USAGE;
    if (asked == OPTION_MAN) {
        manual_write(stdout);
        return EXIT_FINE;
    }
    if (asked) return list_own_options();
    if (first == argc) return list_commands();
    const command_t *c = command_find(argv[first]);
    if (!c) {
        command_unknown(argv[first]);
        return EXIT_USAGE;
    }
    if (c->run == command_help) return list_own_options();
    char *call[] = {argv[first], option, NULL};
    return c->run(2, call);
}
