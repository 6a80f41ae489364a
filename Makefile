# Makefile -- builds adsim. `make help` lists what it can do.
VARIANT ?= release
BUILD := build/$(VARIANT)
CC := gcc
CPPFLAGS := -I. -D_POSIX_C_SOURCE=200809L
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
CFLAGS_release := -O3 -g
CFLAGS_debug := -O0 -g
CFLAGS_san := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_cover := -O0 -g --coverage
CFLAGS := -std=c17 $(WARN) -ffp-contract=off -fno-math-errno $(CFLAGS_$(VARIANT))
LDFLAGS := $(CFLAGS_$(VARIANT))
LDLIBS := -lyaml -ljansson -lgsl -lgslcblas -lgomp -lm

SOURCES := $(sort $(wildcard models/*/*.c sim/*/*.c))
MAIN := sim/cli/main.c
OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(MAIN),$(SOURCES)))
TESTS := $(sort $(wildcard tests/*/test_*.c))
TEST_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(TESTS))

all: $(BUILD)/adsim

$(BUILD)/libadsim.a: $(OBJECTS)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/adsim: $(BUILD)/$(MAIN:.c=.o) $(BUILD)/libadsim.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/sim/engine/%.o: CFLAGS += -fopenmp

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libadsim.a
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

test-programs: $(TEST_PROGRAMS)

clean:
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)

.PHONY: all test-programs clean
.SECONDARY:
