/* expression.h -- audience expressions, compiled to a small program over the population's columns.
 *
 *   "age 18-34 and interest fitness and region in [West, Northeast]"
 *
 * Grammar (words are not case sensitive; `and` binds tighter than `or`):
 *   expr    = term { "or" term } ;  term = factor { "and" factor } ;
 *   factor  = "not" factor | "(" expr ")" | clause ;
 *   clause  = "age" AGES | "age" (">=" | "<=" | ">" | "<" | "=") N
 *           | ATTRIBUTE LEVEL | "interest" NAME | "behaviour" NAME | "uses" PLATFORM
 *           | "everyone" | "customers" | NAME (own trait or another audience) ;
 *   AGES    = N "-" N | N "+" | N ;
 * and instead of one AGES, LEVEL, NAME or PLATFORM a list: "in" "[" X {"," X} "]".
 * Names of more than one word are written with _ or -, or in quotes "..." or '...'. Levels may hold
 * + < > (income 100k+, income <30k). Spelling "behavior" and plurals are understood.              */
#ifndef ADSIM_AUDIENCE_EXPRESSION_H
#define ADSIM_AUDIENCE_EXPRESSION_H

#include "models/audience/population.h"

#include <stdbool.h>

enum {
    EXPRESSION_DEPTH = 64, /* parentheses and `not` nested at most */
    EXPRESSION_NAME = 128  /* bytes of a name, its end included */
};

typedef struct expression expression_t;

/* A name the population does not know is looked up here, as it was written: the compiled audience of
 * that name, or NULL. The program of that audience is copied in. */
typedef struct {
    const expression_t *(*find)(void *context, const char *name);
    const char *(*suggest)(void *context, const char *name); /* nearest audience name, or NULL */
    void *context;
} expression_scope_t;

/* Where and why a text was refused. offset and length count bytes in the text. */
typedef struct {
    size_t offset, length;
    char text[256];
    char help[256]; /* "" when there is nothing to suggest */
} expression_fault_t;

/* Do two names agree? Case does not count, and space, _ and - are one. */
bool expression_same_name(const char *a, const char *b);

/* Has the word a meaning of its own in expressions, so that no attribute or trait can have it? */
bool expression_is_keyword(const char *word);

/* Compiles; ERR_INVALID with *fault filled when the text is refused. *out is NULL then. */
status_t expression_compile(const char *text, const population_spec_t *spec,
                            const expression_scope_t *scope /* may be NULL */, expression_t **out,
                            expression_fault_t *fault, error_t *err);
/* Who uses a platform of the population, by its name whatever that is made of; ERR_INVALID if the population
 * does not tabulate its use. */
status_t expression_uses(const char *platform, const population_spec_t *spec, expression_t **out,
                         error_t *err);
/* a and not b, from compiled programs; b may be NULL. */
status_t expression_and_not(const expression_t *a, const expression_t *b, expression_t **out,
                            error_t *err);
void expression_free(expression_t *e);

/* What a program asks of a person. What everybody answers alike (age 0-120) asks for nothing. */
typedef struct {
    uint32_t attributes; /* bit a: a level of spec->attribute[a]; ages: of spec->age */
    bool adult_ages;     /* ages that tell people of 18 and more apart, not adults from minors */
    bool traits;         /* interests, behaviours, own traits */
    bool platforms;      /* the use of one */
    bool customers;      /* whether she bought before */
} expression_asks_t;
expression_asks_t expression_asks(const expression_t *e, const population_spec_t *spec);

/* Is the person in the audience? */
bool expression_matches(const expression_t *e, const population_t *pop, size_t person);

#endif
