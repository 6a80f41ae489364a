/* csv.h -- rows of comma-separated values as RFC 4180 has them, with LF. Reals %.10g, whole numbers
 * whole, an unknown value is an empty field. A failed write shows when the file is closed.
 *
 * A text that a spreadsheet would take for a formula (it begins with = + - @ and is no number) is quoted with an
 * apostrophe before it, which spreadsheets show as text: "'=1+1". csv_plain takes it away again. */
#ifndef ADSIM_REPORT_CSV_H
#define ADSIM_REPORT_CSV_H

#include <stdio.h>

typedef struct {
    FILE *to;
    int fields; /* of the row so far */
} csv_t;

void csv_text(csv_t *c, const char *text); /* quoted where it must be; NULL = empty */
const char *
csv_plain(const char *field); /* as it was, of a field that was read: without that apostrophe */
void csv_real(csv_t *c, double x);
void csv_end(csv_t *c); /* of the row */

#endif
