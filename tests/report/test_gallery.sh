#!/bin/sh
# test_gallery.sh -- every figure that a result folder can have is drawn by gnuplot itself, with its finding as title.
#
# Small studies of every kind (a sensitivity has the tornado of a run); the figures wanted are the tables of sim/report/drawn.c and those of audiences, so that
# a new one, or a new script, without a study here that shows it fails.
. tests/build/tap.sh

if ! command -v gnuplot >/dev/null; then
    echo "ok 1 # SKIP no gnuplot"
    claims=1
    all_claimed
    exit
fi
plan=tests/report/gallery.yaml
study() { # folder, command
    folder=$1 kind=$2
    shift 2
    "$bin/adsim" "$kind" "$@" -o "$scratch/$folder" >/dev/null 2>"$scratch/stderr" || return 1
    ! grep 'not drawn\|no pictures' "$scratch/stderr"
}
# Names of a table of drawn.c, those of a kind.
named() { sed -n "/drawn_t of_$1\[\]/,/{0}/s/.*{\"\([a-z-]*\)\", \"[a-z-]*\", .*/\1/p" sim/report/drawn.c; }
drawn() { # folder, names: both pictures, and in the SVG more than a title
    missing=
    for name in $2; do
        svg=$scratch/$1/figures/$name.svg png=$scratch/$1/figures/$name.png
        [ -s "$svg" ] && [ "$(head -c 8 "$png" | tail -c 7 | head -c 3)" = PNG ] &&
            [ "$(grep -c '<text\|<path\|<polygon' "$svg")" -gt 8 ] || missing="$missing $name"
    done
    [ -n "$2" ] && [ -z "$missing" ] || { echo "$1: not drawn:$missing"; return 1; }
}
every_script() {
    for script in plots/*.gp; do
        name=$(basename "$script" .gp)
        case $name in style | draw) continue ;; esac
        grep -qs "^# $name.gp -- " "$scratch"/*/figures/*.gp || { echo "nothing draws $script"; return 1; }
    done
}
thousands() { grep -q '>5,000<' "$scratch/run/figures/organic.svg" && ! grep -q '>5000<' "$scratch/run/figures/organic.svg"; }

claim a_run_is_made study run run $plan -q --replications 256
claim a_comparison_is_made study comparison compare $plan -q --replications 8
claim an_allocation_is_made study allocation allocate --curves tests/cli/allocate_curves/plan.yaml -q
claim a_batch_is_made study batch sweep tests/cli/sweep_page/town.yaml -q
claim audiences_are_made study audience audience $plan -q
for kind in run comparison allocation batch; do
    claim "every_figure_of_${kind}_is_drawn" drawn $kind "$(named $kind)"
done
claim every_figure_of_audience_is_drawn drawn audience "sizes overlap heat-01-sports index-01-sports"
claim every_script_draws_something every_script
claim people_on_an_axis_have_their_thousands_parted thousands
all_claimed
