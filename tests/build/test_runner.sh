#!/bin/sh
# test_runner.sh -- tests/run counts what passed and what did not, and believes no one's word.
. tests/build/tap.sh

b=$scratch/build
mkdir -p "$b" "$scratch/case"
program() { # name, lines of a shell script
    printf '#!/bin/sh\n%s\n' "$2" >"$b/$1"
    chmod +x "$b/$1"
}
says() { # last line, code, items...
    line=$1 code=$2
    shift 2
    tests/run -b "$b" "$@" >"$scratch/report" 2>&1
    got=$?
    cat "$scratch/report"
    [ $got -eq "$code" ] && [ "$(tail -n 1 "$scratch/report")" = "$line" ]
}

program good 'echo 1..2; echo ok 1 - a; echo ok 2 - b'
program noisy 'echo 1..2; printf "no newline"; echo ok 1 - a; echo ok 2 - b'
program bad 'echo 1..2; echo ok 1 - a; echo not ok 2 - b; exit 1'
program crash 'echo 1..3; echo ok 1 - a; kill -SEGV $$'
program leak 'echo 1..1; echo ok 1 - a; exit 23'
program empty 'exit 0'
program two_groups 'echo 1..1; echo ok 1 - a; echo 1..2; echo ok 1 - b; echo not ok 2 - c'
program skips 'echo 1..2; echo ok 1 - a; echo "not ok 2 # SKIP b"'
program endless 'echo 1..1; sleep 60'
claim passes_are_counted says '2 passed, 0 failed' 0 "$b/good"
claim output_without_newline_hides_no_test says '2 passed, 0 failed' 0 "$b/noisy"
claim failures_are_counted_and_named says '3 passed, 1 failed' 1 "$b/good" "$b/bad"
claim the_name_of_a_failure_is_shown grep -q 'FAILED .*bad: b' "$scratch/report"
claim a_crash_fails_every_test_not_reached says '1 passed, 2 failed' 1 "$b/crash"
claim a_bad_exit_after_all_passed_fails says '1 passed, 1 failed' 1 "$b/leak"
claim a_program_without_tests_fails says '0 passed, 1 failed' 1 "$b/empty"
claim a_program_that_is_not_there_fails says '2 passed, 1 failed' 1 "$b/good" "$b/nowhere"
claim groups_add_up says '2 passed, 1 failed' 1 "$b/two_groups"
claim a_skipped_test_is_no_pass says '1 passed, 0 failed' 0 "$b/skips"
claim no_tests_at_all_is_a_failure says '0 passed, 0 failed' 1
export TEST_LIMIT_SECONDS=1
claim an_endless_program_is_stopped says '0 passed, 1 failed' 1 "$b/endless"
unset TEST_LIMIT_SECONDS

program adsim 'echo answer; echo talk >&2; exit 3'
c=$scratch/case
echo 'cat beside; adsim' >"$c/cmd"
echo beside >"$c/beside"
printf 'beside\nanswer\n' >"$c/stdout"
echo talk >"$c/stderr"
echo 3 >"$c/code"
claim a_case_passes_when_all_three_agree says '1 passed, 0 failed' 0 "$c"
echo other >"$c/stderr"
claim another_stderr_fails says '0 passed, 1 failed' 1 "$c"
echo 0 >"$c/code"
claim another_code_fails_too says '0 passed, 1 failed' 1 "$c"
claim what_differs_is_named grep -q 'FAILED .*case: stderr code' "$scratch/report"
claim golden_writes_what_was_seen tests/run -b "$b" -g "$c"
claim and_then_the_case_passes says '1 passed, 0 failed' 0 "$c"
all_claimed
