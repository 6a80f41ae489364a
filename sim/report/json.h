/* json.h -- a JSON value becomes a file. */
#ifndef ADSIM_REPORT_JSON_H
#define ADSIM_REPORT_JSON_H

#include "models/base/status.h"

#include <jansson.h>
#include <stdio.h>

/* Writes the value and gives it back to jansson; `name` is for the message. NULL = there was no memory to
 * make it. */
status_t json_write(json_t *value, FILE *to, const char *name, error_t *err);

#endif
