/* kernel -- what the kernel makes of the reference scenarios on this machine, every bit of it: for
 * test_wasm.sh, which holds a browser's engine to it. A line `plan NAME FIELD...` (doubles as 16 hex digits),
 * then what tests/build/kernel.js must print. */
#include "sim/config/load.h"
#include "tests/engine/kernel_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ELIGIBLE = 300000, PEOPLE = 30000, REPLICATIONS = 2 }; /* each stands for ten */

static uint64_t bits(double x)
{
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static void print_doubles(const char *what, const char *name, const void *first, size_t bytes)
{
    const double *x = first;
    printf("%s %s", what, name);
    for (size_t k = 0; k < bytes / sizeof *x; k++) printf(" %016" PRIx64, bits(x[k]));
    printf("\n");
}

static void print_people(const char *name, const kernel_person_t *people)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        uint32_t activity;
        memcpy(&activity, &people[i].activity, sizeof activity);
        hash = (hash + activity) * 0x9e3779b97f4a7c15;
    }
    printf("people %s %016" PRIx64 "\n", name, hash);
}

static void simulate(const char *name, const kernel_plan_t *plan, uint64_t seed)
{
    kernel_person_t *people = malloc(PEOPLE * sizeof *people);
    kernel_outcome_t outcome;
    kernel_closed_form(plan, ELIGIBLE, &outcome);
    print_doubles("closed_form", name, &outcome, sizeof outcome);
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        kernel_people(plan, people, PEOPLE, seed, r);
        print_people(name, people);
        size_t bytes = (size_t)kernel_room(plan, people, PEOPLE);
        void *room = malloc(bytes);
        int64_t count[KERNEL_COUNTS];
        if (!kernel_simulate(plan, people, PEOPLE, seed, r, room, bytes, count)) abort();
        printf("counts %s", name);
        for (int k = 0; k < KERNEL_COUNTS; k++) printf(" %" PRId64, count[k]);
        printf("\n");
        free(room);
    }
    free(people);
}

int main(void)
{
    static const char *const names[] = {"uncapped", "throttled", "paced"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char path[64];
        snprintf(path, sizeof path, "configs/reference/golden-%s.yaml", names[k]);
        error_t err = {""};
        diagnostics_t *problems = diagnostics_new();
        loaded_t *loaded;
        if (scenario_load(path, &(load_options_t){0}, problems, &loaded, &err) != OK) {
            fprintf(stderr, "%s: %s\n", path, err.text);
            return 1;
        }
        const scenario_t *sc = loaded_scenario(loaded);
        kernel_plan_t plan = plan_of(sc, ELIGIBLE / PEOPLE);
        print_doubles("plan", names[k], &plan, sizeof plan);
        simulate(names[k], &plan, sc->seed);
        loaded_free(loaded);
        diagnostics_free(problems);
    }
    return 0;
}
