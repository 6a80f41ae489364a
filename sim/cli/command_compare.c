/* command_compare.c -- adsim compare FILE...: plans under the same people, prices and luck. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/requirement.h"
#include "sim/cli/session.h"
#include "sim/engine/parallel.h"
#include "sim/report/compare.h"
#include "sim/report/folder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char command[] = "compare";

enum {
    OPTION_SEED = 256,
    OPTION_REPLICATIONS,
    OPTION_PRECISION,
    OPTION_PEOPLE,
    OPTION_METRIC,
    OPTION_SET,
    OPTION_JSON,
    OPTION_NO_REPORT,
    OPTION_NO_COLOR,
    OPTION_PROGRESS,
    OPTION_ERROR_FORMAT,
    OPTION_REQUIRE
};

static const option_t options[] = {
    {'o', "output", "DIR", "result folder (default: out/ and the file's name, -compared)"},
    {'f', "force", NULL, "replace a folder that holds something else"},
    {'n', "dry-run", NULL, "name the plans; run nothing"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {OPTION_METRIC, "metric", "COLUMN", "what decides: iroas, roi, incremental_conversions, ..."},
    {OPTION_SEED, "seed", "N", "seed of all chance, of every plan"},
    {OPTION_REPLICATIONS, "replications", "N", "run exactly N (even) of each plan"},
    {OPTION_PRECISION, "precision", "1%", "how far plans may be apart and still be called equal"},
    {OPTION_PEOPLE, "people", "N", "simulated people, of every plan"},
    {OPTION_SET, "set", "KEY=VALUE", "change a value of every plan (repeatable)"},
    {'q', "quiet", NULL, "no notices and no progress"},
    {'v', "verbose", NULL, "tell how long it took"},
    {OPTION_JSON, "json", NULL, "print summary.json instead of the page"},
    {OPTION_NO_REPORT, "no-report", NULL, "write tables and JSON alone, no figures and no page"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {OPTION_PROGRESS, "progress", "auto|plain|none", "how to show progress"},
    {OPTION_ERROR_FORMAT, "error-format", "human|short|json", "how to show what is wrong"},
    {OPTION_REQUIRE, "require", "'P(roas[a]>=roas[b])>=0.9'",
     "exit with 3 unless this holds (repeatable); also P(roas[a]>=1.3), P(roas[a]>=best)"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options, REQUIREMENTS_AT_MOST = 16 };
const option_table_t compare_options = {options, N_OPTIONS};

typedef struct {
    const char *const *file;
    int files;
    const char *output;
    int column; /* -1 = as the file says */
    bool force, dry_run, quiet, verbose, json, no_color, no_report, help;
    long threads;
    progress_mode_t progress;
    error_format_t error_format;
    requirement_t requirement[REQUIREMENTS_AT_MOST];
    const char *requirement_text[REQUIREMENTS_AT_MOST];
    int requirements;
    settings_t settings;
} arguments_t;

/* --- arguments -------------------------------------------------------------------------------- */

static bool take_require(arguments_t *a, const char *text)
{
    char why[160] = "at most 16 of them";
    bool room = a->requirements < REQUIREMENTS_AT_MOST;
    requirement_t *r = &a->requirement[a->requirements];
    bool parsed = room && requirement_parse(text, r, why);
    if (parsed && r->plan[0]) {
        a->requirement_text[a->requirements++] = text;
        return true;
    }
    if (parsed)
        snprintf(why, sizeof why, "say of which plan: P(%s[NAME]>=...)", columns[r->column].name);
    fprintf(stderr, "adsim compare: --require '%s': %s\n", text, why);
    return false;
}

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case 'o':
        a->output = text;
        return *text || option_wrong(command, "--output", text, "the name of a folder");
    case 'f': a->force = true; return true;
    case 'n': a->dry_run = true; return true;
    case 'q': a->quiet = true; return true;
    case 'v': a->verbose = true; return true;
    case 'h': a->help = true; return true;
    case 'j': return threads_read(command, text, &a->threads);
    case OPTION_METRIC:
        a->column = column_find(text);
        return a->column >= 0 ||
               option_wrong(command, "--metric", text, "a column such as iroas, roi or reach");
    case OPTION_SEED: return settings_add(&a->settings, command, "seed=", text);
    case OPTION_REPLICATIONS:
        return settings_add(&a->settings, command, "monte_carlo.replications=", text);
    case OPTION_PRECISION:
        return settings_add(&a->settings, command, "monte_carlo.precision=", text);
    case OPTION_PEOPLE: return settings_add(&a->settings, command, "people=", text);
    case OPTION_SET: return setting_read(&a->settings, command, text);
    case OPTION_JSON: a->json = true; return true;
    case OPTION_NO_REPORT: a->no_report = true; return true;
    case OPTION_NO_COLOR: a->no_color = true; return true;
    case OPTION_PROGRESS: return progress_read(command, text, &a->progress);
    case OPTION_ERROR_FORMAT: return error_format_read(command, text, &a->error_format);
    default: return take_require(a, text);
    }
}

