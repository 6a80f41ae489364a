# Makefile -- builds, tests and measures adsim. `make help` lists what it can do.
#
# Variants build side by side: VARIANT=release (default), debug, san, cover. Everything that is made
# stands under build/VARIANT; the program is build/VARIANT/adsim.
VERSION := 0.1.0
VARIANT ?= release
BUILD ?= build/$(VARIANT)
PREFIX ?= /usr/local
CC := gcc

# Where presets are looked for after the scenario's own folder and $ADSIM_DATA. A build in the tree
# reads configs/ and plots/; `make install` links the same objects with the installed folders instead.
DATA_DIR := $(CURDIR)/configs
# Scripts of the figures, likewise.
PLOTS_DIR := $(CURDIR)/plots
# The simulator that pages carry, likewise.
WHATIF_WASM := $(CURDIR)/build/wasm/whatif.wasm

CPPFLAGS := -I. -D_POSIX_C_SOURCE=200809L
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
ifeq ($(WERROR),1)
WARN += -Werror
endif
CFLAGS_release := -O3 -g1
CFLAGS_debug := -O0 -g
CFLAGS_san := -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_cover := -O0 -g --coverage
# Where little is computed (tests; under sanitizers the rooms around the models) to compile takes longer than to run.
QUICK_release := -O1
QUICK_san := -O0
QUICK := $(QUICK_$(VARIANT))
ifeq ($(CFLAGS_$(VARIANT)),)
$(error VARIANT is release, debug, san or cover, not '$(VARIANT)')
endif
# No fused multiply-add: the same bits on every x86-64.
CFLAGS := -std=c17 $(WARN) -ffp-contract=off -fno-math-errno $(CFLAGS_$(VARIANT))
LDLIBS := -lyaml -ljansson -lnettle -lsqlite3 -lgsl -lgslcblas -lgomp -lm

