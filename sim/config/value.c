/* value.c -- the grammar of numbers, and the sentences for what is not one. */
#include "sim/config/value.h"
#include "sim/config/characters.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- one number ------------------------------------------------------------------------------ */

enum { TEXT_MOST = 300 };

/* [sign] digits [. digits] [e exponent]: bytes of it at s, 0 if there is no number. *exponent: where
 * the exponent begins, or the end. */
static size_t number_length(const char *s, size_t *exponent)
{
    size_t i = s[0] == '-' || s[0] == '+', digits = 0;
    for (; isdigit((unsigned char)s[i]); i++) digits++;
    if (s[i] == '.')
        for (i++; isdigit((unsigned char)s[i]); i++) digits++;
    *exponent = i;
    if (!digits) return 0;
    if (s[i] != 'e' && s[i] != 'E') return i;
    size_t e = i + 1;
    if (s[e] == '-' || s[e] == '+') e++;
    if (!isdigit((unsigned char)s[e])) return i;
    while (isdigit((unsigned char)s[e])) e++;
    return e;
}

/* The double nearest to the decimal text times 10^shift. */
static double decimal(const char *s, size_t length, size_t exponent, int shift)
{
    char text[TEXT_MOST + 32];
    long e = exponent < length ? strtol(s + exponent + 1, NULL, 10) : 0;
    if (e > 9999) e = 9999;
    if (e < -9999) e = -9999;
    snprintf(text, sizeof text, "%.*se%ld", (int)exponent, s, e + shift);
    return strtod(text, NULL);
}

/* What may follow a number: a shift of its exponent, or a factor. */
typedef struct {
    const char *suffix;
    unsigned measures; /* bit m: allowed for measure m */
    int shift;
    double times_days, over_days; /* of durations: value x times / over, in days and in hours */
    double times_hours, over_hours;
} suffix_t;

#define BIT(q) (1u << (q))
#define PLAIN (BIT(MEASURE_NUMBER) | BIT(MEASURE_MONEY) | BIT(MEASURE_COUNT) | BIT(MEASURE_ANY))
#define DURATION (BIT(MEASURE_DAYS) | BIT(MEASURE_HOURS))

static const suffix_t suffixes[] = {
    {"%", BIT(MEASURE_SHARE) | BIT(MEASURE_ANY), -2, 1, 1, 1, 1},
    {"k", PLAIN, 3, 1, 1, 1, 1},
    {"M", PLAIN, 6, 1, 1, 1, 1},
    {"w", DURATION, 0, 7, 1, 168, 1},
    {"d", DURATION, 0, 1, 1, 24, 1},
    {"h", DURATION, 0, 1, 24, 1, 1},
    {"min", DURATION, 0, 1, 1440, 1, 60},
};

static const suffix_t *suffix_find(const char *text)
{
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (!strcmp(text, suffixes[i].suffix)) return &suffixes[i];
    return NULL;
}

/* The text without the characters of `set`. */
static void without(const char *text, const char *set, char *out, size_t capacity)
{
    size_t n = 0;
    for (; *text && n + 1 < capacity; text++)
        if (!strchr(set, *text)) out[n++] = *text;
    out[n] = '\0';
}

/* 1-3 digits, then groups of a separator and three digits; a suffix or decimals may follow. */
static bool has_groups(const char *s, char separator)
{
    size_t lead = 0, groups = 0;
    if (*s == '-' || *s == '+') s++;
    for (; isdigit((unsigned char)*s); s++) lead++;
    while (*s == separator && isdigit((unsigned char)s[1]) && isdigit((unsigned char)s[2]) &&
           isdigit((unsigned char)s[3]) && !isdigit((unsigned char)s[4])) {
        s += 4;
        groups++;
    }
    return lead >= 1 && lead <= 3 && groups >= (separator == '.' ? 2 : 1);
}

static bool is_not_finite(const char *s)
{
    if (*s == '-' || *s == '+') s++;
    if (*s == '.') s++;
    return !strcasecmp(s, "nan") || !strcasecmp(s, "inf") || !strcasecmp(s, "infinity");
}

