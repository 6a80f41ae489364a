/* keys.h -- the one table of everything a scenario may say. A key is one row: loading, default, range,
 * `adsim explain`, the JSON schema and resolved.yaml all read it. */
#ifndef ADSIM_CONFIG_KEYS_H
#define ADSIM_CONFIG_KEYS_H

#include "sim/config/value.h"

#include <stddef.h>

typedef enum {
    KEY_NUMBER,  /* a double: a number or a law */
    KEY_INT,     /* an int, whole */
    KEY_SEED,    /* 64 bits, whole */
    KEY_TEXT,    /* const char * */
    KEY_NAME,    /* const char *: the name of the thing, part of key paths */
    KEY_CODE,    /* const char *: three capital letters */
    KEY_DATE,    /* char[11] */
    KEY_WORD,    /* an enum: one of `words` */
    KEY_SECTION, /* a mapping of the rows in `section`, or the word `instead` */
    KEY_LIST,    /* a list of mappings, each named by its first row */
    KEY_NAMED,   /* a mapping of names to mappings */
    KEY_OWN,     /* read by a function of its own, see `own` */
    KEY_LATER,   /* understood, not yet built: refused with a sentence */
    KEY_NEVER,   /* understood, but nobody can do it: refused with the reason */
    KEY_IGNORED, /* for another command */
    KEY_BEFORE   /* used up before the scenario is read: extends, set */
} key_kind_t;

/* Keys with a grammar of their own. */
typedef enum {
    OWN_NONE,
    OWN_VERSION,
    OWN_POPULATION,
    OWN_CUSTOMERS,
    OWN_WORDS,
    OWN_ORGANIC_RATE,
    OWN_MINUTES,
    OWN_FACTORS,
    OWN_PLACEMENTS,
    OWN_BUDGET,
    OWN_BID_STRATEGY,
    OWN_PLATFORM,
    OWN_AUDIENCE,
    OWN_METRIC,
    OWN_CREATIVES,
    OWN_ROTATION,
    OWN_CAPS,
    OWN_LABELS,
    OWN_MONEY,
    OWN_OVERSPEND,
    OWN_BUDGET_SCHEDULE,
    OWN_PURSE_PACING,
    OWN_END,
    OWN_SCHEDULE,
    OWN_DAY,
    OWN_PAUSES,
    OWN_DAYPARTING,
    OWN_HOURS_OF_DAY,
    OWN_WEEKDAYS,
    OWN_BRAND_PLATFORM,
    OWN_COMMUNITY,
    OWN_CALENDAR,
    OWN_USUAL,
    OWN_CONVERSIONS,
    OWN_ALLOCATE,
    OWN_GOAL,
    OWN_POINTS,
    OWN_LIMITS,
    OWN_AMOUNT,
    OWN_CELL,
    OWN_CELLS,
    OWN_WEIGHTS,
    OWN_COMPARE,
    OWN_VARIANTS,
    OWN_OVER
} own_t;

/* One value of a KEY_WORD. */
typedef struct {
    const char *name, *aliases; /* aliases: separated by spaces; may be NULL */
    int value;                  /* WORD_LATER: not built yet */
    const char *label;          /* on the screen of an ads manager; may be NULL */
} word_t;
enum { WORD_LATER = -1 };

/* Keys that mean something where each ad set has its own budget, or where the campaign's is shared. */
typedef enum { PURSE_ANY, PURSE_OWN, PURSE_SHARED } purse_kind_t;

typedef struct section section_t;

typedef struct {
    const char *name, *aliases; /* aliases: separated by spaces; may be NULL */
    key_kind_t kind;
    size_t offset; /* in the struct that the section describes; NOWHERE */
    measure_t measure;
    double low, high;
    bool above_low, bare, certain, required;
    distribution_t fallback; /* .a = NAN: there is none */
    const char *unit, *source, *help;
    const word_t *words;
    int fallback_word; /* KEY_WORD: index of the default */
    const section_t *section;
    const char *instead;  /* a word that may stand here ... */
    double instead_value; /* ... and what it means; of a section: see off */
    double off;           /* value when the section is `instead` */
    const char
        *unless; /* keys of the same section, separated by spaces; any makes this one idle: it need
                           not be given, and no default is told */
    purse_kind_t purse;
    own_t own;
    const char *presets;       /* the folder of the presets that its value may name; NULL = none */
    const char *fallback_text; /* KEY_TEXT, KEY_CODE, KEY_DATE */
} key_row_t;

struct section {
    const char *name; /* in messages: "ad_sets[]" */
    const key_row_t *row;
    size_t n;
};

#define NOWHERE ((size_t)-1)

/* Where in the scenario a section's mapping stands. */
extern const section_t top_section;
extern const word_t post_kind_words[];
extern const section_t *const audience_section;
extern const section_t *const organic_section;
extern const section_t *const bid_section;
extern const section_t *const purchasers_section;
extern const section_t *const schedules_section;
extern const section_t *const budget_schedule_section;

/* The row of a name or alias; NULL. */
const key_row_t *section_find(const section_t *s, const char *name);
/* Is `word` in a list separated by spaces? (case does not count; a space is an underscore) */
bool word_in(const char *list, const char *word);
/* The rule that value_read checks. */
value_rule_t row_rule(const key_row_t *row);
/* Does the row have a default? */
bool row_has_fallback(const key_row_t *row);
/* The default as text, "" if there is none. */
law_text_t row_fallback_text(const key_row_t *row);

#endif
