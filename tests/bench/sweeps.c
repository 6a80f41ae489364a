/* sweeps.c -- two thousand points of a tiny town, and what their store says that each took. */
#include "tests/bench/sweeps.h"

#include "sim/experiment/store.h"
#include "tests/bench/child.h"
#include "tests/bench/timing.h"

void sweeps_measure(char *adsim, sweep_times_t *out)
{
    static char folder[] = "out/bench-sweep", town[] = "tests/experiment/sweep/town.yaml",
                seeds[] = "sweep.over.seed={from: 1, to: 1000, step: 1}";
    char *const argv[] = {adsim,         "sweep", town,  "-q", "-f",   "-j1",
                          "--no-report", "--set", seeds, "-o", folder, NULL};
    char said[64];
    store_t *store;
    store_count_t kept;
    error_t err;
    double began = seconds_wall(), used = seconds_children();
    if (child_run(argv, said, sizeof said) != 0) return;
    double wall = seconds_wall() - began, core = seconds_children() - used;
    if (store_open_to_read("out/bench-sweep/study.sqlite", &store, &err) != OK) return;
    if (store_count(store, &kept, &err) == OK && kept.seconds > 0) {
        out->over_points = wall / kept.seconds;
        out->point_seconds = core / (double)kept.done;
    }
    store_close(store);
}
