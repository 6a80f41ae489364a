/* segments.h -- finding segments among the people of a frame: which columns, which method, how many
 * segments; then who is in each, what sets it apart and how an ads manager would target it.
 *
 * For the numbers of segments k asked for, criteria are worked out; the method's own chooses k (BIC for
 * mixtures and latent classes, silhouette for k-means), and what the others say stands beside it.
 * Everything is a function of the frame, the options and the seed: any number of threads gives the same
 * bytes. */
#ifndef ADSIM_EXPERIMENT_SEGMENTS_H
#define ADSIM_EXPERIMENT_SEGMENTS_H

#include "models/segmentation/choose.h"
#include "models/segmentation/profiles.h"
#include "models/segmentation/rfm.h"
#include "models/segmentation/rule.h"
#include "models/segmentation/standard.h"
#include "sim/experiment/frame_csv.h"
#include "sim/experiment/notices.h"
#include "sim/experiment/step.h"
#include "sim/scenario/scenario.h"

#include <signal.h>
#include <stddef.h>

typedef enum { METHOD_KMEANS, METHOD_GMM, METHOD_LCA, METHOD_RFM, METHOD_VALUE, METHODS } method_t;

enum { K_MOST = SEGMENTS_MOST, TRAITS_SHOWN = 6, RULE_LENGTH = 4096 };

typedef struct {
    method_t method;
    int k_low, k_high;
    const char *columns, *exclude; /* lists with commas; NULL = the method's default, none */
    standard_t standardise;
    mixture_shape_t covariance; /* of mixtures */
    int restarts;               /* 0 = the method's default */
    int bootstraps;             /* 0 = no stability */
    uint64_t seed;
    int threads;
    void (*progress)(void *context, const step_t *step); /* NULL = none */
    void *context;
    const volatile sig_atomic_t *interrupted; /* NULL = never */
} segments_options_t;

extern const char *const method_words[METHODS];  /* "kmeans" */
extern const char *const method_labels[METHODS]; /* "k-means" */

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

/* Qini curves of the tree's order at whole per cent of the people who could be reached: as the experiment
 * shows it (on the half that estimates), in truth, and of the best order there is. */
enum { QINI_POINTS = 101 };
typedef struct {
    double measured[QINI_POINTS], truth[QINI_POINTS], best[QINI_POINTS];
    double coefficient, low, high; /* measured, 95 % */
    double part;                   /* of what the best order brings, in truth: 1 = all */
    double correlation;            /* of the tree's estimates with the true effects */
} value_curve_t;

typedef struct {
    const frame_t *frame; /* borrowed */
    segments_options_t options;
    bool *used;           /* columns that took part */
    int n_used, n_matrix; /* columns; numbers a person became */
    size_t n_left_out;    /* people with a missing value in a column used: in no segment */
    bool tried;           /* there is a choice of k */
    choice_t choice;      /* criteria by k */
    char how_chosen[200]; /* "best silhouette", "as asked" */
    int k;
    const char *own_name[K_MOST]; /* names that the method gives; NULL = the profile's */
    bool exact_rules;             /* the method gave the rules (found.rule) itself */
    int *segment;                 /* of each person: 0..k-1, largest first; -1 = in none */
    segment_t *of;
    profiles_t profile;
    measure_t measure[MEASURES_MOST];
    int n_measures;
    rfm_t *rfm;           /* rfm: scores of each person; else NULL */
    value_curve_t *curve; /* value; else NULL */
    notices_t findings;   /* what the method found about itself: for the page */
    notices_t notices;    /* what to know before believing it */
} segments_t;

/* ERR_INVALID says what cannot be done and why. The caller frees, also after a failure. */
status_t segments_find(segments_t *s, const frame_t *frame, const segments_options_t *o,
                       error_t *err);

/* RFM: by columns of the frame, or by orders (a frame of frame_of_orders), which also tell how many
 * orders to expect, who is still a customer and what that is worth. */
typedef struct {
    const char *recency, *frequency, *monetary; /* columns */
    const orders_t *orders;                     /* NULL = none */
    double as_of;                               /* day, with orders */
} rfm_source_t;
status_t segments_rfm(segments_t *s, const frame_t *frame, const segments_options_t *o,
                      const rfm_source_t *source, error_t *err);

/* Customers as people with the columns recency, frequency and monetary. as_of: day, not before the last
 * order. The names are borrowed from the orders. */
status_t frame_of_orders(frame_t *f, const orders_t *orders, double as_of, error_t *err);

/* Who responds because of the ads: the scenario is run `replications` times with the frame's people (of
 * frame_of_people), half of them held out; an uplift tree parts them. */
status_t segments_value(segments_t *s, const frame_t *frame, const segments_options_t *o,
                        const scenario_t *sc, size_t replications, error_t *err);

void segments_free(segments_t *s);

#endif