static int read_arguments(int argc, char **argv, void *arguments)
{
    arguments_t *a = arguments;
    int first;
    a->threads = parallel_threads_available();
    a->column = -1;
    if (!options_read(argc, argv, options, N_OPTIONS, &first, take, a)) return EXIT_USAGE;
    if (a->help) {
        printf("adsim compare FILE... -- which plan is best, and how sure that is\n\n"
               "Each file is a plan; of one file the variants of its compare: block are. All plans "
               "meet "
               "the same\npeople, prices and luck, until the best one is known.\n\n");
        options_help(options, N_OPTIONS, stdout);
        return EXIT_FINE;
    }
    if (argc == first || argc - first > PLANS_AT_MOST) {
        fprintf(stderr, "adsim compare: %s; see adsim help compare\n",
                argc == first ? "name a scenario file with variants, or several files"
                              : "at most 16 plans at a time");
        return EXIT_USAGE;
    }
    a->file = (const char *const *)argv + first;
    a->files = argc - first;
    for (int i = 0; i < a->files; i++)
        if (!strcmp(a->file[i], "-")) {
            fputs("adsim compare: its files are read more than once: no stdin\n", stderr);
            return EXIT_USAGE;
        }
    return EXIT_FINE;
}

/* --- loading ---------------------------------------------------------------------------------- */

static status_t load(const arguments_t *a, plans_t **out)
{
    error_t err = {""};
    load_options_t how = {.set = a->settings.set, .n_set = a->settings.n};
    diagnostics_t *d = diagnostics_new();
    status_t st =
        d ? plans_load(a->file, a->files, &how, d, out, &err) : fail_memory(&err, "the messages");
    session_tell(d, st, &err, a->error_format, a->quiet, "nothing was run");
    diagnostics_free(d);
    return st;
}

/* What decides: --metric, the file's compare.metric, its target's, or iroas. */
static int deciding_column(const arguments_t *a, const scenario_t *sc)
{
    if (a->column >= 0) return a->column;
    const char *metric = sc->compare.metric ? sc->compare.metric : sc->target.metric;
    return column_find(*metric ? metric : "iroas");
}

static compare_how_t how_of(const arguments_t *a, const scenario_t *sc)
{
    const compare_rules_t *rules = &sc->compare;
    double indifference = rules->replications_at_most > 0 ? rules->indifference : NAN;
    double most = rules->replications_at_most > 0 ? rules->replications_at_most : MOST_REPLICATIONS;
    return (compare_how_t){
        .column = deciding_column(a, sc),
        .indifference = isnan(indifference) ? sc->precision : indifference,
        .replications = study_replications_asked(sc),
        .most = 2 * (size_t)(most / 2),
        .run = {.threads = (int)a->threads, .interrupted = &session_interrupted}};
}

/* --- the comparison --------------------------------------------------------------------------- */

static int plan_named(const compare_t *c, const char *name)
{
    for (int p = 0; p < c->plans; p++)
        if (!strcmp(c->name[p], name)) return p;
    return -1;
}

/* Are all plans of the requirements there? Before anything runs. */
static bool requirements_fit(const arguments_t *a, const plans_t *plans)
{
    for (int i = 0; i < a->requirements; i++) {
        const char *wanted[] = {a->requirement[i].plan, a->requirement[i].rival};
        for (int k = 0; k < 2; k++) {
            bool found = !wanted[k][0];
            for (int p = 0; p < plans_count(plans); p++)
                found |= !strcmp(plans_names(plans)[p], wanted[k]);
            if (found) continue;
            fprintf(stderr, "adsim compare: --require '%s': there is no plan '%s'\n",
                    a->requirement_text[i], wanted[k]);
            return false;
        }
    }
    return true;
}

static double probability(const compare_t *c, const requirement_t *r)
{
    int plan = plan_named(c, r->plan);
    const compared_column_t *table = &c->table[r->column];
    if (r->best) return table->standing[plan].best;
    if (!r->rival[0]) {
        comparison_take(c->comparison, r->column);
        return comparison_probability(c->comparison, plan, r->at_most, r->threshold);
    }
    int rival = plan_named(c, r->rival);
    double better = rival == plan ? 0.5 : table->difference[plan][rival].better;
    return r->at_most != column_less_is_better(r->column) ? 1 - better : better;
}

static int check_requirements(const compare_t *c, const arguments_t *a)
{
    int code = EXIT_FINE;
    for (int i = 0; i < a->requirements; i++) {
        double p = probability(c, &a->requirement[i]);
        if (p >= a->requirement[i].at_least) continue;
        fprintf(stderr, "Not met: %s; the probability is %.4g\n", a->requirement_text[i], p);
        code = EXIT_REQUIREMENT;
    }
    return code;
}

