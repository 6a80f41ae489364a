#!/bin/sh
# test_wasm.sh -- the page's kernel asks its host for nothing, is small, and gives in a JavaScript engine
# every bit that the same files give here, which meet the known answers.
. tests/build/tap.sh

for needed in clang wasm-ld node; do
    command -v $needed >/dev/null || { echo "1..1"; echo "ok 1 # SKIP no $needed"; exit 0; }
done

kernel=build/wasm/kernel.wasm
in_node() { node tests/build/kernel.js $kernel "$@"; }
asks_nothing() { [ -z "$(in_node asks)" ]; }
says_what_it_offers() {
    in_node offers | sort >"$scratch/offers"
    printf '%s\n' '31 fields of a plan' __heap_base 'counts as listed' kernel_closed_form kernel_counts \
        kernel_people kernel_plan_fields kernel_room kernel_simulate memory | sort | diff - "$scratch/offers"
}
at_most() { [ "$(wc -c <$kernel)" -le "$1" ] || { wc -c $kernel; false; }; }
same_bits() { in_node run "$scratch/native" | diff "$scratch/native" -; }

claim it_is_built make -s "$kernel"
claim it_asks_its_host_for_nothing asks_nothing
claim it_exports_the_functions_of_its_header_and_memory_alone says_what_it_offers
claim it_takes_at_most_80_kilobytes_of_a_page at_most 60000
asks_nothing_either() { [ -z "$(node tests/build/kernel.js build/wasm/whatif.wasm asks)" ]; }
small() { [ "$(wc -c <build/wasm/whatif.wasm)" -le 24000 ] || { wc -c build/wasm/whatif.wasm; false; }; }
claim the_simulator_that_pages_carry_is_built make -s build/wasm/whatif.wasm
claim it_asks_its_host_for_nothing_either asks_nothing_either
claim it_takes_at_most_32_kilobytes_of_a_page small
"$bin/tests/build/kernel" >"$scratch/native"
claim the_native_kernel_meets_the_known_answers in_node known "$scratch/native"
claim a_javascript_engine_gives_the_same_bits same_bits
all_claimed
