/* whatif.c -- auctions of a sample of people at other budgets. Currency and ln CPM as in auction.h. KERNEL file. */
#include "sim/engine/whatif.h"
#include "models/base/maths.h"
#include "models/platform/caps.h"
#include "models/platform/steering.h"

typedef struct {
    const whatif_model_t *m;
    const whatif_platform_t *platform;
    const whatif_ad_set_t *ad_set;
    const whatif_creative_t *creative;
    const whatif_rate_t *rate;
    const whatif_pattern_t *pattern;
    const whatif_person_t *person;
    const whatif_candidate_t *candidate;
} lists_t;

/* What one flight brought: by group of people, in real units; and when its payers closed. */
typedef struct {
    double sum[WHATIF_GROUPS][WHATIF_AD_SETS][WHATIF_MEASURES];
    double reach[WHATIF_GROUPS]; /* people reached by any ad set */
} flight_sums_t;

/* The run's own plan. */
typedef struct {
    double effort[WHATIF_AD_SETS]; /* by payer */
    flight_sums_t sums;
} own_plan_t;

/* The lent room. */
typedef struct {
    own_plan_t fine, coarse;
    flight_sums_t sums;
    uint32_t *order;   /* candidates by time */
    uint32_t *holder;  /* whose they are */
    uint32_t *head;    /* latest touch of a person */
    uint64_t *reached; /* ad sets (bits) that reached her */
    double *
        price; /* of an opportunity on average over the luck of its price, CPM, where no limit stands */
    touch_t *touch;
} room_t;

uint32_t whatif_measures(void)
{
    return WHATIF_MEASURES;
}

uint32_t whatif_answer_bytes(void)
{
    return sizeof(whatif_answer_t);
}

/* ---- the block ---- */

static lists_t lists_of(const whatif_model_t *m)
{
    lists_t l = {.m = m};
    const char *at = (const char *)m + whatif_padded(sizeof *m);
#define LIST(name, n)                                                                              \
    l.name = (const void *)at;                                                                     \
    at += whatif_padded((size_t)(n) * sizeof *l.name);
    WHATIF_LISTS(LIST, m)
#undef LIST
    return l;
}

static room_t *lend(const whatif_model_t *m, void *room)
{
    room_t *r = room;
    size_t people = (size_t)m->n_people, candidates = (size_t)m->n_candidates;
    r->reached = (uint64_t *)((char *)room + whatif_padded(sizeof *r));
    r->price = (double *)(r->reached + people);
    r->touch = (touch_t *)(r->price + candidates);
    r->order = (uint32_t *)(r->touch + candidates);
    r->holder = r->order + candidates;
    r->head = r->holder + candidates;
    return r;
}

double whatif_room(const whatif_model_t *m)
{
    return (double)(whatif_padded(sizeof(room_t)) +
                    (size_t)m->n_people * (sizeof(uint64_t) + sizeof(uint32_t)) +
                    (size_t)m->n_candidates *
                        (sizeof(double) + sizeof(touch_t) + 2 * sizeof(uint32_t)) +
                    8);
}

static double upper_half(uint16_t bits)
{
    union {
        uint32_t word;
        float value;
    } x = {(uint32_t)bits << 16};
    return (double)x.value;
}

double whatif_alike(const whatif_model_t *m, int a, int b)
{
    lists_t l = lists_of(m);
    const whatif_ad_set_t *x = &l.ad_set[a], *y = &l.ad_set[b];
    double afforded = m_min(x->floor + x->most, y->floor + y->most), both = 0, either = 0;
    const whatif_candidate_t *c = l.candidate;
    if (x->platform != y->platform) return 0;
    for (int i = 0; i < m->n_people; i++) {
        double weight = (double)m->weight[l.person[i].weight];
        for (int k = 0; k < l.person[i].candidates; k++, c++) {
            uint64_t sets = l.pattern[c->pattern].ad_sets;
            if (c->need * 0x1p-10 >= afforded) continue;
            if (sets >> a & 1 || sets >> b & 1) either += weight;
            if (sets >> a & 1 && sets >> b & 1) both += weight;
        }
    }
    return either > 0 ? both / either : 0;
}

/* ---- one flight ---- */

