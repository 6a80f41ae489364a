/* pacing.h -- how a budget lasts: the controller of MODEL 3.5d and the closed forms it starts from.*/
#ifndef ADSIM_PLATFORM_PACING_H
#define ADSIM_PLATFORM_PACING_H

/* Gain that keeps the loop stable: clamp(0.1 / elasticity, .02, .3); stable iff gain < 2/elasticity. */
double pace_gain(double elasticity);

/* The next log of the bid multiplier: it FALLS when a step spent more than planned,
 *   ln m <- ln m - clamp(gain (spent/planned - 1), +-0.5).
 * planned = 0 leaves it alone (MODEL 3.5d: no wind-up at night, in pauses, when all are capped). */
double pace_step(double log_multiplier, double gain, double spent, double planned);

#endif
