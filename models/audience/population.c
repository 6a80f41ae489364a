/* population.c -- synthetic people from a specification (MODEL 1.2, 1.3, 9.3).
 *
 * Order of making within a batch of one cell: joint attributes (the cell's), conditional attributes
 * by inversion of their conditional distribution and groupings, latent class given all attributes, traits
 * given the class, platform use by a multivariate probit, existing customer, age in years. Real people
 * of a cell are alike in nothing but what the tables say. */
#include "models/audience/population.h"

#include "models/audience/composition.h"
#include "models/audience/fit.h"
#include "models/audience/liability.h"
#include "models/audience/recorded.h"
#include "models/audience/strata.h"
#include "models/base/maths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLASS_ROWS_MAX = 1000 * 1000 /* combinations of levels that classes may depend on */
};

/* Streams of traits that have no name of their own; a name's stream is its hash with a salt, so that
 * the platform "fitness" and the interest "fitness" are strangers. */
enum {
    STREAM_CLASS = 1,
    STREAM_CUSTOMER = 3, /* 2 is not reused */
    STREAM_AGE,
    STREAM_ACTIVITY,
    STREAM_NORMAL
};
static const uint64_t trait_salt[] = {0x2545f4914f6cdd1du, 0x94d049bb133111ebu,
                                      0xbf58476d1ce4e5b9u};
#define SALT_ATTRIBUTE 0x5bd1e9955bd1e995u
#define SALT_USE 0x9ddfea08eb382d69u
#define SALT_ACTIVITY 0xc6a4a7935bd1e995u
#define SALT_CONTINUOUS 0xff51afd7ed558ccdu

/* Use of one platform: yes if z < threshold, z = sum of root[k] e_k over the platforms up to it, e_k
 * standard normal. */
typedef struct {
    double *threshold; /* of z, a row per table cell */
    double root[POP_PLATFORMS];
    uint64_t stream;
} use_tables_t;

struct population_tables {
    size_t n_cells;
    size_t *cell_start;  /* n_cells + 1 ids */
    uint32_t *row_start; /* ids of the first of each recorded row; NULL without rows */
    double
        *cumulative[POP_ATTRIBUTES]; /* conditional shares summed over the levels, a row per `by` */
    by_t class_by;                   /* attributes that classes depend on */
    double *class_cumulative;        /* a row of n_classes per combination of their levels */
    use_tables_t use[POP_PLATFORMS];
    double *customer_mean;   /* of z + mean > 0 of customers, a row of customer_share each */
    liability_t liability;   /* of everybody, where customers go by rows */
    double *continuous_root; /* n_continuous x n_continuous for each class, lower triangular */
    uint64_t attribute_stream[POP_ATTRIBUTES], trait_stream[POP_TRAITS];
};

/* What is drawn for the people of one cell: the strata of every trait, and where the traits' shares cut
 * them. */
typedef struct {
    strata_cell_t cell;
    strata_t attribute[POP_ATTRIBUTES], age, class, trait[POP_TRAITS], use[POP_PLATFORMS], customer;
    strata_cut_t cut[POP_TRAITS][POP_CLASSES];
} cell_draws_t;

/* A run of people of one cell, at most STRATA_BATCH. */
typedef struct {
    population_t *pop;
    const cell_draws_t *draws;
    size_t from, count;
    size_t at;           /* place of the first in the columns */
    const uint32_t *row; /* of recorded people; NULL without */
} batch_t;

int population_attribute(const population_spec_t *spec, const char *name)
{
    for (int k = 0; k < spec->n_attributes; k++)
        if (!strcmp(spec->attribute[k].name, name)) return k;
    return -1;
}

void population_spec_free(population_spec_t *spec)
{
    for (int a = 0; a < POP_ATTRIBUTES; a++) free(spec->attribute[a].share);
    for (int p = 0; p < POP_PLATFORMS; p++) free(spec->platform[p].share);
    for (int t = 0; t < spec->n_targets; t++) free(spec->target[t].stated);
    free(spec->target);
    free(spec->customer_share);
    free(spec->continuous_correlation);
    free(spec->cell_count);
    if (spec->recorded) recorded_free(spec->recorded);
    free(spec->recorded);
    memset(spec, 0, sizeof *spec);
}

/* ---- Tables ------------------------------------------------------------------------------------ */

void round_systematically(const double *weight, size_t n_weights, size_t n, double u, size_t *out)
{
    double total = 0, cumulative = 0;
    size_t before = 0;
    for (size_t c = 0; c < n_weights; c++) total += weight[c];
    for (size_t c = 0; c < n_weights; c++) {
        cumulative += weight[c];
        size_t upto = cumulative < total ? (size_t)(cumulative * (double)n / total + u) : n;
        out[c] = upto - before;
        before = upto;
    }
}

static double rounding_uniform(rng_key_t key, uint32_t replication)
{
    return rng_unit(rng_at(key, DRAW_ROUNDING, 0, 0, 0, replication, 0), 0);
}

status_t population_cell_sizes(const population_spec_t *spec, size_t n, rng_key_t key,
                               uint32_t replication, size_t *cell_size, error_t *err)
{
    double most = 0;
    for (size_t c = 0; c < spec->n_cells; c++) most = fmax(most, spec->cell_count[c]);
    if (!(most > 0))
        return fail(err, ERR_INVALID, "population '%s' has nobody in its cells", spec->name);
    round_systematically(spec->cell_count, spec->n_cells, n, rounding_uniform(key, replication),
                         cell_size);
    return OK;
}

