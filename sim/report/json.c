/* json.c -- tells a full disk from missing memory: both make jansson fail. */
#include "sim/report/json.h"

#include <errno.h>
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
