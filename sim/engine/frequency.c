/* frequency.c -- an ad set with a target frequency: who was reached in the window that runs, and what is bid
 * for those who were and those who were not. */
#include "models/platform/frequency.h"
#include "sim/engine/flight.h"

static int window_hours(const ad_set_t *s)
{
    return (int)(s->target_frequency.window_days * 24 + 0.5);
}

/* First hour of the window that an hour lies in. */
static int window_begin(const ad_set_t *s, int hour)
{
    return hour / window_hours(s) * window_hours(s);
}

bool reached_in_window(const workspace_t *ws, int a, size_t i, uint32_t tick)
{
    const ad_set_t *s = &ws->world->sc->ad_set[a];
    uint32_t begin = (uint32_t)window_begin(s, (int)(tick / TICKS_PER_HOUR)) * TICKS_PER_HOUR;
    const touch_t *t = touch_latest(&ws->touches, ws->head[i]);
    for (; t && t->tick >= begin; t = touch_earlier(&ws->touches, t))
        if (t->ad_set == a) return true;
    return false;
}

double frequency_reluctance(const workspace_t *ws, int a, const candidate_t *c)
{
    double tilt = ws->state[a].tilt;
    bool reached = reached_in_window(ws, a, c->person, c->tick);
    return tilt > 0 ? (reached ? 0 : tilt) : (reached ? -tilt : 0);
}

void count_in_window(workspace_t *ws, int a, size_t i, uint32_t tick)
{
    bool first = !reached_in_window(ws, a, i, tick);
    ws->state[a].window[WINDOW_IMPRESSIONS]++;
    ws->state[a].window[WINDOW_REACH] += first;
    ws->tables.window[a * WINDOW_COUNTS + WINDOW_IMPRESSIONS]++;
    ws->tables.window[a * WINDOW_COUNTS + WINDOW_REACH] += first;
}

void pursue_frequency(workspace_t *ws, int a, int hour)
{
    const ad_set_t *s = &ws->world->sc->ad_set[a];
    ad_set_state_t *state = &ws->state[a];
    if (!has_target_frequency(s)) return;
    int begin = window_begin(s, hour), end = begin + window_hours(s);
    if (end > ws->world->hours) end = ws->world->hours;
    double before[WINDOW_COUNTS], now[WINDOW_COUNTS];
    for (int k = 0; k < WINDOW_COUNTS; k++) {
        before[k] = (double)state->window_before_step[k];
        now[k] = (double)(state->window[k] - state->window_before_step[k]);
    }
    double wanted =
        frequency_first_share(s->target_frequency.impressions, before[WINDOW_IMPRESSIONS],
                              before[WINDOW_REACH], (double)(hour - begin) / (end - begin));
    state->tilt =
        frequency_next_tilt(state->tilt, now[WINDOW_IMPRESSIONS], now[WINDOW_REACH], wanted);
    for (int k = 0; k < WINDOW_COUNTS; k++) {
        if (hour + 1 == end) state->window[k] = 0;
        state->window_before_step[k] = state->window[k];
    }
}
