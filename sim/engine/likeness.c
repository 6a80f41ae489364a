/* likeness.c -- appeals, affinity, and the choice of lookalikes.
 *
 * A lookalike's score is S = rho z + sqrt(1 - rho^2) e: z the affinity that makes customers, e the
 * platform's own noise about the person. Of the people who may be chosen the share `size` with the highest
 * score is in: counted among those simulated, so that the share is exact whoever they are. */
#include "sim/engine/likeness.h"
#include "models/audience/targeting.h"
#include "models/base/maths.h"
#include "models/response/response.h"
#include "sim/engine/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096 };

typedef struct {
    likeness_t *l;
    const world_t *w;
    const population_t *pop;
    uint32_t replication;
    /* of the lookalike that is chosen now */
    int ad_set;
    bool truly;         /* by affinity itself, of people as they are */
    double correlation; /* of the score */
    double *score;      /* by place in the columns; NAN = may not be chosen */
} likeness_job_t;

static size_t chunk_begin(const population_t *pop, size_t chunk)
{
    return pop->first + chunk * CHUNK;
}
static size_t chunk_end(const population_t *pop, size_t chunk)
{
    size_t end = chunk_begin(pop, chunk + 1), last = pop->first + pop->n;
    return end < last ? end : last;
}

/* ---- whom the product suits ---- */

static void find_appeals(const likeness_job_t *job, size_t from, size_t to)
{
    const scenario_t *sc = job->w->sc;
    for (size_t i = from; job->l->appeals && i < to; i++)
        for (int k = 0; k < sc->n_appeals; k++)
            job->l->appeals[i - job->l->first] |=
                (uint8_t)(expression_matches(sc->appeal[k].who, job->pop, i) << k);
}

/* How often an existing customer orders, relative to the mean of all of them. */
static double customer_rate(const likeness_job_t *job, size_t i, double mean)
{
    const customer_base_t *c = &job->w->sc->product.customers;
    rng_block_t first = rng_at(job->w->key, DRAW_CUSTOMER, 0, 0, i, job->replication, 0),
                second = rng_at(job->w->key, DRAW_CUSTOMER, 0, 0, i, job->replication, 1),
                third = rng_at(job->w->key, DRAW_CUSTOMER, 0, 0, i, job->replication, 2);
    customer_luck_t luck = {rng_unit(first, 0), rng_unit(first, 1), rng_unit(second, 0),
                            rng_unit(second, 1), rng_unit(third, 0)};
    return bgnbd_rate_at(&c->orders, c->since_days, luck) / mean;
}

static void find_affinities(const likeness_job_t *job, size_t from, size_t to)
{
    uint32_t id[CHUNK] = {0};
    double z[CHUNK];
    if (!job->l->affinity) return;
    const product_t *product = &job->w->sc->product;
    bool known = repeats_known(&product->customers);
    double mean =
        known ? bgnbd_mean_rate(&product->customers.orders, product->customers.since_days) : 1;
    for (size_t i = from; i < to; i++) id[i - from] = (uint32_t)i;
    population_affinities(job->pop, id, to - from, job->w->key, job->replication, z);
    for (size_t i = from; i < to; i++) {
        double factor = !bought_before(job->pop, i)
                            ? affinity_factor(product->affinity, z[i - from])
                        : known ? customer_rate(job, i, mean)
                                : 1;
        job->l->affinity[i - job->l->first] = (float)factor;
    }
}

static void find_likeness(void *context, size_t chunk, int worker)
{
    (void)worker;
    const likeness_job_t *job = context;
    size_t from = chunk_begin(job->pop, chunk), to = chunk_end(job->pop, chunk);
    find_appeals(job, from, to);
    find_affinities(job, from, to);
}

/* ---- lookalikes ---- */

static bool is_of_seed(const likeness_job_t *job, size_t person)
{
    return bought_before(job->pop, person) &&
           list_matched(job->w, job->w->sc, job->ad_set, (uint32_t)person, job->replication);
}

static bool may_be_chosen(const likeness_job_t *job, size_t person)
{
    const world_t *w = job->w;
    int p = w->sc->ad_set[job->ad_set].platform;
    const audience_t *audience = &w->sc->audience[w->sc->ad_set[job->ad_set].audience];
    if (!uses_platform(w, job->pop, person, p, job->replication)) return false;
    if (!audience->keep_seed && is_of_seed(job, person)) return false;
    return job->truly ? program_holds(audience->program, job->pop, person)
                      : program_seems_to_hold(w, job->pop, job->ad_set, person, job->replication);
}

static double noise_about(const likeness_job_t *job, uint32_t person)
{
    address_t at = job->w->address[job->w->sc->ad_set[job->ad_set].platform];
    rng_block_t b =
        rng_at(job->w->key, DRAW_LABEL, at.placement, 2, person | at.high, job->replication, 0);
    return normal_quantile(rng_unit(b, 0));
}

