#!/bin/sh
# test_pages.sh -- report.html of a run, a comparison, an allocation and a batch, in a real browser.
#
# The folders are made here, small; the batch of 1,000 points is one of 6 whose rows are written over and over. One
# browser opens all pages (pages.mjs).
. tests/build/tap.sh

run() { "$bin/adsim" run tests/page/hostile.yaml -q -f "$@" >/dev/null; }
report() { "$bin/adsim" report -q "$1" >/dev/null; }

# Rows of point N of six as point N + 6, N + 12, ...
many() { # file, column of the point
    awk -F, -v OFS=, -v column="$2" 'NR == 1 { print; next } { row[++n] = $0; point[n] = $column }
        END { for (k = 0; k < 1002; k += 6) for (i = 1; i <= n; i++) if (point[i] + k <= 1000) {
            $0 = row[i]; $column = point[i] + k; print } }' "$scratch/six/$1" >"$scratch/batch/$1"
}
make_batch() {
    (cd tests/cli/sweep_page && "$bin/adsim" sweep town.yaml -q --no-report -o "$scratch/six" >/dev/null) &&
        mkdir "$scratch/batch" && many points.csv 3 && many results.csv 3 &&
        sed 's/"points": 6/"points": 1000/' "$scratch/six/manifest.json" >"$scratch/batch/manifest.json" &&
        cp "$scratch/six/assumptions.csv" "$scratch/six/given.csv" "$scratch/batch" && report "$scratch/batch" && [ "$(wc -l <"$scratch/batch/points.csv")" -eq 1001 ]
}
make_comparison() {
    (cd tests/cli/compare_variants &&
        "$bin/adsim" compare small.yaml -q --replications 32 -o "$scratch/comparison" >/dev/null)
}
make_allocation() {
    (cd tests/cli/allocate_curves && "$bin/adsim" allocate --curves plan.yaml -q -o "$scratch/allocation" >/dev/null)
}
same_page() { cmp "$scratch/run/report.html" "$1"; }
again() { cp -R "$scratch/run" "$scratch/again" && report "$scratch/again" && same_page "$scratch/again/report.html"; }
on_three() { run -j3 -o "$scratch/three" && same_page "$scratch/three/report.html"; }
left_out() { run --no-report -o "$scratch/none" && ! ls "$scratch/none" | grep -q 'report.html\|figures'; }
small() { for page in "$scratch"/*/report.html; do [ "$(wc -c <"$page")" -lt 1000000 ] || return 1; done; }
# The name of SVG looks like an address, and nothing is fetched from it.
no_address() { ! sed 's|http://www.w3.org/2000/svg||' "$scratch"/*/report.html | grep -o '.*https\{0,1\}:\|//[a-z]*\.[a-z]*/\|@import'; }

claim a_run_has_a_page run -j1 -o "$scratch/run"
claim a_comparison_has_a_page make_comparison
claim an_allocation_has_a_page make_allocation
claim a_batch_of_a_thousand_points_has_a_page make_batch
claim adsim_report_writes_the_same_page again
claim threads_do_not_change_a_byte on_three
claim no_report_leaves_it_out left_out
claim every_page_is_under_a_megabyte small
claim no_page_holds_an_address no_address

for needed in node chromium; do
    command -v $needed >/dev/null && continue
    claims=$((claims + 1))
    echo "ok $claims # SKIP no $needed"
    all_claimed
    exit
done
TMPDIR=$scratch node tests/page/pages.mjs "$scratch" >"$scratch/browser"
code=$?
awk -v n="$claims" '/^(not )?ok /{ n++; sub(/ok /, "ok " n " ") } { print }' "$scratch/browser"
claims=$((claims + $(grep -c '^\(not \)\{0,1\}ok ' "$scratch/browser")))
[ $code -eq 0 ] || broken=$((broken + 1))
all_claimed
