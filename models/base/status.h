/* status.h -- what a function that can fail returns, and the sentence that goes with it.
 * Below main nothing prints and nothing exits: a failure travels up as a status_t, and the words
 * for the person travel beside it in an error_t that the caller owns. */
#ifndef ADSIM_BASE_STATUS_H
#define ADSIM_BASE_STATUS_H

typedef enum {
    OK = 0,
    ERR_MEMORY,      /* an allocation failed */
    ERR_UNREADABLE,  /* a file that was named cannot be read */
    ERR_INVALID,     /* the scenario (or another input) breaks a rule */
    ERR_OUTPUT,      /* the result cannot be written */
    ERR_INTERRUPTED, /* the person pressed Ctrl-C */
    ERR_UNEXPECTED   /* ours: a promise inside adsim was broken */
} status_t;

typedef struct {
    char text[512]; /* one sentence, no newline at its end; "" when nothing failed */
} error_t;

/* Writes the sentence (cut at the end of the buffer) and returns `status`. err may be NULL. */
status_t fail(error_t *err, status_t status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The sentence for a failed allocation: ERR_MEMORY, naming what it was for. */
status_t fail_memory(error_t *err, const char *what);

#endif
