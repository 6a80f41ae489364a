/* csv.h -- rows of comma-separated values as RFC 4180 has them, with LF. Reals %.10g, whole numbers
 * whole, an unknown value is an empty field. A failed write shows when the file is closed. */
#ifndef ADSIM_REPORT_CSV_H
#define ADSIM_REPORT_CSV_H

#include <stdio.h>

typedef struct {
    FILE *to;
    int fields; /* of the row so far */
} csv_t;

void csv_text(csv_t *c, const char *text); /* quoted where it must be; NULL = empty */
void csv_real(csv_t *c, double x);
void csv_end(csv_t *c); /* of the row */

#endif
