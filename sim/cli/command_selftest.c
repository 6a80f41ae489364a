/* command_selftest.c -- `adsim selftest`: closed forms and bit-exact cases, worked out here and now by
 * the functions that simulate, against answers that were found elsewhere. */
#include "sim/cli/cli.h"
#include "sim/cli/known_answers.h"
#include "sim/cli/options.h"
#include "sim/cli/terminal.h"
#include "sim/report/table.h"

#include "models/base/nearest.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_GROUP = 256, OPTION_ALLOCATION, OPTION_JSON, OPTION_PUBLISHED };

static const option_t options[] = {
    {OPTION_GROUP, "group", "NAME", "only the cases of this group"},
    {OPTION_ALLOCATION, "allocation", NULL, "the problems that adsim allocate is checked with"},
    {OPTION_JSON, "json", NULL, "every value of every case, as JSON"},
    {OPTION_PUBLISHED, "published", NULL,
     "instead: what others have measured beside what the defaults bring"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t selftest_options = {options, N_OPTIONS};

typedef struct {
    const char *group; /* NULL: all */
    bool allocation, json, published, help;
} arguments_t;

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case OPTION_GROUP: a->group = text; break;
    case OPTION_ALLOCATION: a->allocation = true; break;
    case OPTION_JSON: a->json = true; break;
    case OPTION_PUBLISHED: a->published = true; break;
    default: a->help = true;
    }
    return true;
}

static int usage(FILE *to, int code)
{
    fputs("adsim selftest [OPTIONS]\n"
          "Works out the known answers that adsim comes with and shows of each case the value that "
          "is\n"
          "farthest from what is expected. Exit code 1 if one is off by more than its case "
          "allows.\n"
          "--published simulates a plan of defaults and shows what others have measured beside it; "
          "no\n"
          "default is fitted to these figures, and whether they are met is no matter of exit "
          "codes.\n\n",
          to);
    options_help(options, N_OPTIONS, to);
    return code;
}

/* --- which cases ------------------------------------------------------------------------------ */

static bool is_asked(const known_result_t *r, const arguments_t *a)
{
    return r->answered && (!a->group || !strcmp(r->group, a->group));
}

typedef struct {
    size_t met, asked;
} score_t;

static score_t score_of(const known_results_t *all, const arguments_t *a)
{
    score_t s = {0};
    for (size_t i = 0; i < all->n; i++) {
        if (!is_asked(&all->result[i], a)) continue;
        s.asked++;
        s.met += all->result[i].met;
    }
    return s;
}

