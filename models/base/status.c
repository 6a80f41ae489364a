/* status.c -- composes the sentence of a failure. */
#include "models/base/status.h"

#include <stdarg.h>
#include <stdio.h>

status_t fail(error_t *err, status_t status, const char *format, ...)
{
    if (!err) return status;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return status;
}

status_t fail_memory(error_t *err, const char *what)
{
    return fail(err, ERR_MEMORY, "out of memory: %s", what);
}
