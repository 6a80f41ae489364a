#!/bin/sh
# test_mutants.sh -- tests/mutants/run tells killed, survived, stale and unbuildable mutants apart, in a
# tree of three files.
. tests/build/tap.sh

tree=$scratch/tree
mkdir -p "$tree/models/base" "$tree/sim/cli" "$tree/tests/toy" "$tree/tests/mutants"
cp Makefile "$tree"
cp tests/mutants/run "$tree/tests/mutants"
echo 'int answer(void);' >"$tree/models/base/answer.h"
printf '#include "models/base/answer.h"\nint answer(void)\n{\n    return 42;\n}\n' \
    >"$tree/models/base/answer.c"
printf 'int main(void)\n{\n    return 0;\n}\n' >"$tree/sim/cli/main.c"
cat >"$tree/tests/toy/test_answer.c" <<'END'
#include "models/base/answer.h"
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    puts("1..2");
    if (answer() > 1000) abort();
    printf("%sok 1 - it_is_42\n", answer() == 42 ? "" : "not ");
    printf("%sok 2 - it_is_even\n", answer() % 2 == 0 ? "" : "not ");
    return answer() != 42;
}
END

mutant() { # name, named test, what stands in the place of 42
    printf 'Mistake: %s\nTest: %s\n--- a/models/base/answer.c\n+++ b/models/base/answer.c\n%s\n' "$1" "$2" \
        "@@ -3,3 +3,3 @@
 {
-    return ${4:-42};
+    return $3;
 }" >"$tree/tests/mutants/$1.patch"
}
says() { # last line, code, mutants...
    line=$1 code=$2
    shift 2
    # shellcheck disable=SC2046 # one word a mutant
    (cd "$tree" && tests/mutants/run $(printf 'tests/mutants/%s.patch ' "$@")) >"$scratch/report" 2>&1
    got=$?
    cat "$scratch/report"
    [ $got -eq "$code" ] && [ "$(tail -n 1 "$scratch/report")" = "$line" ]
}

mutant odd 'tests/toy/test_answer it_is_even' 43
mutant less 'tests/toy/test_answer' 41
mutant even 'tests/toy/test_answer it_is_even' 44
mutant crash 'tests/toy/test_answer it_is_42' 5000
mutant moved 'tests/toy/test_answer it_is_42' 43 24
mutant renamed 'tests/toy/test_answer it_was_42' 43
mutant gone 'tests/toy/test_gone' 43
mutant wrong 'tests/toy/test_answer it_is_42' 'forty_two'
claim a_mutant_whose_test_fails_is_killed says '2 killed, 0 survived, 0 stale' 0 odd less
claim one_whose_named_test_passes_survives says '0 killed, 1 survived, 0 stale' 1 even
claim what_the_named_test_should_have_seen_is_told grep -qx '    even' "$scratch/report"
claim one_that_ends_the_program_before_its_test_survives says '0 killed, 1 survived, 0 stale' 1 crash
claim a_patch_that_does_not_apply_is_stale says '0 killed, 0 survived, 1 stale' 1 moved
claim one_that_names_no_test_is_stale says '0 killed, 0 survived, 1 stale' 1 renamed
claim one_whose_program_is_gone_is_stale says '1 killed, 0 survived, 1 stale' 1 gone odd
claim one_that_does_not_compile_is_no_kill \
    says '1 killed, 0 survived, 0 stale, 1 unbuildable' 1 wrong odd
claim the_tree_itself_is_left_alone grep -q 'return 42' "$tree/models/base/answer.c"
sed -i 's/return 42/return 40/' "$tree/models/base/answer.c"
mutant odd 'tests/toy/test_answer it_is_even' 43 40
claim nothing_is_learnt_while_a_named_test_fails says \
    'tests fail without any mistake: nothing can be learnt from mutants' 1 odd
all_claimed
