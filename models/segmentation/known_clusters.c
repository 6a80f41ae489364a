/* known_clusters.c -- the cases whose data stand in the reference file itself. */
#include "models/segmentation/known_clusters.h"

#include "models/segmentation/agreement.h"
#include "models/segmentation/criteria.h"
#include "models/segmentation/latent.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static int labels(known_case_t *c, const char *name, int *out)
{
    int n = c->length(c, name);
    if (n > KNOWN_MOST) n = KNOWN_MOST;
    for (int i = 0; i < n; i++) out[i] = (int)c->input(c, name, i);
    return n;
}

static void agreement(known_case_t *c)
{
    int label[KNOWN_MOST], cluster[KNOWN_MOST], n = labels(c, "labels", label);
    labels(c, "clusters", cluster);
    known_found(c, "ari", adjusted_rand(label, cluster, (size_t)n));
}

static void six_points(known_case_t *c)
{
    double x[KNOWN_MOST], each[KNOWN_MOST], mean;
    int segment[KNOWN_MOST], n = known_inputs(c, "x", x);
    points_t p = {(size_t)n, 1, x, NULL};
    search_t how = {0};
    separation_t s;
    labels(c, "labels", segment);
    if (silhouette(&mean, each, &p, segment, 2, 0, &how, NULL) != OK) return;
    if (separation(&s, &p, segment, 2, NULL) != OK) return;
    known_found_list(c, "s", each, n);
    known_found(c, "mean", mean);
    known_found(c, "wss", s.within);
}

/* Rows ["1121", 9]: the answers read as one number, and how many people gave them. */
static size_t patterns(known_case_t *c, int items, uint64_t *yes, double *people)
{
    size_t n = (size_t)c->length(c, "patterns") / 2;
    if (n > KNOWN_MOST) n = KNOWN_MOST;
    for (size_t i = 0; i < n; i++) {
        long answers = (long)c->input(c, "patterns", 2 * (int)i);
        yes[i] = 0;
        for (int j = items; j-- > 0; answers /= 10) yes[i] |= (uint64_t)(answers % 10 == 2) << j;
        people[i] = c->input(c, "patterns", 2 * (int)i + 1);
    }
    return n;
}

/* The shares in ascending order, as the file has them. */
static void found_shares(known_case_t *c, const char *name, const latent_t *m)
{
    for (int g = 0; g < m->k; g++) c->found(c, name, g, m->share[m->k - 1 - g]);
}

static void latent_classes(known_case_t *c, int items, int most, const char *shares, int shares_at,
                           bool bic)
{
    uint64_t yes[KNOWN_MOST];
    double people[KNOWN_MOST];
    size_t n = patterns(c, items, yes, people);
    answers_t a = {.n = n, .items = items, .yes = yes, .weight = people};
    search_t how = {.key = rng_key(1)};
    for (int k = 1; k <= most; k++) {
        latent_t m;
        if (latent_init(&m, &a, k, 0, &how, NULL) == OK) {
            c->found(c, "loglik", k, m.loglik);
            if (bic && k > 1) c->found(c, "bic", k, m.bic);
            if (k == shares_at) found_shares(c, shares, &m);
        }
        latent_free(&m);
    }
}

static void carcinoma(known_case_t *c)
{
    latent_classes(c, 7, 4, "class_shares_3", 3, true);
}

static void values(known_case_t *c)
{
    latent_classes(c, 4, 3, "class_shares_2", 2, false);
}

const known_answer_t known_in_clusters[] = {
    {"seg_ari", agreement},
    {"seg_silhouette", six_points},
    {"seg_lca_carcinoma", carcinoma},
    {"seg_lca_values", values},
    {0},
};
