/* known.h -- known answers: a published or independently computed case, and our own value beside it.
 *
 * Each room has a table of the cases it answers: an id and a function that reads the case's inputs and
 * states what the room's public functions give. The reader of the reference file supplies the inputs
 * and judges what was found, so that a table knows neither the file nor the tolerances. */
#ifndef ADSIM_BASE_KNOWN_H
#define ADSIM_BASE_KNOWN_H

#include <stdint.h>

/* A case while it is being answered. */
typedef struct known_case known_case_t;
struct known_case {
    /* Element `index` of an input (0 of a single number; words in hexadecimal as numbers). NAN and a
     * mark on the case if there is none. */
    double (*input)(known_case_t *c, const char *name, int index);
    int (*length)(known_case_t *c,
                  const char *name); /* 1 for a single number, 0 if there is none */
    /* Our value for element `index` of an expected output. */
    void (*found)(known_case_t *c, const char *name, int index, double value);
};

typedef struct {
    const char *id;
    void (*answer)(known_case_t *c);
} known_answer_t;

/* Tables end with a row without id. Rooms: known_in_auction (auction/known_auction.h) and so on. */
extern const known_answer_t known_in_base[];

enum { KNOWN_MOST = 32 }; /* elements of the longest input or output */

static inline double known_input(known_case_t *c, const char *name)
{
    return c->input(c, name, 0);
}
static inline void known_found(known_case_t *c, const char *name, double value)
{
    c->found(c, name, 0, value);
}
/* Reads a list of inputs (at most KNOWN_MOST); returns how many. */
int known_inputs(known_case_t *c, const char *name, double *out);
void known_found_list(known_case_t *c, const char *name, const double *value, int n);

#endif