static void find_scores(void *context, size_t chunk, int worker)
{
    (void)worker;
    const likeness_job_t *job = context;
    uint32_t id[CHUNK];
    double z[CHUNK], rho = job->correlation;
    size_t n = 0;
    for (size_t i = chunk_begin(job->pop, chunk); i < chunk_end(job->pop, chunk); i++) {
        job->score[population_at(job->pop, i)] = NAN;
        if (may_be_chosen(job, i)) id[n++] = (uint32_t)i;
    }
    if (!n) return;
    population_affinities(job->pop, id, n, job->w->key, job->replication, z);
    for (size_t k = 0; k < n; k++)
        job->score[population_at(job->pop, id[k])] =
            job->truly ? z[k] : rho * z[k] + sqrt(1 - rho * rho) * noise_about(job, id[k]);
}

static int higher_first(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The lowest score of the highest share `size`; INFINITY when that is nobody. */
static double lowest_chosen(const double *score, size_t n, double size, double *sorted)
{
    size_t may = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(score[i])) sorted[may++] = score[i];
    size_t chosen = (size_t)floor(size * (double)may + 0.5);
    qsort(sorted, may, sizeof *sorted, higher_first);
    return chosen ? sorted[chosen - 1] : INFINITY;
}

/* The seed that a platform finds has a closed form, or is counted. */
static double seed_size(const likeness_job_t *job, const audience_t *audience, int platform)
{
    double seed = lookalike_seed(job->w->sc, audience, platform);
    if (!isnan(seed)) return seed;
    seed = 0;
    for (size_t i = 0; i < job->pop->n; i++)
        seed +=
            is_of_seed(job, i) && uses_platform(job->w, job->pop, i, platform, job->replication);
    return seed * job->w->weight;
}

static void choose(likeness_job_t *job, double size, int threads, double *sorted, uint64_t *chosen)
{
    size_t n = job->pop->n;
    parallel_for((n + CHUNK - 1) / CHUNK, threads, find_scores, job);
    double lowest = lowest_chosen(job->score, n, size, sorted);
    for (size_t i = 0; i < n; i++)
        if (job->score[i] >= lowest) chosen[i] |= 1ull << job->ad_set;
}

static status_t choose_lookalikes(likeness_job_t *job, int threads, error_t *err)
{
    const scenario_t *sc = job->w->sc;
    size_t n = job->pop->n;
    double *sorted = malloc(n * sizeof *sorted);
    job->score = malloc(n * sizeof *job->score);
    status_t st = sorted && job->score ? OK : fail_memory(err, "the scores of a lookalike");
    for (uint64_t rest = job->w->lookalike_ad_sets; st == OK && rest; rest &= rest - 1) {
        job->ad_set = __builtin_ctzll(rest);
        const ad_set_t *s = &sc->ad_set[job->ad_set];
        const audience_t *audience = &sc->audience[s->audience];
        job->truly = false;
        job->correlation =
            lookalike_correlation(audience->correlation, seed_size(job, audience, s->platform));
        choose(job, audience->size, threads, sorted, job->l->chosen);
        job->truly = true;
        choose(job, audience->size, threads, sorted, job->l->true_top);
    }
    free(sorted);
    free(job->score);
    return st;
}

/* ---- the whole ---- */

status_t likeness_init(likeness_t *l, const world_t *w, const population_t *pop,
                       uint32_t replication, int threads, error_t *err)
{
    const scenario_t *sc = w->sc;
    *l = (likeness_t){.first = pop->first};
    bool suits = sc->n_appeals > 0,
         affinity = sc->product.affinity > 0 || repeats_known(&sc->product.customers),
         choice = w->lookalike_ad_sets != 0;
    if (suits) l->appeals = calloc(pop->n, sizeof *l->appeals);
    if (affinity) l->affinity = malloc(pop->n * sizeof *l->affinity);
    if (choice) l->chosen = calloc(pop->n, sizeof *l->chosen);
    if (choice) l->true_top = calloc(pop->n, sizeof *l->true_top);
    if ((suits && !l->appeals) || (affinity && !l->affinity) ||
        (choice && !(l->chosen && l->true_top)))
        return fail_memory(err, "what people are to the product");
    likeness_job_t job = {.l = l, .w = w, .pop = pop, .replication = replication};
    if (suits || affinity) parallel_for((pop->n + CHUNK - 1) / CHUNK, threads, find_likeness, &job);
    return choice ? choose_lookalikes(&job, threads, err) : OK;
}

status_t likeness_of_people(likeness_t *l, const scenario_t *sc, const population_t *pop,
                            rng_key_t key, int threads, error_t *err)
{
    *l = (likeness_t){0};
    world_t *w = calloc(1, sizeof *w);
    if (!w) return fail_memory(err, "what people are to the product");
    w->sc = sc;
    w->people = pop->n;
    w->weight = pop->weight;
    w->key = key;
    for (int p = 0; p < sc->n_platforms; p++)
        w->address[p] = platform_address(&sc->platform[p], pop->spec);
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (sc->audience[sc->ad_set[a].audience].kind == AUDIENCE_LOOKALIKE)
            w->lookalike_ad_sets |= 1ull << a;
    status_t st = likeness_init(l, w, pop, 0, threads, err);
    free(w);
    return st;
}

void likeness_free(likeness_t *l)
{
    free(l->appeals);
    free(l->affinity);
    free(l->chosen);
    free(l->true_top);
    *l = (likeness_t){0};
}