SOURCES := $(sort $(wildcard models/*/*.c sim/*/*.c))
MAIN := sim/cli/main.c
OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(MAIN),$(SOURCES)))
# Freestanding: these call nothing but each other, and build for wasm32.
KERNEL := $(addprefix models/base/,maths.c normal.c special.c distribution.c rng.c \
            variate.c eigen.c known_base.c) \
          $(filter-out %_fit.c,$(wildcard models/auction/*.c models/platform/*.c models/response/*.c models/brand/*.c)) \
          sim/engine/kernel.c sim/engine/whatif.c

# Many people or flights: minutes under a sanitizer, which sees the same code in the small towns.
LARGE := $(addprefix tests/experiment/,test_audience_study.c test_bands.c test_compare.c test_creatives.c test_effects.c \
             test_lift_test.c test_published.c test_questions.c test_reference.c test_segments.c test_calibrate.sh \
             test_run_mpi.sh test_sweep_kill.sh test_sweep_mpi.sh test_sweep_thousand.sh) \
         $(addprefix tests/engine/,test_charges.c test_conversions.c test_credit.c test_distributions.c test_drawn_values.c \
             test_flight.c test_goal.c test_likeness.c test_losses.c test_luck.c test_market.c test_outlook.c \
             test_prices.c test_purses.c test_rotation.c test_streaming.c) \
         tests/allocate/test_simulated.c tests/oracle/test_oracle.c tests/report/test_words.sh \
         $(addprefix tests/page/,test_pages.sh test_whatif.sh) \
         $(addprefix tests/cli/,allocate_goal/ allocate_goal_frequency/ allocate_goal_out/ allocate_overlap/ \
             allocate_risk_simulated/ allocate_separable/ allocate_targets/ calibrate/ lesson_commands/ lesson_key/ \
             new_countries/ new_from/ page_widths/ published/ report_names/ sensitivity/)
LEFT_OUT := $(if $(filter san cover,$(VARIANT)),$(LARGE))
TESTS := $(filter-out $(LEFT_OUT),$(sort $(wildcard tests/*/test_*.c)))
STATS := $(sort $(wildcard tests/*/stat_*.c))
FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
TEST_PROGRAMS := $(TESTS:%.c=$(BUILD)/%)
STAT_PROGRAMS := $(STATS:%.c=$(BUILD)/%)
TEST_SCRIPTS := $(filter-out $(LEFT_OUT),$(sort $(wildcard tests/*/test_*.sh)))
CLI_CASES := $(filter-out $(LEFT_OUT),$(sort $(dir $(wildcard tests/cli/*/cmd))))
FORMATTED := $(sort $(wildcard models/*/*.[ch] sim/*/*.[ch] tests/*/*.[ch]))

# One short line a step; V=1 shows the commands.
say = $(if $(filter 1,$(V)),,@echo "  $(1)  $(2)"; )

# As many jobs as there are processors, unless -j says otherwise.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --no-print-directory
ifeq ($(filter clean,$(MAKECMDGOALS)),)
MAKEFLAGS += -j$(shell nproc)
endif
endif

## all: build the program (the default)
# Pages carry the simulator where it can be built.
ifneq ($(and $(shell command -v clang),$(shell command -v wasm-ld),$(wildcard sim/engine/whatif.c)),)
all: build/wasm/whatif.wasm
endif
all: $(BUILD)/adsim

$(BUILD)/adsim: $(BUILD)/$(MAIN:.c=.o) $(BUILD)/libadsim.a
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libadsim.a: $(OBJECTS)
	@rm -f $@
	$(call say,AR,$@)ar rcs $@ $(filter %.o,$^)

# A change of flags or of the list of sources is a change like any other; objects are the same whether a
# warning is an error or not.
FLAGS := $(CC) $(CPPFLAGS) $(filter-out -Werror,$(CFLAGS)) $(QUICK) $(VERSION)
ifneq ($(strip $(FLAGS)),$(strip $(file <$(BUILD)/flags)))
$(BUILD)/flags: FORCE
endif
$(BUILD)/flags:
	@mkdir -p $(@D)
	@printf '%s\n' '$(FLAGS)' >$@
ifneq ($(strip $(OBJECTS)),$(strip $(file <$(BUILD)/objects)))
$(BUILD)/objects: FORCE
endif
$(BUILD)/objects:
	@mkdir -p $(@D)
	@printf '%s\n' '$(OBJECTS)' >$@
$(BUILD)/libadsim.a: $(BUILD)/objects

# Which commit this is: asked at every make, compiled in when it is another one.
GIT_ID := $(if $(wildcard .git),$(shell git --no-optional-locks describe --always --dirty 2>/dev/null))
GIT_ID := $(or $(GIT_ID),unknown)
ifneq ($(GIT_ID),$(strip $(file <$(BUILD)/git-id)))
$(BUILD)/git-id: FORCE
endif
$(BUILD)/git-id:
	@mkdir -p $(@D)
	@printf '%s\n' '$(GIT_ID)' >$@
$(BUILD)/sim/report/git_id.o: $(BUILD)/git-id
$(BUILD)/sim/report/git_id.o: CPPFLAGS += -DADSIM_GIT_ID='"$(GIT_ID)"'

# MPI=1: points of a sweep, replications of a run over the ranks of an MPI program (Open MPI or MPICH). One file knows.
MPI_COMPILE = -DADSIM_MPI $(filter -I%,$(shell mpicc --showme:compile 2>/dev/null || mpicc -compile_info))
MPI_LINK = $(filter -L% -l%,$(shell mpicc --showme:link 2>/dev/null || mpicc -link_info))
ifneq ($(or $(MPI),0),$(strip $(file <$(BUILD)/mpi)))
$(BUILD)/mpi: FORCE
endif
$(BUILD)/mpi:
	@mkdir -p $(@D)
	@printf '%s\n' '$(or $(MPI),0)' >$@
$(BUILD)/sim/cli/spread.o: $(BUILD)/mpi
ifeq ($(MPI),1)
$(BUILD)/sim/cli/spread.o: CPPFLAGS += $(MPI_COMPILE)
$(BUILD)/adsim: LDLIBS += $(MPI_LINK)
endif

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) $(ROOM_FLAGS) $(ROOM_LEVEL) -MMD -MP -c -o $@ $<

$(BUILD)/sim/engine/%.o: ROOM_FLAGS := -fopenmp
$(BUILD)/tests/%.o: ROOM_LEVEL := $(QUICK)
$(BUILD)/tests/bench/%.o: ROOM_LEVEL := # measured at the program's own
$(BUILD)/tests/faults/%.o: ROOM_LEVEL := # their malloc stands in for one that a sanitizer calls before it is up
ifeq ($(VARIANT),san)
$(foreach room,scenario config experiment report cli,$(BUILD)/sim/$(room)/%.o): ROOM_LEVEL := $(QUICK)
endif
$(BUILD)/sim/report/%.o $(BUILD)/sim/cli/%.o: ROOM_FLAGS := -DADSIM_VERSION='"$(VERSION)"'

# The objects that know where the program's data are.
DIRS := sim/config/data_dir sim/report/plots_dir sim/report/whatif_path
$(DIRS:%=$(BUILD)/%.o): CPPFLAGS += -DADSIM_DATA_DIR='"$(DATA_DIR)"' -DADSIM_PLOTS_DIR='"$(PLOTS_DIR)"' \
    -DADSIM_WHATIF='"$(WHATIF_WASM)"'

# Taken in as it is (.incbin), which no list of headers tells.
$(BUILD)/sim/cli/known_cases.o: configs/reference/cases.json configs/reference/allocation.json
$(BUILD)/sim/cli/countries.o: configs/templates/adults.yaml
$(BUILD)/sim/report/document_assets.o: $(wildcard sim/report/*.css sim/report/*.js)
$(BUILD)/sim/cli/templates.o: $(addprefix configs/templates/,launch.yaml retail.yaml b2b.yaml organic.yaml)

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libadsim.a
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(LDLIBS)

$(addprefix $(BUILD)/tests/oracle/,stat_oracle test_oracle): \
    $(addprefix $(BUILD)/tests/oracle/,oracle.o people.o terms.o agreement.o)
$(filter $(BUILD)/tests/faults/%,$(TEST_PROGRAMS) $(STAT_PROGRAMS)): $(BUILD)/tests/faults/allocator.o

# Random plans reach most of the engine: some of them are enough for a sanitizer.
ifneq ($(LEFT_OUT),)
$(BUILD)/tests/engine/test_budget_law.o: CPPFLAGS += -DPLANS=20
endif

test-programs: $(TEST_PROGRAMS)

## demo: install what is missing, build, and run the first scenario
demo:
	@.ci/install run
	@$(MAKE) VARIANT=release all
	build/release/adsim run configs/quickstart.yaml
	@echo "The report: $(CURDIR)/out/quickstart/report.html"

## test: install what is missing, run every test; ends with 'N passed, N failed'
test:
	@.ci/install test
	@$(MAKE) run-tests

# The page's kernel is tested where it can be built and run: in Node, against a native program.
ifneq ($(and $(shell command -v clang),$(shell command -v wasm-ld),$(shell command -v node)),)
KERNEL_TESTED := build/wasm/kernel.wasm build/wasm/whatif.wasm $(BUILD)/tests/build/kernel
endif

# So are sweeps and runs over ranks, with a program of their own.
ifneq ($(and $(shell command -v mpicc),$(shell command -v mpirun)),)
MPI_TESTED := $(BUILD)/tests/experiment/adsim-mpi
endif
$(BUILD)/tests/experiment/spread-mpi.o: sim/cli/spread.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(MPI_COMPILE) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/tests/experiment/adsim-mpi: $(BUILD)/$(MAIN:.c=.o) $(BUILD)/tests/experiment/spread-mpi.o \
    $(BUILD)/libadsim.a
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(MPI_LINK)

run-tests: all $(TEST_PROGRAMS) $(KERNEL_TESTED) $(MPI_TESTED)
	@tests/run -b $(BUILD) $(TEST_PROGRAMS) $(TEST_SCRIPTS) $(CLI_CASES)

## san: the same tests under the address and undefined-behaviour sanitizers
san:
	@.ci/install test
	@$(MAKE) VARIANT=san run-tests

## stat: the statistical tier (minutes); seeds are fixed, odds stand in the tests
stat:
	@.ci/install test
	@$(MAKE) run-stats

run-stats: $(STAT_PROGRAMS)
	@TEST_LIMIT_SECONDS=$${TEST_LIMIT_SECONDS:-1800} tests/run -b $(BUILD) $(STAT_PROGRAMS)

## mutants: plant each mistake of tests/mutants in a copy; the test it names must fail (minutes)
MUTANTS := $(sort $(wildcard tests/mutants/*.patch))
mutants:
	@.ci/install test
	@tests/mutants/run $(MUTANTS)

## golden: rewrite the expected output of the command-line tests; judge it with git diff
golden: all
	@tests/run -b $(BUILD) -g $(CLI_CASES)

## layers: prove from includes and symbols that the rooms keep their direction
layers: $(OBJECTS)
	@tests/layers . $(BUILD) $(KERNEL)

## wasm: build the simulators for pages, build/wasm/*.wasm (needs clang, lld)
wasm: build/wasm/kernel.wasm build/wasm/whatif.wasm
	@echo "wasm: ok ($$(cat $^ | wc -c) bytes of $(words $(KERNEL)) files)"

# Whatever it would ask its host for is an error here.
WASM_EXPORTS_kernel := plan_fields counts people room simulate closed_form
WASM_EXPORTS_whatif := measures answer_bytes room open answer
build/wasm/kernel.wasm build/wasm/whatif.wasm: build/wasm/%.wasm: $(KERNEL:%.c=build/wasm/%.o)
	$(call say,WASM,$@)wasm-ld --no-entry --gc-sections --strip-all --stack-first -z stack-size=131072 \
	    --export=__heap_base $(WASM_EXPORTS_$*:%=--export=$*_%) -o $@ $^

# No C library: of the system's headers only Random123. It refuses processors that it has not seen;
# Philox of 32-bit words is plain integer arithmetic, so we name one that it knows.
build/wasm/%.o: %.c $(wildcard models/*/*.h) sim/engine/kernel.h sim/engine/whatif.h | build/wasm/include/Random123
	@mkdir -p $(@D)
	$(call say,WASM,$@)clang --target=wasm32 -mbulk-memory -ffreestanding -nostdlibinc \
	    -isystem build/wasm/include -D__riscv -I. -std=c17 -O2 -Wall -Werror \
	    -ffp-contract=off -c -o $@ $<
build/wasm/include/Random123:
	@mkdir -p $(@D)
	@ln -s $$(echo '#include <Random123/philox.h>' | $(CC) -E - | \
	    sed -n 's|^# [0-9]* "\(.*/Random123\)/philox.h".*|\1|p;' | head -n 1) $@

# clang does without libgomp: both tiers below drive the engine over POSIX threads.
CLANG_SOURCES := $(filter-out sim/engine/parallel.c sim/cli/%,$(SOURCES)) tests/race/parallel_pthread.c
CLANG_FLAGS := $(CPPFLAGS) -std=c17 -O1 -g1 -ffp-contract=off -MMD -MP \
               -DADSIM_DATA_DIR='"$(DATA_DIR)"' -DADSIM_PLOTS_DIR='"$(PLOTS_DIR)"' \
               -DADSIM_VERSION='"$(VERSION)"'
CLANG_LIBS := $(filter-out -lgomp,$(LDLIBS)) -lpthread

## race: ThreadSanitizer over POSIX threads that drive the same replication function (needs clang)
RACE := build/race
RACE_SOURCES := $(filter models/% sim/engine/% sim/metrics/% sim/scenario/% tests/%,$(CLANG_SOURCES))
race:
	@.ci/install race
	@$(MAKE) $(RACE)/race
	@$(RACE)/race

$(RACE)/race: $(RACE_SOURCES:%.c=$(RACE)/%.o) $(RACE)/tests/race/race.o
	$(call say,LD,$@)clang -fsanitize=thread -o $@ $^ $(CLANG_LIBS)

$(RACE)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)clang $(CLANG_FLAGS) -fsanitize=thread -c -o $@ $<

