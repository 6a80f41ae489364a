#!/bin/sh
# test_sweep_kill.sh -- a batch of 200 points over two sweeps, killed at ten moments and gone on with each time,
# ends as the one that nobody disturbed, byte for byte; whatever stands in the store in between is whole. So
# does one that is interrupted with Ctrl-C. One point lost, or kept by half, is seen.
. tests/build/tap.sh

adsim=$bin/adsim
mkdir "$scratch/plans"
sed 's/from: 1, to: 3,/from: 1, to: 50,/' tests/experiment/sweep/town.yaml >"$scratch/plans/a.yaml"
sed 's/from: 1, to: 3,/from: 51, to: 100,/; s/tiny town/tinier town/' tests/experiment/sweep/town.yaml >"$scratch/plans/b.yaml"
cd "$scratch" || exit 1

undisturbed() { "$adsim" sweep plans -q -o whole >/dev/null; }
claim a_batch_of_two_hundred_runs undisturbed

# Every point is there with its four rows and two values, or not at all; so are the tables, which are made
# in one transaction: a kill before it leaves a store without any.
whole() {
    [ -s "$1/study.sqlite" ] || return 0
    command -v sqlite3 >/dev/null || return 0
    [ "$(sqlite3 "$1/study.sqlite" 'SELECT count(*) FROM sqlite_master')" != 0 ] || return 0
    [ "$(sqlite3 "$1/study.sqlite" "PRAGMA integrity_check;
        SELECT count(*) FROM points WHERE (SELECT count(*) FROM results WHERE results.point = points.point) <> 4
            OR (SELECT count(*) FROM params WHERE params.point = points.point) <> 2;
        SELECT count(*) FROM results WHERE point NOT IN (SELECT point FROM points)" | tr '\n' ' ')" = 'ok 0 0 ' ]
}

# Moments spread over the whole course: each kill lets a fifth to half a second of work happen.
killed() {
    kills=0
    for moment in 0.02 0.21 0.47 0.05 0.33 0.26 0.41 0.11 0.38 0.29; do
        timeout -s KILL "$moment" "$adsim" sweep plans -q --resume -o cut >/dev/null 2>&1
        [ $? -eq 137 ] && kills=$((kills + 1))
        whole cut || return 1
    done
    echo "# $kills kills met it at work"
    [ $kills -ge 5 ]
}
claim a_killed_store_holds_whole_points_alone killed

goes_on() { "$adsim" sweep plans -q --resume -o cut >/dev/null; }
claim the_batch_goes_on goes_on
same() { cmp whole/points.csv "$1/points.csv" && cmp whole/results.csv "$1/results.csv" && cmp whole/manifest.json "$1/manifest.json"; }
claim killed_and_gone_on_is_as_undisturbed same cut

interrupted() {
    "$adsim" sweep plans -q -o ctrl >/dev/null 2>message &
    job=$!
    while [ ! -s ctrl/study.sqlite ]; do sleep 0.01; done
    sleep 0.2
    kill -INT $job
    wait $job
    [ $? -eq 130 ] && grep -q 'of 200 points are kept; --resume goes on' message && [ -s ctrl/results.csv ] &&
        "$adsim" sweep plans -q --resume -o ctrl >/dev/null
}
claim control_c_keeps_what_is_complete interrupted
claim interrupted_and_gone_on_is_as_undisturbed same ctrl
all_claimed