/* People are dealt over the rows, and cells are runs of rows. */
static status_t tabulate_rows(population_tables_t *t, const population_spec_t *spec, size_t n,
                              rng_key_t key, uint32_t replication, error_t *err)
{
    const recorded_t *r = spec->recorded;
    t->row_start = malloc((r->n_rows + 1) * sizeof *t->row_start);
    if (!t->row_start) return fail_memory(err, "the rows of the population");
    recorded_deal(r, n, rounding_uniform(key, replication), t->row_start);
    for (size_t c = 0; c <= spec->n_cells; c++) t->cell_start[c] = t->row_start[r->cell_row[c]];
    return OK;
}

static status_t tabulate_cells(population_tables_t *t, const population_spec_t *spec, size_t n,
                               rng_key_t key, uint32_t replication, error_t *err)
{
    t->n_cells = spec->n_cells;
    t->cell_start = calloc(spec->n_cells + 1, sizeof *t->cell_start);
    if (!t->cell_start) return fail_memory(err, "the cells of the population");
    if (spec->recorded) return tabulate_rows(t, spec, n, key, replication, err);
    status_t st = population_cell_sizes(spec, n, key, replication, t->cell_start + 1, err);
    for (size_t c = 0; st == OK && c < spec->n_cells; c++) t->cell_start[c + 1] += t->cell_start[c];
    return st;
}

static status_t tabulate_attributes(population_tables_t *t, const population_spec_t *spec,
                                    error_t *err)
{
    for (int a = spec->n_joint; a < spec->n_attributes; a++) {
        const attribute_t *attribute = &spec->attribute[a];
        if (attribute->grouping || attribute->recorded) continue;
        size_t rows = by_rows(spec, &attribute->by), levels = (size_t)attribute->n_levels;
        t->cumulative[a] = malloc(rows * levels * sizeof(double));
        if (!t->cumulative[a]) return fail_memory(err, "an attribute of the population");
        for (size_t r = 0; r < rows; r++) {
            double sum = 0;
            for (size_t l = 0; l < levels; l++) {
                sum += attribute->share[r * levels + l];
                t->cumulative[a][r * levels + l] = sum;
            }
        }
        t->attribute_stream[a] = name_hash(attribute->name) ^ SALT_ATTRIBUTE;
    }
    return OK;
}

static void class_row(const population_spec_t *spec, const population_tables_t *t, size_t row,
                      double *cumulative)
{
    int level[POP_ATTRIBUTES];
    bool counts[POP_ATTRIBUTES] = {false};
    for (int k = t->class_by.n - 1; k >= 0; k--) {
        int a = t->class_by.attribute[k];
        size_t levels = (size_t)spec->attribute[a].n_levels;
        level[a] = (int)(row % levels);
        counts[a] = true;
        row /= levels;
    }
    class_chances(spec, level, counts, cumulative);
    for (int g = 1; g < spec->n_classes; g++) cumulative[g] += cumulative[g - 1];
}

static status_t tabulate_classes(population_tables_t *t, const population_spec_t *spec,
                                 error_t *err)
{
    if (spec->n_classes < 2) return OK;
    size_t rows = 1;
    for (int a = 0; a < spec->n_attributes; a++) {
        if (!class_depends_on(spec, a)) continue;
        if (t->class_by.n == POP_BY)
            return fail(err, ERR_INVALID,
                        "population '%s': latent classes depend on more than %d attributes",
                        spec->name, POP_BY);
        t->class_by.attribute[t->class_by.n++] = a;
        rows *= (size_t)spec->attribute[a].n_levels;
        if (rows > CLASS_ROWS_MAX)
            return fail(err, ERR_INVALID,
                        "population '%s': latent classes depend on more than %d combinations of "
                        "levels",
                        spec->name, CLASS_ROWS_MAX);
    }
    size_t classes = (size_t)spec->n_classes;
    t->class_cumulative = malloc(rows * classes * sizeof(double));
    if (!t->class_cumulative) return fail_memory(err, "the classes of the population");
    for (size_t r = 0; r < rows; r++) class_row(spec, t, r, t->class_cumulative + r * classes);
    return OK;
}

/* z below which a share of the standard normal lies. */
static double threshold_of(double share)
{
    if (share <= 0) return -INFINITY;
    if (share >= 1) return INFINITY;
    return normal_quantile(share);
}

static status_t tabulate_use(use_tables_t *t, const population_spec_t *spec,
                             const platform_use_t *use, error_t *err)
{
    size_t rows = by_rows(spec, &use->by);
    t->stream = name_hash(use->name) ^ SALT_USE;
    t->threshold = malloc(rows * sizeof(double));
    if (!t->threshold) return fail_memory(err, "platform use");
    for (size_t r = 0; r < rows; r++) t->threshold[r] = threshold_of(use->share[r]);
    return OK;
}

