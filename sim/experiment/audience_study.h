/* audience_study.h -- who is in each audience of a scenario, before any money is spent: people counted in
 * the simulated population and weighted to the real one, closed forms beside them, composition against
 * the population, and who is in several audiences at once.
 *
 * A count is of the people that a run of the same scenario and seed would meet, those truly in the
 * audience; what each platform makes of it by its labels stands beside. Pools are those of the flight's
 * start, filled by the organic visits of the days before; of a list, those found at the mean match rate. All counts are whole numbers and every person is judged alone, so that any number of
 * threads gives the same bytes. */
#ifndef ADSIM_EXPERIMENT_AUDIENCE_STUDY_H
#define ADSIM_EXPERIMENT_AUDIENCE_STUDY_H

#include "models/audience/agreement.h"
#include "models/base/status.h"
#include "sim/experiment/notices.h"
#include "sim/scenario/scenario.h"

#include <stdbool.h>

/* Something a person can be: a level of an attribute, a yes/no trait, a platform's user, a customer. */
typedef enum { FACET_LEVEL, FACET_TRAIT, FACET_PLATFORM, FACET_CUSTOMER } facet_kind_t;
typedef struct {
    const char *dimension; /* "age", "interest", "platform", "customers" */
    const char *name;      /* "18-24", "fitness", "instagram", "existing" */
    facet_kind_t kind;
    int index,
        level; /* attribute and its level; trait; platform of the population; 0 new, 1 existing */
} facet_t;

/* A number of people. */
typedef struct {
    double people; /* counted, in real people */
    double error;  /* standard error of that count, at most: people are sampled within cells */
    double exact;  /* the closed form's; NAN where there is none */
    int64_t simulated;
} headcount_t;

/* Of an audience, what a platform makes of it: it acts on labels, which may be wrong. All are its users. */
typedef struct {
    headcount_t targeted; /* in the audience as the platform sees them */
    headcount_t truth;    /* truly in it */
    headcount_t both;
} reach_t;

typedef struct {
    const audience_t *audience; /* borrowed */
    headcount_t size;           /* truly in it, whatever they use; of a lookalike: chosen */
    error_t not_exact;          /* why its size has no closed form; empty: it has */
    reach_t on[MAX_PLATFORMS];  /* on each platform of the scenario */
    uint32_t used_on;           /* bits: platforms where an ad set uses it */
    int home;           /* of a list or lookalike: the platform that `size` is about; -1 = none */
    headcount_t listed; /* of a list: the customers on it, found or not */
    double low, high;   /* of a list: 10th and 90th percentile of those found; NAN otherwise */
} audience_size_t;

/* Of whom an ad on the platform would reach, the share truly meant; and of those meant the share that it
 * could not reach. NAN of nobody. */
double reach_on_target(const reach_t *r);
double reach_missed(const reach_t *r);

/* Two audiences a < b. */
typedef struct {
    int a, b;
    headcount_t both;
    double jaccard; /* both / either; NAN if nobody is in either */
} audience_pair_t;

/* A set of audiences: bit a of word a / 64. */
enum { AUDIENCE_WORDS = MAX_AUDIENCES / 64 };
typedef struct {
    uint64_t word[AUDIENCE_WORDS];
} audience_set_t;
static inline bool audience_set_has(audience_set_t s, int a)
{
    return s.word[a / 64] >> (a % 64) & 1;
}
int audience_set_count(audience_set_t s);

typedef struct {
    audience_set_t in;
    int64_t exactly;  /* simulated people in these audiences and no other */
    int64_t at_least; /* in these and perhaps others */
} audience_pattern_t;

enum {
    CROSS_DIMENSIONS = 3, /* age, sex and place */
    PATTERNS_KEPT = 1000,
    CROSS_COUNTERS_AT_MOST = 4000000 /* of age x sex x place x trait, over all audiences */
};

typedef struct {
    const scenario_t *scenario; /* borrowed */
    size_t people;              /* simulated */
    double weight;              /* real people each stands for */
    int n_audiences;
    audience_size_t *audience;
    audience_pair_t *pair; /* n (n - 1) / 2, by a and then b */
    size_t n_pairs;

    audience_pattern_t *pattern; /* most people first; nobody's is left out */
    size_t n_patterns;           /* kept */
    size_t n_patterns_all;
    int64_t *in_exactly; /* [0..n_audiences]: simulated people in so many audiences */

    int n_facets;
    facet_t *facet;
    int64_t *count; /* [audience, everyone last][facet]: simulated people */

    /* Age x sex x place, as far as the population has them; -1 = not. */
    int cross_attribute[CROSS_DIMENSIONS], cross_levels[CROSS_DIMENSIONS];
    int n_cross;
    int64_t *cross;       /* [audience, everyone last][cell]: the place runs fastest */
    int64_t *cross_trait; /* [audience, everyone last][cell][trait]; NULL = it would be too large */
    agreements_t fit;     /* of the population with its tables; none unless asked for */
    notices_t notices;
} audience_study_t; /* zeroed = none */

typedef struct {
    int threads; /* >= 1 */
    bool fit;    /* how well does the population agree with its tables? */
} audience_options_t;

/* People as the scenario says (auto: as many as a run would take). The caller closes, also after a
 * failure. ERR_INVALID if the scenario has no audiences and nothing else was asked for. */
status_t audience_study_open(audience_study_t *s, const scenario_t *sc,
                             const audience_options_t *options, error_t *err);
void audience_study_close(audience_study_t *s);

/* The pair of two different audiences, in any order. */
const audience_pair_t *audience_study_pair(const audience_study_t *s, int a, int b);

/* What share of an audience a facet is, against its share of everyone: 100 = as usual. lo and hi: 95 %
 * interval of the sampling (Wilson). `few`: the audience or the facet has too few simulated people to
 * say. */
typedef struct {
    double share, everyone, index, lo, hi;
    int64_t simulated;
    bool few;
} profile_t;
enum { PROFILE_LEAST = 30 }; /* simulated people expected in an audience and a facet */
profile_t audience_profile(const audience_study_t *s, int audience, int facet);
profile_t profile_of(int64_t part, int64_t whole, int64_t part_of_all, int64_t all);

#endif
