/* svg_inline.h -- a picture that gnuplot drew becomes a part of a page.
 *
 * What it refers to within itself gets a name of its own, as every picture has the same ones. Elements that draw are
 * taken over, all others are not: no script, no link, no picture from elsewhere; no attribute that runs anything. */
#ifndef ADSIM_REPORT_SVG_INLINE_H
#define ADSIM_REPORT_SVG_INLINE_H

#include "models/base/status.h"

#include <stdio.h>

/* `number` is the picture's within the page; `told` its finding; the uppermost `head` pixels, where the finding is
 * written once more, are cut off. ERR_INVALID if the file is no picture. */
status_t svg_inline(const char *path, int number, const char *told, double head, FILE *to,
                    error_t *err);

#endif
