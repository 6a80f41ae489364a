#!/bin/sh
# test_makefile.sh -- the Makefile rebuilds what changed, all of it, and nothing else. A tree of three
# files stands for ours.
. tests/build/tap.sh

tree=$scratch/tree
mkdir -p "$tree/models/base" "$tree/sim/cli"
cp Makefile "$tree"
echo 'int answer(void);' >"$tree/models/base/answer.h"
printf '#include "models/base/answer.h"\nint answer(void) { return 0; }\n' >"$tree/models/base/answer.c"
printf '#include "models/base/answer.h"\nint main(void) { return answer(); }\n' >"$tree/sim/cli/main.c"
unset MAKEFLAGS MAKELEVEL MFLAGS VARIANT BUILD WERROR

built() { make -C "$tree" V=1 "$@" >"$scratch/made" 2>&1 || { cat "$scratch/made"; return 1; }; }
nothing_to_do() { built "$@" && cat "$scratch/made" && grep -q "Nothing to be done for 'all'" "$scratch/made"; }
compiled() { # how many objects, make's arguments...
    wanted=$1
    shift
    built "$@"
    cat "$scratch/made"
    [ "$(grep -c -- ' -c -o ' "$scratch/made")" -eq "$wanted" ]
}
answers() { # exit code
    "$tree/build/release/adsim"
    [ $? -eq "$1" ]
}
later() { sleep 0.01 && touch "$tree/$1"; }
grown() { # a new source that only the archive sees
    printf '#include "models/base/answer.h"\nint more(void);\nint more(void) { return 7; }\n' \
        >"$tree/models/base/more.c"
    sed -i 's/int answer/int more(void);\nint answer/; s/return 0/return more()/' "$tree/models/base/answer.c"
    built && answers 7
}

claim a_fresh_tree_builds built
claim a_second_make_does_nothing nothing_to_do
later models/base/answer.h
claim a_header_rebuilds_all_that_include_it compiled 2
later sim/cli/main.c
claim a_source_rebuilds_itself_alone compiled 1
claim a_warning_as_an_error_rebuilds_nothing nothing_to_do WERROR=1
claim other_flags_rebuild_all compiled 2 VERSION=9
claim the_same_flags_rebuild_nothing nothing_to_do VERSION=9
claim variants_stand_side_by_side compiled 2 VARIANT=debug
claim and_disturb_no_other nothing_to_do VERSION=9
claim a_new_source_joins_the_archive grown
rm "$tree/models/base/more.c"
sed -i 's/return more()/return 3/; s/^int more(void);$//' "$tree/models/base/answer.c"
rebuilt() { built && answers 3 && ! ar t "$tree/build/release/libadsim.a" | grep more; }
claim a_source_that_is_gone_leaves_the_archive rebuilt

# The commit is compiled in: into one file, and only when it is another one.
mkdir -p "$tree/sim/report"
printf 'extern const char git_id[];\n#ifndef ADSIM_GIT_ID\n#define ADSIM_GIT_ID ""\n#endif\n%s\n' \
    'const char git_id[] = ADSIM_GIT_ID;' >"$tree/sim/report/git_id.c"
id_is() { built && grep -q "$1" "$tree/build/release/git-id" && strings -a "$tree/build/release/sim/report/git_id.o" | grep -q "$1"; }
in_git() { git -C "$tree" -c user.name=t -c user.email=t@t "$@"; }
committed() { in_git add -A && in_git commit -qm "$1"; }
commit_named() { id_is "^$(in_git describe --always)$1\$"; }
claim without_git_the_commit_is_unknown id_is '^unknown$'
if command -v git >/dev/null; then
    echo build >"$tree/.gitignore"
    claim a_tree_becomes_a_repository eval 'in_git init -q && committed first'
    claim the_commit_is_compiled_in commit_named ""
    claim the_same_commit_rebuilds_nothing nothing_to_do
    echo '/* changed */' >>"$tree/sim/cli/main.c"
    claim a_change_is_told commit_named -dirty
    claim another_commit_recompiles_one_file eval 'committed second && compiled 1'
    claim and_is_the_one_told commit_named ""
fi

refused() { ! make -C "$tree" VARIANT=fast >"$scratch/made" 2>&1 && grep -q 'VARIANT is release' "$scratch/made"; }
claim an_unknown_variant_is_refused refused
all_claimed