typedef struct {
    lists_t l;
    room_t *r;
    uint32_t groups; /* people of the first so many fly */
    const double *effort;
    const double
        *stop;  /* by payer: what a purse that spends as soon as it can holds, of these people */
    int counts; /* 0: spend alone */
    double log_value[WHATIF_AD_SETS], pass[WHATIF_AD_SETS];
    double spent[WHATIF_AD_SETS]; /* by payer, currency */
    int closed[WHATIF_AD_SETS];
    touches_t touches;
    flight_sums_t *sums;
} flight_t;

/* A uniform of its own for a person's opportunity: Weyl's sequence, mixed; the sample's luck, not the run's. */
static double coin(uint32_t opportunity, uint32_t what)
{
    uint64_t x = ((uint64_t)opportunity << 8 | what) * 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 31) * 0xbf58476d1ce4e5b9u;
    x ^= x >> 29;
    return ((double)(x >> 12) + 0.5) * 0x1p-52;
}
enum { COIN_SEEN = 64, COIN_BID = 128 }; /* from 0: of an ad set's throttle */

static uint32_t tick_of(const flight_t *f, const whatif_candidate_t *c)
{
    return (uint32_t)(((double)c->when + 0.5) * 0x1p-16 * f->l.m->flight_ticks);
}

static int capped(const flight_t *f, const whatif_ad_set_t *s, uint32_t person, uint32_t tick)
{
    for (int k = 0; k < s->n_caps; k++) {
        const whatif_cap_t *c = &s->cap[k];
        cap_t cap = {c->ad_sets, c->most, (uint32_t)c->window_ticks, c->views ? TOUCH_SEEN : 0};
        if (!cap_allows(&cap, &f->touches, f->r->head[person], tick)) return 1;
    }
    return 0;
}

/* Bids move a little about their mean as they are steered: an opportunity that costs about as much as the bid is
 * won in part, and of two ad sets that bid the same now this one stands in front and now that. So what is spent
 * changes steadily with the bids. */
static const double BID_SPREAD = 0.2; /* of ln CPM, evenly; assumption */

typedef struct {
    int ad_set;   /* -1: none of ours */
    double own;   /* log by which it values her more than the average person */
    double share; /* of the time in which its bid wins, (0, 1] */
} bidder_t;

static bidder_t choose(const flight_t *f, uint32_t at, uint32_t person, uint32_t tick)
{
    const whatif_candidate_t *c = &f->l.candidate[at];
    const whatif_pattern_t *p = &f->l.pattern[c->pattern];
    double signal = f->l.person[person].signal * 0x1p-12, sd = f->l.m->foreseen_sd;
    double need = c->need * 0x1p-10, highest = -MATHS_INFINITY;
    bidder_t best = {-1, 0, 0};
    for (uint64_t sets = p->ad_sets; sets; sets &= sets - 1) {
        int a = __builtin_ctzll(sets);
        const whatif_ad_set_t *s = &f->l.ad_set[a];
        double own = s->foreseen ? sd * (signal - sd / 2) + s->advantage[p->placement] : 0;
        double value = f->log_value[a] + s->ln_quality + own;
        double share = (value - need) / BID_SPREAD + 0.5;
        double now = value + BID_SPREAD * (coin(at, COIN_BID + (uint32_t)a) - 0.5);
        if (share <= 0 || now <= highest || f->closed[s->payer]) continue;
        if (f->pass[a] < 1 && coin(at, (uint32_t)a) >= f->pass[a]) continue;
        if (capped(f, s, person, tick)) continue;
        best = (bidder_t){a, own, m_min(share, 1)};
        highest = now;
    }
    return best;
}

/* At some luck; negative: the limit or the reserve keeps it from being sold. */
static double price_at(const whatif_platform_t *p, const whatif_candidate_t *c, double ln_quality,
                       offer_t offer, double luck)
{
    double median = p->market.log_median - ln_quality + c->dear * 0x1p-10, cpm;
    bool sold = market_price(&p->market, median, offer, c->need * 0x1p-10 - ln_quality, luck, &cpm);
    return sold ? cpm : -1;
}

/* A second price without a limit does not depend on who pays it. What it is on average over its luck tells more
 * than one draw of it, whose tail is long. That a reserve keeps a few from being sold is left out. */