/* Notices that all plans share are told once, the others with their plan. */
static void tell_notices(const compare_t *c)
{
    for (int p = 0; p < c->plans; p++)
        for (size_t i = 0; i < c->study[p].notices.n; i++) {
            const char *text = c->study[p].notices.item[i].text;
            int shared = 0, before = 0;
            for (int q = 0; q < c->plans; q++)
                for (size_t k = 0; k < c->study[q].notices.n; k++) {
                    bool same = !strcmp(c->study[q].notices.item[k].text, text);
                    shared += same;
                    before += same && q < p;
                }
            if (shared == c->plans && !before) fprintf(stderr, "Note: %s\n", text);
            if (shared < c->plans) fprintf(stderr, "Note (%s): %s\n", c->name[p], text);
        }
}

static status_t publish(const compare_report_t *r, const arguments_t *a, const char *output,
                        error_t *err)
{
    size_t files = 0;
    status_t st = compare_report_write(r, output, &files, err);
    if (st != OK) return st;
    st = a->json ? compare_report_json(r, stdout, err)
                 : compare_report_page(r, session_page(a->no_color), stdout, err);
    if (st == OK && !a->json)
        st = session_wrote(output, !a->no_report, "comparison.csv summary.json", files, err);
    if (st == OK && (fflush(stdout) || ferror(stdout)))
        st = fail(err, ERR_OUTPUT, "cannot write to stdout");
    return st;
}

static status_t simulate(compare_t *c, const arguments_t *a, const plans_t *plans, error_t *err)
{
    const scenario_t *plan[PLANS_AT_MOST];
    int n = plans_count(plans);
    for (int p = 0; p < n; p++) plan[p] = loaded_scenario(plans_loaded(plans, p));
    compare_how_t how = how_of(a, plan[0]);
    progress_line_t line;
    progress_start(&line, a->quiet ? PROGRESS_NONE : a->progress);
    how.run.progress = progress_show;
    how.run.context = &line;
    session_catch_interrupt();
    status_t st = compare_open(c, plan, plans_names(plans), n, &how, err);
    if (st == OK) st = compare_simulate(c, err);
    if (st == OK) st = compare_tabulate(c, err);
    progress_end(&line);
    return st;
}

static void name_plans(const plans_t *plans)
{
    for (int p = 0; p < plans_count(plans); p++) {
        const scenario_t *sc = loaded_scenario(plans_loaded(plans, p));
        printf("%s: %d ad sets, %zu simulated people\n", plans_names(plans)[p], sc->n_ad_sets,
               study_people(sc));
    }
}

static int run(const void *arguments, int argc, char **argv)
{
    const arguments_t *a = arguments;
    if (!a->files) return EXIT_FINE; /* help was all */
    plans_t *plans = NULL;
    compare_t compare = {0};
    notices_t notices = {0}; /* of the figures */
    passport_t passport;
    error_t err = {""};
    passport_begin(&passport, argc, argv);
    char *own_output = a->output ? NULL : session_output(a->file[0], "-compared");
    const char *output = a->output ? a->output : own_output;
    status_t st = load(a, &plans);
    int code = session_exit_code(st);
    if (st != OK) goto out;
    code = EXIT_USAGE;
    if (!requirements_fit(a, plans)) goto out;
    code = EXIT_FINE;
    if (a->dry_run) {
        name_plans(plans);
        goto out;
    }
    const char *name = loaded_scenario(plans_loaded(plans, 0))->name;
    if (!output || !passport.command_line) st = fail_memory(&err, "what was asked for");
    if (st == OK) st = folder_check(output, name, a->force, &err);
    if (st == OK) st = simulate(&compare, a, plans, &err);
    if (st == OK) {
        figures_how_t figures = {.at_once = (int)a->threads,
                                 .seconds = FIGURE_SECONDS,
                                 .interrupted = &session_interrupted,
                                 .notices = &notices};
        compare_report_t r = {&compare, plans, name,
                              passport_provenance(&passport, (int)a->threads),
                              a->no_report ? NULL : &figures};
        st = publish(&r, a, output, &err);
    }
    if (st != OK) {
        code = session_failed(st, &err);
        goto out;
    }
    if (!a->quiet) tell_notices(&compare);
    for (size_t i = 0; !a->quiet && i < notices.n; i++)
        fprintf(stderr, "Note: %s\n", notices.item[i].text);
    if (a->verbose)
        session_took(&passport, "%zu replications of %d plans",
                     study_replications(&compare.study[0]), compare.plans);
    code = compare.verdict == COMPARED_INTERRUPTED ? EXIT_INTERRUPTED
                                                   : check_requirements(&compare, a);
out:
    notices_free(&notices);
    compare_close(&compare);
    plans_free(plans);
    passport_free(&passport);
    free(own_output);
    return code;
}

int command_compare(int argc, char **argv)
{
    return session_answer(argc, argv, "compare", sizeof(arguments_t), read_arguments, run);
}
