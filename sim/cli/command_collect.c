/* command_collect.c -- adsim collect DIR...: the shards of a sweep become one study. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/session.h"
#include "sim/cli/study_folder.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/store.h"
#include "sim/report/batch.h"
#include "sim/report/text.h"

#include <stdlib.h>
#include <string.h>

enum { OPTION_JSON = 256, OPTION_NO_REPORT, OPTION_NO_COLOR, ROWS_SHOWN = 20, HOLES_SHOWN = 10 };

static const option_t options[] = {
    {'o', "output", "DIR", "folder of the joined study (default: the first DIR)"},
    {'q', "quiet", NULL, "do not tell holes and failures one by one"},
    {OPTION_JSON, "json", NULL, "print all results as JSON instead of the page"},
    {OPTION_NO_REPORT, "no-report", NULL, "write tables and JSON alone, no figures and no page"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t collect_options = {options, N_OPTIONS};

typedef struct {
    const char *output;
    bool quiet, json, no_report, no_color, help;
    char **name;
    int n_names;
} arguments_t;

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case 'o':
        a->output = text;
        return *text || option_wrong("collect", "--output", text, "the name of a folder");
    case 'q': a->quiet = true; return true;
    case OPTION_JSON: a->json = true; return true;
    case OPTION_NO_REPORT: a->no_report = true; return true;
    case OPTION_NO_COLOR: a->no_color = true; return true;
    default: a->help = true; return true;
    }
}

/* --- holes ------------------------------------------------------------------------------------ */

/* Points that are not there, and those that failed, told as they come. */
typedef struct {
    size_t next, missing, runs, failed; /* next: the point that should come, from 1 */
    bool quiet;
} holes_t;

static void tell_hole(holes_t *h, size_t first, size_t after)
{
    if (first == after) return;
    h->missing += after - first;
    if (h->quiet || h->runs++ >= HOLES_SHOWN) return;
    if (after - first == 1)
        fprintf(stderr, "Missing: point %zu\n", first);
    else
        fprintf(stderr, "Missing: points %zu to %zu\n", first, after - 1);
}

static status_t look_at(void *context, const store_point_t *p, error_t *err)
{
    (void)err;
    holes_t *h = context;
    tell_hole(h, h->next, p->point);
    h->next = p->point + 1;
    if (strcmp(p->status, "done") == 0) return OK;
    if (h->failed++ < HOLES_SHOWN && !h->quiet)
        fprintf(stderr, "Point %zu failed: %s\n", p->point, p->reason ? p->reason : "");
    return OK;
}

static status_t find_holes(store_t *s, holes_t *h, error_t *err)
{
    h->next = 1;
    status_t st = store_visit(s, false, 0, look_at, h, err);
    if (st == OK) tell_hole(h, h->next, store_points_wanted(s) + 1);
    return st;
}

/* --- joining ---------------------------------------------------------------------------------- */

/* The joined store, of the study that the first shard is of. */
static status_t open_joined(const char *first, const char *path, store_t **out, error_t *err)
{
    store_t *shard = NULL;
    study_head_t head;
    status_t st = store_open_to_read(first, &shard, err);
    if (st == OK) st = store_axes(shard, &head.param, &head.n_params, err);
    if (st == OK) {
        head.version = store_text(shard, "version");
        head.fingerprint = store_text(shard, "fingerprint");
        head.manifest = store_text(shard, "manifest");
        head.points = store_points_wanted(shard);
        st = store_open(path, &head, out, err);
    }
    store_close(shard);
    return st;
}

static status_t join(const paths_t *shards, const char *path, store_t **out, error_t *err)
{
    status_t st = open_joined(shards->path[0], path, out, err);
    for (size_t i = 0; st == OK && i < shards->n; i++)
        if (strcmp(shards->path[i], path) != 0) st = store_join(*out, shards->path[i], err);
    return st;
}

static status_t tell(store_t *s, const arguments_t *a, const char *folder, size_t stores,
                     error_t *err)
{
    store_count_t n;
    if (a->json) return results_json(s, stdout, err);
    status_t st = store_count(s, &n, err);
    if (st != OK) return st;
    printf("%zu store%s \xc2\xb7 %zu of %zu points done\n\n", stores, stores == 1 ? "" : "s",
           n.done, store_points_wanted(s));
    st = study_page(s, true, session_page(a->no_color), ROWS_SHOWN, stdout, err);
    if (st == OK) st = study_wrote(folder, !a->no_report, err);
    return st;
}

static int collect(const arguments_t *a, int argc, char **argv)
{
    paths_t shards = {0};
    store_t *joined = NULL;
    holes_t holes = {.quiet = a->quiet};
    study_digests_t digests;
    passport_t passport;
    error_t err = {""};
    status_t st = OK;
    const char *folder = a->output ? a->output : a->name[0];
    char *path = store_path(folder, (shard_t){1, 1});
    passport_begin(&passport, argc, argv);
    if (!path) st = fail_memory(&err, "the name of the study");
    for (int i = 0; st == OK && i < a->n_names; i++)
        st = paths_add_stores(&shards, a->name[i], &err);
    if (st == OK) st = study_folder_check(folder, false, &err);
    if (st == OK) st = study_folder_make(folder, &err);
    if (st == OK) st = join(&shards, path, &joined, &err);
    if (st == OK) st = find_holes(joined, &holes, &err);
    if (st == OK) st = study_export(joined, folder, &digests, &err);
    provenance_t provenance = passport_provenance(&passport, 1);
    if (st == OK)
        st = study_run_json(&provenance, store_text(joined, "fingerprint"), &digests, folder, &err);
    if (st == OK && !a->no_report)
        st = study_publish(folder, parallel_threads_available(), a->quiet, &err);
    if (st == OK) st = tell(joined, a, folder, shards.n, &err);
    int code = st == OK ? EXIT_FINE : session_failed(st, &err);
    if (st == OK && (holes.missing || holes.failed)) {
        fprintf(stderr, "%zu points are missing, %zu failed.\n", holes.missing, holes.failed);
        code = EXIT_POINTS;
    }
    store_close(joined);
    paths_free(&shards);
    passport_free(&passport);
    free(path);
    return code;
}

int command_collect(int argc, char **argv)
{
    arguments_t a = {0};

    char **given = malloc((size_t)argc * sizeof *given); /* getopt reorders argv */
    if (!given) {
        fputs("adsim collect: out of memory\n", stderr);
        return EXIT_UNEXPECTED;
    }
    memcpy(given, argv, (size_t)argc * sizeof *given);
    int first = argc, code = EXIT_USAGE;
    if (options_read(argc, argv, options, N_OPTIONS, &first, take, &a)) code = EXIT_FINE;
    a.name = argv + first;
    a.n_names = argc - first;
    if (code == EXIT_FINE && a.help) {
        printf("adsim collect DIR... -- join the shards of a sweep into one study, find its "
               "holes\n\n");
        options_help(options, N_OPTIONS, stdout);
    } else if (code == EXIT_FINE && !a.n_names) {
        fputs("adsim collect: name the folders of shards; see adsim help collect\n", stderr);
        code = EXIT_USAGE;
    } else if (code == EXIT_FINE) {
        code = collect(&a, argc, given);
    }
    free(given);
    return code;
}
