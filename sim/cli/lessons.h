/* lessons.h -- lessons of fifty minutes, and the answers to their questions, which are computed.
 *
 * A lesson is a folder of configs/lessons: scenario.yaml, whose variants are the plans it is about, and lesson.md with
 * numbered questions. An answer is a number of these plans; what the sentence around it says stands here. */
#ifndef ADSIM_CLI_LESSONS_H
#define ADSIM_CLI_LESSONS_H

#include "models/base/status.h"
#include "sim/experiment/compare.h"

typedef enum {
    ANSWER_VALUE,  /* the mean */
    ANSWER_RANGE,  /* lo and hi */
    ANSWER_CHANCE, /* share of the futures with at least `bound` */
    ANSWER_SHARE,  /* the mean of one column in that of another */
    ANSWER_BEST    /* which plan has the best mean: its name */
} lesson_answer_kind_t;

typedef struct {
    int question;
    const char *says; /* %s where the answer stands, twice for a range */
    lesson_answer_kind_t kind;
    const char *plan, *ad_set; /* NULL = the whole plan; of ANSWER_BEST both are */
    const char *column;
    double bound;       /* of ANSWER_CHANCE */
    const char *within; /* of ANSWER_SHARE: the other column */
} lesson_answer_t;

typedef struct {
    int number;
    const char *folder; /* of configs/lessons */
    const char *title;
    const char *does; /* one line */
    const lesson_answer_t *answer;
    size_t n_answers;
} lesson_t;

extern const lesson_t lessons[];
extern const size_t n_lessons;

const lesson_t *lesson_find(int number); /* NULL */

/* The sentence of an answer, from plans that have been simulated. ERR_UNEXPECTED if they have not what it names. */
enum { ANSWER_LENGTH = 320 };
status_t answer_write(const compare_t *c, const lesson_answer_t *a, char out[ANSWER_LENGTH],
                      error_t *err);

#endif
