/* calendar.c -- a calendar of single posts, beside those of every week:
 *
 *   calendar: {csv: posts.csv, columns: {DATE: date, channel: platform, type: kind, EUR: cost}}
 *
 * A row is a post on one of the brand's accounts, on a day of the flight; `day` counts from 1 instead of a date. */
#include "models/base/date.h"
#include "models/base/nearest.h"
#include "sim/config/characters.h"
#include "sim/config/csv_source.h"
#include "sim/config/people_reader.h"
#include "sim/config/reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AS_DATE, AS_DAY, AS_PLATFORM, AS_KIND, AS_HOUR, AS_REACH, AS_ENGAGEMENT, AS_COST, N_ROLES };
enum { POSTS_MOST = 100000 };

#define PLAIN(word)                                                                                \
    {                                                                                              \
        word, false, false, 1,                                                                     \
        {                                                                                          \
            MISSING_ERROR                                                                          \
        }                                                                                          \
    }
static const csv_role_rule_t roles[N_ROLES] = {
    PLAIN("date"), PLAIN("day"),   PLAIN("platform"),   PLAIN("kind"),
    PLAIN("hour"), PLAIN("reach"), PLAIN("engagement"), PLAIN("cost"),
};

static const value_rule_t number_rule[N_ROLES] = {
    [AS_DAY] = {"day", MEASURE_COUNT, 1, FLIGHT_DAYS_MOST, .certain = true},
    [AS_HOUR] = {"hour", MEASURE_NUMBER, 0, 24, .certain = true},
    [AS_REACH] = {"reach", MEASURE_NUMBER, 0, 100, .certain = true},
    [AS_ENGAGEMENT] = {"engagement", MEASURE_NUMBER, 0, 100, .certain = true},
    [AS_COST] = {"cost", MEASURE_MONEY, 0, 1e9, .certain = true},
};

typedef struct {
    reader_t *r;
    csv_source_t source;
    csv_wanted_t wanted[CSV_ROLES_MOST];
    int column[N_ROLES]; /* 1 + which role of the source it is; 0 = not there */
} calendar_t;

/* --- values ----------------------------------------------------------------------------------- */

/* A day of the flight; others are told. */
static const char *judge_date(const char *text, double *number, const void *context)
{
    const scenario_t *sc = context;
    *number = NAN;
    if (!date_valid(text)) return "write year-month-day: 2026-03-02";
    *number = (double)(date_day(date_parse(text)) - date_day(date_parse(sc->start)));
    return *number >= 0 && *number < sc->days ? NULL : "it is no day of the flight";
}

static const char *judge_platform(const char *text, double *number, const void *context)
{
    const scenario_t *sc = context;
    for (int k = 0; k < sc->brand.n_accounts; k++) {
        const char *name = sc->platform[sc->brand.account[k].platform].name;
        *number = k;
        if (name && !strcmp(name, text)) return NULL;
    }
    return "the brand has no account there";
}

static const char *judge_kind(const char *text, double *number, const void *context)
{
    (void)context;
    const word_t *w = post_kind_words;
    while (w->name && strcmp(w->name, text) && !word_in(w->aliases, text)) w++;
    *number = w->value;
    return w->name ? NULL : "one of image, video, carousel, text, poll, document";
}

/* --- columns ---------------------------------------------------------------------------------- */

static csv_wanted_t wanted_of(const calendar_t *c, const csv_role_t *role)
{
    csv_wanted_t w = {.column = role->column->text,
                      .kind = CSV_CATEGORY,
                      .asked = role->column->place,
                      .whole = true,
                      .context = c->r->sc};
    switch (role->role) {
    case AS_DATE: w.judge = judge_date; break;
    case AS_PLATFORM: w.judge = judge_platform; break;
    case AS_KIND: w.judge = judge_kind; break;
    default: w.kind = CSV_NUMBER; w.rule = &number_rule[role->role];
    }
    return w;
}