static double mean_price(const whatif_platform_t *p, const whatif_candidate_t *c)
{
    enum { NODES = 8 };
    const offer_t any = {MATHS_INFINITY, MATHS_INFINITY};
    double sum = 0;
    int sold = 0;
    for (int k = 0; k < NODES; k++) {
        double cpm = price_at(p, c, 0, any, (k + 0.5) / NODES);
        if (cpm < 0) continue;
        sum += cpm;
        sold++;
    }
    return sold ? sum / sold : -1;
}

static int has_mean_price(const whatif_ad_set_t *s, const whatif_platform_t *p)
{
    return p->market.kind == AUCTION_SECOND_PRICE && !m_is_finite(s->limit) && s->ln_quality == 0 &&
           s->quality_cpm == 0;
}

/* CPM; negative: it is not sold. */
static double price_of(const flight_t *f, uint32_t at, bidder_t b)
{
    const whatif_candidate_t *c = &f->l.candidate[at];
    const whatif_ad_set_t *s = &f->l.ad_set[b.ad_set];
    const whatif_platform_t *p = &f->l.platform[s->platform];
    if (s->fixed_cpm > 0) return s->fixed_cpm;
    if (has_mean_price(s, p)) return f->r->price[at];
    double value = m_max(f->log_value[b.ad_set] + b.own, c->need * 0x1p-10 - s->ln_quality + 1e-9);
    offer_t offer = {value, s->limit + b.own};
    double cpm = price_at(p, c, s->ln_quality, offer, ((double)c->luck + 0.5) * 0x1p-16);
    return cpm < 0 ? -1 : m_max(cpm - s->quality_cpm, p->market.reserve);
}

static int creative_of(const flight_t *f, const whatif_candidate_t *c, const whatif_ad_set_t *s)
{
    double point = ((double)c->turn + 0.5) * 0x1p-8;
    int k = s->first_creative, last = k + s->n_creatives - 1;
    while (k < last && point >= f->l.creative[k].share) point -= f->l.creative[k++].share;
    return k;
}

/* Decayed stock of her earlier impressions of a family; and the latest of them all, NULL = none. */
static double stock_of(const flight_t *f, uint32_t person, int family, uint32_t tick)
{
    const touch_t *t = touch_latest(&f->touches, f->r->head[person]);
    for (; t; t = touch_earlier(&f->touches, t))
        if (f->l.creative[t->creative].family == family)
            return (double)t->stock *
                   wear_decay(&f->l.m->response, (double)(tick - t->tick) / TICKS_PER_DAY);
    return 0;
}

/* Orders of her own that the ad is credited for: those within its windows, by last touch; a view that follows takes
 * over from the view before. */
static void count_organic(flight_t *f, const whatif_person_t *who, const touch_t *before,
                          uint32_t tick, double weight, double view, double click, double *sums)
{
    const whatif_model_t *m = f->l.m;
    double organic = upper_half(who->organic) * weight;
    sums[WHATIF_ORGANIC] +=
        organic * (click * m->click_window_days + (view - click) * m->view_window_days);
    if (!before) return;
    double since = (double)(tick - before->tick) / TICKS_PER_DAY;
    if (since < m->view_window_days)
        f->sums->sum[who->group][before->ad_set][WHATIF_ORGANIC] -=
            organic * view * view * (m->view_window_days - since);
}

