/* pacing.h -- how a budget lasts: the controller of MODEL 3.5d and the closed forms it starts from.*/
#ifndef ADSIM_PLATFORM_PACING_H
#define ADSIM_PLATFORM_PACING_H

#include "models/platform/campaign.h"

/* Gain that keeps the loop stable: clamp(0.1 / elasticity, .02, .3); stable iff gain < 2/elasticity. */
double pace_gain(double elasticity);

/* The next log of the bid multiplier: it FALLS when a step spent more than planned,
 *   ln m <- ln m - clamp(gain (spent/planned - 1), +-0.5).
 * planned = 0 leaves it alone (MODEL 3.5d: no wind-up at night, in pauses, when all are capped). */
double pace_step(double log_multiplier, double gain, double spent, double planned);

/* Next step's effort (steering.h), of which spend is an elasticity: by pace_step at its gain, and ahead by
 * the `fall` of the plan's log pace until then, behind which the controller would lag. Where a step has few
 * `payments` on average (below 3) its spend is mostly chance, to which the loop answers by as much less:
 * effort that jumps about pays more for an impression than steady effort. A platform sees all people,
 * and so has no such trouble; those who are simulated may be few. */
double pace_next(double effort, double elasticity, double spent, double planned, double fall,
                 double payments);

/* A plan of spend over the opportunities x = 0..1 of a flight: at x it has spent
 * (1 - e^-fall x)/(1 - e^-fall), so that its pace falls by e^-fall from the first to the last of them;
 * fall 0 is even. Front-loaded, the pace halves with every third of the opportunities: half of the money
 * goes in the first 28 % of them, 57, 29 and 14 % in the three thirds (assumption): its fall is ln 8. */
double pacing_fall(pacing_t pacing);
/* The part of the money left that the plan gives to the next `now` of the `rest` of `whole` opportunities;
 * 0 when none are left. */
double pace_share(double fall, double now, double rest, double whole);
/* The pace at the beginning over that of an even plan: fall/(1 - e^-fall). */
double pace_first(double fall);

/* Smart pacing (Xu et al., KDD 2015): people stand in layers by the response that is predicted of them, and
 * the low layers are throttled first. The share of its auctions that a layer enters when `pass` of all shall
 * be: `above` is the share of people in better layers, `within` that of the layer. */
double pace_layer_pass(double pass, double above, double within);

/* Above this gain the loop of pace_step swings up instead of down: 2 / elasticity. */
double pace_gain_limit(double elasticity);

/* The cost of a result that a goal lets be aimed at, as a factor of the goal, when so much of the flight
 * is gone (0 to 1). Over its rest the flight makes up for what was spent beyond, or short of, what its
 * results were `allowed` to cost:
 *   allowed/spent 1: 1;  else 1 + (1 - spent/allowed) gone/(1 - gone), within e^+-0.5. */
double goal_catch_up(double spent, double allowed, double gone);

/* Factor by which results turn out dearer than the closed form has it, from what was spent and what the
 * results were to cost at the bids that were made; `prior` (same unit) is how much must be spent until
 * experience counts as much as the closed form. */
double goal_surprise(double spent, double foreseen, double prior);

/* Adaptive pacing of one auction after another (Balseiro and Gur 2019): bid value/(1 + mu), then
 *   mu <- max(0, mu - rate (planned - spent)). */
double pace_dual_bid(double dual, double value);
double pace_dual_step(double dual, double rate, double planned, double spent);

/* The same with the entropy mirror map (Balseiro, Lu and Mirrokni 2022), for a buyer who maximises
 * value: bid value/mu, mu <- mu exp(-rate (planned - spent)). */
double pace_entropy_bid(double dual, double value);
double pace_entropy_step(double dual, double rate, double planned, double spent);

#endif
