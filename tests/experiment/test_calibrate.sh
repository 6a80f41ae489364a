#!/bin/sh
# test_calibrate.sh -- a plan whose prices and rates are known is simulated, what it paid and got is an export, and
# calibrate finds these prices and rates from the plan without them: each within 4 % (the seed is fixed; a level that was
# left out, taken twice or put at the wrong key is off by 20 % and more).
. tests/build/tap.sh

adsim=$bin/adsim
sed 's/ad_set: "one, \\"quoted\\""/ad_set: sports/; s/cvr: {low: 4%, high: 6%}/cvr: 5%/' tests/report/small.yaml >"$scratch/plan.yaml"
cd "$scratch" || exit 1

# A hundred such accounts, so that hardly anything is left of what was believed before.
account() {
    "$adsim" run plan.yaml -q --no-report -o truth --set platforms.agora.market.rival_median_cpm=30 \
        --set campaigns.c.ad_sets.sports.creatives.x.ctr=0.8% --set campaigns.c.ad_sets.everyone.creatives.x.ctr=1.3% \
        --set campaigns.c.ad_sets.sports.cvr=7% --set campaigns.c.ad_sets.everyone.cvr=3.5% >/dev/null || return 1
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print "Ad set,Cost,Impr.,Clicks,Conversions"; next }
        $1 == "ad_set" { printf "%s,%.2f,%.0f,%.0f,%.1f\n", $2, 100 * $at["spend"], 100 * $at["impressions"],
            100 * $at["clicks"], 100 * $at["platform_conversions"] }' truth/summary.csv >export.csv
    "$adsim" calibrate plan.yaml --from export.csv -q >page
}
claim an_account_is_simulated_and_calibrated account

# The mean that the overlay sets at a key: near so much?
is_near() {
    awk -v key="$1:" -v wanted="$2" '$1 == key { value = $3 + 0; found = value / wanted }
        END { print key, value, wanted; exit !(found > 0.96 && found < 1.04) }' plan-calibrated.yaml
}
claim the_price_is_found is_near platforms.agora.market.rival_median_cpm 30
claim a_lower_click_rate_is_found is_near campaigns.c.ad_sets.sports.creatives.x.ctr 0.8
claim a_higher_click_rate_is_found is_near campaigns.c.ad_sets.everyone.creatives.x.ctr 1.3
claim a_higher_rate_of_orders_is_found is_near campaigns.c.ad_sets.sports.cvr 7
claim a_lower_rate_of_orders_is_found is_near campaigns.c.ad_sets.everyone.cvr 3.5

runs() { "$adsim" check plan-calibrated.yaml && "$adsim" run plan-calibrated.yaml -q --no-report --replications 2 -o x >/dev/null; }
claim the_overlay_is_valid_and_runs runs
all_claimed
