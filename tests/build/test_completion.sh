#!/bin/sh
# test_completion.sh -- what shells complete and what the manual page says are the commands and options that help
# lists: one that is missing, or one too many, is seen.
. tests/build/tap.sh

adsim=$bin/adsim
commands=$("$adsim" help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')
# Of each command, "run --force" a line.
for command in $commands; do
    "$adsim" help "$command" | sed -n "s/^  \(-[a-z], \|    \)\(--[a-z-]*\).*/$command \2/p"
done >"$scratch/all"
options_of() { sed -n "s/^$1 //p" "$scratch/all"; }

# What bash offers after the words given, sorted; the last word is being written.
offered() {
    bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _adsim; printf "%s\n" "${COMPREPLY[@]}"' \
        bash "$scratch/adsim.bash" adsim "$@" | sort
}
same() { # what was offered, what is wanted; both one a line
    printf '%s\n' "$2" | sort >"$scratch/wanted"
    printf '%s\n' "$1" | sort | diff "$scratch/wanted" -
}
"$adsim" completion bash >"$scratch/adsim.bash"

every_command() { same "$(offered '' | grep -v '^-')" "$commands"; }
claim bash_completes_every_command every_command

every_option() {
    for command in $commands; do
        same "$(offered "$command" -- | grep '^--')" "$(options_of "$command")" || return 1
    done
}
claim bash_completes_every_option_of_every_command every_option

values() {
    same "$(offered run --progress '')" "$(printf 'auto\nplain\nnone')" &&
        same "$(offered new --from '')" "$(printf 'launch\nretail\nb2b\norganic')" &&
        same "$(offered compare --metric iro)" iroas &&
        same "$(offered help dr)" '' && same "$(offered help doc)" doctor &&
        same "$(offered explain credited_o)" credited_over_caused &&
        same "$(offered completion '')" "$(printf 'bash\nzsh\nfish')" &&
        same "$(offered run --seed '')" ''
}
claim bash_completes_values_by_what_they_are values

files() {
    mkdir -p "$scratch/here/a folder" && : >"$scratch/here/a plan.yaml"
    (cd "$scratch/here" && same "$(offered run a)" "$(printf 'a folder\na plan.yaml')" &&
        same "$(offered run -o a)" 'a folder')
}
claim bash_completes_files_and_folders_with_blanks files

other_shells() {
    "$adsim" completion zsh >"$scratch/_adsim" && "$adsim" completion fish >"$scratch/adsim.fish" || return 1
    same "$(sed -n "s/.*seen_subcommand_from \([a-z]*\)' -l \([a-z-]*\) .*/\1 --\2/p" "$scratch/adsim.fish")" \
        "$(cat "$scratch/all")" || return 1
    same "$(awk '/^    [a-z]+\)$/ { command = $1; sub(/\)/, "", command) }
        match($0, /--[a-z-]+(}.)?\[/) { option = substr($0, RSTART, RLENGTH); gsub(/[^a-z-]/, "", option)
            print command, option }' "$scratch/_adsim")" "$(cat "$scratch/all")"
}
claim zsh_and_fish_have_every_option_of_every_command other_shells

valid() {
    bash -n "$scratch/adsim.bash" || return 1
    if command -v zsh >/dev/null; then zsh -n "$scratch/_adsim" || return 1; fi
    if command -v fish >/dev/null; then fish -n "$scratch/adsim.fish" || return 1; fi
}
claim scripts_are_those_of_their_shells valid

manual() {
    "$adsim" help --man >"$scratch/adsim.1" || return 1
    same "$(sed 's/\\-/-/g' "$scratch/adsim.1" | awk '/^\.SS adsim / { command = $3 }
        match($0, /^\\fB--[a-z-]+|, \\fB--[a-z-]+/) { option = substr($0, RSTART, RLENGTH); sub(/.*B--/, "--", option)
            print command, option }')" "$(cat "$scratch/all")" || return 1
    for section in NAME SYNOPSIS COMMANDS 'EXIT STATUS' ENVIRONMENT TERMS; do
        grep -qx ".SH $section" "$scratch/adsim.1" || return 1
    done
}
claim the_manual_has_every_command_and_option manual

formatted() {
    command -v groff >/dev/null || return 0
    groff -man -ww -Tutf8 "$scratch/adsim.1" >"$scratch/shown" 2>"$scratch/complaints" &&
        [ ! -s "$scratch/complaints" ] && grep -q 'incremental revenue / spend' "$scratch/shown"
}
claim the_manual_is_set_without_a_warning formatted
all_claimed