## valgrind: memcheck over small runs on one thread and a wrong file; the smallest complaint fails
MEMCHECK := valgrind -q --error-exitcode=99 --leak-check=full \
            --errors-for-leak-kinds=definite,indirect,possible
MEMCHECKED := $(BUILD)/adsim run -j1 -q -f -o $(BUILD)/memcheck
valgrind:
	@.ci/install run
	@.ci/install valgrind
	@$(MAKE) all
	@$(MEMCHECK) $(MEMCHECKED) tests/faults/plan/town.yaml >/dev/null
	@$(MEMCHECK) $(MEMCHECKED) configs/reference/golden-throttled.yaml --replications 2 \
	    --people 2000 --set population.size=2000 >/dev/null
	@$(MEMCHECK) $(BUILD)/adsim check tests/config/wrong/*.yaml >/dev/null 2>$(BUILD)/memcheck.log; \
	    code=$$?; [ $$code -eq 65 ] || { cat $(BUILD)/memcheck.log; exit $$code; }
	@echo "valgrind: ok"

## fuzz: libFuzzer on what people write, FUZZ_SECONDS (30) each (needs clang)
FUZZ := build/fuzz
FUZZ_SECONDS ?= 30
FUZZ_SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all
# The readers and what they fill: half of the program, whose objects under sanitizers take minutes.
FUZZ_SOURCES := $(filter models/% sim/scenario/% sim/metrics/% sim/config/%,$(CLANG_SOURCES))
fuzz:
	@.ci/install race
	@$(MAKE) $(FUZZERS:tests/fuzz/%.c=$(FUZZ)/%)
	@set -e; for fuzzer in $(FUZZERS:tests/fuzz/fuzz_%.c=%); do \
	    tests/fuzz/run $(FUZZ)/fuzz_$$fuzzer $$fuzzer $(FUZZ_SECONDS); done

$(FUZZ)/fuzz_%: $(FUZZ)/tests/fuzz/fuzz_%.o $(FUZZ_SOURCES:%.c=$(FUZZ)/%.o)
	$(call say,LD,$@)clang -fsanitize=fuzzer $(FUZZ_SANITIZERS) -o $@ $^ $(CLANG_LIBS)

$(FUZZ)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)clang $(CLANG_FLAGS) -fsanitize=fuzzer-no-link $(FUZZ_SANITIZERS) -c -o $@ $<

## bench: measure (DESIGN 5); prints a table and writes out/bench.json
BENCH_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/bench/*.c)))
bench:
	@.ci/install run
	@$(MAKE) VARIANT=release run-bench

run-bench: all $(BUILD)/tests/bench/bench
	@mkdir -p out
	@$(BUILD)/tests/bench/bench $(BUILD)/adsim out/bench.json

$(BUILD)/tests/bench/bench: $(BENCH_OBJECTS) $(BUILD)/libadsim.a
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

## gallery: draw plots/gallery anew from scenarios of the repository (needs ImageMagick, Chromium; minutes)
REPORTS := out/gallery
gallery: all
	@plots/gallery/make $(BUILD)/adsim plots/gallery
	@$(BUILD)/adsim run configs/quickstart.yaml -q -o $(REPORTS)/run >/dev/null
	@$(BUILD)/adsim compare configs/examples/three-splits.yaml -q -o $(REPORTS)/comparison >/dev/null
	@$(BUILD)/adsim allocate --curves configs/examples/curves.yaml -q -o $(REPORTS)/allocation >/dev/null
	@node tests/page/gallery.mjs plots/gallery $(foreach kind,run comparison allocation,\
	    report-$(kind)=$(REPORTS)/$(kind)/report.html)

## format: rewrite the sources in the house style; format-check only looks
format:
	@.ci/install format
	clang-format -i $(FORMATTED)

format-check:
	@.ci/install format
	@clang-format --dry-run -Werror $(FORMATTED)
	@echo "format-check: ok ($(words $(FORMATTED)) files)"

## cover: line coverage of the tests, by room (needs lcov); pages in build/cover/html
cover:
	@.ci/install cover
	@$(MAKE) VARIANT=cover run-tests
	@lcov -q -c -d build/cover -o build/cover/all.info
	@lcov -q -r build/cover/all.info '/usr/*' '*/tests/*' -o build/cover/adsim.info
	@genhtml -q -o build/cover/html build/cover/adsim.info
	@lcov --list build/cover/adsim.info

## man: the manual page build/adsim.1, made of the program's own tables
man: build/adsim.1
build/adsim.1: $(BUILD)/adsim
	$(call say,MAN,$@)$< help --man >$@

## install: program, presets and manual below PREFIX (/usr/local); DESTDIR is put in front
INSTALLED := $(PREFIX)/share/adsim
MAN_DIR := $(PREFIX)/share/man/man1
install: all build/adsim.1
	@mkdir -p $(BUILD)/installed
	@for source in $(DIRS); do \
	    $(CC) $(CPPFLAGS) $(CFLAGS) -DADSIM_DATA_DIR='"$(INSTALLED)"' \
	        -DADSIM_PLOTS_DIR='"$(INSTALLED)/plots"' -DADSIM_WHATIF='"$(INSTALLED)/whatif.wasm"' -c -o $(BUILD)/installed/$$(basename $$source).o \
	        $$source.c || exit 1; done
	$(CC) $(CFLAGS) $(LDFLAGS) -o $(BUILD)/installed/adsim $(BUILD)/$(MAIN:.c=.o) \
	    $(foreach source,$(DIRS),$(BUILD)/installed/$(notdir $(source)).o) $(BUILD)/libadsim.a $(LDLIBS)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(INSTALLED)/plots
	install $(BUILD)/installed/adsim $(DESTDIR)$(PREFIX)/bin/adsim
	cp -R configs/. $(DESTDIR)$(INSTALLED)
	install -m 644 plots/*.gp $(DESTDIR)$(INSTALLED)/plots
	install -d $(DESTDIR)$(MAN_DIR)
	install -m 644 build/adsim.1 $(DESTDIR)$(MAN_DIR)/adsim.1
	if [ -f build/wasm/whatif.wasm ]; then install -m 644 build/wasm/whatif.wasm $(DESTDIR)$(INSTALLED); fi

uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/bin/adsim $(DESTDIR)$(PREFIX)/share/adsim $(DESTDIR)$(MAN_DIR)/adsim.1

## clean: remove everything that was built (out/ stays)
clean:
	rm -rf build

## help: this list
help:
	@sed -n 's/^## //p' Makefile
	@echo "VARIANT=release|debug|san|cover  WERROR=1  MPI=1  PREFIX=/usr/local  DESTDIR=  NO_APT=1  V=1"

-include $(shell find $(BUILD) $(RACE) $(FUZZ) -name '*.d' 2>/dev/null)

FORCE:
.PHONY: all demo test run-tests test-programs san stat run-stats mutants golden layers wasm race \
        valgrind fuzz bench run-bench gallery format format-check cover man install uninstall clean help FORCE
.SECONDARY:
