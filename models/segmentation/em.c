/* em.c -- rounds and starts. */
#include "models/segmentation/em.h"

#include "models/base/maths.h"
#include "models/segmentation/chunk.h"

enum { ROUNDS = 2000, START_ROUNDS = 500 };
static const double settled_at = 1e-11, start_settled_at = 1e-8;
static const double STARTS_PART = 0.9; /* of a search, as it is told */

static bool settle(const em_model_t *model, em_run_t *e, int rounds, double tolerance,
                   const search_t *told)
{
    double before = -MATHS_INFINITY;
    e->settled = false;
    for (e->rounds = 0; e->rounds < rounds; e->rounds++) {
        if (told && !search_goes_on(told, STARTS_PART)) return false;
        model->expect(e);
        e->settled = e->objective - before <= tolerance * m_abs(e->objective);
        if (e->settled) break;
        before = e->objective;
        model->maximise(e);
    }
    if (!e->settled) model->expect(e);
    return true;
}

static int rounds_of(const search_t *how, int otherwise)
{
    return how->rounds > 0 ? how->rounds : otherwise;
}

bool em_settle(const em_model_t *model, em_run_t *e, const search_t *how)
{
    return settle(model, e, rounds_of(how, ROUNDS), settled_at, how);
}

int em_slots(size_t people, const search_t *how)
{
    int restarts = search_restarts(how), most = people < ALONE_BELOW ? EM_AT_ONCE : 1;
    return restarts < most ? restarts : most;
}

typedef struct {
    const em_model_t *model;
    const search_t *how;
    em_run_t *const *slot;
    bool begun[EM_AT_ONCE];
    int first;
} starts_t;

static void start_task(void *context, size_t s)
{
    starts_t *t = context;
    em_run_t *e = t->slot[s];
    t->begun[s] = t->model->begin(e, t->how->key, (uint32_t)(t->first + (int)s));
    if (t->begun[s]) settle(t->model, e, rounds_of(t->how, START_ROUNDS), start_settled_at, NULL);
}

status_t em_try_starts(const em_model_t *model, em_run_t *const *slot, int slots,
                       const search_t *how, em_keep_t *keep, void *context, error_t *err)
{
    starts_t t = {.model = model, .how = how, .slot = slot};
    int restarts = search_restarts(how);
    for (t.first = 0; t.first < restarts; t.first += slots) {
        int now = restarts - t.first < slots ? restarts - t.first : slots;
        if (!search_goes_on(how, STARTS_PART * t.first / restarts)) return search_interrupted(err);
        workers_run(slots > 1 ? how->workers : NULL, (size_t)now, start_task, &t);
        for (int s = 0; s < now; s++) {
            if (!t.begun[s])
                return fail(err, ERR_INVALID, "there are fewer different rows than segments");
            keep(context, slot[s]);
        }
    }
    return OK;
}
