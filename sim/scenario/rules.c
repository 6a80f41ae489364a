/* rules.c -- what the platforms refuse, told before they do: audiences that are too small, choosing
 * people by age, sex or a fine place where homes, jobs or credit are advertised, and choosing people
 * under 18 by more than age and place. Warnings only: the plan can be simulated.
 *
 * Meta Business Help, "audiences for housing, employment or financial products and services
 * campaigns": no age, no gender, no postcode; country, region, state or city, the latter with a radius
 * added. TikTok's list of targeting restrictions for special ad categories says the same. Meta,
 * 10 January 2023: people under 18 are reached by age and location alone.
 *
 * What is not seen: that an interest stands for one of these (platforms refuse some). */
#include "sim/scenario/check.h"

#include "models/audience/expression.h"
#include "models/audience/labels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WARN(...) check_add(c, 1, __VA_ARGS__)

/* --- kinds of attributes ----------------------------------------------------------------------- */

typedef enum {
    ABOUT_OTHER,
    ABOUT_WIDE_PLACE,
    ABOUT_PLACE,
    ABOUT_AGE, /* this one and those below are barred where homes, jobs or credit are advertised */
    ABOUT_SEX,
    ABOUT_POSTCODE
} about_t;

/* An attribute is known by its name; one that is not here is no matter of these rules. */
static const struct {
    const char *name;
    about_t about;
} known_attributes[] = {
    {"age", ABOUT_AGE},
    {"sex", ABOUT_SEX},
    {"gender", ABOUT_SEX},
    {"country", ABOUT_WIDE_PLACE},
    {"nation", ABOUT_WIDE_PLACE},
    {"region", ABOUT_WIDE_PLACE},
    {"division", ABOUT_WIDE_PLACE},
    {"state", ABOUT_WIDE_PLACE},
    {"province", ABOUT_WIDE_PLACE},
    {"city", ABOUT_PLACE},
    {"community", ABOUT_PLACE},
    {"county", ABOUT_PLACE},
    {"district", ABOUT_PLACE},
    {"metro", ABOUT_PLACE},
    {"town", ABOUT_PLACE},
    {"neighborhood", ABOUT_POSTCODE},
    {"neighbourhood", ABOUT_POSTCODE},
    {"postal_code", ABOUT_POSTCODE},
    {"postcode", ABOUT_POSTCODE},
    {"zip", ABOUT_POSTCODE},
    {"zip_code", ABOUT_POSTCODE},
};
enum { N_KNOWN = sizeof known_attributes / sizeof *known_attributes };

/* Groups that are not known by their own name are about what they group: age4 about age. */
static about_t attribute_about(const population_spec_t *pop, int attribute)
{
    const attribute_t *x = &pop->attribute[attribute];
    for (int k = 0; k < N_KNOWN; k++)
        if (expression_same_name(known_attributes[k].name, x->name))
            return known_attributes[k].about;
    return x->grouping ? attribute_about(pop, x->of) : ABOUT_OTHER;
}

static expression_asks_t audience_asks(const check_t *c, const audience_t *a)
{
    return a->program ? expression_asks(a->program, c->sc->population) : (expression_asks_t){0};
}

/* --- housing, employment, credit --------------------------------------------------------------- */

static const char *const category_name[] = {"", "housing", "employment", "credit"};

/* Adds a name to "a, b and c". */
static void list_name(char *text, size_t size, const char *name, int n, int of)
{
    size_t used = strlen(text);
    const char *before = n == 0 ? "" : n + 1 == of ? " and " : ", ";
    snprintf(text + used, size - used, "%s%.40s", before, name);
}

/* Names of the attributes asked for that are about something from `low` to `high`; "" if none. */
static void list_asked(const check_t *c, uint32_t asked, about_t low, about_t high, char *text,
                       size_t size)
{
    const population_spec_t *pop = c->sc->population;
    const char *name[POP_ATTRIBUTES];
    int n = 0;
    for (int k = 0; k < pop->n_attributes; k++) {
        about_t about = attribute_about(pop, k);
        if (asked >> k & 1 && about >= low && about <= high) name[n++] = pop->attribute[k].name;
    }
    *text = 0;
    for (int k = 0; k < n; k++) list_name(text, size, name[k], k, n);
}

static void check_barred(check_t *c, const campaign_t *campaign, const audience_t *a)
{
    char names[120];
    expression_asks_t asks = audience_asks(c, a);
    uint32_t asked = asks.attributes;
    if (c->sc->population->age >= 0 && !asks.adult_ages) /* leaving minors out is allowed */
        asked &= ~(1u << c->sc->population->age);
    const char *category = category_name[campaign->special_category];
    list_asked(c, asked, ABOUT_AGE, ABOUT_POSTCODE, names, sizeof names);
    if (*names)
        WARN(&a->program, &campaign->special_category,
             "such ads are for everyone from 18 to 65+, by state or wider: leave the rest out",
             "'%.60s' goes by %s, which platforms do not allow for %s ads", a->name, names,
             category);
    if (a->kind == AUDIENCE_LOOKALIKE)
        WARN(&a->name, &campaign->special_category, "use include: or a list of customers",
             "'%.60s' is a lookalike, which platforms do not allow for %s ads", a->name, category);
    list_asked(c, asked, ABOUT_PLACE, ABOUT_PLACE, names, sizeof names);
    if (*names)
        WARN(&a->program, &campaign->special_category,
             "go by state or wider, or count on more people than these",
             "'%.60s' goes by %s: for %s ads platforms add 15 miles around what is smaller than a "
             "state, adsim does not",
             a->name, names, category);
}

