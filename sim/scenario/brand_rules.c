/* brand_rules.c -- rules between the keys of `organic`. */
#include "sim/scenario/check.h"

#include <math.h>

#define ERROR(...) check_add(c, 0, __VA_ARGS__)
#define WARN(...) check_add(c, 1, __VA_ARGS__)

/* Cascades that are nearly critical: their size is anybody's guess. */
static const double REPRODUCTION_HIGH = 0.7;

static void check_account(check_t *c, const brand_account_t *a)
{
    const platform_t *p = &c->sc->platform[a->platform];
    double parts = a->comments + a->shares + a->saves;
    double users;
    error_t err;
    if (scenario_platform_users(c->sc, a->platform, &users, &err) != OK) users = INFINITY;
    if (parts > 1 + 1e-9)
        ERROR(&a->comments, &a->shares, "lower them: the rest are likes",
              "comments, shares and saves of '%s' come to %.3g%% of its engagement", p->name,
              100 * parts);
    if (a->followers > users)
        ERROR(&a->followers, &a->platform, NULL, "'%s' has %.0f followers, and %.0f people use it",
              p->name, a->followers, users);
    if (a->followers > a->ceiling)
        ERROR(&a->followers, &a->ceiling, NULL, "'%s' has more followers than its ceiling",
              p->name);
}

static int has_account(const brand_t *b, int platform)
{
    for (int k = 0; k < b->n_accounts; k++)
        if (b->account[k].platform == platform) return 1;
    return 0;
}

static void check_influencer(check_t *c, const influencer_t *i)
{
    const scenario_t *sc = c->sc;
    if (!has_account(&sc->brand, i->platform))
        ERROR(&i->platform, NULL, "give the account, with followers: 0 if it is new",
              "'%.60s' posts on '%.60s', where the brand has no account", i->name,
              sc->platform[i->platform].name);
    if (i->first >= sc->days)
        WARN(&i->first, &sc->days, NULL, "'%.60s' begins on day %d of a flight of %d days", i->name,
             i->first + 1, sc->days);
    if (!i->disclosed)
        WARN(&i->disclosed, NULL, "write disclosed: yes",
             "the posts of '%.60s' are not labelled as paid, which platforms and the law demand",
             i->name);
}

static void check_communities(check_t *c)
{
    const brand_t *b = &c->sc->brand;
    double shares = 0;
    for (int k = 0; k + 1 < b->n_communities; k++) shares += b->community[k].share;
    if (shares > 1 + 1e-9)
        ERROR(&b->community[0].share, NULL, "nobody is in two of them",
              "the communities come to %.3g%% of all people", 100 * shares);
}

void check_brand(check_t *c)
{
    const scenario_t *sc = c->sc;
    const brand_t *b = &sc->brand;
    if (!brand_acts(b)) return;
    for (int k = 0; k < b->n_accounts; k++) check_account(c, &b->account[k]);
    for (int k = 0; k < b->n_influencers; k++) check_influencer(c, &b->influencer[k]);
    check_communities(c);
    if (b->reproduction >= REPRODUCTION_HIGH)
        WARN(&b->reproduction, NULL, "nearly all cascades end within a step of their seed",
             "a share that brings %.2g others spreads far: measured cascades are tiny",
             b->reproduction);
    for (int k = 0; k < b->n_crises; k++)
        if (b->crisis[k].day >= sc->days)
            WARN(&b->crisis[k].day, &sc->days, NULL,
                 "'%.60s' breaks out on day %d of a flight of %d days", b->crisis[k].name,
                 b->crisis[k].day + 1, sc->days);
}