static void count_answer(flight_t *f, uint32_t at, uint32_t person, bidder_t b, int creative,
                         double stock, const touch_t *before, uint32_t tick)
{
    int a = b.ad_set;
    const whatif_model_t *m = f->l.m;
    const whatif_candidate_t *c = &f->l.candidate[at];
    const whatif_person_t *who = &f->l.person[person];
    const whatif_ad_set_t *s = &f->l.ad_set[a];
    const whatif_platform_t *p = &f->l.platform[s->platform];
    const whatif_rate_t *rate = &f->l.rate[creative * m->appeal_sets + who->appeals];
    int placement = f->l.pattern[c->pattern].placement;
    double signal = who->signal * 0x1p-12, weight = b.share * (double)m->weight[who->weight];
    double view = p->viewability[placement], wear = wear_factor(&m->response, stock);
    double moved = upper_half(who->moved);
    double click = m_min(view, view * wear * p->ctr[placement] * (double)rate->click *
                                   m_exp(m->click_sd * (signal - m->click_sd / 2)));
    double order =
        m_min(1, (double)rate->order * moved * m_exp(m->order_sd * (signal - m->order_sd / 2)));
    double sight = m_min(1, s->view_conversion * wear * m->sight_factor[who->appeals] * moved);
    double *sums = f->sums->sum[who->group][a];
    sums[WHATIF_IMPRESSIONS] += weight;
    sums[WHATIF_CLICKS] += weight * click;
    sums[WHATIF_CAUSED] += weight * ((click * s->visit_rate * order + view * sight) * s->net +
                                     view * s->brand_orders * upper_half(who->organic));
    count_organic(f, who, before, tick, weight, view, click, sums);
    uint64_t *reached = &f->r->reached[person];
    if (!*reached) f->sums->reach[who->group] += weight;
    if (!(*reached >> a & 1)) sums[WHATIF_REACH] += weight;
    if (b.share >= 0.5) *reached |= 1ull << a;
}

static void show(flight_t *f, uint32_t at, uint32_t person, bidder_t b, uint32_t tick)
{
    int a = b.ad_set;
    const whatif_ad_set_t *s = &f->l.ad_set[a];
    const touch_t *before = touch_latest(&f->touches, f->r->head[person]);
    int creative = creative_of(f, &f->l.candidate[at], s);
    double stock = stock_of(f, person, f->l.creative[creative].family, tick);
    if (f->counts) count_answer(f, at, person, b, creative, stock, before, tick);
    if (b.share < 0.5) return; /* rather not */
    int placement = f->l.pattern[f->l.candidate[at].pattern].placement;
    int seen = coin(at, COIN_SEEN) < f->l.platform[s->platform].viewability[placement];
    f->touches.touch[f->touches.n++] = (touch_t){.tick = tick,
                                                 .earlier = f->r->head[person],
                                                 .stock = (float)(stock + 1),
                                                 .ad_set = (uint8_t)a,
                                                 .creative = (uint8_t)creative,
                                                 .flags = seen ? TOUCH_SEEN : 0};
    f->r->head[person] = (uint32_t)f->touches.n;
}

static void offer(flight_t *f, uint32_t at)
{
    const whatif_candidate_t *c = &f->l.candidate[at];
    uint32_t person = f->r->holder[at], tick = tick_of(f, c);
    const whatif_person_t *who = &f->l.person[person];
    if (who->group >= f->groups) return;
    bidder_t b = choose(f, at, person, tick);
    if (b.ad_set < 0) return;
    double cpm = price_of(f, at, b);
    if (cpm < 0) return;
    int payer = f->l.ad_set[b.ad_set].payer;
    double paid = b.share * cpm / 1000 * (double)f->l.m->weight[who->weight];
    if (f->l.m->asap[payer] && f->spent[payer] + paid > f->stop[payer]) {
        f->closed[payer] = 1;
        return;
    }
    f->spent[payer] += paid;
    if (f->counts) f->sums->sum[who->group][b.ad_set][WHATIF_SPEND] += paid;
    show(f, at, person, b, tick);
}

static void set_bids(flight_t *f)
{
    for (int a = 0; a < f->l.m->n_ad_sets; a++) {
        const whatif_ad_set_t *s = &f->l.ad_set[a];
        double effort = f->effort[s->payer] + s->offset;
        if (effort > s->most) effort = s->most;
        f->log_value[a] = s->floor + m_max(effort, 0);
        f->pass[a] = steering_pass_through(effort);
        if (f->effort[s->payer] == -MATHS_INFINITY) f->pass[a] = 0;
    }
}

static void fly(flight_t *f)
{
    const whatif_model_t *m = f->l.m;
    for (int k = 0; k < m->n_payers; k++) f->spent[k] = f->closed[k] = 0;
    for (int i = 0; i < m->n_people; i++) {
        f->r->head[i] = 0;
        f->r->reached[i] = 0;
    }
    f->touches = (touches_t){f->r->touch, 0, (size_t)m->n_candidates};
    if (f->counts) *f->sums = (flight_sums_t){0};
    set_bids(f);
    for (int k = 0; k < m->n_candidates; k++) offer(f, f->r->order[k]);
}

