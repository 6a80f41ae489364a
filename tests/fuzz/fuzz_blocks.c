/* fuzz_blocks.c -- any bytes as a scenario file with the blocks of other commands: sweep, compare, allocate, each
 * loaded as its command does. No crash, every problem told; the first and the last point of a sweep load or are
 * told. */
#include "sim/config/plans.h"
#include "sim/config/sweep.h"
#include "tests/fuzz/scenario_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static load_options_t with_block(const char *block)
{
    return (load_options_t){.data_dir = "configs", .block = block};
}

static void check_point(const loaded_t *base, const sweep_t *s, size_t point)
{
    sweep_point_t p;
    error_t err = {""};
    if (sweep_point(s, point, &p, &err) != OK) abort();
    load_options_t how = with_block("sweep");
    how.edit = p.edit;
    how.n_edits = (size_t)p.n;
    how.like = base;
    diagnostics_t *d = diagnostics_new();
    loaded_t *l = NULL;
    check_told(d, scenario_load(scratch_path(), &how, d, &l, &err));
    for (int k = 0; k < p.n; k++)
        if (!p.text[k] || !p.edit[k].path) abort();
    loaded_free(l);
    diagnostics_free(d);
    sweep_point_free(&p);
}

static void check_sweep(void)
{
    load_options_t how = with_block("sweep");
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    loaded_t *l = NULL;
    sweep_t *s = NULL;
    status_t st = scenario_load(scratch_path(), &how, d, &l, &err);
    if (st == OK) st = sweep_read(l, d, &s, &err);
    check_told(d, st);
    if (st == OK) {
        check_point(l, s, 0);
        check_point(l, s, sweep_points(s) - 1);
        for (int k = 0; k < sweep_axes(s); k++)
            if (!sweep_values_text(s, k)) abort();
    }
    sweep_free(s);
    loaded_free(l);
    diagnostics_free(d);
}

static void check_compare(void)
{
    load_options_t how = with_block("compare");
    const char *file = scratch_path();
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    plans_t *p = NULL;
    status_t st = plans_load(&file, 1, &how, d, &p, &err);
    if (st == ERR_MEMORY) abort();
    if (st != OK && !diagnostics_errors(d) && !*err.text) abort();
    for (int i = 0; st == OK && i < plans_count(p); i++)
        if (!plans_names(p)[i] || !plans_loaded(p, i)) abort();
    plans_free(p);
    diagnostics_free(d);
}

static void check_allocate(void)
{
    load_options_t how = with_block("allocate");
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    loaded_t *l = NULL;
    status_t st = scenario_load(scratch_path(), &how, d, &l, &err);
    if (st != OK && !diagnostics_errors(d) && !*err.text) abort();
    loaded_free(l);
    diagnostics_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    file_write(scratch_path(), data, size);
    check_sweep();
    check_compare();
    check_allocate();
    return 0;
}
