/* assumptions.h -- private to sim/report: where the values of a scenario come from, as tables.
 *
 * assumptions.csv: what the person did not give (assumption, default, preset). given.csv: what she gave, in the file
 * or with --set. key, value, unit, origin, source. */
#ifndef ADSIM_REPORT_ASSUMPTIONS_H
#define ADSIM_REPORT_ASSUMPTIONS_H

#include "sim/config/load.h"
#include "sim/report/csv.h"
#include "sim/report/folder.h"

extern const char *const origin_words[]; /* by origin_t */
bool is_given(origin_t origin);          /* in the file or with --set */
/* The heading, and a row with any NULL empty. */
enum { VALUE_FIELDS = 5 };
extern const char *const value_fields[VALUE_FIELDS];
void value_row(csv_t *c, const char *const field[VALUE_FIELDS]);

void assumptions_csv(const loaded_t *loaded, FILE *to);
void given_csv(const loaded_t *loaded, FILE *to);

/* Both files. */
status_t values_write(folder_t *f, const loaded_t *loaded, error_t *err);

#endif
