/* json.h -- a JSON value becomes a file, and is read back. */
#ifndef ADSIM_REPORT_JSON_H
#define ADSIM_REPORT_JSON_H

#include "models/base/status.h"

#include <jansson.h>
#include <stdio.h>

/* Writes the value and gives it back to jansson; `name` is for the message. NULL = there was no memory to
 * make it. */
status_t json_write(json_t *value, FILE *to, const char *name, error_t *err);

/* The object in a file; the caller gives it back. ERR_INVALID tells the line, ERR_UNREADABLE that there is no such
 * file. *out is NULL then. */
status_t json_read(const char *path, json_t **out, error_t *err);

/* null for what is no number. */
json_t *json_number(double x);

/* Adds to a list or an object, which becomes NULL (and is given back) when memory is out; NULL stays so. */
void json_add(json_t **list, json_t *item);
void json_put(json_t **object, const char *key, json_t *item);

#endif
