/* json.c -- tells a full disk from missing memory: both make jansson fail. */
#include "sim/report/json.h"

status_t json_write(json_t *value, FILE *to, const char *name, error_t *err)
{
    if (!value) return fail_memory(err, name);
    int failed = json_dumpf(value, to, JSON_INDENT(2));
    json_decref(value);
    if (failed && !ferror(to)) return fail_memory(err, name);
    return failed || fputc('\n', to) == EOF ? fail(err, ERR_OUTPUT, "cannot write %s", name) : OK;
}