static bool ask(calendar_t *c, const node_t *node)
{
    size_t before = diagnostics_errors(c->r->d);
    for (int k = 0; k < c->source.n_roles; k++) {
        const csv_role_t *role = &c->source.role[k];
        if (c->column[role->role])
            complain(c->r->d, SEVERITY_ERROR, role->column->place, NULL, "two columns are '%s'",
                     roles[role->role].word);
        c->column[role->role] = k + 1;
        c->wanted[k] = wanted_of(c, role);
    }
    if (!c->column[AS_PLATFORM] || !c->column[AS_DATE] == !c->column[AS_DAY])
        complain(c->r->d, SEVERITY_ERROR, node->place, "columns: {DATE: date, WHERE: platform}",
                 "a calendar needs columns for the platform and for the date or the day");
    return diagnostics_errors(c->r->d) == before;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* A cell as a number: a date is its day, a platform its account. */
static double cell(const calendar_t *c, int role, size_t row, double otherwise)
{
    if (!c->column[role]) return otherwise;
    const csv_column_t *column = c->source.column[c->column[role] - 1];
    return csv_number(column, row);
}

static calendar_post_t post_of(const calendar_t *c, size_t row)
{
    post_kind_t kind = (post_kind_t)cell(c, AS_KIND, row, POST_IMAGE);
    double day = c->column[AS_DATE] ? cell(c, AS_DATE, row, 0) : cell(c, AS_DAY, row, 1) - 1;
    return (calendar_post_t){
        .day = (int)day,
        .account = (int)cell(c, AS_PLATFORM, row, 0),
        .kind = kind,
        .hour = cell(c, AS_HOUR, row, 18),
        .reach = cell(c, AS_REACH, row, 1),
        .engagement = cell(c, AS_ENGAGEMENT, row, post_kind_engagement(kind)),
        .cost = cell(c, AS_COST, row, 0),
    };
}

static int by_day(const void *a, const void *b)
{
    const calendar_post_t *x = a, *y = b;
    if (x->day != y->day) return (x->day > y->day) - (x->day < y->day);
    if (x->account != y->account) return (x->account > y->account) - (x->account < y->account);
    return (x->hour > y->hour) - (x->hour < y->hour);
}

static void take_posts(calendar_t *c)
{
    brand_t *b = &c->r->sc->brand;
    size_t n = c->source.table.n_rows;
    calendar_post_t *post = arena_take(c->r->arena, (n + 1) * sizeof *post);
    if (!post) {
        out_of_memory(c->r);
        return;
    }
    for (size_t k = 0; k < n; k++) post[k] = post_of(c, k);
    qsort(post, n, sizeof *post, by_day);
    b->calendar = post;
    b->n_calendar = (int)n;
}

/* --- the key ---------------------------------------------------------------------------------- */

static bool keys_known(const node_t *node, diagnostics_t *d)
{
    static const char *const keys[] = {"csv", "columns", "separator", "missing", "sha256"};
    people_reader_t l = {.d = d};
    size_t before = diagnostics_errors(d);
    if (!people_kind(&l, node, NODE_MAPPING, "calendar")) return false;
    people_keys(&l, node, keys, sizeof keys / sizeof *keys, "calendar");
    people_required(&l, node, "csv", "calendar");
    return diagnostics_errors(d) == before;
}

static status_t load(calendar_t *c, const node_t *node, data_file_t *file)
{
    static const char key[] = "calendar";
    diagnostics_t *d = c->r->d;
    if (!keys_known(node, d) || !csv_source_parse(&c->source, node, roles, N_ROLES, d) ||
        !ask(c, node))
        return ERR_INVALID;
    status_t st = csv_source_read(&c->source, node, c->wanted, file, d, c->r->err);
    if (st == OK && c->source.table.n_rows > POSTS_MOST) {
        complain(d, SEVERITY_ERROR, node->place, NULL, "a calendar of more than %d posts",
                 POSTS_MOST);
        st = ERR_INVALID;
    }
    file->key = key;
    return st;
}

void calendar_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    if (!node) return;
    calendar_t *c = calloc(1, sizeof *c);
    if (!c) {
        out_of_memory(r);
        return;
    }
    c->r = r;
    data_file_t *file = &r->file[r->n_files];
    status_t st = load(c, node, file);
    if (st == ERR_MEMORY) r->status = st;
    if (st == OK) {
        r->n_files++;
        take_posts(c);
        node = data_named(r, node, file);
        if (node) line_value(r, row, node, NULL, NULL);
    }
    csv_table_free(&c->source.table);
    free(c);
}
