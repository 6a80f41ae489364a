#!/bin/sh
# test_whatif.sh -- the what-if of a report: the page's simulator gives the program's own numbers, sliders, locks and undo
# do what they say, and the copied split, run in full, comes out within the error that the page states.
. tests/build/tap.sh

adsim=$bin/adsim
made=$scratch/run
run() { "$adsim" run "$@" -q -f >/dev/null; }
claim a_run_is_made run tests/page/whatif.yaml -o "$made" -j 2
same_with_one_thread() {
    run tests/page/whatif.yaml -o "$scratch/one" -j 1 --no-report &&
        cmp "$made/response_curve.csv" "$scratch/one/response_curve.csv" && cmp "$made/whatif.json" "$scratch/one/whatif.json"
}
claim any_number_of_threads_gives_the_same_bytes same_with_one_thread
small() { [ "$(wc -c <"$made/whatif.json")" -le 300000 ] && [ "$(wc -c <"$made/report.html")" -le 1000000 ]; }
claim the_model_takes_at_most_300_kilobytes_of_a_page_below_a_million small

# The plan's row is the last one, its next money in the last two columns.
tables_agree() {
    tail -n 1 "$made/summary.csv" | awk -F, '{ print $(NF - 1), $NF }' >"$scratch/row" &&
        sed -n '1s/.*,\(.*,.*\)$/\1/p' "$made/summary.csv" | grep -qx 'marginal_roas,marginal_roas_mc_se' &&
        jq -r '.totals.marginal_roas | "\(.mean) \(.mc_se)"' "$made/summary.json" | paste -d' ' - "$scratch/row" |
        awk '{ exit !($1 > 1 && $2 > 0 && ($1 / $3 - 1) ^ 2 + ($2 / $4 - 1) ^ 2 < 1e-16) }'
}
claim both_summaries_tell_the_next_money_alike tables_agree
twins_are_found() {
    run tests/page/whatif_twins.yaml -o "$scratch/twins" --no-report \
        --set 'campaigns.c.frequency_cap={impressions: 1, window: 7d}' &&
        [ "$(jq -c '[[.ad_sets[].alike], (.left_out | length)]' "$scratch/twins/whatif.json")" = '[[[1],[0]],1]' ] &&
        [ "$(jq -c '[.ad_sets[].alike]' "$made/whatif.json")" = '[[],[],[]]' ]
}
claim ad_sets_for_the_same_people_are_found_and_no_others twins_are_found

command -v node >/dev/null || { echo "# no node: answers were not checked"; all_claimed; exit; }
beside() { node tests/page/whatif.mjs beside "$@"; }
doubled() {
    run tests/page/whatif.yaml -o "$scratch/two" --no-report --set campaigns.c.lifetime_budget=15600 --set 'campaigns.c.ad_sets.one, "quoted".budget=4800' \
        --set campaigns.c.ad_sets.two.budget=7200 --set campaigns.c.ad_sets.everyone.budget=3600 &&
        beside "$made" two 2 "$scratch/two" ad_set two &&
        beside "$made" two 2 "$scratch/two" plan "what if"
}
claim twice_the_budget_of_one_brings_what_a_whole_run_of_it_brings doubled
mixed() {
    run tests/page/whatif_mixed.yaml -o "$scratch/mixed" --no-report &&
        run tests/page/whatif_mixed.yaml -o "$scratch/more" --no-report --set campaigns.apart.lifetime_budget=9000 \
            --set 'campaigns.apart.ad_sets.at once.budget=6000' --set campaigns.apart.ad_sets.throttled.budget=1800 \
            --set campaigns.apart.ad_sets.back.budget=1200 &&
        beside "$scratch/mixed" "at once" 2 "$scratch/more" ad_set "at once" &&
        beside "$scratch/mixed" "at once" 2 "$scratch/more" plan "what if, mixed"
}
claim so_does_one_that_spends_as_soon_as_it_can_at_first_prices mixed

needed=''
for program in clang wasm-ld chromium; do command -v $program >/dev/null || needed=$program; done
if [ "$needed" ]; then
    echo "# no $needed: the page was not opened"
    all_claimed
    exit
fi

in_node() { node tests/page/whatif.mjs "$@"; }
claim the_page_has_the_programs_own_numbers_and_splits_add_up in_node core "$made"
claim it_has_them_where_ad_sets_contend_for_the_same_people in_node core "$scratch/twins"
claim sliders_locks_undo_and_keys_do_what_they_say in_node page "$made" "$scratch/split"

# The page's tiles, "798 ±": the copied split, run from the folder as the file says.
copied_split_runs() { cp "$scratch/split.yaml" "$made/split.yaml" && run "$made/split.yaml" -o "$scratch/split" --no-report; }
claim the_copied_split_runs copied_split_runs
comes_out() {
    node -e '
        const [told, is] = process.argv.slice(1).map((f) => JSON.parse(require("fs").readFileSync(f)));
        const number = (s) => Number(s.replace(/[^0-9.]/g, "")) * (s.includes("M") ? 1e6 : 1);
        let wrong = 0;
        for (const [title, metric] of [["Caused conversions", "incremental_conversions"], ["Conversions", "conversions"],
            ["People reached", "reach"], ["ROAS", "roas"], ["iROAS", "iroas"]]) {
            const said = number(told[title].value), error = number(told[title].note.match(/± ([^,]*(,\d{3})*)/)[1]);
            const { mean, mc_se } = is.totals[metric], round = title.includes("ROAS") ? 0.005 : said > 1e5 ? 5000 : 0.5;
            const off = Math.abs(said - mean) / Math.hypot(error, mc_se, round);
            console.log(title, said, "±", error, "is", mean, "±", mc_se, "off", off.toFixed(1));
            if (!(off <= 4)) wrong++;
        }
        process.exit(wrong)' "$scratch/split.json" "$scratch/split/summary.json"
}
claim and_comes_out_within_the_error_that_the_page_states comes_out

# Another program, of which no simulator was installed.
without_simulator() {
    # shellcheck disable=SC2086 # words
    ${CC:-cc} -std=c17 -I. -DADSIM_WHATIF='"/nowhere/whatif.wasm"' -c -o "$scratch/path.o" sim/report/whatif_path.c &&
        ${CC:-cc} -o "$scratch/adsim" "$bin/sim/cli/main.o" "$scratch/path.o" "$bin/libadsim.a" -lyaml -ljansson -lnettle \
            -lsqlite3 -lgsl -lgslcblas -lgomp -lm &&
        cp -R "$made" "$scratch/bare" && "$scratch/adsim" report "$scratch/bare" >/dev/null && in_node bare "$scratch/bare"
}
case $bin in
*release*) claim without_the_simulator_the_page_says_what_is_missing_and_shows_curves without_simulator ;;
esac
all_claimed