static bool help_separators(const char *text, char help[200])
{
    char clean[80];
    if (strlen(text) >= sizeof clean) return false; /* a number of that length is no slip */
    if (has_groups(text, ',') || has_groups(text, ' ') || has_groups(text, '\'') ||
        has_groups(text, '.')) {
        without(text, has_groups(text, '.') ? "." : ", '", clean, sizeof clean);
        snprintf(help, 200, "write it without thousands separators: %s", clean);
    } else if (strchr(text, '_') && isdigit((unsigned char)*text)) {
        without(text, "_", clean, sizeof clean);
        snprintf(help, 200, "write it without underscores: %s", clean);
    } else if (strchr(text, ',') && isdigit((unsigned char)*text) &&
               isdigit((unsigned char)strchr(text, ',')[1])) {
        snprintf(clean, sizeof clean, "%s", text);
        *strchr(clean, ',') = '.';
        snprintf(help, 200, "decimals are written with a point: %s", clean);
    } else
        return false;
    return true;
}

static bool help_shape(const char *text, char help[200])
{
    char *end;
    if (!*text || !strcmp(text, "~") || !strcasecmp(text, "null"))
        snprintf(help, 200, "give a value, or leave the key out for its default");
    else if (is_not_finite(text))
        snprintf(help, 200, "give a finite number, or leave the key out for its default");
    else if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        unsigned long long value = strtoull(text + 2, &end, 16);
        snprintf(help, 200, *end ? "write it in decimal" : "write it in decimal: %llu", value);
    } else if (text[0] == '0' && (text[1] == 'o' || text[1] == 'b'))
        snprintf(help, 200, "write it in decimal");
    else if (strpbrk(text, "$€£¥") || strstr(text, "USD") || strstr(text, "EUR"))
        snprintf(help, 200, "write the amount alone; `currency` names the money");
    else
        return false;
    return true;
}

/* A number with something behind it that does not fit. */
static void help_suffix(const char *text, size_t length, const value_rule_t *rule, char help[200])
{
    const char *rest = text + length + (text[length] == ' ');
    int n = (int)length;
    bool duration = BIT(rule->measure) & DURATION;
    const suffix_t *known = suffix_find(rest);
    *help = '\0';
    if (!*rest && duration)
        snprintf(help, 200, "say of what: %.*sd are days, %.*sh hours", n, text, n, text);
    else if (!strcmp(rest, "m") && !duration)
        snprintf(help, 200, "millions are written %.*sM", n, text);
    else if (!strcmp(rest, "K"))
        snprintf(help, 200, "thousands are written %.*sk", n, text);
    else if (known && BIT(rule->measure) == BIT(MEASURE_SHARE))
        snprintf(help, 200, "write a percentage such as 40%%, or a number from 0 to 1");
    else if (known && !strcmp(rest, "%"))
        snprintf(help, 200, "write it without %%");
    else if (known && !duration)
        snprintf(help, 200, "this is not a duration: write the number alone");
    else if (duration)
        snprintf(help, 200, "durations are written 28d, 6h, 2w or 30min");
    else
        snprintf(help, 200, "numbers are written 40%%, 120k, 1.5M, 28d, 6h");
}

bool number_parse(const char *text, const value_rule_t *rule, double *out, char help[200])
{
    size_t exponent, length = strlen(text) < TEXT_MOST ? number_length(text, &exponent) : 0;
    *help = '\0';
    const char *rest = text + length;
    if (length && rest[0] == ' ' && rest[1] == '%') rest++;
    const suffix_t *s = length && *rest ? suffix_find(rest) : NULL;
    bool fits = length && (*rest ? s && s->measures & BIT(rule->measure)
                                 : rule->bare || !(BIT(rule->measure) & DURATION));
    if (!fits) {
        if (!help_shape(text, help) && !help_separators(text, help))
            help_suffix(text, length, rule, help);
        return false;
    }
    const char *first = text + (*text == '-' || *text == '+');
    if (first[0] == '0' && isdigit((unsigned char)first[1])) {
        snprintf(help, 200, "write it without the leading zero");
        return false;
    }
    double value = decimal(text, length, exponent, s ? s->shift : 0);
    if (s && rule->measure == MEASURE_DAYS) value = value * s->times_days / s->over_days;
    if (s && rule->measure == MEASURE_HOURS) value = value * s->times_hours / s->over_hours;
    *out = value;
    if (isfinite(value)) return true;
    snprintf(help, 200, "it is too large");
    return false;
}

