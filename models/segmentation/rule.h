/* rule.h -- a targeting rule for a segment: a short expression in the audience language that picks out
 * its people by what an ads manager can target.
 *
 * A rule is one to three branches joined by `or`; a branch is up to six clauses joined by `and`. It is
 * found by beam search: each step adds to each of the best branches so far the clause that raises the
 * F-measure most, an age range, a set of levels or a yes/no at its best for that branch; the next branch
 * is sought among those whom the first ones leave out, and kept if it raises F by `worthwhile`.
 *   precision = share of those whom the rule picks who are in the segment
 *   recall    = share of the segment whom the rule picks
 *   F_beta    = (1 + beta^2) precision recall / (beta^2 precision + recall)
 * The search sees one half of the people, dealt by an addressed draw; the other half judges it. Weights
 * are rounded to 1/255 of the largest while searching; scores use them as they are. The same people and
 * key give the same rule. */
#ifndef ADSIM_SEGMENTATION_RULE_H
#define ADSIM_SEGMENTATION_RULE_H

#include "models/base/rng.h"
#include "models/segmentation/feature.h"

enum { RULE_BRANCHES = 3, RULE_CLAUSES = 6, RULE_BEAM = 16 };

typedef struct {
    int n;
    condition_t clause[RULE_CLAUSES];
} branch_t;

/* Without branches: everyone. */
typedef struct {
    int n;
    branch_t branch[RULE_BRANCHES];
} rule_t;

typedef struct {
    double beta;       /* > 0; above 1 recall counts more, below 1 precision. Default 1 */
    int branches;      /* 1..RULE_BRANCHES. Default 2 */
    int clauses;       /* of a branch, 1..RULE_CLAUSES. Default 4 */
    int beam;          /* branches kept at each step, 1..RULE_BEAM. Default 4 */
    double worthwhile; /* least rise of F for which a clause or a branch is added. Default 0.005 */
} rule_options_t;
rule_options_t rule_options(void); /* the defaults: assumptions */

typedef struct {
    double precision, recall, f; /* 0..1; precision is NAN when the rule picks nobody */
    double people;               /* weight of those whom the rule picks, of unknown segment too */
    double segment;              /* weight of the segment */
} rule_score_t;

typedef struct {
    rule_t rule;
    rule_score_t searched; /* on the half that the search saw: flatters it */
    rule_score_t held_out; /* on the other half */
} found_rule_t;

/* The rule for the people of segment `which`; segment[i] is the segment of person i, negative
 * where it is not known: such a person teaches nothing and counts for neither precision nor recall (she
 * would else be kept out by a clause that asks nothing, such as age 0+). Features that are hidden, numbers or not writable are left out. ERR_INVALID if an
 * option is out of range, or nobody is (or everybody is) in the segment in one of the halves. */
status_t rule_find(const people_t *p, const int *segment, int which, const rule_options_t *o,
                   rng_key_t key, found_rule_t *out, error_t *err);

bool rule_matches(const people_t *p, const rule_t *r, size_t i);
rule_score_t rule_score(const people_t *p, const rule_t *r, const int *segment, int which,
                        double beta);

/* Writes the expression, as snprintf does. It compiles with expression_compile in a population that
 * has these features, and picks the same people. */
size_t rule_write(const people_t *p, const rule_t *r, char *to, size_t room);

#endif
