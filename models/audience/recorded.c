/* recorded.c -- puts recorded people into order, deals simulated ones over them, and counts them. */
#include "models/audience/recorded.h"

#include <stdlib.h>
#include <string.h>

/* Where things stand in a key: levels, years, customer, platforms, traits; numbers big end first. */
enum {
    AT_YEARS = POP_ATTRIBUTES,
    AT_CUSTOMER,
    AT_USES,
    AT_TRAITS = AT_USES + 2,
};

/* ---- Rows -------------------------------------------------------------------------------------- */

void recorded_row_set(recorded_row_t *row, const recorded_form_t *form,
                      const recorded_person_t *person, double weight, size_t index)
{
    uint64_t traits = person->traits & form->traits;
    unsigned uses = person->uses & (unsigned)form->uses;
    *row = (recorded_row_t){.weight = weight, .index = (uint32_t)index};
    memcpy(row->key, person->level, (size_t)form->n_attributes);
    if (form->years) row->key[AT_YEARS] = person->age_years;
    if (form->customer) row->key[AT_CUSTOMER] = person->customer;
    row->key[AT_USES] = (uint8_t)(uses >> 8);
    row->key[AT_USES + 1] = (uint8_t)uses;
    for (int k = 0; k < 8; k++) row->key[AT_TRAITS + k] = (uint8_t)(traits >> (56 - 8 * k));
}

static int row_order(const void *a, const void *b)
{
    const recorded_row_t *x = a, *y = b;
    int order = memcmp(x->key, y->key, RECORDED_KEY);
    return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

/* Rows alike become one. How many are left. */
static size_t rows_merge(recorded_row_t *row, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept && !memcmp(row[kept - 1].key, row[i].key, RECORDED_KEY))
            row[kept - 1].weight += row[i].weight;
        else
            row[kept++] = row[i];
    }
    return kept;
}

static status_t columns_allocate(recorded_t *r, error_t *err)
{
    const recorded_form_t *form = &r->form;
    size_t n = r->n_rows;
    bool fine = (r->weight = malloc(n * sizeof *r->weight));
    for (int a = 0; a < form->n_attributes; a++) fine &= (r->level[a] = malloc(n)) != NULL;
    if (form->years) fine &= (r->age_years = malloc(n)) != NULL;
    if (form->customer) fine &= (r->customer = malloc(n)) != NULL;
    if (form->uses) fine &= (r->uses = malloc(n * sizeof *r->uses)) != NULL;
    if (form->traits) fine &= (r->traits = malloc(n * sizeof *r->traits)) != NULL;
    return fine ? OK : fail_memory(err, "recorded people");
}

static void columns_fill(recorded_t *r, const recorded_row_t *row)
{
    for (size_t i = 0; i < r->n_rows; i++) {
        const uint8_t *key = row[i].key;
        r->weight[i] = row[i].weight;
        for (int a = 0; a < r->form.n_attributes; a++) r->level[a][i] = key[a];
        if (r->age_years) r->age_years[i] = key[AT_YEARS];
        if (r->customer) r->customer[i] = key[AT_CUSTOMER];
        if (r->uses) r->uses[i] = (uint16_t)(key[AT_USES] << 8 | key[AT_USES + 1]);
        if (!r->traits) continue;
        r->traits[i] = 0;
        for (int k = 0; k < 8; k++) r->traits[i] = r->traits[i] << 8 | key[AT_TRAITS + k];
    }
}

status_t recorded_init(recorded_t *r, const recorded_form_t *form, recorded_row_t *row, size_t n,
                       error_t *err)
{
    *r = (recorded_t){.form = *form};
    if (n < 1) return fail(err, ERR_INVALID, "nobody was recorded");
    qsort(row, n, sizeof *row, row_order);
    r->n_rows = rows_merge(row, n);
    status_t status = columns_allocate(r, err);
    if (status == OK) columns_fill(r, row);
    return status;
}

void recorded_free(recorded_t *r)
{
    free(r->weight);
    free(r->cell_row);
    for (int a = 0; a < POP_ATTRIBUTES; a++) free(r->level[a]);
    free(r->age_years);
    free(r->traits);
    free(r->uses);
    free(r->customer);
    free(r->text);
    *r = (recorded_t){0};
}

/* ---- Cells and people -------------------------------------------------------------------------- */

static size_t cell_of_row(const recorded_t *r, const population_spec_t *spec, size_t row)
{
    size_t cell = 0;
    for (int a = 0; a < spec->n_joint; a++)
        cell = cell * (size_t)spec->attribute[a].n_levels + r->level[a][row];
    return cell;
}

status_t recorded_cells(recorded_t *r, population_spec_t *spec, error_t *err)
{
    spec->n_joint = 0;
    spec->n_cells = 1;
    while (spec->n_joint < r->form.n_attributes) {
        size_t levels = (size_t)spec->attribute[spec->n_joint].n_levels;
        if (spec->n_cells * levels > RECORDED_CELLS) break;
        spec->n_cells *= levels;
        spec->n_joint++;
    }
    free(spec->cell_count);
    free(r->cell_row);
    spec->cell_count = calloc(spec->n_cells, sizeof *spec->cell_count);
    r->cell_row = calloc(spec->n_cells + 1, sizeof *r->cell_row);
    if (!spec->cell_count || !r->cell_row) return fail_memory(err, "the cells of recorded people");
    for (size_t i = 0; i < r->n_rows; i++) {
        size_t cell = cell_of_row(r, spec, i);
        spec->cell_count[cell] += r->weight[i];
        r->cell_row[cell + 1]++;
    }
    for (size_t c = 0; c < spec->n_cells; c++) r->cell_row[c + 1] += r->cell_row[c];
    return OK;
}

