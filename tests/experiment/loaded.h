/* loaded.h -- a scenario file loaded and simulated as the program does it, for tests. */
#ifndef ADSIM_TESTS_EXPERIMENT_LOADED_H
#define ADSIM_TESTS_EXPERIMENT_LOADED_H

#include "sim/config/load.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/run.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    diagnostics_t *problems;
    loaded_t *loaded;
    study_t study;
} simulated_t;

/* Loads with `set` ("path=value", n of them), runs on all processors. Ends the test program with the
 * complaints when something is wrong. */
static inline void simulate(simulated_t *s, const char *path, const char *const *set, size_t n)
{
    error_t err = {""};
    *s = (simulated_t){.problems = diagnostics_new()};
    load_options_t load = {.set = set, .n_set = n};
    run_options_t run = {.threads = parallel_threads_available()};
    if (scenario_load(path, &load, s->problems, &s->loaded, &err) != OK ||
        study_open(&s->study, loaded_scenario(s->loaded), &run, &err) != OK ||
        study_simulate(&s->study, &err) != OK) {
        char *text = diagnostics_text(s->problems, FORMAT_HUMAN, "");
        fprintf(stderr, "%s%s\n", text ? text : "", err.text);
        abort();
    }
}

static inline void simulated_free(simulated_t *s)
{
    study_close(&s->study);
    loaded_free(s->loaded);
    diagnostics_free(s->problems);
}

#endif
