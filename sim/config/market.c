/* market.c -- reads what has a grammar of its own in the market: prices by month, weekday and hour of the
 * day, and the placements that an ad set keeps to. */
#include "models/base/maths.h"
#include "models/base/nearest.h"
#include "sim/config/characters.h"
#include "sim/config/reader.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* --- calendars of prices ----------------------------------------------------------------------- */

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                     "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static const struct {
    const char *key;
    const char *const *name; /* NULL: hours of the day, from-to */
    int n;
    const char *help;
} calendars[] = {
    {"by_month", months, 12,
     "the months are jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec"},
    {"by_weekday", weekdays, 7, "the days are mon, tue, wed, thu, fri, sat, sun"},
    {"by_hour", NULL, 24, "write from-to, such as 18-23: from 18:00 until 23:00"},
};

/* Which of a calendar's places a key names: `from` up to `to`; false if none. */
static bool places_of(int calendar, const char *key, int *from, int *to)
{
    const char *const *name = calendars[calendar].name;
    int length = 0;
    for (*from = 0; name && *from < calendars[calendar].n; (*from)++)
        if (!strcasecmp(key, name[*from])) {
            *to = *from + 1;
            return true;
        }
    return !name && sscanf(key, "%2d-%2d%n", from, to, &length) == 2 && !key[length] &&
           *from >= 0 && *from < *to && *to <= 24;
}

static void factor_read(reader_t *r, const key_row_t *row, int calendar, const node_t *key,
                        const node_t *item, double *log_factor, bool *given)
{
    int from, to;
    if (!places_of(calendar, key->text, &from, &to)) {
        complain(r->d, SEVERITY_ERROR, key->place, calendars[calendar].help, "'%s' has no '%s'",
                 row->name, shown(key->text).text);
        return;
    }
    value_rule_t rule = row_rule(row);
    value_t value;
    if (!value_read(item, &rule, 1, r->d, &value)) return;
    for (int k = from; k < to; k++) {
        if (given[k])
            complain(r->d, SEVERITY_ERROR, key->place, "let them not overlap",
                     "'%s' gives the hour from %d:00 twice", row->name, k);
        given[k] = true;
        log_factor[k] = m_log(value.value);
    }
}

void factors_read(reader_t *r, const key_row_t *row, const node_t *node, char *base, place_t at)
{
    enum { MOST = 24 };
    double *log_factor = (double *)(base + row->offset);
    bool given[MOST] = {false};
    int calendar = 0;
    while (strcmp(calendars[calendar].key, row->name)) calendar++;
    for (int k = 0; k < calendars[calendar].n; k++) log_factor[k] = 0;
    field_note(r, log_factor, node ? node->place : at);
    if (!node || is_word(node, "flat")) {
        line_word(r, row, node, "flat");
        return;
    }
    if (node->kind != NODE_MAPPING) {
        complain(r->d, SEVERITY_ERROR, node->place, calendars[calendar].help,
                 "'%s' must be 'flat' or a mapping of factors", row->name);
        return;
    }
    const node_t *source = node_get(node, "source");
    for (size_t i = 0; i < node->n; i++)
        if (node->item[i] != source)
            factor_read(r, row, calendar, node->key[i], node->item[i], log_factor, given);
    line_value(r, row, node, NULL, source && source->kind == NODE_SCALAR ? source->text : NULL);
}

/* --- an ad set's placements -------------------------------------------------------------------- */

/* What the ads managers and their APIs call the placements of the presets. */
static const struct {
    const char *name, *aliases;
} known_placements[] = {
    {"feed", "feeds stream facebook_feed instagram_feed linkedin_feed news_feed"},
    {"stories", "story facebook_stories instagram_stories ig_story"},
    {"reels", "facebook_reels instagram_reels ig_reels clips"},
    {"in_stream", "in-stream instream instream_video in_stream_video instream_videos"},
    {"right_column", "right_hand_column"},
    {"search", "search_results facebook_search ig_search"},
    {"explore", "explore_home"},
    {"audience_network", "classic an_classic linkedin_audience_network"},
    {"messaging", "messenger messenger_home sponsored_messages"},
};

static bool names_placement(const char *text, const char *placement)
{
    if (!strcasecmp(text, placement)) return true;
    for (size_t k = 0; k < sizeof known_placements / sizeof *known_placements; k++)
        if (!strcmp(known_placements[k].name, placement))
            return word_in(known_placements[k].aliases, text);
    return false;
}

/* A screen label such as "Instagram Stories" without its platform. */
static const char *without_platform(const char *text, const platform_t *p)
{
    size_t n = strlen(p->label ? p->label : "");
    return n && !strncasecmp(text, p->label, n) && text[n] == ' ' ? text + n + 1 : text;
}

static unsigned placement_bit(reader_t *r, const platform_t *p, const node_t *item)
{
    const char *names[PLATFORM_PLACEMENTS];
    char help[400] = "";
    size_t n = 0;
    if (!text_read(r, "placements", item)) return 0;
    const char *text = without_platform(item->text, p);
    for (int k = 0; k < p->n_placements; k++) {
        if (!p->placement[k].name) continue;
        if (names_placement(text, p->placement[k].name)) return 1u << k;
        size_t used = strlen(help);
        snprintf(help + used, sizeof help - used, "%s%.40s", used ? ", " : "it has ",
                 p->placement[k].name);
        names[n++] = p->placement[k].name;
    }
    const char *nearest = nearest_name(text, names, n);
    if (nearest) snprintf(help, sizeof help, "did you mean '%.200s'?", nearest);
    complain(r->d, SEVERITY_ERROR, item->place, help, "no placement '%s' on '%s'",
             shown(item->text).text, p->name);
    return 0;
}

void placements_read(reader_t *r, const key_row_t *row, const node_t *node, ad_set_t *a, place_t at)
{
    const platform_t *p = &r->sc->platform[a->platform];
    field_note(r, &a->placements, node ? node->place : at);
    if (!node || is_word(node, "all") || is_word(node, "automatic")) {
        if (node || p->n_placements) line_word(r, row, node, "all");
        return;
    }
    if (!p->name || !r->sc->n_platforms) return; /* that was told */
    if (!p->n_placements) {
        complain(r->d, SEVERITY_ERROR, node->place,
                 "leave it out, or give the platform `placements`",
                 "'%s' has no placements to choose from", p->name);
        return;
    }
    if (node->kind == NODE_MAPPING || (node->kind == NODE_SEQUENCE && !node->n)) {
        complain(r->d, SEVERITY_ERROR, node->place, "write [feed, stories], or all",
                 "'placements' must be a list with at least one entry");
        return;
    }
    if (node->kind == NODE_SCALAR) a->placements = placement_bit(r, p, node);
    for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->n; i++)
        a->placements |= placement_bit(r, p, node->item[i]);
    line_value(r, row, node, NULL, NULL);
}
