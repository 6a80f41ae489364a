/* json.c -- tells a full disk, and wrong text, from missing memory: each makes jansson fail. */
#include "sim/report/json.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
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

/* Without memory jansson complains of the text that it reads: so we look at what it asks for. */
static _Thread_local bool is_refused;

static void *ask(size_t bytes)
{
    void *room = malloc(bytes);
    if (!room) is_refused = true;
    return room;
}

status_t json_read(const char *path, json_t **out, error_t *err)
{
    json_error_t why;
    json_set_alloc_funcs(ask, free);
    is_refused = false;
    errno = 0;
    *out = json_load_file(path, 0, &why);
    is_refused |= errno == ENOMEM;
    json_set_alloc_funcs(malloc, free);
    if (json_is_object(*out)) return OK;
    bool is_other = *out;
    json_decref(*out);
    *out = NULL;
    if (is_other) return fail(err, ERR_INVALID, "%s:1: it must be an object, {...}", path);
    if (is_refused) return fail_memory(err, path);
    if (json_error_code(&why) == json_error_cannot_open_file)
        return fail(err, ERR_UNREADABLE, "%s", why.text);
    return fail(err, ERR_INVALID, "%s:%d: %s", path, why.line, why.text);
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
