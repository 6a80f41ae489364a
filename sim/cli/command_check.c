/* command_check.c -- `adsim check FILE...`: every problem of every file; nothing is run. */
#include "sim/cli/cli.h"
#include "sim/config/load.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "Usage: adsim check [options] FILE...\n"
    "Tells every problem of every scenario; nothing is run. FILE - is stdin.\n"
    "\n"
    "  --set PATH=VALUE          change a value first (repeatable)\n"
    "  --error-format FORMAT     human, short (one line each) or json\n"
    "  -q, --quiet               say nothing when all is well\n"
    "  -h, --help                this text\n";

typedef struct {
    const char **set;
    size_t n_set;
    error_format_t format;
    bool quiet, help;
} options_t;

static bool format_read(const char *text, error_format_t *out)
{
    static const char *const names[] = {"human", "short", "json"};
    for (int i = 0; i < 3; i++)
        if (!strcmp(text, names[i])) {
            *out = (error_format_t)i;
            return true;
        }
    fprintf(stderr, "adsim check: --error-format is human, short or json, not '%s'\n", text);
    return false;
}

/* False after a complaint. `set` has room for argc texts. */
static bool options_read(int argc, char **argv, options_t *o)
{
    static const struct option table[] = {{"set", required_argument, NULL, 's'},
                                          {"error-format", required_argument, NULL, 'e'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    optind = 0; /* starts over: another command may have used getopt */
    for (int c; (c = getopt_long(argc, argv, "qh", table, NULL)) != -1;) {
        if (c == 's')
            o->set[o->n_set++] = optarg;
        else if (c == 'e' && !format_read(optarg, &o->format))
            return false;
        else if (c == '?')
            return false;
        o->quiet |= c == 'q';
        o->help |= c == 'h';
    }
    return true;
}

/* One file. The worst exit code wins in main's eyes: what cannot be read before what is wrong. */
static int file_check(const char *path, const options_t *o, diagnostics_t *d)
{
    const load_options_t load = {o->set, o->n_set, NULL};
    loaded_t *loaded = NULL;
    error_t err = {""};
    status_t status = scenario_load(path, &load, d, &loaded, &err);
    loaded_free(loaded);
    switch (status) {
    case OK:
        if (!o->quiet) printf("%s: nothing wrong\n", path);
        return EXIT_FINE;
    case ERR_INVALID: return EXIT_NOT_VALID;
    case ERR_UNREADABLE: fprintf(stderr, "adsim check: %s\n", err.text); return EXIT_NOT_READABLE;
    default: fprintf(stderr, "adsim check: %s\n", err.text); return EXIT_UNEXPECTED;
    }
}

static int files_check(char **files, int n, const options_t *o)
{
    int code = EXIT_FINE;
    diagnostics_t *d = diagnostics_new();
    if (!d) return EXIT_UNEXPECTED;
    for (int i = 0; i < n; i++) {
        int one = file_check(files[i], o, d);
        if (one == EXIT_UNEXPECTED || code == EXIT_FINE) code = one;
        if (one == EXIT_NOT_READABLE && code == EXIT_NOT_VALID) code = one;
    }
    char *text = diagnostics_text(d, o->format, diagnostics_errors(d) ? "nothing was run" : NULL);
    if (text) fputs(text, stderr);
    if (!text) code = EXIT_UNEXPECTED;
    free(text);
    diagnostics_free(d);
    return code;
}

int command_check(int argc, char **argv)
{
    options_t o = {.set = calloc((size_t)argc + 1, sizeof *o.set)};
    int code = EXIT_USAGE;
    if (!o.set) return EXIT_UNEXPECTED;
    if (!options_read(argc, argv, &o)) goto out;
    if (o.help) {
        fputs(usage, stdout);
        code = EXIT_FINE;
    } else if (optind == argc) {
        fputs("adsim check: which file?\n", stderr);
        fputs(usage, stderr);
    } else
        code = files_check(argv + optind, argc - optind, &o);
out:
    free(o.set);
    return code;
}
