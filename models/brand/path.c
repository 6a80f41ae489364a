/* path.c -- works out a brand's days. */
#include "models/brand/path.h"
#include "models/base/maths.h"
#include "models/brand/cascade.h"

enum { CRISES_MOST = 4 * BRAND_CRISES, WEEK = 7, MONTH = 30 };

/* Onsets of the flight, by date and by chance. */
typedef struct {
    double hour, severity;
} onset_t;

typedef struct {
    const brand_t *b;
    const brand_place_t *place;
    brand_path_t *path;
    double everybody; /* people */
    rng_key_t key;
    uint32_t pair;
    int day;
    double factor;                       /* of followers' sentiment today */
    double posted[BRAND_ACCOUNTS][WEEK]; /* of the last seven days */
    double week[BRAND_ACCOUNTS];         /* their sum, without today's */
    int n_onsets;
    onset_t onset[CRISES_MOST];
    int calendar_at;
} walk_t;

/* --- luck ------------------------------------------------------------------------------------- */

static rng_block_t luck(const walk_t *w, uint64_t hash, uint32_t number)
{
    return rng_at(w->key, DRAW_MACRO, 0, (uint32_t)w->day, hash, w->pair, number);
}

/* A factor of mean 1. */
static double noise(const walk_t *w, uint64_t hash, uint32_t number, double sd)
{
    if (!(sd > 0)) return 1;
    double z = normal_quantile(rng_unit(luck(w, hash, number), 0));
    return m_exp(sd * z - sd * sd / 2);
}

/* --- crises ----------------------------------------------------------------------------------- */

static void add_onset(walk_t *w, double hour, double severity)
{
    const crisis_rules_t *c = &w->b->crises;
    brand_path_t *p = w->path;
    if (!(severity > 0) || w->n_onsets == CRISES_MOST) return;
    w->onset[w->n_onsets++] = (onset_t){hour, severity};
    double from = hour + c->response_hours, to = from + 24 * c->pause_days;
    if (!(c->pause_days > 0) || !(from < 24.0 * p->days)) return;
    p->pause[p->n_pauses].from = (int)from;
    p->pause[p->n_pauses++].to = (int)m_min(to, 24.0 * p->days);
}

static void begin_crises(walk_t *w)
{
    const brand_t *b = w->b;
    for (int k = 0; k < b->n_crises; k++)
        if (b->crisis[k].day == w->day) add_onset(w, 24.0 * w->day, b->crisis[k].severity);
    if (!(b->crises.per_year > 0)) return;
    rng_block_t r = luck(w, rng_path_hash("organic.crises"), 0);
    if (rng_unit(r, 0) >= -m_expm1(-b->crises.per_year / 365)) return;
    double hours = 24.0 * w->day + rng_unit_from_word(r.word[2]) * 24;
    double z = normal_quantile(rng_unit_from_word(r.word[3]));
    add_onset(w, hours, b->crises.severity * m_exp(b->crises.severity_sd * z));
}

/* Mentions of the day, and what it takes from sentiment. */
static double crises_today(const walk_t *w, double *blame)
{
    double mentions = 0;
    const crisis_rules_t *c = &w->b->crises;
    *blame = 0;
    for (int k = 0; k < w->n_onsets; k++) {
        double from = 24.0 * w->day - w->onset[k].hour;
        mentions += crisis_mentions(c, w->onset[k].severity, from + 24) -
                    crisis_mentions(c, w->onset[k].severity, from);
        *blame += crisis_blame(c, w->onset[k].severity, from, from + 24);
    }
    return mentions;
}

/* --- posts ------------------------------------------------------------------------------------ */

/* Reactions to a post, whatever their rate counts. */
static double engagement_of(const brand_account_t *a, double impressions, double reach,
                            double followers)
{
    if (!m_is_nan(a->per_follower)) return a->per_follower * followers;
    if (!m_is_nan(a->per_reach)) return a->per_reach * reach;
    return a->per_impression * impressions;
}