static status_t tabulate_uses(population_tables_t *t, const population_spec_t *spec, error_t *err)
{
    int n = spec->n_platforms;
    double r[POP_PLATFORMS * POP_PLATFORMS] = {0}, root[POP_PLATFORMS * POP_PLATFORMS];
    status_t st = OK;
    for (int p = 0; p < n && st == OK; p++)
        st = tabulate_use(&t->use[p], spec, &spec->platform[p], err);
    for (int i = 0; i < n * n; i++)
        r[i] = i % (n + 1) == 0 ? 1 : spec->use_correlation[i / n][i % n];
    if (st == OK && !correlation_root(r, n, root))
        return fail(err, ERR_INVALID,
                    "population '%s': the correlations of its platforms are not positive definite",
                    spec->name);
    for (int p = 0; p < n && st == OK; p++)
        for (int k = 0; k <= p; k++) t->use[p].root[k] = root[p * n + k];
    return st;
}

/* Customers are those whose z + mean is above 0: mean = the quantile of their row's chance. */
static status_t tabulate_customers(population_tables_t *t, const population_spec_t *spec,
                                   error_t *err)
{
    if (!spec->customer_share) return OK;
    size_t rows = by_rows(spec, &spec->customer_by);
    double *people = malloc(rows * sizeof *people);
    t->customer_mean = malloc(rows * sizeof *t->customer_mean);
    status_t st = people && t->customer_mean ? OK : fail_memory(err, "the customers");
    if (st == OK) st = composition(spec, &spec->customer_by, people, err);
    for (size_t r = 0; st == OK && r < rows; r++)
        t->customer_mean[r] = liability_mean(spec->customer_share[r]);
    if (st == OK) st = liability_init(&t->liability, t->customer_mean, people, rows, err);
    free(people);
    return st;
}

static status_t tabulate_continuous(population_tables_t *t, const population_spec_t *spec,
                                    error_t *err)
{
    int n = spec->n_continuous;
    size_t cells = (size_t)n * (size_t)n;
    if (!spec->continuous_correlation) return OK;
    t->continuous_root = malloc((size_t)spec->n_classes * cells * sizeof(double));
    if (!t->continuous_root) return fail_memory(err, "the continuous traits of the population");
    for (size_t g = 0; g < (size_t)spec->n_classes; g++)
        if (!correlation_root(spec->continuous_correlation + g * cells, n,
                              t->continuous_root + g * cells))
            return fail(err, ERR_INVALID,
                        "population '%s': the correlations of its continuous traits are not "
                        "positive definite",
                        spec->name);
    return OK;
}

static void tables_free(population_tables_t *t)
{
    if (!t) return;
    for (int a = 0; a < POP_ATTRIBUTES; a++) free(t->cumulative[a]);
    for (int p = 0; p < POP_PLATFORMS; p++) free(t->use[p].threshold);
    free(t->customer_mean);
    free(t->continuous_root);
    free(t->class_cumulative);
    free(t->cell_start);
    free(t->row_start);
    free(t);
}

static status_t tabulate(population_t *pop, rng_key_t key, uint32_t replication, error_t *err)
{
    const population_spec_t *spec = pop->spec;
    population_tables_t *t = pop->tables = calloc(1, sizeof *t);
    if (!t) return fail_memory(err, "the tables of the population");
    status_t st = tabulate_cells(t, spec, pop->people, key, replication, err);
    if (st == OK) st = tabulate_attributes(t, spec, err);
    if (st == OK) st = tabulate_classes(t, spec, err);
    if (st == OK) st = tabulate_uses(t, spec, err);
    if (st == OK) st = tabulate_customers(t, spec, err);
    if (st == OK) st = tabulate_continuous(t, spec, err);
    for (int q = 0; q < spec->n_traits; q++)
        t->trait_stream[q] = name_hash(spec->trait[q].name) ^ trait_salt[spec->trait[q].kind];
    return st;
}

/* ---- Columns ----------------------------------------------------------------------------------- */

static status_t allocate_columns(population_t *pop, size_t room, error_t *err)
{
    const population_spec_t *spec = pop->spec;
    struct {
        bool wanted;
        size_t width;
        void **column;
    } column[] = {
        {true, sizeof *pop->cell, (void **)&pop->cell},
        {spec->age >= 0, sizeof *pop->age_years, (void **)&pop->age_years},
        {spec->n_traits > 0, sizeof *pop->traits, (void **)&pop->traits},
        {spec->n_platforms > 0, sizeof *pop->uses, (void **)&pop->uses},
        {spec->existing_customers > 0, sizeof *pop->customer, (void **)&pop->customer},
    };
    for (size_t k = 0; k < sizeof column / sizeof *column; k++)
        if (column[k].wanted && !(*column[k].column = malloc(room * column[k].width)))
            return fail_memory(err, "the columns of the population");
    for (int a = 0; a < spec->n_attributes; a++)
        if (!(pop->level[a] = malloc(room))) return fail_memory(err, "an attribute's column");
    return OK;
}

status_t population_allocate_window(population_t *pop, const population_spec_t *spec, size_t n,
                                    size_t room, rng_key_t key, uint32_t replication, error_t *err)
{
    memset(pop, 0, sizeof *pop);
    if (n < 1 || n > (size_t)1 << STRATA_BITS)
        return fail(err, ERR_INVALID, "between 1 and 2^%d people can be simulated", STRATA_BITS);
    if (spec->n_cells < 1 || spec->n_cells > UINT16_MAX + (size_t)1)
        return fail(err, ERR_INVALID, "population '%s' must have 1 to 65536 cells", spec->name);
    pop->spec = spec;
    pop->people = n;
    pop->weight = spec->size / (double)n;
    status_t st = tabulate(pop, key, replication, err);
    return st == OK ? allocate_columns(pop, room, err) : st;
}

status_t population_allocate(population_t *pop, const population_spec_t *spec, size_t n,
                             rng_key_t key, uint32_t replication, error_t *err)
{
    status_t st = population_allocate_window(pop, spec, n, n, key, replication, err);
    if (st == OK) pop->n = n;
    return st;
}

void population_free(population_t *pop)
{
    for (int a = 0; a < POP_ATTRIBUTES; a++) free(pop->level[a]);
    free(pop->cell);
    free(pop->age_years);
    free(pop->traits);
    free(pop->uses);
    free(pop->customer);
    tables_free(pop->tables);
    memset(pop, 0, sizeof *pop);
}

/* ---- People ------------------------------------------------------------------------------------ */

static void uniforms(const batch_t *b, const strata_t *s, double *u)
{
    strata_uniforms(s, b->from, b->count, u);
}

/* The level at u of the distribution in each person's row; the last cumulative share may be a hair off 1
 * and is not read. At most STRATA_BATCH people. */
WIDE static void levels_at(const double *restrict cumulative, int n_levels, size_t count,
                           const uint32_t *restrict row, const double *restrict u,
                           uint8_t *restrict level)
{
    int64_t at[STRATA_BATCH], above[STRATA_BATCH];
    for (size_t i = 0; i < count; i++) {
        at[i] = (int64_t)row[i] * n_levels;
        above[i] = 0;
    }
    for (int l = 0; l + 1 < n_levels; l++)
        for (size_t i = 0; i < count; i++) above[i] += u[i] >= cumulative[at[i] + l];
    for (size_t i = 0; i < count; i++) level[i] = (uint8_t)above[i];
}

WIDE static void add_to_rows(size_t count, uint32_t levels, const uint8_t *restrict level,
                             uint32_t *restrict row)
{
    for (size_t i = 0; i < count; i++) row[i] = row[i] * levels + level[i];
}

/* Row of a table for each person of the batch; `class` where it goes by the class, else NULL. */
static void rows_of(const batch_t *b, const by_t *by, const uint8_t *class, uint32_t *row)
{
    memset(row, 0, b->count * sizeof *row);
    for (int k = 0; k < by->n; k++) {
        int a = by->attribute[k];
        const uint8_t *level = a == BY_CLASS ? class : b->pop->level[a] + b->at;
        add_to_rows(b->count, (uint32_t)by_levels(b->pop->spec, a), level, row);
    }
}

static void fill_cell_attributes(const batch_t *b)
{
    const population_spec_t *spec = b->pop->spec;
    for (size_t i = 0; i < b->count; i++) b->pop->cell[b->at + i] = (uint16_t)b->draws->cell.cell;
    size_t rest = b->draws->cell.cell;
    for (int a = spec->n_joint - 1; a >= 0; a--) {
        size_t levels = (size_t)spec->attribute[a].n_levels;
        memset(b->pop->level[a] + b->at, (int)(rest % levels), b->count);
        rest /= levels;
    }
}

static void fill_grouping(const batch_t *b, int attribute)
{
    const attribute_t *x = &b->pop->spec->attribute[attribute];
    const uint8_t *from = b->pop->level[x->of] + b->at;
    uint8_t *level = b->pop->level[attribute] + b->at;
    for (size_t i = 0; i < b->count; i++) level[i] = x->group[from[i]];
}

static void fill_drawn_attribute(const batch_t *b, int attribute)
{
    const attribute_t *x = &b->pop->spec->attribute[attribute];
    double u[STRATA_BATCH];
    uint32_t row[STRATA_BATCH];
    uniforms(b, &b->draws->attribute[attribute], u);
    rows_of(b, &x->by, NULL, row);
    levels_at(b->pop->tables->cumulative[attribute], x->n_levels, b->count, row, u,
              b->pop->level[attribute] + b->at);
}

static void fill_recorded_attribute(const batch_t *b, int attribute)
{
    const uint8_t *recorded = b->pop->spec->recorded->level[attribute];
    uint8_t *level = b->pop->level[attribute] + b->at;
    for (size_t i = 0; i < b->count; i++) level[i] = recorded[b->row[i]];
}

static void fill_other_attributes(const batch_t *b)
{
    const population_spec_t *spec = b->pop->spec;
    for (int a = spec->n_joint; a < spec->n_attributes; a++) {
        if (spec->attribute[a].recorded)
            fill_recorded_attribute(b, a);
        else if (spec->attribute[a].grouping)
            fill_grouping(b, a);
        else
            fill_drawn_attribute(b, a);
    }
}

static void fill_age(const batch_t *b)
{
    const population_spec_t *spec = b->pop->spec;
    if (spec->age < 0) return;
    const attribute_t *age = &spec->attribute[spec->age];
    const uint8_t *band = b->pop->level[spec->age] + b->at;
    uint8_t *years = b->pop->age_years + b->at;
    double u[STRATA_BATCH];
    if (spec->recorded && spec->recorded->age_years) {
        for (size_t i = 0; i < b->count; i++) years[i] = spec->recorded->age_years[b->row[i]];
        return;
    }
    uniforms(b, &b->draws->age, u);
    for (size_t i = 0; i < b->count; i++) {
        int low = age->low_years[band[i]], high = age->high_years[band[i]];
        years[i] = (uint8_t)(low + (int)(u[i] * (high - low + 1)));
    }
}