/* ---- efforts that spend the budgets ---- */

/* A payer's search: where it was last, what it spent there (log), and by how much it missed; NAN = nowhere yet. */
typedef struct {
    double effort, log_spend, miss;
    double slope; /* of ln spend by effort, as far as it is known */
    double
        gain; /* share of the way that it goes: less where ad sets that are paid apart take from each other */
} search_t;

static const double SPENT_WELL =
    0.002;                       /* of a budget, near enough; the rest is put right in proportion */
static const double SLOPE = 0.6; /* to begin with: it lies in 0.3 .. 1 at usual bids */
enum { PASSES = 64 };

static double most_of(const lists_t *l, int payer)
{
    double most = -MATHS_INFINITY;
    for (int a = 0; a < l->m->n_ad_sets; a++)
        if (l->ad_set[a].payer == payer)
            most = m_max(most, l->ad_set[a].most - l->ad_set[a].offset);
    return most;
}

/* The next effort of a payer that spent so much; its miss, 0 when it is well or can do no more. */
static double seek(search_t *s, double *effort, double spent, double target, double most)
{
    double log_spend = m_log(m_max(spent, target * 1e-3)), miss = m_log(target) - log_spend;
    if (m_abs(miss) <= SPENT_WELL || (miss > 0 && *effort >= most)) return 0;
    double way = *effort - s->effort;
    if (m_abs(way) > 1e-4 && (log_spend - s->log_spend) / way > 0.1)
        s->slope = m_min((log_spend - s->log_spend) / way, 40);
    s->gain = miss * s->miss < 0 ? s->gain * 0.5 : m_min(1, s->gain * 1.15);
    s->effort = *effort;
    s->log_spend = log_spend;
    s->miss = miss;
    *effort = m_min(most, *effort + s->gain * m_min(m_max(miss / s->slope, -1), 1));
    return m_abs(miss);
}

/* Moves efforts until every payer spends its target, or cannot; else as near as was found. */
static void find_efforts(flight_t *f, double *effort, const double *target)
{
    const whatif_model_t *m = f->l.m;
    search_t search[WHATIF_AD_SETS];
    double best[WHATIF_AD_SETS], least = MATHS_INFINITY;
    f->effort = effort;
    f->stop = target;
    f->counts = 0;
    for (int k = 0; k < m->n_payers; k++) {
        search[k] = (search_t){MATHS_NAN, MATHS_NAN, 0, SLOPE, 1};
        if (m->asap[k]) effort[k] = most_of(&f->l, k);
        if (!(target[k] > 0)) effort[k] = -MATHS_INFINITY;
    }
    for (int pass = 0; pass < PASSES && least > 0; pass++) {
        double flown[WHATIF_AD_SETS], miss = 0;
        for (int k = 0; k < m->n_payers; k++) flown[k] = effort[k];
        fly(f);
        for (int k = 0; k < m->n_payers; k++)
            if (!m->asap[k] && target[k] > 0)
                miss += seek(&search[k], &effort[k], f->spent[k], target[k], most_of(&f->l, k));
        if (miss >= least) continue;
        least = miss;
        for (int k = 0; k < m->n_payers; k++) best[k] = flown[k];
    }
    for (int k = 0; k < m->n_payers; k++) effort[k] = best[k];
}

/* ---- answers ---- */

static void simulate(flight_t *f, flight_sums_t *sums)
{
    f->counts = 1;
    f->sums = sums;
    fly(f);
}

static double share_of_people(uint32_t groups)
{
    return (double)groups / WHATIF_GROUPS;
}