/* --- writing --------------------------------------------------------------------------------- */

/* Decimal digits of x and the power of ten of the first one: x = d.ddd x 10^power. */
static int shortest_digits(double x, char digits[20])
{
    char text[40];
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, fabs(x));
        if (strtod(text, NULL) == fabs(x)) break;
    }
    size_t n = 0;
    for (const char *s = text; *s && *s != 'e'; s++)
        if (*s != '.') digits[n++] = *s;
    digits[n] = '\0';
    return atoi(strchr(text, 'e') + 1);
}

/* digits with the point after 1 + power of them. */
static void digits_write(const char *digits, int power, char *out, size_t capacity)
{
    int n = (int)strlen(digits);
    if (power < -7 || power > 17)
        snprintf(out, capacity, "%c%s%se%d", *digits, n > 1 ? "." : "", digits + 1, power);
    else if (power < 0)
        snprintf(out, capacity, "0.%.*s%s", -power - 1, "0000000", digits);
    else if (power >= n - 1)
        snprintf(out, capacity, "%s%.*s", digits, power - n + 1, "00000000000000000");
    else
        snprintf(out, capacity, "%.*s.%s", power + 1, digits, digits + power + 1);
}

number_text_t number_text(double x, measure_t measure)
{
    static const char *const unit[] = {
        [MEASURE_SHARE] = "%", [MEASURE_DAYS] = "d", [MEASURE_HOURS] = "h", [MEASURE_ANY] = NULL};
    number_text_t t;
    char digits[20], plain[48];
    if (!isfinite(x)) {
        snprintf(t.text, sizeof t.text, "%s",
                 isnan(x) ? "unknown"
                 : x < 0  ? "-infinity"
                          : "infinity");
        return t;
    }
    int power = shortest_digits(x, digits);
    digits_write(digits, power + (measure == MEASURE_SHARE && x != 0 ? 2 : 0), plain, sizeof plain);
    snprintf(t.text, sizeof t.text, "%s%s%s", x < 0 ? "-" : "", plain,
             unit[measure] ? unit[measure] : "");
    return t;
}

/* --- laws ------------------------------------------------------------------------------------ */

/* What a parameter of a law is. */
typedef enum { PARAMETER_VALUE, PARAMETER_SPREAD, PARAMETER_REAL, PARAMETER_POSITIVE } parameter_t;

typedef struct {
    const char *name, *first, *second;
    parameter_t first_kind, second_kind;
    law_t law;
} law_form_t;

/* {dist: NAME, first: .., second: ..} */
static const law_form_t law_forms[] = {
    {"normal", "mean", "sd", PARAMETER_VALUE, PARAMETER_SPREAD, LAW_NORMAL},
    {"lognormal", "mu", "sigma", PARAMETER_REAL, PARAMETER_POSITIVE, LAW_LOGNORMAL},
    {"logit_normal", "mu", "sigma", PARAMETER_REAL, PARAMETER_POSITIVE, LAW_LOGIT_NORMAL},
    {"beta", "a", "b", PARAMETER_POSITIVE, PARAMETER_POSITIVE, LAW_BETA},
    {"gamma", "shape", "scale", PARAMETER_POSITIVE, PARAMETER_POSITIVE, LAW_GAMMA},
    {"uniform", "low", "high", PARAMETER_VALUE, PARAMETER_VALUE, LAW_UNIFORM},
};
enum { LAW_FORMS = sizeof law_forms / sizeof *law_forms };

law_text_t law_text(distribution_t law)
{
    law_text_t t = {""};
    for (size_t i = 0; i < LAW_FORMS; i++)
        if (law_forms[i].law == law.law)
            snprintf(t.text, sizeof t.text, "{dist: %s, %s: %s, %s: %s}", law_forms[i].name,
                     law_forms[i].first, number_text(law.a, MEASURE_NUMBER).text,
                     law_forms[i].second, number_text(law.b, MEASURE_NUMBER).text);
    return t;
}

