/* command_check.c -- `adsim check FILE...`: every problem of every file; nothing is run. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/session.h"
#include "sim/config/load.h"
#include "sim/config/plans.h"
#include "sim/experiment/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_SET = 256, OPTION_ERROR_FORMAT };

static const option_t options[] = {
    {OPTION_SET, "set", "KEY=VALUE", "change a value of the file first (repeatable)"},
    {OPTION_ERROR_FORMAT, "error-format", "human|short|json", "how to show what is wrong"},
    {'q', "quiet", NULL, "say nothing when all is well"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t check_options = {options, N_OPTIONS};

typedef struct {
    const char **set; /* room for one per argument */
    size_t n_set;
    error_format_t format;
    bool quiet, help;
} arguments_t;

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case OPTION_SET: a->set[a->n_set++] = text; return true;
    case 'q': a->quiet = true; return true;
    case 'h': a->help = true; return true;
    default: return error_format_read("check", text, &a->format);
    }
}

/* The variants of the file's `compare` block, if it has one. */
static status_t variants_check(const char *path, const load_options_t *load, const loaded_t *loaded,
                               diagnostics_t *d, error_t *err)
{
    if (!(loaded_scenario(loaded)->compare.replications_at_most > 0) || !strcmp(path, "-"))
        return OK;
    plans_t *plans = NULL;
    diagnostics_t *own = diagnostics_new(); /* the file itself is read once more */
    status_t st =
        own ? plans_load(&path, 1, load, own, &plans, err) : fail_memory(err, "the messages");
    if (own) diagnostics_take(d, own, "");
    diagnostics_free(own);
    plans_free(plans);
    return st;
}

/* The points of its `sweep` block: every value of every list, and both ends of every range. */
static status_t sweep_check(const char *path, const arguments_t *a, const loaded_t *loaded,
                            diagnostics_t *d, error_t *err)
{
    sweep_t *sweep = NULL;
    batch_t batch = {0};
    status_t st = sweep_read(loaded, d, &sweep, err);
    int axes = st == OK ? sweep_axes(sweep) : 0;
    sweep_free(sweep);
    if (!axes || !strcmp(path, "-")) return st;
    diagnostics_t *own = diagnostics_new(); /* the file itself is read once more */
    if (!own) return fail_memory(err, "the messages");
    st = batch_init(&batch, ADSIM_VERSION, &path, 1, a->set, a->n_set, own, err);
    if (st == OK) st = batch_check(&batch, own, err);
    diagnostics_take(d, own, "");
    diagnostics_free(own);
    batch_free(&batch);
    return st;
}

/* One file. The worst exit code wins in main's eyes: what cannot be read before what is wrong. */
static int file_check(const char *path, const arguments_t *a, diagnostics_t *d)
{
    const load_options_t load = {.set = a->set, .n_set = a->n_set, .block = ""};
    loaded_t *loaded = NULL;
    error_t err = {""};
    size_t warnings = diagnostics_warnings(d);
    status_t status = scenario_load(path, &load, d, &loaded, &err);
    if (status == OK) status = loaded_look_at_audiences(loaded, d, &err);
    if (status == OK) status = variants_check(path, &load, loaded, d, &err);
    if (status == OK) status = sweep_check(path, a, loaded, d, &err);
    loaded_free(loaded);
    switch (status) {
    case OK:
        warnings = diagnostics_warnings(d) - warnings;
        if (!a->quiet)
            printf("%s: %s\n", path, warnings ? "can be run; see the warnings" : "nothing wrong");
        return EXIT_FINE;
    case ERR_INVALID: return EXIT_NOT_VALID;
    case ERR_UNREADABLE: fprintf(stderr, "adsim check: %s\n", err.text); return EXIT_NOT_READABLE;
    default: fprintf(stderr, "adsim check: %s\n", err.text); return EXIT_UNEXPECTED;
    }
}

static int no_memory(void)
{
    fputs("adsim check: out of memory\n", stderr);
    return EXIT_UNEXPECTED;
}

static int files_check(char **files, int n, const arguments_t *a)
{
    int code = EXIT_FINE;
    diagnostics_t *d = diagnostics_new();
    if (!d) return no_memory();
    for (int i = 0; i < n; i++) {
        int one = file_check(files[i], a, d);
        if (one == EXIT_UNEXPECTED || code == EXIT_FINE) code = one;
        if (one == EXIT_NOT_READABLE && code == EXIT_NOT_VALID) code = one;
    }
    if (code != EXIT_UNEXPECTED) {
        char *text =
            diagnostics_text(d, a->format, diagnostics_errors(d) ? "nothing was run" : NULL);
        if (text)
            fputs(text, stderr);
        else
            code = no_memory();
        free(text);
    }
    diagnostics_free(d);
    return code;
}

static int usage(FILE *to, int code)
{
    fputs("adsim check [OPTIONS] FILE...\n"
          "Tells every problem of every scenario; nothing is run. FILE - is stdin.\n\n",
          to);
    options_help(options, N_OPTIONS, to);
    return code;
}

int command_check(int argc, char **argv)
{
    arguments_t a = {.set = calloc((size_t)argc + 1, sizeof *a.set)};
    int code = EXIT_USAGE, first;
    if (!a.set) return no_memory();
    if (!options_read(argc, argv, options, N_OPTIONS, &first, take, &a)) goto out;
    if (a.help)
        code = usage(stdout, EXIT_FINE);
    else if (first == argc)
        code = usage(stderr, EXIT_USAGE);
    else
        code = files_check(argv + first, argc - first, &a);
out:
    free(a.set);
    return code;
}