static int no_such_group(const known_results_t *all, const char *group)
{
    const char *names[TABLE_ROWS], *near;
    size_t n = 0;
    for (size_t i = 0; i < all->n && n < TABLE_ROWS; i++) {
        const known_result_t *r = &all->result[i];
        if (r->answered && (!n || strcmp(names[n - 1], r->group))) names[n++] = r->group;
    }
    near = nearest_name(group, names, n);
    fprintf(stderr, "adsim selftest: no group '%s'", group);
    if (near) fprintf(stderr, "; did you mean '%s'?", near);
    for (size_t i = 0; !near && i < n; i++)
        fprintf(stderr, "%s%s", i ? ", " : "; there are ", names[i]);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

/* --- the table -------------------------------------------------------------------------------- */

enum { CASE, VALUE, EXPECTED, GOT, ERROR, ALLOWED, VERDICT, TITLES };

static void number_write(char cell[CELL_LENGTH], const char *format, double x)
{
    if (isnan(x))
        strcpy(cell, "none");
    else
        snprintf(cell, CELL_LENGTH, format, x);
}

static void add_case(table_text_t *t, const known_result_t *r)
{
    int row = t->n_rows++;
    const known_value_t *v = known_farthest(r);
    t->name[row] = r->id;
    const char *why = *r->fault ? r->fault : v ? v->name : "nothing is expected";
    if (r->met)
        strcpy(t->cell[row][VERDICT], "met");
    else
        snprintf(t->cell[row][VERDICT], CELL_LENGTH, "NOT MET: %.60s", why);
    if (v) {
        snprintf(t->cell[row][VALUE], CELL_LENGTH, "%s", v->name);
        number_write(t->cell[row][EXPECTED], "%.10g", v->expected);
        number_write(t->cell[row][GOT], "%.10g", v->got);
        number_write(t->cell[row][ERROR], "%.0e", known_error(v));
        number_write(t->cell[row][ALLOWED], "%.0e", v->allowed);
    }
}

static void add_group(table_text_t *t, const char *group)
{
    t->section[t->n_rows] = true;
    t->name[t->n_rows++] = group;
}

/* False when memory is out, or the table full. */
static bool table_show(const known_results_t *all, const arguments_t *a)
{
    table_text_t *t = calloc(1, sizeof *t);
    const char *group = "";
    bool fine = t != NULL;
    if (!fine) return false;
    t->n_columns = TITLES;
    t->name_at_least = 32; /* an id is for searching: whole */
    const char *const title[] = {"case", "value", "expected", "got", "error", "allowed", ""};
    const int drop[] = {0, 2, 0, 0, 0, 1, 0};
    memcpy(t->title, title, sizeof title);
    memcpy(t->drop, drop, sizeof drop);
    for (size_t i = 0; fine && i < all->n; i++) {
        const known_result_t *r = &all->result[i];
        if (!is_asked(r, a)) continue;
        fine = t->n_rows + 2 <= TABLE_ROWS;
        if (fine && strcmp(group, r->group)) add_group(t, r->group);
        if (fine) add_case(t, r);
        group = r->group;
    }
    fine = fine && table_print(t, terminal_width(), "", "", stdout);
    free(t);
    return fine;
}

/* --- the JSON --------------------------------------------------------------------------------- */

static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *value_json(const known_value_t *v)
{
    return json_pack("{ss so so so so sb}", "value", v->name, "expected", real_or_null(v->expected),
                     "got", real_or_null(v->got), "error", real_or_null(known_error(v)), "allowed",
                     real_or_null(v->allowed), "met", known_value_met(v));
}

/* NULL when memory is out, as below: nothing is left out in silence. */
static json_t *case_json(const known_result_t *r)
{
    json_t *values = json_array();
    bool fine = true;
    for (size_t i = 0; fine && i < r->n_values; i++)
        fine = !json_array_append_new(values, value_json(&r->value[i]));
    if (fine)
        return json_pack("{ss ss ss sb ss* so}", "case", r->id, "group", r->group, "title",
                         r->title, "met", r->met, "fault", *r->fault ? r->fault : NULL, "values",
                         values);
    json_decref(values);
    return NULL;
}

static bool json_show(const known_results_t *all, const arguments_t *a, score_t s)
{
    json_t *cases = json_array();
    bool fine = true;
    for (size_t i = 0; fine && i < all->n; i++)
        if (is_asked(&all->result[i], a))
            fine = !json_array_append_new(cases, case_json(&all->result[i]));
    json_t *root = json_pack("{ss sI sI so}", "version", ADSIM_VERSION, "known",
                             (json_int_t)s.asked, "met", (json_int_t)s.met, "cases", cases);
    fine = fine && root && !json_dumpf(root, stdout, JSON_INDENT(2)) && putchar('\n') != EOF;
    json_decref(root);
    return fine;
}

/* --- the command ------------------------------------------------------------------------------ */

/* Cases of the budget's split, and what cases.json has of it; or all of cases.json. */
static status_t results_init(known_results_t *all, const arguments_t *a, error_t *err)
{
    static const char *const groups[] = {"optimisation", "selection", NULL};
    if (!a->allocation) return known_results_init(all, known_cases, known_tables, err);
    status_t st = known_results_init(all, known_allocations, known_allocation_tables, err);
    if (st == OK) st = known_results_add(all, known_cases, known_tables, groups, err);
    return st;
}

static int selftest(const arguments_t *a)
{
    known_results_t all;
    error_t err = {""};
    int code = EXIT_UNEXPECTED;
    if (results_init(&all, a, &err) != OK) {
        fprintf(stderr, "adsim selftest: %s\n", err.text);
        goto out;
    }
    score_t s = score_of(&all, a);
    if (!s.asked) {
        code = no_such_group(&all, a->group);
        goto out;
    }
    bool shown = a->json ? json_show(&all, a, s) : table_show(&all, a);
    if (shown && !a->json) printf("%zu of %zu known answers met\n", s.met, s.asked);
    if (shown && s.met == s.asked) code = EXIT_FINE;
    if (!shown) fputs("adsim selftest: the answers cannot be shown\n", stderr);
    if (fflush(stdout) || ferror(stdout)) {
        fputs("adsim selftest: cannot write to stdout\n", stderr);
        code = EXIT_NOT_WRITABLE;
    }
out:
    known_results_free(&all);
    return code;
}

int command_selftest(int argc, char **argv)
{
    arguments_t a = {0};
    int first;
    if (!options_read(argc, argv, options, N_OPTIONS, &first, take, &a)) return EXIT_USAGE;
    if (a.help) return usage(stdout, EXIT_FINE);
    if (first < argc || (a.published && a.group)) return usage(stderr, EXIT_USAGE);
    return a.published ? published_show(a.json) : selftest(&a);
}