/* The pairs that describe a law without naming it. */
static const struct {
    const char *first, *second;
    parameter_t second_kind;
    bool (*make)(family_t, double, double, distribution_t *);
    const char *why;
} pairs[] = {
    {"low", "high", PARAMETER_VALUE, distribution_from_range,
     "low (10th percentile) must be below high (90th)"},
    {"median", "p90", PARAMETER_VALUE, distribution_from_median_p90,
     "the median must be below the 90th percentile"},
    {"mean", "sd", PARAMETER_SPREAD, distribution_from_moments,
     "the sd must be above 0 and possible for that mean"},
};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static family_t rule_family(const value_rule_t *rule)
{
    if (rule->low >= 0 && rule->high <= 1 && rule->measure == MEASURE_SHARE) return FAMILY_SHARE;
    return rule->low >= 0 ? FAMILY_POSITIVE : FAMILY_REAL;
}

static const char *kind_words(const value_rule_t *rule)
{
    switch (rule->measure) {
    case MEASURE_SHARE: return "a share such as 40%";
    case MEASURE_COUNT: return "a whole number";
    case MEASURE_DAYS:
    case MEASURE_HOURS: return "a duration such as 7d or 6h";
    default: return "a number";
    }
}

static void complain_kind(const node_t *node, const value_rule_t *rule, const char *help,
                          diagnostics_t *d)
{
    complain(d, SEVERITY_ERROR, node->place, help, "'%s' must be %s, got '%s'", rule->name,
             kind_words(rule), shown(node->text).text);
}

/* "3" where 3% was meant, and the like. */
static void help_range(const node_t *node, const value_rule_t *rule, double value, char help[200])
{
    *help = '\0';
    if (rule->measure == MEASURE_SHARE && !strchr(node->text, '%') && value > rule->high &&
        value / 100 <= rule->high)
        snprintf(help, 200, "did you mean %s%%?", number_text(value, MEASURE_NUMBER).text);
}

static bool range_check(const node_t *node, const value_rule_t *rule, double value,
                        diagnostics_t *d)
{
    char help[200];
    bool inside = value >= rule->low && value <= rule->high;
    if (inside && !(rule->above_low && value == rule->low)) return true;
    help_range(node, rule, value, help);
    const char *space = rule->unit ? " " : "", *unit = rule->unit ? rule->unit : "";
    if (rule->above_low && value <= rule->low)
        complain(d, SEVERITY_ERROR, node->place, help, "'%s' must be above %s%s%s, not %s",
                 rule->name, number_text(rule->low, rule->measure).text, space, unit,
                 shown(node->text).text);
    else
        complain(d, SEVERITY_ERROR, node->place, help, "'%s' lies in %s..%s%s%s, not %s",
                 rule->name, number_text(rule->low, rule->measure).text,
                 number_text(rule->high, rule->measure).text, space, unit, shown(node->text).text);
    return false;
}

static bool number_read(const node_t *node, const value_rule_t *rule, diagnostics_t *d, double *out)
{
    char help[200];
    if (node->kind != NODE_SCALAR) {
        complain(d, SEVERITY_ERROR, node->place, NULL, "'%s' must be %s, not a %s", rule->name,
                 kind_words(rule), node->kind == NODE_MAPPING ? "mapping" : "list");
        return false;
    }
    bool number = number_parse(node->text, rule, out, help);
    if (node->quoted && number) snprintf(help, sizeof help, "write it without quotes");
    if (!number || node->quoted) {
        complain_kind(node, rule, help, d);
        return false;
    }
    if (rule->measure == MEASURE_COUNT && *out != floor(*out)) {
        complain_kind(node, rule, "", d);
        return false;
    }
    return range_check(node, rule, *out, d);
}

/* Only these keys; the first other one is told. */
static bool keys_only(const node_t *node, const value_rule_t *rule, const char *const *allowed,
                      size_t n, diagnostics_t *d)
{
    for (size_t i = 0; i < node->n; i++) {
        size_t k = 0;
        while (k < n && strcmp(node->key[i]->text, allowed[k])) k++;
        if (k < n) continue;
        complain(d, SEVERITY_ERROR, node->key[i]->place,
                 "a number we are unsure of: {low, high}, {median, p90}, {mean, sd} or "
                 "{dist: beta, a, b}",
                 "'%s' has no '%s' beside '%s'", rule->name, shown(node->key[i]->text).text,
                 node->key[i == 0 && node->n > 1]->text);
        return false;
    }
    return true;
}