/* Every person has a number; her opportunities stand by time in `order`: counted by 1/65536 of the flight. */
static void put_in_order(const lists_t *l, room_t *r)
{
    enum { TIMES = 1 << 16, BYTE = 256 };
    uint32_t at = 0, n = (uint32_t)l->m->n_candidates;
    for (uint32_t i = 0; i < (uint32_t)l->m->n_people; i++)
        for (int k = 0; k < l->person[i].candidates; k++) r->holder[at++] = i;
    /* By the low byte, then by the high one, each pass stable. The second list is the room of touches. */
    uint32_t *from = (uint32_t *)r->touch, *to = r->order;
    for (uint32_t k = 0; k < n; k++) to[k] = k;
    for (int shift = 0; shift < 16; shift += 8) {
        uint32_t start[BYTE + 1] = {0};
        uint32_t *other = from;
        from = to;
        to = other;
        for (uint32_t k = 0; k < n; k++) start[(l->candidate[k].when >> shift & 255) + 1]++;
        for (int b = 0; b < BYTE; b++) start[b + 1] += start[b];
        for (uint32_t k = 0; k < n; k++)
            to[start[l->candidate[from[k]].when >> shift & 255]++] = from[k];
    }
}

static void find_prices(const lists_t *l, room_t *r)
{
    for (int k = 0; k < l->m->n_candidates; k++) {
        uint64_t sets = l->pattern[l->candidate[k].pattern].ad_sets;
        int platform = l->ad_set[__builtin_ctzll(sets)].platform;
        r->price[k] = mean_price(&l->platform[platform], &l->candidate[k]);
    }
}

static void open_plan(const lists_t *l, room_t *r, uint32_t groups, own_plan_t *own)
{
    flight_t f = {.l = *l, .r = r, .groups = groups};
    double target[WHATIF_AD_SETS];
    for (int k = 0; k < l->m->n_payers; k++) {
        target[k] = l->m->spend[k] * share_of_people(groups);
        own->effort[k] = -MATHS_INFINITY;
    }
    for (int a = 0; a < l->m->n_ad_sets; a++)
        own->effort[l->ad_set[a].payer] =
            m_max(own->effort[l->ad_set[a].payer], l->ad_set[a].start - l->ad_set[a].offset);
    find_efforts(&f, own->effort, target);
    simulate(&f, &own->sums);
}

void whatif_open(const whatif_model_t *m, uint32_t coarse, void *room)
{
    lists_t l = lists_of(m);
    room_t *r = lend(m, room);
    put_in_order(&l, r);
    find_prices(&l, r);
    open_plan(&l, r, WHATIF_GROUPS, &r->fine);
    if (coarse) open_plan(&l, r, coarse, &r->coarse);
}

/* A payer that did not spend what it might spends less only below that; what it gets beyond it may try to spend. */
static const double LIMITED = 0.97;

static double wanted(const whatif_model_t *m, int payer, double budget)
{
    double spend = m->spend[payer], own = m->budget[payer];
    if (!(own > 0)) return 0;
    if (spend >= LIMITED * own) return budget * spend / own;
    return m_min(budget, spend) + m_max(budget - own, 0);
}

typedef struct {
    double mean, error;
} measured_t;

/* The ratio of `now` to `own`, at `scale` times the spend that each of the two has beside it: what a sample spends
 * too much or too little it brings too much or too little. Without one group after the other: the error. */
static measured_t ratio_of(const double *now, const double *now_spend, const double *own,
                           const double *own_spend, uint32_t groups, double scale)
{
    double sum[4] = {0, 0, 0, 0}, left[WHATIF_GROUPS], mean = 0, square = 0;
    for (uint32_t g = 0; g < groups; g++) {
        sum[0] += now[g];
        sum[1] += now_spend[g];
        sum[2] += own[g];
        sum[3] += own_spend[g];
    }
    if (!(sum[1] > 0) || !(sum[2] > 0)) return (measured_t){0, 0};
    double whole = scale * (sum[0] / sum[1]) / (sum[2] / sum[3]);
    for (uint32_t g = 0; g < groups; g++) {
        double below = (sum[1] - now_spend[g]) * (sum[2] - own[g]);
        left[g] = below > 0 ? scale * (sum[0] - now[g]) * (sum[3] - own_spend[g]) / below : whole;
        mean += left[g] / groups;
    }
    for (uint32_t g = 0; g < groups; g++) square += (left[g] - mean) * (left[g] - mean);
    return (measured_t){whole, m_sqrt(square * (groups - 1.0) / groups)};
}