/* The latent class of each person; it is not kept. */
static void draw_classes(const batch_t *b, uint8_t *class)
{
    const population_spec_t *spec = b->pop->spec;
    const population_tables_t *t = b->pop->tables;
    memset(class, 0, b->count);
    if (spec->n_classes < 2) return;
    double u[STRATA_BATCH];
    uint32_t row[STRATA_BATCH];
    rows_of(b, &t->class_by, NULL, row);
    uniforms(b, &b->draws->class, u);
    levels_at(t->class_cumulative, spec->n_classes, b->count, row, u, class);
}

/* The people of a batch in the order of their classes, so that what is compared with a number that
 * depends on the class is compared with one number after the other. */
typedef struct {
    strata_runs_t classes;
    uint16_t at[STRATA_BATCH]; /* place in the order of each person of the batch */
    strata_places_t places;
} by_class_t;

static void order_by_class(const batch_t *b, const uint8_t *class, by_class_t *order)
{
    uint16_t next[POP_CLASSES + 1] = {0};
    int n_classes = b->pop->spec->n_classes;
    for (size_t i = 0; i < b->count; i++) next[class[i] + 1]++;
    for (int g = 0; g < n_classes; g++) next[g + 1] = (uint16_t)(next[g + 1] + next[g]);
    order->classes.n = n_classes;
    memcpy(order->classes.start, next, sizeof next);
    order->places.count = b->count;
    for (size_t i = 0; i < b->count; i++) {
        order->at[i] = next[class[i]]++;
        order->places.j[order->at[i]] = (uint32_t)(b->from + i - b->draws->cell.first);
    }
    strata_places(&b->draws->cell, &order->places);
}

static void below_independent(const batch_t *b, int trait, const uint8_t *class,
                              const by_class_t *order, uint16_t bit, uint16_t *set)
{
    const double *share = b->pop->spec->trait[trait].share;
    double u[STRATA_BATCH];
    uniforms(b, &b->draws->trait[trait], u);
    for (size_t i = 0; i < b->count; i++) set[order->at[i]] |= u[i] < share[class[i]] ? bit : 0;
}

/* Traits are drawn WORD_TRAITS at a time, as bits of a word for each person, in the order of classes. */
enum { WORD_TRAITS = 16, TRAIT_WORDS = POP_TRAITS / WORD_TRAITS };

static void fill_trait_word(const batch_t *b, int first, const uint8_t *class,
                            const by_class_t *order, uint16_t *set)
{
    const population_spec_t *spec = b->pop->spec;
    const cell_draws_t *draws = b->draws;
    memset(set, 0, STRATA_BATCH * sizeof *set);
    for (int q = first; q < spec->n_traits && q < first + WORD_TRAITS; q++) {
        uint16_t bit = (uint16_t)(1u << (q - first));
        if (spec->trait[q].recorded) continue;
        if (draws->cell.independent)
            below_independent(b, q, class, order, bit, set);
        else
            strata_below(&draws->trait[q], &order->places, &order->classes, draws->cut[q], bit,
                         set);
    }
}

static void fill_traits(const batch_t *b, const uint8_t *class)
{
    const recorded_t *recorded = b->pop->spec->recorded;
    if (b->pop->spec->n_traits == 0) return;
    uint64_t *traits = b->pop->traits + b->at;
    uint16_t set[TRAIT_WORDS][STRATA_BATCH];
    by_class_t order;
    order_by_class(b, class, &order);
    for (int w = 0; w < TRAIT_WORDS; w++)
        fill_trait_word(b, w * WORD_TRAITS, class, &order, set[w]);
    memset(traits, 0, b->count * sizeof *traits);
    for (int w = 0; w < TRAIT_WORDS; w++)
        for (size_t i = 0; i < b->count; i++)
            traits[i] |= (uint64_t)set[w][order.at[i]] << w * WORD_TRAITS;
    for (size_t i = 0; recorded && recorded->traits && i < b->count; i++)
        traits[i] |= recorded->traits[b->row[i]];
}

/* z = sum of root[k] e[k]. */
WIDE static void combine(const double *root, double e[][STRATA_BATCH], int n, size_t count,
                         double *z)
{
    for (size_t i = 0; i < count; i++) z[i] = root[0] * e[0][i];
    for (int k = 1; k < n; k++)
        for (size_t i = 0; i < count; i++) z[i] += root[k] * e[k][i];
}

/* Adds the people whose latent normal lies below the threshold of their row. */
WIDE static void add_users(size_t count, int platform, const double *restrict z,
                           const double *restrict threshold, const uint32_t *restrict row,
                           uint16_t *restrict uses)
{
    for (size_t i = 0; i < count; i++)
        uses[i] = (uint16_t)(uses[i] | (z[i] < threshold[row[i]]) << platform);
}

