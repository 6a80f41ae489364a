#!/bin/sh
# test_sweep_mpi.sh -- over 1, 2 and 4 ranks a sweep writes the bytes of one process; a rank that is lost leaves
# a study that can be gone on with. One point computed otherwise, or lost, is seen.
. tests/build/tap.sh

mpi=$bin/tests/experiment/adsim-mpi
if [ ! -x "$mpi" ]; then
    echo "1..1"
    echo "not ok 1 # SKIP mpicc or mpirun is missing"
    exit 0
fi
town=$root/tests/experiment/sweep/town.yaml
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl_base_warn_component_unused=0
export ASAN_OPTIONS=detect_leaks=0 # Open MPI keeps some of what it takes
cd "$scratch" || exit 1
ranks() { # number, options of sweep
    n=$1
    shift
    mpirun --oversubscribe -n "$n" "$mpi" sweep "$town" -q --set 'sweep.over.seed={from: 1, to: 20, step: 1}' "$@"
}
same() { cmp one/points.csv "$1/points.csv" && cmp one/results.csv "$1/results.csv" && cmp one/manifest.json "$1/manifest.json"; }

one() { "$bin/adsim" sweep "$town" -q --set 'sweep.over.seed={from: 1, to: 20, step: 1}' -o one; }
claim one_process one
for n in 1 2 4; do
    spread() { ranks $n -o "ranks$n" && same "ranks$n"; }
    claim "$n rank(s) write the same bytes" spread
done

# Kills rank 3 while it computes; mpirun then ends the others.
lost() {
    ranks 4 --set monte_carlo.replications=160 -o lost >/dev/null 2>said &
    job=$!
    while [ ! -s lost/study.sqlite ]; do sleep 0.05; done
    victim=$(grep -lz '^OMPI_COMM_WORLD_RANK=3$' /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 | while read -r pid; do
        grep -qzx lost "/proc/$pid/cmdline" 2>/dev/null && [ "$(readlink "/proc/$pid/cwd")" = "$scratch" ] && echo "$pid"
    done | tail -n 1)
    kill -KILL "$victim" || return 1
    wait $job
    [ $? -ne 0 ] && [ "$(grep -c '^adsim: a rank was lost.*--resume goes on' said)" -eq 1 ] && ranks 2 --set monte_carlo.replications=160 -o lost --resume &&
        "$bin/adsim" sweep "$town" -q --set 'sweep.over.seed={from: 1, to: 20, step: 1}' --set monte_carlo.replications=160 -o found &&
        cmp lost/results.csv found/results.csv && cmp lost/points.csv found/points.csv
}
claim a_lost_rank_leaves_a_study_that_goes_on lost

failing() {
    ranks 3 -o failed --set 'sweep={over: {campaigns.c.lifetime_budget: [20, 2], campaigns.c.ad_sets.a.budget: [100%, 5]}}'
    [ $? -ne 0 ] && grep -q ',failed,' failed/points.csv && grep -q ',done,' failed/points.csv
}
claim a_failing_point_is_kept_with_its_reason failing
all_claimed