static bool used_before(const check_t *c, const campaign_t *campaign, int ad_set)
{
    const ad_set_t *first = &c->sc->ad_set[campaign->first_ad_set];
    for (int i = 0; i < ad_set; i++)
        if (first[i].audience == first[ad_set].audience) return true;
    return false;
}

static void check_special_category(check_t *c, const campaign_t *campaign)
{
    if (campaign->special_category == CATEGORY_NONE) return;
    for (int i = 0; i < campaign->n_ad_sets; i++) {
        const audience_t *a = &c->sc->audience[c->sc->ad_set[campaign->first_ad_set + i].audience];
        if (!used_before(c, campaign, i)) check_barred(c, campaign, a);
    }
}

/* --- sizes ------------------------------------------------------------------------------------- */

/* People of a program (NULL = everyone) who also meet two conditions (NULL = none); NAN when there is no closed
 * form. */
static double people_of(const scenario_t *sc, const expression_t *program, const expression_t *also,
                        const expression_t *too)
{
    const condition_t condition[] = {{program, false}, {also, false}, {too, false}};
    double people;
    return labels_people(NULL, sc->population, condition, 3, &people, NULL) == OK ? people : NAN;
}

static expression_t *compiled(const scenario_t *sc, const char *text)
{
    expression_t *e;
    expression_fault_t fault;
    return expression_compile(text, sc->population, NULL, &e, &fault, NULL) == OK ? e : NULL;
}

/* People of a list on the platform, or everyone a pool could ever hold there; NAN too if the population does
 * not know the platform. */
static double people_on_platform(const scenario_t *sc, const audience_t *a, const platform_t *p)
{
    bool listed = a->kind == AUDIENCE_LIST, tabulated = isnan(p->users);
    expression_t *customers = listed ? compiled(sc, "customers") : NULL, *users = NULL;
    double people = NAN;
    if ((!listed || customers) &&
        (!tabulated || expression_uses(p->name, sc->population, &users, NULL) == OK))
        people = people_of(sc, a->program, customers, users) * (tabulated ? 1 : p->users);
    expression_free(customers);
    expression_free(users);
    return listed ? a->match_rate * people : people;
}

/* Lists and pools; audiences of an expression are judged by the size the platform sees
 * (audience_sizes.c). */
static void check_minimum(check_t *c, const ad_set_t *s)
{
    const audience_t *a = &c->sc->audience[s->audience];
    const platform_t *p = &c->sc->platform[s->platform];
    if (a->kind != AUDIENCE_LIST && a->kind != AUDIENCE_RETARGET) return;
    double people = people_on_platform(c->sc, a, p);
    if (people < p->minimum_audience * (1 - 1e-9)) /* the closed form rounds */
        WARN(&s->audience, &p->minimum_audience, "ask for less",
             "'%.60s' has %s%.0f people on '%.60s', which shows no ads to fewer than %.0f", a->name,
             a->kind == AUDIENCE_RETARGET ? "at most " : "", people, p->name, p->minimum_audience);
}

/* --- minors ------------------------------------------------------------------------------------ */

enum { ADULT = 18 };

static bool has_minors(const population_spec_t *pop)
{
    const attribute_t *age = pop->age < 0 ? NULL : &pop->attribute[pop->age];
    for (int l = 0; age && l < age->n_levels; l++)
        if (age->low_years[l] < ADULT) return true;
    return false;
}

/* What else than age and place the audience goes by; NULL: nothing. */
static const char *asked_of_minors(const check_t *c, const audience_t *a)
{
    if (a->kind == AUDIENCE_RETARGET) return "site visits";
    expression_asks_t asks = audience_asks(c, a);
    if (a->kind == AUDIENCE_LIST || a->kind == AUDIENCE_LOOKALIKE || asks.customers)
        return "what they bought";
    for (int k = 0; k < c->sc->population->n_attributes; k++) {
        about_t about = attribute_about(c->sc->population, k);
        if (asks.attributes >> k & 1 && (about == ABOUT_OTHER || about == ABOUT_SEX))
            return c->sc->population->attribute[k].name;
    }
    return asks.traits ? "interests or behaviours" : NULL;
}

static void check_minors(check_t *c, const audience_t *a)
{
    const char *what = asked_of_minors(c, a);
    expression_t *young = what ? compiled(c->sc, "age < 18") : NULL;
    double minors = !what ? 0 : young ? people_of(c->sc, a->program, young, NULL) : NAN;
    expression_free(young);
    if (minors > 0 || isnan(minors))
        WARN(&a->program, NULL, "add: and age >= 18",
             "'%.60s' has people under 18 and goes by %.40s: platforms choose minors by age and "
             "place "
             "alone",
             a->name, what);
}

/* --- the whole --------------------------------------------------------------------------------- */

void check_rules(check_t *c)
{
    const scenario_t *sc = c->sc;
    bool used[MAX_AUDIENCES] = {false};
    for (int k = 0; k < sc->n_campaigns; k++) check_special_category(c, &sc->campaign[k]);
    for (int s = 0; s < sc->n_ad_sets; s++) {
        check_minimum(c, &sc->ad_set[s]);
        used[sc->ad_set[s].audience] = true;
    }
    for (int i = 0; i < sc->n_audiences && has_minors(sc->population); i++)
        if (used[i]) check_minors(c, &sc->audience[i]);
}
