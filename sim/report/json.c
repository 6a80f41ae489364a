/* json.c -- tells a full disk from missing memory: both make jansson fail. */
#include "sim/report/json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

status_t json_write(json_t *value, FILE *to, const char *name, error_t *err)
{
    if (!value) return fail_memory(err, name);
    int failed = json_dumpf(value, to, JSON_INDENT(2));
    json_decref(value);
    if (failed && !ferror(to)) return fail_memory(err, name);
    if (!failed && fputc('\n', to) != EOF) return OK;
    return fail(err, ERR_OUTPUT, "cannot write %s: %s", name, strerror(errno));
}

json_t *json_number(double x)
{
    return isfinite(x) ? json_real(x + 0.0) : json_null();
}

static void forget_if(json_t **whole, int failed)
{
    if (!failed) return;
    json_decref(*whole);
    *whole = NULL;
}

void json_add(json_t **list, json_t *item)
{
    if (*list)
        forget_if(list, json_array_append_new(*list, item));
    else
        json_decref(item);
}

void json_put(json_t **object, const char *key, json_t *item)
{
    if (*object)
        forget_if(object, json_object_set_new(*object, key, item));
    else
        json_decref(item);
}
