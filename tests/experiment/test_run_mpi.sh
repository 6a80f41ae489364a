#!/bin/sh
# test_run_mpi.sh -- over 1, 2 and 4 ranks a run writes the bytes of one process, in memory and streamed, whether it
# stops by itself or not, replications spread over ranks or one's people; what fails in all ranks, or in one, ends them
# all with the exit code and the words of one process. A replication or a window of people made twice, or by nobody, is
# seen in every file.
. tests/build/tap.sh

mpi=$bin/tests/experiment/adsim-mpi
if [ ! -x "$mpi" ]; then
    echo "1..1"
    echo "not ok 1 # SKIP mpicc or mpirun is missing"
    exit 0
fi
town=$root/tests/experiment/sweep/town.yaml
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl_base_warn_component_unused=0
export ASAN_OPTIONS=detect_leaks=0 # Open MPI keeps some of what it takes
cd "$scratch" || exit 1
ranks() { # number, options of run
    n=$1
    shift
    mpirun --oversubscribe -n "$n" "$mpi" run "$town" -q --no-report "$@"
}
same() { # folders: all files but the passport
    for f in one/"$1"/*; do
        [ "${f##*/}" = run.json ] || cmp "$f" "$2/${f##*/}" || return 1
    done
}

# 70 replications: pairs that no number of ranks divides. 300: a run's doubts are in it.
odd="--replications 70"
many="--replications 300"
# Three windows. Of three pairs two ranks take one each, and the people of the third; four ranks share those of all.
streamed="--set engine=streaming --set population.size=40000 --set people=40000 --set campaigns.c.lifetime_budget=10"
own="--set monte_carlo.replications=auto --precision 30%"
spread() { # name, options
    name=$1
    shift
    "$bin/adsim" run "$town" -q --no-report -o "one/$name" "$@" >"one.$name" || return 1
    for n in 1 2 4; do
        ranks $n -o "ranks$n/$name" "$@" >"page.$n" && same "$name" "ranks$n/$name" || return 1
        sed "s|ranks$n/|one/|" "page.$n" | cmp - "one.$name" || return 1
    done
}
mkdir one ranks1 ranks2 ranks4
# shellcheck disable=SC2086 # options
{
    claim "1, 2 and 4 ranks write the bytes of one process" spread odd $odd
    claim "so they do with a run's doubts" spread many $many -j 2
    claim "so they do streamed, the people of a replication shared" spread streamed --replications 6 $streamed
    claim "so they do of people redrawn, on two threads" spread redrawn --replications 2 $streamed --set population.redraw=true -j 2
    claim "so they do where the run stops by itself" spread own $own
}

# The process of rank $1 that writes to the folder $2, once it simulates: it catches SIGINT then, bit 2 of the lowest digit.
rank_at_work() {
    found=
    while [ -z "$found" ]; do
        sleep 0.2
        found=$(grep -lz "^OMPI_COMM_WORLD_RANK=$1\$" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 | while read -r pid; do
            grep -qzx "$2" "/proc/$pid/cmdline" 2>/dev/null && [ "$(readlink "/proc/$pid/cwd")" = "$scratch" ] && echo "$pid"
        done | tail -n 1)
    done
    until grep -q '^SigCgt:.*[2367abef]$' "/proc/$found/status"; do sleep 0.05; done
    echo "$found"
}

# Stopped in one rank, all stop; what one had done beyond another's last is filled up: it is the run of so many.
stopped() {
    ranks 3 --replications 60000 -o stopped >/dev/null 2>&1 &
    job=$!
    kill -INT "$(rank_at_work 1 stopped)" || return 1
    wait $job
    n=$(sed -n 's/^ *"replications": \([0-9]*\),$/\1/p' stopped/summary.json)
    echo "# $n replications"
    [ "$n" -lt 60000 ] && "$bin/adsim" run "$town" -q --no-report -o whole --replications "$n" >/dev/null &&
        cmp whole/summary.csv stopped/summary.csv && cmp whole/frequency.csv stopped/frequency.csv
}
claim a_rank_that_is_stopped_stops_all_without_gaps stopped

# Lost, a rank ends all: one of those left says so and what to do, be it the leader or not that is gone; nothing is written.
lost() {
    ranks 3 --replications 60000 -o "lost$1" >page 2>said &
    job=$!
    kill -KILL "$(rank_at_work "$1" "lost$1")" || return 1
    wait $job
    [ $? -ne 0 ] && [ "$(grep -c '^adsim: ' said)" -eq 1 ] && grep -q '^adsim: a rank was lost.*nothing was written' said &&
        [ ! -s page ] && [ -z "$(find . -name '*lost*')" ]
}
claim a_lost_rank_is_told_by_the_leader lost 2
claim a_lost_leader_is_told_by_another_rank lost 0

# All ranks find the file wrong; the leader alone says so, with its exit code.
invalid() {
    mpirun --oversubscribe -n 3 "$mpi" run "$town" --set campaigns.c.lifetime_budget=-1 -o wrong 2>said >page
    [ $? -eq 65 ] && [ "$(grep -c 'nothing was run' said)" -eq 1 ] && [ ! -e wrong ]
}
claim what_is_wrong_is_told_once invalid
taken() {
    mkdir -p mine && : >mine/thesis.txt
    ranks 2 $odd -o mine 2>said
    [ $? -eq 73 ] && grep -q '^adsim: ' said && [ "$(ls mine)" = thesis.txt ]
}
claim a_folder_that_is_taken_ends_all_ranks taken
planned() { ranks 2 -n | grep -q 'nothing was run'; }
claim a_dry_run_ends_all_ranks planned

# Rank 1 sees another file than the leader: nobody waits for it.
one_fails() {
    cp "$town" leader.yaml
    cat >other.sh <<END
[ "\$OMPI_COMM_WORLD_RANK" = 0 ] || set -- run missing.yaml -q -o lost
exec "$mpi" "\$@"
END
    mpirun --oversubscribe -n 2 sh other.sh run leader.yaml -q -o lost 2>said
    [ $? -eq 1 ] && grep -q 'rank 1: .*missing.yaml' said && grep -q '1 of 2 ranks failed' said && [ ! -e lost ]
}
claim a_rank_that_fails_alone_says_why_and_ends_all one_fails
all_claimed
