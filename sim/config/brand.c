/* brand.c -- the keys of `organic` that lean on others: communities by name, what is usual for a kind of post or
 * a tier of influencers, and the addresses of luck. */
#include "models/base/nearest.h"
#include "sim/config/characters.h"
#include "sim/config/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Influencers without a community: anybody's. */
enum { OF_ANYBODY = -1 };

void community_refer(reader_t *r, const key_row_t *row, const node_t *node, int *community)
{
    const brand_t *b = &r->sc->brand;
    const char *names[BRAND_COMMUNITIES], *name = node ? name_read(r, row->name, node) : NULL;
    size_t n = 0;
    *community = OF_ANYBODY;
    if (!name) return;
    field_note(r, community, node->place);
    for (int k = 0; k < b->n_communities; k++) {
        if (!b->community[k].name) continue;
        names[n++] = b->community[k].name;
        if (!strcmp(b->community[k].name, name)) *community = k;
    }
    if (*community != OF_ANYBODY) {
        line_value(r, row, node, NULL, NULL);
        return;
    }
    const char *nearest = nearest_name(name, names, n);
    char help[300];
    snprintf(help, sizeof help, nearest ? "did you mean '%s'?" : "add it to `communities`%s",
             nearest ? nearest : "");
    complain(r->d, SEVERITY_ERROR, node->place, help, "no community '%s'", shown(name).text);
}

/* comScore: mixed with professional content, what customers made raised engagement with brands by 28 %. */
static const double USER_MADE = 1.28;

static double usual_of(const key_row_t *row, const char *base)
{
    if (row->offset == offsetof(post_plan_t, engagement) && !strcmp(row->unit, "factor")) {
        const post_plan_t *p = (const post_plan_t *)base;
        return post_kind_engagement(p->kind) * (p->user_made ? USER_MADE : 1);
    }
    tier_usual_t usual = tier_usual(((const influencer_t *)base)->tier);
    switch (row->offset) {
    case offsetof(influencer_t, followers): return usual.followers;
    case offsetof(influencer_t, reach): return usual.reach;
    case offsetof(influencer_t, engagement): return usual.engagement;
    default: return usual.fee;
    }
}

void usual_read(reader_t *r, const key_row_t *row, const node_t *node, char *base, place_t at)
{
    key_row_t number = *row;
    number.kind = KEY_NUMBER;
    number.fallback = (distribution_t){LAW_CERTAIN, usual_of(row, base), 0};
    number_row_read(r, &number, node, base, at);
}

/* --- the whole -------------------------------------------------------------------------------- */

/* The address of something's luck: its key path. */
static uint64_t luck_of(reader_t *r, const char *list, const char *name, const char *part)
{
    char *path = arena_format(r->arena, "organic.%s.%s%s%s", list, name, part ? ".posts." : "",
                              part ? part : "");
    if (path) return rng_path_hash(path);
    out_of_memory(r);
    return 0;
}

static void bind_accounts(reader_t *r)
{
    brand_t *b = &r->sc->brand;
    for (int k = 0; k < b->n_accounts; k++) {
        brand_account_t *a = &b->account[k];
        const char *platform = r->sc->platform[a->platform].name;
        if (!platform) continue;
        a->hash = luck_of(r, "accounts", platform, NULL);
        for (int i = a->first_plan; i < a->first_plan + a->n_plans; i++)
            if (b->plan[i].name)
                b->plan[i].hash = luck_of(r, "accounts", platform, b->plan[i].name);
    }
}

/* Days are written from 1 on. */
static void bind_influencers(reader_t *r)
{
    brand_t *b = &r->sc->brand;
    for (int k = 0; k < b->n_influencers; k++) {
        influencer_t *i = &b->influencer[k];
        if (i->community == OF_ANYBODY) i->community = b->n_communities - 1;
        i->first = i->first > 0 ? i->first - 1 : 0;
        if (i->days == 0) i->days = FLIGHT_DAYS_MOST;
        if (i->name) i->hash = luck_of(r, "influencers", i->name, NULL);
    }
}

static void bind_communities(brand_t *b)
{
    double rest = 1;
    for (int k = 0; k < b->n_communities; k++) rest -= b->community[k].share;
    b->community[b->n_communities++] = (community_t){"everybody else", fmax(rest, 0)};
}

void brand_bind(reader_t *r)
{
    brand_t *b = &r->sc->brand;
    if (!brand_acts(b)) return;
    bind_communities(b);
    bind_accounts(r);
    bind_influencers(r);
    for (int k = 0; k < b->n_crises; k++) b->crisis[k].day--;
}