static void fill_uses(const batch_t *b)
{
    const population_spec_t *spec = b->pop->spec;
    double e[POP_PLATFORMS][STRATA_BATCH], z[STRATA_BATCH];
    uint32_t row[STRATA_BATCH];
    if (spec->n_platforms == 0) return;
    memset(b->pop->uses + b->at, 0, b->count * sizeof(uint16_t));
    for (int p = 0; p < spec->n_platforms; p++) {
        const use_tables_t *t = &b->pop->tables->use[p];
        const by_t *by = &spec->platform[p].by;
        strata_normals(&b->draws->use[p], b->from, b->count, e[p]);
        if (p == 0 || memcmp(by, &spec->platform[p - 1].by, sizeof *by) != 0)
            rows_of(b, by, NULL, row);
        combine(t->root, e, p + 1, b->count, z);
        add_users(b->count, p, z, t->threshold, row, b->pop->uses + b->at);
    }
}

/* Platforms whose use was recorded have it instead. */
static void fill_recorded_uses(const batch_t *b)
{
    const recorded_t *r = b->pop->spec->recorded;
    if (!r || !r->uses) return;
    uint16_t *uses = b->pop->uses + b->at;
    for (size_t i = 0; i < b->count; i++)
        uses[i] = (uint16_t)((uses[i] & ~r->form.uses) | r->uses[b->row[i]]);
}

static void fill_customers(const batch_t *b, const uint8_t *class)
{
    const population_spec_t *spec = b->pop->spec;
    double u[STRATA_BATCH];
    uint32_t row[STRATA_BATCH];
    if (!b->pop->customer) return;
    uint8_t *customer = b->pop->customer + b->at;
    if (spec->recorded && spec->recorded->customer) {
        for (size_t i = 0; i < b->count; i++) customer[i] = spec->recorded->customer[b->row[i]];
        return;
    }
    uniforms(b, &b->draws->customer, u);
    if (!spec->customer_share) {
        for (size_t i = 0; i < b->count; i++) customer[i] = u[i] < spec->existing_customers;
        return;
    }
    rows_of(b, &spec->customer_by, class, row);
    for (size_t i = 0; i < b->count; i++) customer[i] = u[i] < spec->customer_share[row[i]];
}

static strata_cell_t cell_of(const population_t *pop, size_t cell, rng_key_t key,
                             uint32_t replication)
{
    const size_t *start = pop->tables->cell_start;
    return (strata_cell_t){key,
                           replication,
                           cell,
                           start[cell],
                           (uint32_t)(start[cell + 1] - start[cell]),
                           pop->spec->redraw != 0};
}

/* The cell of a person in the columns. */
static inline size_t cell_at(const population_t *pop, size_t person)
{
    return pop->cell[population_at(pop, person)];
}