static void column_of(const flight_sums_t *s, uint32_t groups, int a, whatif_measure_t what,
                      double *out)
{
    for (uint32_t g = 0; g < groups; g++) out[g] = s->sum[g][a][what];
}

static double total(const double *x, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

/* What the ad sets of every payer spend together. */
static void add_payers(const lists_t *l, const flight_sums_t *s, uint32_t groups, double *spend)
{
    for (int k = 0; k < l->m->n_payers; k++) spend[k] = 0;
    for (int a = 0; a < l->m->n_ad_sets; a++)
        for (uint32_t g = 0; g < groups; g++)
            spend[l->ad_set[a].payer] += s->sum[g][a][WHATIF_SPEND];
}

/* What puts right a payer that was to spend a target and came near it: the rest is no answer to the budget. */
static double put_right(double now, double target, double own, double own_target)
{
    if (!(now > 0) || !(own > 0) || !(target > 0) || !(own_target > 0)) return 1;
    if (m_abs(now / target - 1) > 10 * SPENT_WELL) return 1; /* it could not */
    return target / own_target / (now / own);
}

static void compare(const flight_t *f, const own_plan_t *own, const double *target,
                    const double *own_target, whatif_answer_t *out)
{
    uint32_t n = f->groups;
    double everyone[WHATIF_GROUPS], payer[WHATIF_AD_SETS], own_payer[WHATIF_AD_SETS];
    add_payers(&f->l, f->sums, n, payer);
    add_payers(&f->l, &own->sums, n, own_payer);
    for (uint32_t g = 0; g < n; g++) everyone[g] = 1;
    for (int a = 0; a < f->l.m->n_ad_sets; a++) {
        double now_spend[WHATIF_GROUPS], own_spend[WHATIF_GROUPS];
        column_of(f->sums, n, a, WHATIF_SPEND, now_spend);
        column_of(&own->sums, n, a, WHATIF_SPEND, own_spend);
        int k = f->l.ad_set[a].payer;
        double spent = total(own_spend, n);
        double scale = spent > 0 ? total(now_spend, n) / spent *
                                       put_right(payer[k], target[k], own_payer[k], own_target[k])
                                 : 0;
        for (int what = 0; what < WHATIF_MEASURES; what++) {
            double now[WHATIF_GROUPS], before[WHATIF_GROUPS];
            column_of(f->sums, n, a, (whatif_measure_t)what, now);
            column_of(&own->sums, n, a, (whatif_measure_t)what, before);
            measured_t r = ratio_of(now, now_spend, before, own_spend, n, scale);
            out->ratio[a][what] = r.mean;
            out->error[a][what] = r.error;
        }
    }
    measured_t r = ratio_of(f->sums->reach, everyone, own->sums.reach, everyone, n, 1);
    out->reach = r.mean;
    out->reach_error = r.error;
}

void whatif_answer(const whatif_model_t *m, const double *budget, uint32_t coarse, void *room,
                   whatif_answer_t *out)
{
    lists_t l = lists_of(m);
    room_t *r = lend(m, room);
    const own_plan_t *own = coarse ? &r->coarse : &r->fine;
    flight_t f = {.l = l, .r = r, .groups = coarse ? coarse : WHATIF_GROUPS};
    double target[WHATIF_AD_SETS], own_target[WHATIF_AD_SETS], effort[WHATIF_AD_SETS];
    double share = share_of_people(f.groups);
    int changed = 0;
    *out = (whatif_answer_t){0};
    for (int k = 0; k < m->n_payers; k++) {
        own_target[k] = m->spend[k] * share;
        target[k] = wanted(m, k, budget[k]) * share;
        effort[k] = own->effort[k];
        changed |= m_abs(target[k] - own_target[k]) > 1e-9 * own_target[k];
        if (target[k] > 0 && own_target[k] > 0 && target[k] != own_target[k])
            effort[k] = m_min(effort[k] + m_log(target[k] / own_target[k]) / SLOPE, most_of(&l, k));
    }
    f.effort = effort;
    f.stop = target;
    if (changed) find_efforts(&f, effort, target);
    simulate(&f, &r->sums);
    compare(&f, own, target, own_target, out);
    for (int k = 0; k < m->n_payers; k++) out->effort[k] = effort[k];
}
