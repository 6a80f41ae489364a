/* key_rows.h -- private to sim/config: how the rows of the key tables are written. */
#ifndef ADSIM_CONFIG_KEY_ROWS_H
#define ADSIM_CONFIG_KEY_ROWS_H

#include "sim/config/keys.h"
#include "sim/scenario/scenario.h"

#include <math.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define ASSUMED "assumption"
#define UNLESS_GIVEN "nothing unless given"
#define SECOND_PRICE "assumption"
#define NONE                                                                                       \
    {                                                                                              \
        LAW_CERTAIN, NAN, 0                                                                        \
    }
#define IS(x)                                                                                      \
    {                                                                                              \
        LAW_CERTAIN, (x), 0                                                                        \
    }
#define LAW(law, a, b)                                                                             \
    {                                                                                              \
        law, a, b                                                                                  \
    }
#define MONEY_MOST 1e12

/* name, field, measure, low, high, default, unit, source, help */
#define REAL(n, type, field, q, lo, hi, def, u, src, text)                                         \
    .name = n, .kind = KEY_NUMBER, .offset = offsetof(type, field), .measure = MEASURE_##q,        \
    .low = lo, .high = hi, .fallback = def, .unit = u, .source = src, .help = text
#define WHOLE(n, type, field, lo, hi, def, u, src, text)                                           \
    .name = n, .kind = KEY_INT, .offset = offsetof(type, field), .measure = MEASURE_COUNT,         \
    .low = lo, .high = hi, .certain = true, .fallback = def, .unit = u, .source = src,             \
    .help = text
#define NAME(n, type, field, text)                                                                 \
    .name = n, .kind = KEY_NAME, .offset = offsetof(type, field), .required = true, .help = text,  \
    .fallback = NONE
#define WORD(n, at, w, def, src, text)                                                             \
    .name = n, .kind = KEY_WORD, .offset = at, .words = w, .fallback_word = def, .source = src,    \
    .help = text, .fallback = NONE
#define SECTION(n, at, s, text)                                                                    \
    .name = n, .kind = KEY_SECTION, .offset = at, .section = &s, .help = text, .fallback = NONE
#define LIST(n, s, text)                                                                           \
    .name = n, .kind = KEY_LIST, .section = &s, .required = true, .help = text, .fallback = NONE
#define OWN(n, which, text) .name = n, .kind = KEY_OWN, .own = which, .help = text, .fallback = NONE
#define LATER(n, text)                                                                             \
    {                                                                                              \
        .name = n, .kind = KEY_LATER, .help = text, .fallback = NONE                               \
    }
#define NEVER(n, text)                                                                             \
    {                                                                                              \
        .name = n, .kind = KEY_NEVER, .help = text, .fallback = NONE                               \
    }
#define SOURCE                                                                                     \
    {                                                                                              \
        .name = "source", .kind = KEY_TEXT, .offset = NOWHERE, .fallback = NONE,                   \
        .help = "where the figures of this block come from"                                        \
    }

extern const section_t csv_section;                                   /* keys.c */
extern const section_t brand_section;                                 /* keys_brand.c */
extern const section_t conversions_section;                           /* keys_conversion.c */
extern const section_t satiation_section;                             /* keys_conversion.c */
extern const section_t price_section;                                 /* keys_conversion.c */
extern const section_t sweep_keys;                                    /* keys_sweep.c */
extern const section_t allocate_section, limit_section, goal_section; /* keys_allocate.c */

#endif
