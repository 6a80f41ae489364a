/* record.c -- a growing string of bytes. */
#include "sim/experiment/record.h"

#include <stdlib.h>
#include <string.h>

const char *const result_suffix[RESULT_VALUES] = {"", "_lo", "_hi", "_mc_se"};

void record_free(record_t *r)
{
    free(r->byte);
    *r = (record_t){0};
}

void record_clear(record_t *r)
{
    r->n = 0;
    r->lost = false;
}

static void append(record_t *r, const void *from, size_t n)
{
    if (r->n + n > r->room) {
        size_t room = 2 * (r->n + n) + 4096;
        unsigned char *grown = realloc(r->byte, room);
        if (!grown) {
            r->lost = true;
            return;
        }
        r->byte = grown;
        r->room = room;
    }
    memcpy(r->byte + r->n, from, n);
    r->n += n;
}

void record_text(record_t *r, const char *text)
{
    unsigned char there = text != NULL;
    append(r, &there, 1);
    if (text) append(r, text, strlen(text) + 1);
}

void record_real(record_t *r, double x)
{
    append(r, &x, sizeof x);
}

void record_count(record_t *r, uint64_t n)
{
    append(r, &n, sizeof n);
}

record_reader_t record_begin(const record_t *r)
{
    return (record_reader_t){r->byte, r->byte + r->n};
}

/* NULL when fewer are left. */
static const void *taken(record_reader_t *r, size_t n)
{
    if ((size_t)(r->end - r->at) < n) {
        r->at = r->end;
        return NULL;
    }
    const void *from = r->at;
    r->at += n;
    return from;
}

const char *read_text(record_reader_t *r)
{
    const unsigned char *there = taken(r, 1);
    if (!there || !*there) return NULL;
    const unsigned char *zero = memchr(r->at, 0, (size_t)(r->end - r->at));
    return zero ? taken(r, (size_t)(zero - r->at) + 1) : NULL;
}

double read_real(record_reader_t *r)
{
    double x = 0;
    const void *from = taken(r, sizeof x);
    if (from) memcpy(&x, from, sizeof x);
    return x;
}

uint64_t read_count(record_reader_t *r)
{
    uint64_t n = 0;
    const void *from = taken(r, sizeof n);
    if (from) memcpy(&n, from, sizeof n);
    return n;
}

void record_outcome(record_t *r, const outcome_t *o)
{
    record_count(r, o->point);
    record_count(r, o->failed);
    record_text(r, o->reason);
    record_real(r, o->people);
    record_real(r, o->replications);
    record_real(r, o->seconds);
}

outcome_t read_outcome(record_reader_t *r)
{
    outcome_t o = {.point = read_count(r)};
    o.failed = read_count(r) != 0;
    o.reason = read_text(r);
    o.people = read_real(r);
    o.replications = read_real(r);
    o.seconds = read_real(r);
    return o;
}
