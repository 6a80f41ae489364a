/* keys_sweep.c -- the rows of `sweep:`, which `adsim sweep` reads (sweep.c). Nothing of it stands in a
 * scenario. */
#include "sim/config/key_rows.h"
#include "sim/config/sweep.h"

static const word_t design_words[] = {
    {"grid", NULL, SWEEP_GRID, NULL},
    {"zip", NULL, SWEEP_ZIP, NULL},
    {"latin", NULL, SWEEP_LATIN, NULL},
    {"sobol", NULL, SWEEP_SOBOL, NULL},
    {NULL, NULL, 0, NULL},
};

static const word_t scale_words[] = {
    {"linear", NULL, 0, NULL},
    {"log", NULL, 1, NULL},
    {NULL, NULL, 0, NULL},
};

static const key_row_t over_rows[] = {
    {OWN("from", OWN_NONE, "the first value, written as the key's own: 10%, 20k, 7d"),
     .required = true},
    {OWN("to", OWN_NONE, "the last value, if the steps meet it"), .required = true},
    {OWN("step", OWN_NONE, "from one value to the next")},
    {OWN("count", OWN_NONE, "how many values, from and to included, instead of step")},
    {WORD("scale", NOWHERE, scale_words, 0, "steps add",
          "log: equal factors between values, instead of equal steps")},
};
static const section_t over_section = {"sweep.over[]", over_rows, COUNT(over_rows)};
const section_t *const sweep_over_section = &over_section;

static const key_row_t sweep_rows[] = {
    {WORD("design", NOWHERE, design_words, SWEEP_GRID, "every value with every other",
          "how values become points. grid: every value with every other, the last key fastest; "
          "zip: the "
          "first value of every key, then the second, and so on; latin: a Latin hypercube; sobol: "
          "Sobol "
          "points with Owen's scrambling. The last two take `points` points between from and to, "
          "or of "
          "the values of a list, by the scenario's seed")},
    {.name = "points",
     .kind = KEY_INT,
     .offset = NOWHERE,
     .measure = MEASURE_COUNT,
     .low = 1,
     .high = SWEEP_POINTS_MOST,
     .certain = true,
     .fallback = NONE,
     .source = "those of the grid; latin and sobol need it",
     .help = "how many points; of a grid or zip, how many at most"},
    {OWN("over", OWN_OVER,
         "what changes: a key's path, as --set has it, and its values: a list, or {from, to, "
         "step}, {from, "
         "to, count}, and in latin and sobol designs {from, to}"),
     .required = true, .section = &over_section},
};
const section_t sweep_keys = {"sweep", sweep_rows, COUNT(sweep_rows)};
const section_t *const sweep_section = &sweep_keys;
