/* posts.h -- what comes of a post: whom it reaches of the followers, how many react and how (MODEL 4.6).
 * KERNEL file. */
#ifndef ADSIM_BRAND_POSTS_H
#define ADSIM_BRAND_POSTS_H

typedef enum {
    POST_IMAGE,
    POST_VIDEO,
    POST_CAROUSEL,
    POST_TEXT,
    POST_POLL,
    POST_DOCUMENT,
    POST_KINDS
} post_kind_t;

/* Engagement of a kind over the average of all kinds. */
double post_kind_engagement(post_kind_t kind);

/* What the rate of engagement counts. */
typedef enum { PER_IMPRESSION, PER_REACH, PER_FOLLOWER } engagement_base_t;

/* Factor on the reach of each post when `a_week` come instead of the `usual` at which it was measured: the
 * more there are, the less each is shown. */
double post_crowding(double a_week, double usual, double falloff);

/* Factor on the reach of a post by its hour of the day: its readers come at 1 + a cos(2 pi (t - peak) / 24), and
 * it is shown for `life` hours on average, ever less. Over all hours it averages 1. */
double post_hour_factor(double hour, double amplitude, double peak, double life);

/* Whole posts of a weekly number that fall on a day; any seven days in a row hold as many, up to one. */
int posts_on_day(double a_week, long day);

/* Followers, of whom each has seen one post at least, when the average one saw `seen` and activity is spread
 * by a gamma of this shape; as a share. */
double followers_reached(double seen, double shape);

#endif
