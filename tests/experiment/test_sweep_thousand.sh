#!/bin/sh
# test_sweep_thousand.sh -- one failing point among a thousand: exit code 4, its reason kept, all others complete;
# gone on with, the others are not run again. One point lost or one too many is seen.
. tests/build/tap.sh

cp "$root/tests/experiment/sweep/thousand.yaml" "$scratch" && cd "$scratch" || exit 1

failing() {
    "$bin/adsim" sweep thousand.yaml -q -o study >page 2>said
    [ $? -eq 4 ] && grep -q '^1 point failed' said
}
claim one_of_a_thousand_ends_with_4 failing

complete() {
    [ "$(tail -n +2 study/points.csv | cut -d, -f1 | sort -nu | wc -l)" -eq 1000 ] &&
        [ "$(cut -d, -f6 study/points.csv | grep -cx done)" -eq 999 ] &&
        [ "$(tail -n +2 study/results.csv | cut -d, -f1 | sort -nu | wc -l)" -eq 999 ]
}
claim the_others_are_complete complete

reason="1000,999,1000,thousand.yaml,posts alone,failed,\"thousand.yaml:16:37: error: 'one' has 1000 followers, and 999 people use it\",,"
kept() { [ "$(tail -n 1 study/points.csv)" = "$reason" ]; }
claim its_reason_is_kept kept

resumed() {
    cp -R study again
    "$bin/adsim" sweep thousand.yaml -q -o again --resume >page 2>said
    [ $? -eq 4 ] && grep -q '999 were there' page && cmp study/points.csv again/points.csv &&
        cmp study/results.csv again/results.csv
}
claim only_the_failed_point_is_run_again resumed
all_claimed