static bool parameter_read(const node_t *node, const char *name, parameter_t kind,
                           const value_rule_t *rule, diagnostics_t *d, double *out)
{
    char label[160];
    snprintf(label, sizeof label, "%s.%s", rule->name, name);
    value_rule_t r = *rule;
    r.name = label;
    if (kind == PARAMETER_SPREAD || kind == PARAMETER_POSITIVE)
        r = (value_rule_t){label, rule->measure, 0, 1e12, true, rule->bare, true, rule->unit};
    if (kind == PARAMETER_REAL || kind == PARAMETER_POSITIVE) {
        r.measure = MEASURE_NUMBER;
        r.unit = NULL;
    }
    if (kind == PARAMETER_REAL) {
        r.low = -1e3;
        r.high = 1e3;
        r.above_low = false;
    }
    if (r.measure == MEASURE_COUNT) r.measure = MEASURE_NUMBER;
    const node_t *value = node_get(node, name);
    if (value) return number_read(value, &r, d, out);
    complain(d, SEVERITY_ERROR, node->place, NULL, "'%s' needs '%s' too", rule->name, name);
    return false;
}

/* A law that would draw values outside the key's range is refused, not cut off. */
static bool law_inside(const node_t *node, const value_rule_t *rule, distribution_t law,
                       diagnostics_t *d)
{
    double lowest = distribution_quantile(law, 1e-9),
           highest = distribution_quantile(law, 1 - 1e-9);
    if (lowest >= rule->low && highest <= rule->high) return true;
    bool below = lowest < rule->low;
    complain(d, SEVERITY_ERROR, node->place,
             rule->low == 0 && below ? "use {low, high}: amounts and shares then get a law that "
                                       "stays above 0"
                                     : NULL,
             "this law of '%s' leaves its range: '%s' lies in %s..%s", rule->name, rule->name,
             number_text(rule->low, rule->measure).text,
             number_text(rule->high, rule->measure).text);
    return false;
}

/* {low, high} and the other pairs. `family`: of the key, or of a named law. */
static bool pair_read(const node_t *node, const value_rule_t *rule, family_t family, size_t form,
                      double divisor, diagnostics_t *d, distribution_t *out)
{
    double first, second;
    const char *const allowed[] = {pairs[form].first, pairs[form].second, "source", "dist"};
    if (!keys_only(node, rule, allowed, 4, d)) return false;
    bool ok = parameter_read(node, pairs[form].first, PARAMETER_VALUE, rule, d, &first);
    ok = parameter_read(node, pairs[form].second, pairs[form].second_kind, rule, d, &second) && ok;
    if (!ok) return false;
    if (pairs[form].make(family, first / divisor, second / divisor, out)) return true;
    const char *end = NULL;
    if (family == FAMILY_SHARE && (first <= 0 || second >= 1))
        end = "0% and 100% themselves cannot be reached";
    else if (family == FAMILY_POSITIVE && first <= 0)
        end = "0 itself cannot be reached";
    complain(d, SEVERITY_ERROR, node->place, end, "no law of '%s' fits: %s", rule->name,
             pairs[form].why);
    return false;
}

/* The pair whose first or second key the mapping has; PAIRS if none. */
static size_t pair_find(const node_t *node)
{
    size_t i = 0;
    while (i < PAIRS && !node_get(node, pairs[i].first) && !node_get(node, pairs[i].second)) i++;
    return i;
}

static const law_form_t *law_form_find(const node_t *dist, const value_rule_t *rule,
                                       diagnostics_t *d)
{
    const char *names[LAW_FORMS];
    const char *word = dist->kind == NODE_SCALAR ? dist->text : "";
    for (size_t i = 0; i < LAW_FORMS; i++) {
        if (!strcmp(word, law_forms[i].name)) return &law_forms[i];
        names[i] = law_forms[i].name;
    }
    const char *nearest = nearest_name(word, names, LAW_FORMS);
    char help[200];
    snprintf(help, sizeof help,
             nearest ? "did you mean '%s'?"
                     : "normal, lognormal, logit_normal, beta, gamma or uniform%s",
             nearest ? nearest : "");
    complain(d, SEVERITY_ERROR, dist->place, help, "'%s' has no law '%s'", rule->name,
             shown(word).text);
    return NULL;
}

