/* known_uplift.c -- the cases that the uplift tree and the Qini curve answer. */
#include "models/segmentation/known_uplift.h"

#include "models/segmentation/qini.h"
#include "models/segmentation/uplift.h"

#include <stddef.h>

static void qini_points(known_case_t *c)
{
    double score[KNOWN_MOST], outcome[KNOWN_MOST];
    uint8_t treated[KNOWN_MOST];
    int n = c->length(c, "rows") / 3;
    if (n > KNOWN_MOST) n = KNOWN_MOST;
    for (int i = 0; i < n; i++) {
        score[i] = c->input(c, "rows", 3 * i);
        treated[i] = c->input(c, "rows", 3 * i + 1) > 0;
        outcome[i] = c->input(c, "rows", 3 * i + 2);
    }
    qini_t q;
    qini_data_t d = {.n = (size_t)n, .score = score, .treated = treated, .outcome = outcome};
    if (qini_init(&q, &d, 0, rng_key(0), NULL) == OK)
        for (int i = 0; i < n; i++) c->found(c, "qini", i, q.point[i + 1].q);
    qini_free(&q);
}

/* A thousand people of each arm in a child of share 1: rates and sizes as the case has them. */
static arms_t child(known_case_t *c, const char *name)
{
    double n = 1000 * c->input(c, name, 2);
    return (arms_t){.treated = {.weight = n, .converted = n * c->input(c, name, 0)},
                    .held_out = {.weight = n, .converted = n * c->input(c, name, 1)}};
}

static void split_gain(known_case_t *c)
{
    arms_t left = child(c, "left"), right = child(c, "right");
    known_found(c, "kl_parent",
                divergence(UPLIFT_KL, c->input(c, "parent", 0), c->input(c, "parent", 1)));
    known_found(c, "gain", uplift_gain(UPLIFT_KL, false, &left, &right));
}

const known_answer_t known_in_uplift[] = {
    {"seg_qini_points", qini_points},
    {"seg_uplift_kl_gain", split_gain},
    {NULL, NULL},
};
