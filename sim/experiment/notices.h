/* notices.h -- sentences that go with a result: what a person should know before believing it. */
#ifndef ADSIM_EXPERIMENT_NOTICES_H
#define ADSIM_EXPERIMENT_NOTICES_H

#include <stdbool.h>
#include <stddef.h>

enum { NOTICE_LENGTH = 320 };
typedef struct {
    char text[NOTICE_LENGTH]; /* one sentence, no newline */
} notice_t;

typedef struct {
    notice_t *item;
    size_t n;
    bool lost; /* memory was out for one of them */
} notices_t;   /* zeroed = none */

/* When memory is out the notice is left out and the list knows it. */
void notices_add(notices_t *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
void notices_free(notices_t *list);

#endif