/* The cell a person lies in: the last one that starts at or before her. */
static size_t find_cell(const population_tables_t *t, size_t person)
{
    size_t low = 0, high = t->n_cells;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (t->cell_start[middle] <= person)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void key_draws(const population_t *pop, size_t c, rng_key_t key, uint32_t replication,
                      cell_draws_t *d)
{
    const population_spec_t *spec = pop->spec;
    const population_tables_t *t = pop->tables;
    const strata_cell_t *cell = &d->cell;
    d->cell = cell_of(pop, c, key, replication);
    strata_init(&d->age, cell, STREAM_AGE);
    strata_init(&d->class, cell, STREAM_CLASS);
    strata_init(&d->customer, cell, STREAM_CUSTOMER);
    for (int a = spec->n_joint; a < spec->n_attributes; a++)
        if (t->cumulative[a]) strata_init(&d->attribute[a], cell, t->attribute_stream[a]);
    for (int p = 0; p < spec->n_platforms; p++) strata_init(&d->use[p], cell, t->use[p].stream);
    for (int q = 0; q < spec->n_traits; q++) {
        if (spec->trait[q].recorded) continue;
        strata_init(&d->trait[q], cell, t->trait_stream[q]);
        for (int g = 0; g < spec->n_classes; g++)
            d->cut[q][g] = strata_cut(cell, spec->trait[q].share[g]);
    }
}

/* People from..to-1 of one cell. */
static void fill_cell(population_t *pop, const cell_draws_t *draws, size_t from, size_t to)
{
    const bool classes = pop->spec->n_traits > 0 || pop->spec->customer_share;
    uint8_t class[STRATA_BATCH];
    uint32_t row[STRATA_BATCH];
    for (size_t count; from < to; from += count) {
        count = to - from < STRATA_BATCH ? to - from : STRATA_BATCH;
        batch_t b = {
            pop, draws, from, count, population_at(pop, from), pop->tables->row_start ? row : NULL};
        if (b.row) recorded_rows(pop->spec->recorded, pop->tables->row_start, from, count, row);
        fill_cell_attributes(&b);
        fill_other_attributes(&b);
        fill_age(&b);
        if (classes) draw_classes(&b, class);
        fill_traits(&b, class);
        fill_uses(&b);
        fill_recorded_uses(&b);
        fill_customers(&b, class);
    }
}

void population_fill(population_t *pop, size_t from, size_t to, rng_key_t key, uint32_t replication)
{
    const size_t *start = pop->tables->cell_start;
    cell_draws_t draws;
    for (size_t c = find_cell(pop->tables, from); from < to; c++) {
        size_t end = start[c + 1] < to ? start[c + 1] : to;
        if (end <= from) continue;
        key_draws(pop, c, key, replication, &draws);
        fill_cell(pop, &draws, from, end);
        from = end;
    }
}

void population_place(population_t *pop, size_t first, size_t n)
{
    pop->first = first;
    pop->n = n;
}

void population_move(population_t *pop, size_t first, size_t n, rng_key_t key, uint32_t replication)
{
    population_place(pop, first, n);
    population_fill(pop, first, first + n, key, replication);
}

status_t population_init(population_t *pop, const population_spec_t *spec, size_t n, rng_key_t key,
                         uint32_t replication, error_t *err)
{
    status_t st = population_allocate(pop, spec, n, key, replication, err);
    if (st == OK) population_fill(pop, 0, n, key, replication);
    return st;
}

/* ---- Continuous traits ------------------------------------------------------------------------- */

static double person_normal(const population_t *pop, size_t person, uint64_t stream, rng_key_t key,
                            uint32_t replication)
{
    strata_cell_t cell = cell_of(pop, cell_at(pop, person), key, replication);
    strata_t s;
    strata_init(&s, &cell, stream);
    return normal_quantile(strata_uniform(&s, person));
}

/* People of one cell at a time, at most a batch. */
static void person_uniforms(const population_t *pop, const uint32_t *person, size_t n,
                            uint64_t stream, rng_key_t key, uint32_t replication, double *out)
{
    for (size_t done = 0, count; done < n; done += count) {
        const uint32_t *first = person + done;
        strata_cell_t cell = cell_of(pop, cell_at(pop, *first), key, replication);
        strata_t s;
        strata_init(&s, &cell, stream);
        count = 1;
        while (count < STRATA_BATCH && done + count < n && cell_at(pop, first[count]) == cell.cell)
            count++;
        strata_uniforms_of(&s, first, count, out + done);
    }
}

static void person_normals(const population_t *pop, const uint32_t *person, size_t n,
                           uint64_t stream, rng_key_t key, uint32_t replication, double *out)
{
    person_uniforms(pop, person, n, stream, key, replication, out);
    normal_quantiles(out, n);
}

double population_normal(const population_t *pop, size_t person, normal_trait_t which,
                         rng_key_t key, uint32_t replication)
{
    return person_normal(pop, person, STREAM_NORMAL + (uint64_t)which, key, replication);
}

void population_normals(const population_t *pop, const uint32_t *person, size_t n,
                        normal_trait_t which, rng_key_t key, uint32_t replication, double *out)
{
    person_normals(pop, person, n, STREAM_NORMAL + (uint64_t)which, key, replication, out);
}

/* The latent classes that population_fill gave to at most a batch of people. */
static void classes_of(const population_t *pop, const uint32_t *person, size_t n, rng_key_t key,
                       uint32_t replication, uint8_t *class)
{
    const population_spec_t *spec = pop->spec;
    const population_tables_t *t = pop->tables;
    double u[STRATA_BATCH];
    uint32_t row[STRATA_BATCH];
    memset(class, 0, n);
    if (spec->n_classes < 2) return;
    person_uniforms(pop, person, n, STREAM_CLASS, key, replication, u);
    memset(row, 0, n * sizeof *row);
    for (int k = 0; k < t->class_by.n; k++) {
        int a = t->class_by.attribute[k];
        for (size_t i = 0; i < n; i++)
            row[i] = row[i] * (uint32_t)by_levels(spec, a) +
                     pop->level[a][population_at(pop, person[i])];
    }
    levels_at(t->class_cumulative, spec->n_classes, n, row, u, class);
}

/* Row of customer_share that decides on a person. */
static size_t customer_row(const population_t *pop, uint32_t person, uint8_t class)
{
    const population_spec_t *spec = pop->spec;
    int level[POP_ATTRIBUTES + 1];
    for (int k = 0; k < spec->customer_by.n; k++) {
        int a = spec->customer_by.attribute[k];
        level[a] = a == BY_CLASS ? class : pop->level[a][population_at(pop, person)];
    }
    return by_row(spec, &spec->customer_by, level);
}

/* At most a batch of people whose uniforms are u. Where chances differ, z = -quantile(u) says how high a person
 * stands in her row, and z + the row's mean how high among all: above 0 she is a customer. */
static void affinities_by_row(const population_t *pop, const uint32_t *person, size_t n,
                              rng_key_t key, uint32_t replication, double *u)
{
    const population_tables_t *t = pop->tables;
    double least = liability_rank(&t->liability, 0); /* of customers */
    uint8_t class[STRATA_BATCH];
    classes_of(pop, person, n, key, replication, class);
    normal_quantiles(u, n);
    for (size_t i = 0; i < n; i++) {
        double mean = t->customer_mean[customer_row(pop, person[i], class[i])];
        double rank = liability_rank(&t->liability, mean - u[i]);
        u[i] = pop->customer[population_at(pop, person[i])] ? fmax(rank, least) : fmin(rank, least);
    }
}

/* Where purchases were recorded, the uniform is behind none: ranks among customers, and among the others, are
 * put together. */
static void affinities_of_recorded(const population_t *pop, const uint32_t *person, size_t n,
                                   double *u)
{
    double all = pop->spec->existing_customers;
    for (size_t i = 0; i < n; i++) {
        double rank =
            pop->customer[population_at(pop, person[i])] ? all * u[i] : all + (1 - all) * u[i];
        u[i] = fmin(fmax(rank, 0x1p-60), 1 - 0x1p-53);
    }
}

void population_affinities(const population_t *pop, const uint32_t *person, size_t n, rng_key_t key,
                           uint32_t replication, double *out)
{
    const population_spec_t *spec = pop->spec;
    bool recorded = pop->customer && spec->recorded && spec->recorded->customer;
    person_uniforms(pop, person, n, STREAM_CUSTOMER, key, replication, out);
    if (pop->customer && !recorded && spec->customer_share) {
        for (size_t done = 0; done < n; done += STRATA_BATCH) {
            size_t count = n - done < STRATA_BATCH ? n - done : STRATA_BATCH;
            affinities_by_row(pop, person + done, count, key, replication, out + done);
        }
        return;
    }
    if (recorded) affinities_of_recorded(pop, person, n, out);
    normal_quantiles(out, n);
    for (size_t k = 0; k < n; k++) out[k] = -out[k]; /* customers have the lowest uniforms */
}

void population_groups(const population_t *pop, const uint32_t *person, size_t n, uint32_t groups,
                       rng_key_t key, uint32_t replication, uint8_t *group)
{
    strata_t s = {.cell.cell = UINT64_MAX};
    for (size_t k = 0; k < n; k++) {
        if (cell_at(pop, person[k]) != s.cell.cell) {
            strata_cell_t cell = cell_of(pop, cell_at(pop, person[k]), key, replication);
            strata_init(&s, &cell, STREAM_ACTIVITY);
        }
        uint32_t level[STRATA_BATCH];
        level[0] = person[k] - (uint32_t)s.cell.first;
        if (!s.cell.independent) strata_positions(&s, person[k], 1, level);
        group[k] = (uint8_t)((s.cell.first + level[0]) % groups);
    }
}

static double joined_rank(const population_t *pop, double common, double own)
{
    double rho = pop->spec->activity_correlation;
    double rank = normal_cdf(sqrt(rho) * common + sqrt(1 - rho) * own);
    return fmin(fmax(rank, 0x1p-60), 1 - 0x1p-53);
}

double population_activity_rank(const population_t *pop, size_t person, uint64_t platform_hash,
                                rng_key_t key, uint32_t replication)
{
    return joined_rank(pop, person_normal(pop, person, STREAM_ACTIVITY, key, replication),
                       person_normal(pop, person, platform_hash ^ SALT_ACTIVITY, key, replication));
}

void population_activity_ranks(const population_t *pop, const uint32_t *person, size_t n,
                               uint64_t platform_hash, rng_key_t key, uint32_t replication,
                               double *out)
{
    double common[STRATA_BATCH];
    for (size_t done = 0; done < n; done += STRATA_BATCH) {
        size_t count = n - done < STRATA_BATCH ? n - done : STRATA_BATCH;
        person_normals(pop, person + done, count, STREAM_ACTIVITY, key, replication, common);
        person_normals(pop, person + done, count, platform_hash ^ SALT_ACTIVITY, key, replication,
                       out + done);
        for (size_t i = 0; i < count; i++)
            out[done + i] = joined_rank(pop, common[i], out[done + i]);
    }
}

/* ---- Traits on a continuous scale --------------------------------------------------------------- */

static uint64_t continuous_stream(const population_spec_t *spec, int trait)
{
    return name_hash(spec->continuous[trait].name) ^ SALT_CONTINUOUS;
}

/* z of a batch: sum of root[trait][k] e_k over the traits up to it, the root that of her class. */
static void continuous_normals(const population_t *pop, const uint32_t *person, size_t n, int trait,
                               const uint8_t *class, rng_key_t key, uint32_t replication, double *z)
{
    const population_spec_t *spec = pop->spec;
    const double *root = pop->tables->continuous_root;
    size_t width = (size_t)spec->n_continuous;
    double e[STRATA_BATCH];
    if (!root) {
        person_normals(pop, person, n, continuous_stream(spec, trait), key, replication, z);
        return;
    }
    memset(z, 0, n * sizeof *z);
    for (int k = 0; k <= trait; k++) {
        person_normals(pop, person, n, continuous_stream(spec, k), key, replication, e);
        for (size_t i = 0; i < n; i++)
            z[i] += root[(class[i] * width + (size_t)trait) * width + (size_t)k] * e[i];
    }
}

void population_continuous(const population_t *pop, const uint32_t *person, size_t n, int trait,
                           rng_key_t key, uint32_t replication, double *out)
{
    const continuous_t *x = &pop->spec->continuous[trait];
    uint8_t class[STRATA_BATCH];
    for (size_t done = 0, count; done < n; done += count) {
        count = n - done < STRATA_BATCH ? n - done : STRATA_BATCH;
        classes_of(pop, person + done, count, key, replication, class);
        continuous_normals(pop, person + done, count, trait, class, key, replication, out + done);
        for (size_t i = 0; i < count; i++) {
            double u = fmin(fmax(normal_cdf(out[done + i]), 0x1p-60), 1 - 0x1p-53);
            out[done + i] = distribution_quantile(x->law[class[i]], u);
        }
    }
}