void recorded_deal(const recorded_t *r, size_t n, double u, uint32_t *row_start)
{
    double total = 0, cumulative = 0;
    for (size_t i = 0; i < r->n_rows; i++) total += r->weight[i];
    row_start[0] = 0;
    for (size_t i = 0; i < r->n_rows; i++) {
        cumulative += r->weight[i];
        row_start[i + 1] = cumulative < total && i + 1 < r->n_rows
                               ? (uint32_t)(cumulative * (double)n / total + u)
                               : (uint32_t)n;
    }
}

void recorded_rows(const recorded_t *r, const uint32_t *row_start, size_t from, size_t count,
                   uint32_t *row)
{
    size_t low = 0, high = r->n_rows; /* the last row that starts at or before her */
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (row_start[middle] <= from)
            low = middle;
        else
            high = middle;
    }
    for (size_t i = 0; i < count; i++) {
        while (row_start[low + 1] <= from + i) low++;
        row[i] = (uint32_t)low;
    }
}

/* ---- Kinds of rows ----------------------------------------------------------------------------- */

static uint64_t mixed(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0xbf58476d1ce4e5b9u;
    return h ^ h >> 31;
}

static uint64_t kind_hash(const recorded_t *r, const recorded_ask_t *ask, size_t i)
{
    uint64_t h = 0x9e3779b97f4a7c15u;
    for (int a = 0; a < r->form.n_attributes; a++)
        if (ask->attribute[a]) h = mixed(h, r->level[a][i]);
    if (ask->years && r->age_years) h = mixed(h, r->age_years[i]);
    if (ask->customer && r->customer) h = mixed(h, r->customer[i]);
    if (ask->uses && r->uses) h = mixed(h, r->uses[i] & ask->uses);
    if (ask->traits && r->traits) h = mixed(h, r->traits[i] & ask->traits);
    return h;
}

static bool kind_same(const recorded_t *r, const recorded_ask_t *ask, size_t i, size_t j)
{
    for (int a = 0; a < r->form.n_attributes; a++)
        if (ask->attribute[a] && r->level[a][i] != r->level[a][j]) return false;
    return !(ask->years && r->age_years && r->age_years[i] != r->age_years[j]) &&
           !(ask->customer && r->customer && r->customer[i] != r->customer[j]) &&
           !(r->uses && (r->uses[i] ^ r->uses[j]) & ask->uses) &&
           !(r->traits && (r->traits[i] ^ r->traits[j]) & ask->traits);
}

typedef struct {
    recorded_kind_t *kind;
    size_t n, capacity;
    uint64_t *hash; /* of each kind */
    uint32_t *slot; /* 1 + index of the kind, 0 = free; 4 x capacity of them */
} kinds_t;

static void slots_fill(kinds_t *k)
{
    size_t mask = 4 * k->capacity - 1;
    for (size_t i = 0; i < k->n; i++) {
        size_t at = k->hash[i] & mask;
        while (k->slot[at]) at = (at + 1) & mask;
        k->slot[at] = (uint32_t)i + 1;
    }
}

static bool kinds_grow(kinds_t *k)
{
    size_t capacity = k->capacity ? 4 * k->capacity : 256;
    void *kind = realloc(k->kind, capacity * sizeof *k->kind);
    if (kind) k->kind = kind;
    void *hash = realloc(k->hash, capacity * sizeof *k->hash);
    if (hash) k->hash = hash;
    free(k->slot);
    k->slot = calloc(4 * capacity, sizeof *k->slot);
    if (!kind || !hash || !k->slot) return false;
    k->capacity = capacity;
    slots_fill(k);
    return true;
}

static bool kinds_add(kinds_t *k, const recorded_t *r, const recorded_ask_t *ask, size_t i)
{
    if (k->n == k->capacity && !kinds_grow(k)) return false;
    uint64_t hash = kind_hash(r, ask, i);
    size_t mask = 4 * k->capacity - 1, at = hash & mask;
    for (; k->slot[at]; at = (at + 1) & mask) {
        size_t found = k->slot[at] - 1;
        if (k->hash[found] != hash || !kind_same(r, ask, i, k->kind[found].row)) continue;
        k->kind[found].people += r->weight[i];
        return true;
    }
    k->kind[k->n] = (recorded_kind_t){i, r->weight[i]};
    k->hash[k->n++] = hash;
    k->slot[at] = (uint32_t)k->n;
    return true;
}

recorded_kind_t *recorded_kinds(const recorded_t *r, const recorded_ask_t *ask, size_t *n)
{
    kinds_t k = {0};
    bool fine = true;
    for (size_t i = 0; i < r->n_rows && fine; i++) fine = kinds_add(&k, r, ask, i);
    free(k.slot);
    free(k.hash);
    *n = k.n;
    if (fine) return k.kind;
    free(k.kind);
    return NULL;
}
