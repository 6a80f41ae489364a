/* notices.c -- a list of sentences. */
#include "sim/experiment/notices.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void notices_add(notices_t *list, const char *format, ...)
{
    notice_t *grown = realloc(list->item, (list->n + 1) * sizeof *grown);
    if (!grown) {
        list->lost = true;
        return;
    }
    list->item = grown;
    va_list args;
    va_start(args, format);
    vsnprintf(grown[list->n++].text, NOTICE_LENGTH, format, args);
    va_end(args);
}

void notices_free(notices_t *list)
{
    free(list->item);
    *list = (notices_t){0};
}