/* One post: what it adds to the day. */
static void publish(walk_t *w, int account, const post_plan_t *post, uint32_t number)
{
    const brand_t *b = w->b;
    const brand_account_t *a = &b->account[account];
    const brand_place_t *place = &w->place[a->platform];
    double *day = brand_day(w->path, w->day, a->platform), followers = day[BRAND_FOLLOWERS];
    double share =
        a->reach * post->reach * noise(w, post->hash, number, b->post_noise) *
        post_crowding(m_max(w->week[account], 1), b->usual_posts, b->falloff) *
        post_hour_factor(post->hour, place->hours_amplitude, place->hours_peak, b->life_hours);
    double reach = followers * m_min(share, 1), impressions = reach * b->views_per_reach;
    double reactions =
        engagement_of(a, impressions, reach, followers) * post->engagement * w->factor;
    day[BRAND_POSTS]++;
    day[BRAND_REACH] += reach;
    day[BRAND_IMPRESSIONS] += impressions;
    day[BRAND_COMMENTS] += reactions * a->comments;
    day[BRAND_SHARES] += reactions * a->shares;
    day[BRAND_SAVES] += reactions * a->saves;
    day[BRAND_LIKES] += reactions * (1 - a->comments - a->shares - a->saves);
    day[BRAND_FOLLOWER_VISITS] += impressions * b->visit_rate * w->factor;
    day[BRAND_POST_COST] += post->cost;
}

static int planned_on(const brand_t *b, int account, long day)
{
    const brand_account_t *a = &b->account[account];
    int n = 0;
    for (int k = a->first_plan; k < a->first_plan + a->n_plans; k++)
        n += posts_on_day(b->plan[k].per_week, day);
    return n;
}

static void publish_plans(walk_t *w, int account)
{
    const brand_account_t *a = &w->b->account[account];
    for (int k = a->first_plan; k < a->first_plan + a->n_plans; k++) {
        int n = posts_on_day(w->b->plan[k].per_week, w->day);
        for (int i = 0; i < n; i++) publish(w, account, &w->b->plan[k], (uint32_t)i);
    }
}

static int calendar_count(const walk_t *w, int account)
{
    int n = 0;
    for (int k = w->calendar_at; k < w->b->n_calendar && w->b->calendar[k].day == w->day; k++)
        n += w->b->calendar[k].account == account;
    return n;
}

/* Posts of a calendar come after those of the plans; their numbers go on where a day has several. */
static void publish_calendar(walk_t *w)
{
    enum { OF_THE_CALENDAR = 1024 };
    const brand_t *b = w->b;
    for (uint32_t i = 0;
         w->calendar_at < b->n_calendar && b->calendar[w->calendar_at].day == w->day;
         w->calendar_at++) {
        const calendar_post_t *c = &b->calendar[w->calendar_at];
        post_plan_t post = {.hash = b->account[c->account].hash,
                            .kind = c->kind,
                            .hour = c->hour,
                            .reach = c->reach,
                            .engagement = c->engagement,
                            .cost = c->cost};
        publish(w, c->account, &post, OF_THE_CALENDAR + i++);
    }
}

/* How many posts the last seven days held, today's included. */
static void count_week(walk_t *w, int account)
{
    double *posted = w->posted[account];
    int today = planned_on(w->b, account, w->day) + calendar_count(w, account);
    w->week[account] += today - posted[w->day % WEEK];
    posted[w->day % WEEK] = today;
}

/* --- influencers ------------------------------------------------------------------------------ */

static void influence(walk_t *w, const influencer_t *k)
{
    const brand_t *b = w->b;
    const brand_place_t *place = &w->place[k->platform];
    double *day = brand_day(w->path, w->day, k->platform);
    if (w->day < k->first || w->day >= k->first + k->days) return;
    int n = posts_on_day(k->per_week, w->day - k->first);
    double trust = k->trust * (k->disclosed ? b->disclosure : 1);
    for (int i = 0; i < n; i++) {
        double views =
            k->followers * k->reach * noise(w, k->hash, (uint32_t)i, b->influencer_noise) *
            post_hour_factor(k->hour, place->hours_amplitude, place->hours_peak, b->life_hours);
        double reactions = k->followers * k->engagement * w->factor;
        day[BRAND_INFLUENCER_VIEWS] += views;
        day[BRAND_SHARES] += views * b->share_rate;
        day[BRAND_LIKES] += m_max(0, reactions - views * b->share_rate);
        day[BRAND_OTHER_VISITS] += views * b->visit_rate * trust * w->factor;
        day[BRAND_FEES] += k->fee;
    }
}

/* --- word of mouth, followers ----------------------------------------------------------------- */

static void share_on(walk_t *w, const brand_account_t *a)
{
    enum { SHARED = 1 };
    const brand_t *b = w->b;
    double *day = brand_day(w->path, w->day, a->platform);
    double u = rng_unit(luck(w, a->hash, SHARED), 0);
    double seen = earned_views_at(day[BRAND_SHARES], b->reproduction, b->dispersion, u) +
                  day[BRAND_FOLLOWERS] * b->user_posts * b->user_post_views * w->factor;
    day[BRAND_EARNED_VIEWS] += seen;
    day[BRAND_OTHER_VISITS] += seen * b->visit_rate * w->factor;
    day[BRAND_MENTIONS] += day[BRAND_FOLLOWERS] * (b->mentions + b->user_posts);
}

/* Its growth is that of an account that posts as usual: what posts reach in all, relative to that. */
static growth_t growth_today(const walk_t *w, int account)
{
    const brand_t *b = w->b;
    const brand_account_t *a = &b->account[account];
    const double *day = brand_day(w->path, w->day, a->platform);
    double busy = w->week[account] / b->usual_posts;
    double strangers = day[BRAND_INFLUENCER_VIEWS] + day[BRAND_EARNED_VIEWS];
    return (growth_t){
        .arrivals = (a->arrivals + b->follow_rate * strangers) * w->factor,
        .growth = busy > 0 ? a->growth / MONTH * m_pow(busy, 1 - b->falloff) * w->factor : 0,
        .ceiling = m_min(a->ceiling, w->place[a->platform].people),
        .churn = a->churn / MONTH};
}

/* Those who come and go are many: their chance is normal, with a Poisson law's spread. */
static void follow(walk_t *w, int account)
{
    enum { CAME = 2 };
    const brand_account_t *a = &w->b->account[account];
    double *day = brand_day(w->path, w->day, a->platform), before = day[BRAND_FOLLOWERS];
    growth_t g = growth_today(w, account);
    turnover_t t = followers_turnover(&g, before, followers_after(&g, before, 1), 1);
    rng_block_t r = luck(w, a->hash, CAME);
    double came = m_max(0, t.gained + m_sqrt(t.gained) * normal_quantile(rng_unit(r, 0)));
    double left = m_max(0, t.lost + m_sqrt(t.lost) * normal_quantile(rng_unit(r, 1)));
    day[BRAND_GAINED] = came;
    day[BRAND_LOST] = m_min(left, before + came);
    day[BRAND_FOLLOWERS] = before + came - day[BRAND_LOST];
}

/* --- a day ------------------------------------------------------------------------------------ */

static void begin_places(walk_t *w)
{
    brand_path_t *p = w->path;
    for (int k = 0; k < p->places; k++)
        for (int c = 0; c < BRAND_COUNTS; c++) brand_day(p, w->day, k)[c] = 0;
    for (int k = 0; k < w->b->n_accounts; k++) {
        const brand_account_t *a = &w->b->account[k];
        brand_day(p, w->day, a->platform)[BRAND_FOLLOWERS] =
            w->day ? brand_day(p, w->day - 1, a->platform)[BRAND_FOLLOWERS] : a->followers;
    }
}

static void answer_comments(walk_t *w, const brand_account_t *a)
{
    const brand_t *b = w->b;
    double *day = brand_day(w->path, w->day, a->platform);
    day[BRAND_ANSWER_COST] += day[BRAND_COMMENTS] * b->answered * b->answer_minutes / 60 * b->wage;
}

/* Answers are worth the less the later they come. */
static double praise_of(const brand_t *b)
{
    return b->answered > 0 ? b->answered * m_exp(-b->response_hours / b->patience_hours) : 0;
}

/* Sentiment in its parts, each forgotten alike: chance with what there was at the begin, crises, answers. And what
 * crises have taken for good. */
typedef struct {
    double quiet, crises, answers, lasting;
    double variance; /* of chance */
} feeling_t;

static double followers_share(const walk_t *w)
{
    double followers = 0;
    for (int k = 0; k < w->b->n_accounts; k++) {
        const brand_account_t *a = &w->b->account[k];
        followers +=
            w->day ? brand_day(w->path, w->day - 1, a->platform)[BRAND_FOLLOWERS] : a->followers;
    }
    return m_min(1, followers / w->everybody);
}

static brand_mood_t mood_of(const walk_t *w, const feeling_t *f)
{
    const sentiment_t *s = &w->b->sentiment;
    double alike = f->quiet + (f->crises + f->lasting);
    double all = alike + f->answers * followers_share(w), community = alike + f->answers;
    return (brand_mood_t){.sentiment = all,
                          .community = community,
                          .factor = sentiment_factor(s, all, f->variance),
                          .community_factor = sentiment_factor(s, community, f->variance),
                          .quiet_factor = sentiment_factor(s, f->quiet, f->variance),
                          .unanswered_factor = sentiment_factor(s, alike, f->variance)};
}

static void feel(const walk_t *w, feeling_t *f, double blame)
{
    const sentiment_t *s = &w->b->sentiment;
    double z = normal_quantile(rng_unit(luck(w, rng_path_hash("organic.sentiment"), 0), 0));
    f->quiet = sentiment_next(s, f->quiet, 0, 0, z);
    f->crises = sentiment_next(s, f->crises, 0, (1 - w->b->crises.lasting) * blame, 0);
    f->lasting -= w->b->crises.lasting * blame;
    f->answers = sentiment_next(s, f->answers, praise_of(w->b), 0, 0);
    f->variance = sentiment_next_variance(s, f->variance);
}

static void walk_day(walk_t *w, feeling_t *f)
{
    const brand_t *b = w->b;
    brand_mood_t *mood = &w->path->mood[w->day];
    double blame;
    *mood = mood_of(w, f);
    w->factor = mood->community_factor;
    begin_places(w);
    begin_crises(w);
    for (int k = 0; k < b->n_accounts; k++) count_week(w, k);
    for (int k = 0; k < b->n_accounts; k++) publish_plans(w, k);
    publish_calendar(w);
    for (int k = 0; k < b->n_influencers; k++) influence(w, &b->influencer[k]);
    for (int k = 0; k < b->n_accounts; k++) {
        share_on(w, &b->account[k]);
        answer_comments(w, &b->account[k]);
        follow(w, k);
    }
    mood->crisis_mentions = crises_today(w, &blame);
    feel(w, f, blame);
}

/* The week before the flight was like its plans. */
static void begin_walk(walk_t *w)
{
    for (int k = 0; k < w->b->n_accounts; k++)
        for (int day = 1; day <= WEEK; day++) {
            double n = planned_on(w->b, k, -day);
            w->posted[k][(WEEK - day) % WEEK] = n;
            w->week[k] += n;
        }
}

void brand_path_draw(brand_path_t *path, const brand_t *b, const brand_place_t *place,
                     double everybody, rng_key_t key, uint32_t pair)
{
    walk_t w = {
        .b = b, .place = place, .path = path, .everybody = everybody, .key = key, .pair = pair};
    feeling_t feeling = {.quiet = b->sentiment.start};
    path->n_pauses = 0;
    begin_walk(&w);
    for (w.day = 0; w.day < path->days; w.day++) walk_day(&w, &feeling);
}
