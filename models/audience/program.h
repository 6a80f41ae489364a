/* program.h -- the inside of a compiled audience expression; for expression.c, size.c and
 * labels.c alone.
 *
 * A branching program: each instruction asks one question about a person and names the instruction
 * that follows a yes and a no. It has no loops: a target is always a lower number. */
#ifndef ADSIM_AUDIENCE_PROGRAM_H
#define ADSIM_AUDIENCE_PROGRAM_H

#include <stdint.h>

enum { TARGET_ACCEPT = -1, TARGET_REJECT = -2 };
enum { PROGRAM_SIZE_MAX = 10000 };

typedef enum {
    ASK_AGE,     /* low_years <= age <= high_years */
    ASK_LEVEL,   /* level of `attribute` in the set `mask` */
    ASK_TRAITS,  /* any trait of `mask` */
    ASK_USES,    /* any platform of `mask` */
    ASK_CUSTOMER /* an existing customer */
} question_t;

typedef struct {
    uint8_t question; /* question_t */
    uint8_t attribute, low_years, high_years;
    int32_t yes, no; /* a lower instruction, TARGET_ACCEPT or TARGET_REJECT */
    uint64_t mask;
} instruction_t;

struct expression {
    int32_t entry; /* where to begin: an instruction or a target */
    int32_t n;
    instruction_t code[]; /* n */
};

#endif
