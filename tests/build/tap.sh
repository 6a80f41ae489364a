# shellcheck shell=sh
# tap.sh -- claims of test scripts: claim NAME COMMAND... ; all_claimed ends the script.
claims=0 broken=0
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
claim() {
    claims=$((claims + 1))
    claimed=$1
    shift
    if "$@" >"$scratch/said" 2>&1; then
        echo "ok $claims - $claimed"
    else
        broken=$((broken + 1))
        echo "not ok $claims - $claimed"
        sed 's/^/# /' "$scratch/said"
    fi
}
all_claimed() {
    echo "1..$claims"
    [ "$broken" -eq 0 ] || exit 1
}
