/* segments.h -- finding segments among the people of a frame: which columns, which method, how many
 * segments; then who is in each, what sets it apart and how an ads manager would target it.
 *
 * For each number of segments k asked for, the method runs and its criteria are kept; the method's own
 * criterion chooses k (BIC for mixtures and latent classes, silhouette for k-means), and what the others
 * say stands beside it. Everything is a function of the frame, the options and the seed: any number of
 * threads gives the same bytes. */
#ifndef ADSIM_EXPERIMENT_SEGMENTS_H
#define ADSIM_EXPERIMENT_SEGMENTS_H

#include "models/segmentation/profile.h"
#include "models/segmentation/rule.h"
#include "sim/config/diagnostics.h"
#include "sim/experiment/frame.h"

#include <signal.h>
#include <stddef.h>

typedef enum { METHOD_KMEANS, METHOD_GMM, METHOD_LCA, METHOD_RFM, METHOD_VALUE, METHODS } method_t;
typedef enum {
    STANDARDISE_NONE,
    STANDARDISE_SD,
    STANDARDISE_RANGE,
    STANDARDISE_ROBUST
} standardise_t;

enum { K_MOST = 32, TRAITS_SHOWN = 6, RULE_LENGTH = 4096, NOTICE_LENGTH = 300, NOTICES_MOST = 24 };

/* What is being done, for progress; called now and then from one thread. */
typedef struct {
    const char *doing; /* "k-means", "stability" */
    int k;             /* 0 = not for one k */
    size_t done, planned;
} step_t;

typedef struct {
    method_t method;
    int k_low, k_high;
    const char *columns, *exclude; /* lists with commas; NULL = the method's default, none */
    standardise_t standardise;
    int covariance; /* of mixtures: index into covariance_words */
    int restarts;   /* 0 = the method's default */
    int bootstraps; /* 0 = no stability */
    uint64_t seed;
    int threads;
    void (*progress)(void *context, const step_t *step); /* NULL = none */
    void *context;
    const volatile sig_atomic_t *interrupted; /* NULL = never */
} segments_options_t;

extern const char *const method_words[METHODS];  /* "kmeans" */
extern const char *const method_labels[METHODS]; /* "k-means" */
extern const char *const standardise_words[4];
extern const char *const covariance_words[4];

/* One k that was tried. NAN where a criterion does not exist. */
typedef struct {
    int k;
    double inertia;        /* k-means: sum of squares within */
    double log_likelihood; /* mixtures and latent classes */
    double bic;            /* the smaller the better */
    double silhouette;     /* -1..1 */
    double stability;      /* mean ARI with segments of bootstrap samples, -1..1 */
    double smallest;       /* share of the smallest segment */
    bool converged;
} trial_t;

/* The columns of a trial: pages, files and the choice of k read the table. `sense` 1: more is better, -1:
 * less, 0: tells nothing about k by itself. */
typedef struct {
    const char *name, *label;
    size_t offset; /* of the double in trial_t */
    int sense;
} criterion_t;
enum {
    CRITERION_INERTIA,
    CRITERION_LIKELIHOOD,
    CRITERION_BIC,
    CRITERION_SILHOUETTE,
    CRITERION_STABILITY,
    CRITERION_SMALLEST,
    CRITERIA
};
extern const criterion_t criteria[CRITERIA];

static inline double trial_value(const trial_t *t, int criterion)
{
    return *(const double *)(const void *)((const char *)t + criteria[criterion].offset);
}

/* What sets a segment apart, and its rule. */
typedef struct {
    const char *name;
    double people, share;    /* real people; of all in the frame */
    int trait[TRAITS_SHOWN]; /* rows of the profile, most particular first */
    int n_traits;
    bool has_rule;
    found_rule_t found;
    char *rule;         /* the expression */
    double rule_people; /* real people that it picks */
    char audience[64];  /* its name as an audience: "s1-young-gamers" */
} segment_t;

/* A number of each segment that a method knows: revenue share, true effect. */
typedef enum { SHOW_NUMBER, SHOW_SHARE, SHOW_MONEY } show_t;
typedef struct {
    const char *name, *label; /* of files, of the page */
    show_t show;
    int drop; /* the higher, the sooner left out of a narrow page; 0 = never */
    double value[K_MOST];
    double all; /* of everybody; NAN = none */
} measure_t;
enum { MEASURES_MOST = 10 };

typedef struct {
    const frame_t *frame; /* borrowed */
    segments_options_t options;
    bool *used;           /* columns that took part */
    int n_used, n_matrix; /* columns; numbers a person became */
    size_t n_left_out;    /* people with a missing value in a column used: in no segment */
    trial_t trial[K_MOST];
    int n_trials, chosen; /* index of the trial */
    char how_chosen[200]; /* "best silhouette", "as asked" */
    int k;
    const char *own_name[K_MOST]; /* names that the method gives; NULL = the profile's */
    bool exact_rules;             /* the method gave the rules (found.rule) itself */
    int *segment;                 /* of each person: 0..k-1, largest first; -1 = in none */
    segment_t *of;
    profile_t profile;
    measure_t measure[MEASURES_MOST];
    int n_measures;
    char finding[4][NOTICE_LENGTH]; /* sentences for the page: what the method found about itself */
    int n_findings;
    char notice[NOTICES_MOST][NOTICE_LENGTH];
    int n_notices;
    bool interrupted; /* some k are missing */
} segments_t;

/* ERR_INVALID says what cannot be done and why. The caller frees, also after a failure. */
status_t segments_find(segments_t *s, const frame_t *frame, const segments_options_t *o,
                       error_t *err);
void segments_free(segments_t *s);

/* The trial that is best by a criterion, the first of equals; -1 if no trial has a value of it. */
int segments_best(const segments_t *s, int criterion);

#endif