/* {dist: NAME, ...} with the law's own parameters, or with a pair. */
static bool named_law_read(const node_t *node, const value_rule_t *rule, double divisor,
                           diagnostics_t *d, distribution_t *out)
{
    const law_form_t *form = law_form_find(node_get(node, "dist"), rule, d);
    if (!form) return false;
    size_t pair = pair_find(node);
    bool own = node_get(node, form->first) || node_get(node, form->second) || pair == PAIRS;
    if (!own && (form->law == LAW_LOGNORMAL || form->law == LAW_NORMAL))
        return pair_read(node, rule, form->law == LAW_NORMAL ? FAMILY_REAL : FAMILY_POSITIVE, pair,
                         divisor, d, out);
    const char *const allowed[] = {"dist", form->first, form->second, "source"};
    if (!keys_only(node, rule, allowed, 4, d)) return false;
    double first, second;
    bool ok = parameter_read(node, form->first, form->first_kind, rule, d, &first);
    ok = parameter_read(node, form->second, form->second_kind, rule, d, &second) && ok;
    if (!ok) return false;
    if (divisor != 1 && form->first_kind != PARAMETER_VALUE) {
        complain(d, SEVERITY_ERROR, node->place, "use {low, high} or {mean, sd}",
                 "'%s' is a rate over a time and cannot be a %s law", rule->name, form->name);
        return false;
    }
    *out = (distribution_t){form->law, first / divisor, second / divisor};
    if (form->law != LAW_UNIFORM || first < second) return true;
    complain(d, SEVERITY_ERROR, node->place, NULL, "no law of '%s' fits: low must be below high",
             rule->name);
    return false;
}

static bool law_read(const node_t *node, const value_rule_t *rule, double divisor, diagnostics_t *d,
                     distribution_t *out)
{
    if (rule->certain) {
        complain(d, SEVERITY_ERROR, node->place, NULL, "'%s' must be one number, not a law",
                 rule->name);
        return false;
    }
    if (node_get(node, "dist")) return named_law_read(node, rule, divisor, d, out);
    size_t pair = pair_find(node);
    if (pair < PAIRS) return pair_read(node, rule, rule_family(rule), pair, divisor, d, out);
    complain(d, SEVERITY_ERROR, node->place,
             "a number we are unsure of: {low, high}, {median, p90}, {mean, sd} or "
             "{dist: beta, a, b}",
             "'%s' must be %s or a law", rule->name, kind_words(rule));
    return false;
}

static bool source_read(const node_t *node, const value_rule_t *rule, diagnostics_t *d,
                        value_t *out)
{
    const node_t *source = node->kind == NODE_MAPPING ? node_get(node, "source") : NULL;
    if (source && source->kind != NODE_SCALAR) {
        complain(d, SEVERITY_ERROR, source->place, NULL, "the source of '%s' must be a text",
                 rule->name);
        return false;
    }
    out->source = source ? source->text : NULL;
    return true;
}

bool value_read(const node_t *node, const value_rule_t *rule, double divisor, diagnostics_t *d,
                value_t *out)
{
    *out = (value_t){0};
    if (!source_read(node, rule, d, out)) return false;
    const node_t *plain = node->kind == NODE_MAPPING ? node_get(node, "value") : node;
    if (plain) {
        static const char *const allowed[] = {"value", "source"};
        if (plain != node && !keys_only(node, rule, allowed, 2, d)) return false;
        if (!number_read(plain, rule, d, &out->value)) return false;
        out->value /= divisor;
        out->law = (distribution_t){LAW_CERTAIN, out->value, 0};
        return true;
    }
    value_rule_t scaled = *rule;
    scaled.low /= divisor;
    scaled.high /= divisor;
    if (!law_read(node, rule, divisor, d, &out->law)) return false;
    if (!law_inside(node, &scaled, out->law, d)) return false;
    out->value = distribution_mean(out->law);
    return true;
}

/* --- dates ----------------------------------------------------------------------------------- */

bool date_valid(const char *text)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') return false;
    for (int i = 0; i < 10; i++)
        if (i != 4 && i != 7 && !isdigit((unsigned char)text[i])) return false;
    int year = atoi(text), month = atoi(text + 5), day = atoi(text + 8);
    if (year < 1900 || month < 1 || month > 12) return false;
    bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;
    return day >= 1 && day <= month_days[month - 1] + (month == 2 && leap);
}
