/* command_sweep.c -- adsim sweep FILE|DIR...: every point of every scenario, kept in a store. */
#include "models/base/status.h"
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/cli/spread.h"
#include "sim/cli/study_folder.h"
#include "sim/cli/terminal.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/batch.h"
#include "sim/experiment/store.h"
#include "sim/report/batch.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_SEED = 256,
    OPTION_REPLICATIONS,
    OPTION_PRECISION,
    OPTION_PEOPLE,
    OPTION_SET,
    OPTION_RESUME,
    OPTION_SHARD,
    OPTION_JSON,
    OPTION_NO_REPORT,
    OPTION_NO_COLOR,
    OPTION_PROGRESS,
    OPTION_ERROR_FORMAT
};
enum { ROWS_SHOWN = 20, PILOT_REPLICATIONS = 16 };

static const option_t options[] = {
    {'o', "output", "DIR", "folder of the study (default: out/, the file's name, -sweep)"},
    {OPTION_RESUME, "resume", NULL, "go on with the study that is there, redo what failed"},
    {'f', "force", NULL, "start anew where a study is"},
    {'n', "dry-run", NULL, "tell points, replications, time and size; run nothing"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {OPTION_SHARD, "shard", "I/N|auto", "part I of N alone; auto: this task of a Slurm array"},
    {OPTION_SEED, "seed", "N", "seed of all chance"},
    {OPTION_REPLICATIONS, "replications", "N", "run exactly N (even) at each point"},
    {OPTION_PRECISION, "precision", "1%", "run each point until its means are this sure"},
    {OPTION_PEOPLE, "people", "N", "simulated people"},
    {OPTION_SET, "set", "KEY=VALUE", "change a value of all files (repeatable)"},
    {'q', "quiet", NULL, "no notices and no progress"},
    {'v', "verbose", NULL, "tell how long it took"},
    {OPTION_JSON, "json", NULL, "print all results as JSON instead of the page"},
    {OPTION_NO_REPORT, "no-report", NULL, "write tables and JSON alone, no figures and no page"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {OPTION_PROGRESS, "progress", "auto|plain|none", "how to show progress"},
    {OPTION_ERROR_FORMAT, "error-format", "human|short|json", "how to show what is wrong"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t sweep_options = {options, N_OPTIONS};

typedef struct {
    const char *output;
    char **name; /* files and folders as given */
    int n_names;
    bool resume, force, dry_run, quiet, verbose, json, no_report, no_color, help;
    long threads; /* 0 = not given */
    shard_t shard;
    progress_mode_t progress;
    error_format_t error_format;
    settings_t settings;
} arguments_t;

/* A sweep under way. */
typedef struct {
    const arguments_t *a;
    paths_t files;
    char *folder, *store_path;
    batch_t batch;
    store_t *store;
    size_t *todo, n_todo, complete, failed;
    bool *done; /* of all points */
    int threads;
    passport_t passport;
    progress_line_t line;
    progress_t progress;
} sweeping_t;

/* --- arguments -------------------------------------------------------------------------------- */

static bool wrong(const char *option, const char *text, const char *wanted)
{
    return option_wrong("sweep", option, text, wanted);
}

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    settings_t *s = &a->settings;
    switch (code) {
    case 'o': a->output = text; return *text || wrong("--output", text, "the name of a folder");
    case 'f': a->force = true; return true;
    case 'n': a->dry_run = true; return true;
    case 'q': a->quiet = true; return true;
    case 'v': a->verbose = true; return true;
    case 'h': a->help = true; return true;
    case 'j': return threads_read("sweep", text, &a->threads);
    case OPTION_RESUME: a->resume = true; return true;
    case OPTION_SHARD: return shard_read("sweep", text, &a->shard);
    case OPTION_SEED: return settings_add(s, "sweep", "seed=", text);
    case OPTION_REPLICATIONS: return settings_add(s, "sweep", "monte_carlo.replications=", text);
    case OPTION_PRECISION: return settings_add(s, "sweep", "monte_carlo.precision=", text);
    case OPTION_PEOPLE: return settings_add(s, "sweep", "people=", text);
    case OPTION_SET: return setting_read(s, "sweep", text);
    case OPTION_JSON: a->json = true; return true;
    case OPTION_NO_REPORT: a->no_report = true; return true;
    case OPTION_NO_COLOR: a->no_color = true; return true;
    case OPTION_PROGRESS: return progress_read("sweep", text, &a->progress);
    default: return error_format_read("sweep", text, &a->error_format);
    }
}

static int read_arguments(int argc, char **argv, void *arguments)
{
    arguments_t *a = arguments;
    int first;
    a->shard = (shard_t){1, 1};
    if (!options_read(argc, argv, options, N_OPTIONS, &first, take, a)) return EXIT_USAGE;
    if (a->help) {
        printf("adsim sweep FILE|DIR... -- run every point of the scenarios' sweeps, keep the "
               "results in a "
               "store\n\n"
               "Of a folder every *.yaml is taken. A scenario without sweep: is one point.\n\n");
        options_help(options, N_OPTIONS, stdout);
        return EXIT_FINE;
    }
    a->name = argv + first;
    a->n_names = argc - first;
    if (a->resume && a->force) {
        fputs("adsim sweep: --resume goes on with a study, --force starts anew: choose one\n",
              stderr);
        return EXIT_USAGE;
    }
    if (a->n_names) return EXIT_FINE;
    fputs("adsim sweep: name scenario files or folders; see adsim help sweep\n", stderr);
    return EXIT_USAGE;
}

/* --- the batch -------------------------------------------------------------------------------- */

/* out/NAME-sweep of one file or folder, else out/sweep. */
static char *default_folder(const arguments_t *a)
{
    if (a->n_names != 1) return strdup("out/sweep");
    char *name = strdup(a->name[0]);
    for (size_t n = name ? strlen(name) : 0; n > 1 && name[n - 1] == '/'; n--) name[n - 1] = 0;
    char *out = name ? session_output(name, "-sweep") : NULL;
    free(name);
    return out;
}

static void tell(const diagnostics_t *d, const arguments_t *a, bool wrong_ones)
{
    if (!wrong_ones && (a->quiet || !diagnostics_warnings(d))) return;
    char *text = diagnostics_text(d, a->error_format, wrong_ones ? "nothing was run" : NULL);
    if (text) fputs(text, stderr);
    free(text);
}

static status_t open_batch(sweeping_t *w, error_t *err)
{
    const arguments_t *a = w->a;
    diagnostics_t *d = diagnostics_new();
    status_t st = d ? OK : fail_memory(err, "the messages");
    for (int i = 0; st == OK && i < a->n_names; i++) st = paths_add(&w->files, a->name[i], err);
    if (st == OK)
        st = batch_init(&w->batch, ADSIM_VERSION, (const char *const *)w->files.path, w->files.n,
                        a->settings.set, a->settings.n, d, err);
    if (st == OK && spread_leads()) st = batch_check(&w->batch, d, err);
    if (d && spread_leads()) {
        tell(d, a, st == ERR_INVALID && diagnostics_errors(d));
        if (st == ERR_INVALID && diagnostics_errors(d)) err->text[0] = 0; /* all is told */
    }
    diagnostics_free(d);
    return st;
}

/* --- the plan --------------------------------------------------------------------------------- */

/* Seconds that a point takes on one thread, by a few replications of the file's own scenario. */
typedef struct {
    double opening, replication, replications;
    bool automatic;
} cost_t;

static status_t measure(const loaded_t *base, cost_t *c, error_t *err)
{
    study_t study = {0};
    scenario_t *pilot = malloc(sizeof *pilot);
    if (!pilot) return fail_memory(err, "the pilot");
    memcpy(pilot, loaded_scenario(base), sizeof *pilot);
    c->automatic = !(pilot->replications > 0);
    c->replications =
        c->automatic ? (double)stopping_first_look(pilot) : (double)study_replications_asked(pilot);
    pilot->replications = PILOT_REPLICATIONS;
    run_options_t how = {.threads = 1};
    double began = seconds_now();
    status_t st = study_open(&study, pilot, &how, err);
    c->opening = seconds_now() - began;
    began = seconds_now();
    if (st == OK) st = study_simulate(&study, err);
    c->replication = (seconds_now() - began) / PILOT_REPLICATIONS;
    study_close(&study);
    free(pilot);
    return st;
}

static void print_time(double seconds, FILE *to)
{
    if (seconds < 120)
        fprintf(to, "%.2g s", seconds);
    else if (seconds < 7200)
        fprintf(to, "%.0f min", seconds / 60);
    else if (seconds < 172800)
        fprintf(to, "%.1f h", seconds / 3600);
    else
        fprintf(to, "%.0f days", seconds / 86400);
}

/* Bytes of the store a row of results, by the layout: 8 a number, and what stands around them. */
static const double BYTES_A_ROW = COLUMNS * RESULT_VALUES * 8.0 + 400;

static void print_axes(const batch_file_t *f, FILE *to)
{
    for (int k = 0; k < sweep_axes(f->sweep); k++)
        fprintf(to, "    %s: %s\n", sweep_path(f->sweep, k), sweep_values_text(f->sweep, k));
}

static status_t print_plan(const sweeping_t *w, FILE *to, error_t *err)
{
    const batch_t *b = &w->batch;
    double seconds = 0, bytes = 0, shards = (double)w->a->shard.n;
    bool automatic = false;
    for (size_t i = 0; i < b->n_files; i++) {
        const batch_file_t *f = &b->file[i];
        const scenario_t *sc = loaded_scenario(f->base);
        cost_t c;
        status_t st = measure(f->base, &c, err);
        if (st != OK) return st;
        double points = (double)sweep_points(f->sweep);
        automatic = automatic || c.automatic;
        seconds += points * (c.opening + c.replications * c.replication);
        bytes += points * scopes_count(scopes_of(sc)) * BYTES_A_ROW;
        fprintf(to, "%s: %s \xc2\xb7 %s point%s of %s%.0f replications \xc2\xb7 %.3g ms each\n",
                f->path, sc->name, amount_whole(points).text, points == 1 ? "" : "s",
                c.automatic ? "at least " : "", c.replications, 1e3 * c.replication);
        if (sweep_axes(f->sweep)) fprintf(to, "  %s over\n", sweep_design_word(f->sweep));
        print_axes(f, to);
    }
    fprintf(to, "\n%s point%s", amount_whole((double)b->points).text, b->points == 1 ? "" : "s");
    if (w->a->shard.n > 1) fprintf(to, ", of them part %zu of %zu", w->a->shard.i, w->a->shard.n);
    fprintf(to, ": %sabout ", automatic ? "at least " : "");
    print_time(seconds / shards / w->threads, to);
    fprintf(to, " on %d thread%s; about %.2g MB in the store, as much again in results.csv.\n",
            w->threads, w->threads == 1 ? "" : "s", bytes / shards / 1e6);
    fputs("Nothing was run.\n", to);
    return OK;
}

static status_t tell_plan(const sweeping_t *w, error_t *err)
{
    fold_t fold;
    FILE *lines = fold_open(&fold);
    status_t st = lines ? print_plan(w, lines, err) : OK;
    bool told = fold_close(&fold, stdout, terminal_width());
    return st == OK && !told ? fail_memory(err, "the plan of the batch") : st;
}

/* --- running ---------------------------------------------------------------------------------- */

static bool in_shard(shard_t s, size_t point)
{
    return point % s.n == s.i - 1;
}

/* The points that are missing. */
static status_t list_todo(sweeping_t *w, error_t *err)
{
    const batch_t *b = &w->batch;
    w->done = calloc(b->points, sizeof *w->done);
    w->todo = malloc(b->points * sizeof *w->todo);
    if (!w->done || !w->todo) return fail_memory(err, "the list of points");
    status_t st = store_complete(w->store, b, w->done, err);
    for (size_t p = 0; st == OK && p < b->points; p++) {
        if (!in_shard(w->a->shard, p)) continue;
        if (w->done[p])
            w->complete++;
        else
            w->todo[w->n_todo++] = p;
    }
    return st;
}

static status_t open_store(sweeping_t *w, error_t *err)
{
    const arguments_t *a = w->a;
    const batch_t *b = &w->batch;
    status_t st = study_folder_check(w->folder, a->force, err);
    if (st != OK) return st;
    if (a->force) study_remove(w->folder, w->store_path, a->shard);
    if (!a->resume && study_file_exists(w->store_path))
        return fail(err, ERR_OUTPUT, "%s holds a study: --resume goes on with it, -f starts anew",
                    w->folder);
    char *manifest = manifest_text(b);
    if (!manifest) return fail_memory(err, "the manifest");
    study_head_t head = {.version = ADSIM_VERSION,
                         .fingerprint = b->fingerprint,
                         .manifest = manifest,
                         .points = b->points,
                         .param = b->param,
                         .n_params = b->n_params};
    st = study_folder_make(w->folder, err);
    if (st == OK) st = store_open(w->store_path, &head, &w->store, err);
    if (st == OK) st = study_write_text(w->folder, study_files[0], manifest, err);
    free(manifest);
    return st;
}

static status_t keep(void *context, const record_t *r, error_t *err)
{
    sweeping_t *w = context;
    record_reader_t reader = record_begin(r);
    outcome_t o = read_outcome(&reader);
    status_t st = store_keep(w->store, &w->batch, r, err);
    if (st != OK) return st;
    w->failed += o.failed;
    if (o.failed && !w->a->quiet) {
        progress_end(&w->line);
        fprintf(stderr, "Point %zu failed: %s\n", o.point + 1, o.reason ? o.reason : "");
    }
    w->progress.done++;
    progress_points(&w->line, &w->progress);
    return OK;
}

static status_t run_points(sweeping_t *w, error_t *err)
{
    batch_how_t how = {
        .how = {.threads = w->threads, .interrupted = &session_interrupted, .clock = seconds_now},
        .keep = keep,
        .context = w};
    session_catch_interrupt();
    progress_start(&w->line, w->a->quiet ? PROGRESS_NONE : w->a->progress);
    w->progress = (progress_t){0, w->n_todo};
    status_t st = spread_run(&w->batch, w->todo, w->n_todo, &how, err);
    progress_end(&w->line);
    return st;
}

/* --- telling ---------------------------------------------------------------------------------- */

static void print_head(const sweeping_t *w, const store_count_t *n, FILE *to)
{
    const batch_t *b = &w->batch;
    const char *between = " \xc2\xb7 ";
    if (b->n_files == 1)
        fputs(loaded_scenario(b->file[0].base)->name, to);
    else
        fprintf(to, "%zu scenarios", b->n_files);
    fprintf(to, "%s%s point%s", between, amount_whole((double)b->points).text,
            b->points == 1 ? "" : "s");
    if (w->a->shard.n > 1) fprintf(to, ", part %zu of %zu", w->a->shard.i, w->a->shard.n);
    if (b->n_files == 1 && sweep_axes(b->file[0].sweep))
        fprintf(to, "%s%s", between, sweep_design_word(b->file[0].sweep));
    fprintf(to, "%s%zu done", between, n->done);
    if (n->failed) fprintf(to, ", %zu failed", n->failed);
    if (w->complete) fprintf(to, " (%zu were there)", w->complete);
    fputs("\n\n", to);
}

static status_t tell_head(const sweeping_t *w, const store_count_t *n, error_t *err)
{
    fold_t fold;
    FILE *lines = fold_open(&fold);
    if (lines) print_head(w, n, lines);
    return fold_close(&fold, stdout, terminal_width()) ? OK : fail_memory(err, "the page");
}

static status_t publish(sweeping_t *w, error_t *err)
{
    const arguments_t *a = w->a;
    study_digests_t digests;
    store_count_t n;
    bool whole = a->shard.n == 1;
    status_t st = store_count(w->store, &n, err);
    if (st == OK && whole) st = study_export(w->store, w->folder, &digests, err);
    provenance_t passport = passport_provenance(&w->passport, w->threads);
    if (st == OK && whole)
        st = study_run_json(&passport, w->batch.fingerprint, &digests, w->folder, err);
    if (st == OK && whole && !a->no_report)
        st = study_publish(w->folder, w->threads, a->quiet, err);
    if (st != OK) return st;
    if (a->json) return results_json(w->store, stdout, err);
    st = tell_head(w, &n, err);
    if (st == OK)
        st = study_page(w->store, w->batch.n_files > 1, session_page(a->no_color), ROWS_SHOWN,
                        stdout, err);
    if (st == OK && whole) st = study_wrote(w->folder, !a->no_report, err);
    if (st == OK && !whole)
        printf("\nWrote %s; adsim collect %s joins the parts.\n", w->store_path, w->folder);
    return st;
}

static int lead(sweeping_t *w)
{
    error_t err = {""}, stop = {""};
    const arguments_t *a = w->a;
    status_t ended = OK, st = open_batch(w, &err);
    if (st == OK) {
        w->folder = a->output ? strdup(a->output) : default_folder(a);
        w->store_path = w->folder ? store_path(w->folder, a->shard) : NULL;
        if (!w->store_path) st = fail_memory(&err, "the name of the study's folder");
    }
    if (st == OK && a->dry_run) st = tell_plan(w, &err);
    if (st == OK && a->dry_run) return EXIT_FINE;
    if (st == OK) st = open_store(w, &err);
    if (st == OK) st = list_todo(w, &err);
    if (st == OK) ended = run_points(w, &stop);
    if (st == OK && ended != OK && ended != ERR_INTERRUPTED) {
        st = ended;
        err = stop;
    }
    if (st == OK) st = publish(w, &err);
    if (st != OK) {
        if (*err.text) fprintf(stderr, "adsim: %s\n", err.text);
        return session_exit_code(st);
    }
    if (a->verbose)
        session_took(&w->passport, "%zu point%s", w->progress.done,
                     w->progress.done == 1 ? "" : "s");
    if (ended == ERR_INTERRUPTED) {
        fprintf(stderr, "Stopped: %zu of %zu points are kept; --resume goes on.\n",
                w->complete + w->progress.done - w->failed, w->complete + w->n_todo);
        return EXIT_INTERRUPTED;
    }
    if (!w->failed) return EXIT_FINE;
    fprintf(stderr, "%zu point%s failed; points.csv has the reasons, --resume tries again.\n",
            w->failed, w->failed == 1 ? "" : "s");
    return EXIT_POINTS;
}

/* A rank that only computes. What is wrong with the batch the leader finds too, and tells. */
static void follow(sweeping_t *w)
{
    error_t err = {""};
    point_how_t how = {.threads = w->threads, .clock = seconds_now};
    spread_serve(open_batch(w, &err) == OK ? &w->batch : NULL, &how);
}

static const char LOST[] = "adsim: a rank was lost, or the job was stopped: all ranks ended. "
                           "Points that were complete are kept; "
                           "--resume goes on.\n";

static int sweep(const void *arguments, int argc, char **argv)
{
    const arguments_t *a = arguments;
    if (!a->n_names || a->help) return EXIT_FINE; /* help was all */
    sweeping_t w = {.a = a};
    int code = EXIT_FINE;
    spread_begin(LOST);
    w.threads = a->threads           ? (int)a->threads
                : spread_ranks() > 1 ? 1
                                     : parallel_threads_available();
    passport_begin(&w.passport, argc, argv);
    if (spread_leads())
        code = lead(&w);
    else
        follow(&w);
    store_close(w.store);
    batch_free(&w.batch);
    paths_free(&w.files);
    passport_free(&w.passport);
    free(w.folder);
    free(w.store_path);
    free(w.todo);
    free(w.done);
    if (spread_leads()) spread_dismiss();
    spread_end();
    return code;
}

int command_sweep(int argc, char **argv)
{
    return session_answer(argc, argv, "sweep", sizeof(arguments_t), read_arguments, sweep);
}
