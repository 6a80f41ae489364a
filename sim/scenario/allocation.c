/* allocation.c -- the parameters that each form of response curve has: its reader and its catalogue ask the same. */
#include "sim/scenario/allocation.h"

#define HAS(p) (1u << PARAMETER_##p)
const unsigned curve_form_parameters[CURVE_FORMS] = {
    [CURVE_LINEAR] = HAS(SLOPE) | HAS(MAX_RESPONSE),
    [CURVE_POWER] = HAS(SCALE) | HAS(EXPONENT),
    [CURVE_LOG] = HAS(SCALE) | HAS(K),
    [CURVE_MICHAELIS_MENTEN] = HAS(MAX_RESPONSE) | HAS(HALF),
    [CURVE_EXPONENTIAL] = HAS(MAX_RESPONSE) | HAS(K),
    [CURVE_HILL] = HAS(MAX_RESPONSE) | HAS(HALF) | HAS(SLOPE),
    [CURVE_LOGISTIC] = HAS(MAX_RESPONSE) | HAS(RATE),
    [CURVE_TANH] = HAS(MAX_RESPONSE) | HAS(K),
    [CURVE_NBD_REACH] = HAS(PEOPLE) | HAS(CPM) | HAS(SHAPE),
    [CURVE_GOERG] = HAS(MAX_REACH) | HAS(CPM),
    [CURVE_POINTS_JOINED] = 0,
};
