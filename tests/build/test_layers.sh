#!/bin/sh
# test_layers.sh -- tests/layers sees every kind of violation that is planted in a copy of the tree.
. tests/build/tap.sh

cp -R models sim "$scratch"
mkdir -p "$scratch/o/models/auction" "$scratch/o/sim/metrics"

# Plants a line at the end of a file, looks, and takes it out again.
refused() { # file, line, what the message must say
    cp "$scratch/$1" "$scratch/kept" 2>/dev/null || : >"$scratch/kept"
    echo "$2" >>"$scratch/$1"
    tests/layers "$scratch" >"$scratch/report"
    code=$?
    cp "$scratch/kept" "$scratch/$1"
    cat "$scratch/report"
    [ $code -eq 1 ] && grep -q "^$1:[0-9]*: .*$3" "$scratch/report"
}
# Compiles a function body into an object of a room and looks at its symbols.
call_refused() { # object, statement, what the message must say, [KERNEL file]
    printf '#include <stdio.h>\n#include <stdlib.h>\n#include <math.h>\n#include <time.h>\n
            double planted(double x);\ndouble planted(double x) { %s; return x; }\n' "$2" |
        gcc -O1 -fno-builtin -D_GNU_SOURCE -x c -c -o "$scratch/o/$1" - || return 2
    tests/layers "$scratch" "$scratch/o" ${4:+"$4"} >"$scratch/report"
    code=$?
    rm "$scratch/o/$1"
    cat "$scratch/report"
    [ $code -eq 1 ] && grep -q "$1: calls .*$3" "$scratch/report"
}

claim the_tree_itself_keeps_the_direction tests/layers "$scratch"
claim a_model_may_not_see_the_simulator refused models/base/status.h \
    '#include "sim/engine/engine.h"' 'models/base may not include'
claim an_auction_may_not_see_the_platform refused models/auction/auction.h \
    '#include "models/platform/platform.h"' 'models/auction may not include'
claim segments_are_sought_in_tables_of_any_origin refused models/segmentation/points.h \
    '#include "models/audience/population.h"' 'models/segmentation may not include'
claim the_engine_may_not_see_the_configuration refused sim/engine/engine.h \
    '#include "sim/config/load.h"' 'sim/engine may not include'
claim yaml_stays_in_config refused sim/scenario/scenario.h '#include <yaml.h>' 'belongs to sim/config'
claim threads_stay_in_the_engine refused sim/metrics/counters.h '#include <omp.h>' 'belongs to sim/engine'
claim json_stays_out_of_models refused models/response/response.h '#include <jansson.h>' 'belongs to'
claim paths_are_written_whole refused models/base/status.h '#include "rng.h"' 'whole path'
claim a_second_door_to_chance_is_refused refused models/platform/pacing.h \
    '#include <gsl/gsl_randist.h>' 'chance only'
claim philox_is_called_in_one_file refused models/audience/population.h \
    'philox4x32_ctr_t stray;' 'chance only'
mkdir "$scratch/models/misc"
claim an_unknown_room_is_refused refused models/misc/misc.h 'int misc;' 'no such room'
rm -r "$scratch/models/misc"

a=models/auction/auction.o
claim models_may_not_print call_refused $a 'printf("x")' 'nothing prints'
claim models_may_not_print_to_a_stream call_refused $a 'fprintf(stderr, "x")' 'nothing prints'
claim models_may_not_open_files call_refused $a 'fopen("x", "r")' 'no files'
claim models_may_not_exit call_refused $a 'exit(3)' 'stops the program'
claim models_may_not_abort call_refused $a 'abort()' 'stops the program'
claim models_may_not_use_libm call_refused $a 'x = exp(x)' 'differs between processors'
claim nothing_rolls_libc_dice call_refused sim/metrics/m.o 'x = rand()' 'chance only'
claim nothing_is_seeded_from_a_clock call_refused sim/metrics/m.o 'x = (double)time(NULL)' 'clock'
claim the_kernel_calls_itself_alone call_refused $a 'x = strtod("1", NULL)' 'KERNEL files alone' \
    models/auction/auction.c
all_claimed
