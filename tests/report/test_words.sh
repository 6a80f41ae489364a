#!/bin/sh
# test_words.sh -- every column of every file and every heading of every page has its line in the glossary:
# a new one without a line is named here.
. tests/build/tap.sh

adsim=$bin/adsim
here=$(pwd)
small="-f -q --no-report --people 2000"
cd "$scratch" || exit 1

# A page as a terminal shows it, with bold headings, and the folder it tells of.
shown() {
    page=$1
    shift
    COLUMNS=250 TERM=xterm NO_COLOR='' script -qec "'$adsim' $*" /dev/null >"$page.page" </dev/null
}
made() {
    shown organic run "$here/configs/templates/organic.yaml" $small --replications 4 -o organic &&
        shown experiment run "$here/tests/cli/experiment/small.yaml" $small --replications 8 -o experiment &&
        shown run run "$here/configs/quickstart.yaml" $small --replications 4 -o run &&
        shown plan run -n "$here/configs/quickstart.yaml" $small &&
        shown compare compare "$here/tests/cli/compare_variants/small.yaml" $small --replications 8 -o compare &&
        shown audience audience "$here/configs/quickstart.yaml" -f -q --no-report --people 5000 --fit -o audience &&
        shown value segment "$here/tests/cli/segment_value/small.yaml" -f -q --method value --replications 4 \
            --people 2000 -o value &&
        shown kmeans segment "$here/tests/cli/segment_value/small.yaml" -f -q --method kmeans --people 2000 \
            -o kmeans &&
        shown rfm segment "$here/configs/examples/orders.csv" -f -q -o rfm &&
        shown allocate allocate --curves "$here/tests/cli/allocate_adstock/plan.yaml" -f -o allocate &&
        shown doubts sensitivity "$here/tests/cli/sensitivity/town.yaml" -f -q --rows 16 --replications 2 -o doubts &&
        shown sweep sweep "$here/tests/cli/sweep_page/town.yaml" -f -q -o sweep
}
claim the_files_and_pages_are_made made

# Columns named by the scenario itself: its audiences, its levels.
columns() {
    for file in */*.csv; do
        case $file in
        */overlap_patterns.csv) head -1 "$file" | cut -d, -f1-4 ;;
        *) head -1 "$file" ;;
        esac
    done | tr ',' '\n' | sort -u
}
explained() { xargs -d '\n' "$adsim" explain >/dev/null; }
every_column() {
    columns >columns
    [ "$(wc -l <columns)" -gt 300 ] && explained <columns
}
claim every_column_has_its_line every_column

# Headings are bold and apart by two blanks; platforms and plans head columns with their own names.
headings() {
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
    cat ./*.page | tr -d '\r' | grep -F "$bold" | grep -v '·' | grep "^.\[1m" |
        sed "s/.\[[0-9]*m//g; s/   */\n/g; s/^ *//" | sed 's/ *$//' |
        grep -v -x -e '' -e facebook -e instagram -e linkedin -e one -e two -e agora -e '(.*)' \
            -e current -e double -e "half, with a bid cap" | sort -u
}
every_heading() {
    headings >headings
    [ "$(wc -l <headings)" -gt 60 ] && explained <headings
}
claim every_heading_has_its_line every_heading

unknown() {
    printf 'cpm\nturnip\n' | explained 2>said
    [ $? -ne 0 ] && grep -q "no key or term 'turnip'" said
}
claim a_column_without_a_line_is_named unknown
all_claimed
