/* expression.c -- from the text of an audience to a branching program (MODEL 2.1).
 *
 * Recursive descent to a small tree (n-ary `and` and `or`, so that only nesting is recursive), then
 * the tree is written down backwards: whoever is written knows where a yes and a no lead, so `and`,
 * `or`, `not` and constants cost no instructions. A first fault ends the reading. */
#include "models/audience/expression.h"

#include "models/audience/program.h"
#include "models/base/nearest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGE_MAX = 120, SHOWN_MAX = 40, NAMES_MAX = 256 };

/* ---- Names ------------------------------------------------------------------------------------- */

static char folded(char c)
{
    if (c >= 'A' && c <= 'Z') return (char)(c - 'A' + 'a');
    return c == '_' || c == '-' ? ' ' : c;
}

bool expression_same_name(const char *a, const char *b)
{
    while (*a && folded(*a) == folded(*b)) {
        a++;
        b++;
    }
    return folded(*a) == folded(*b);
}

/* Words with a meaning of their own; several spellings may mean the same. */
typedef enum {
    WORD_NONE,
    WORD_AND,
    WORD_OR,
    WORD_NOT,
    WORD_IN,
    WORD_AGE,
    WORD_INTEREST,
    WORD_BEHAVIOUR,
    WORD_USES,
    WORD_EVERYONE,
    WORD_CUSTOMERS
} word_t;

static const struct {
    const char *text;
    word_t word;
} keywords[] = {
    {"and", WORD_AND},
    {"or", WORD_OR},
    {"not", WORD_NOT},
    {"in", WORD_IN},
    {"age", WORD_AGE},
    {"interest", WORD_INTEREST},
    {"interests", WORD_INTEREST},
    {"behaviour", WORD_BEHAVIOUR},
    {"behaviours", WORD_BEHAVIOUR},
    {"behavior", WORD_BEHAVIOUR},
    {"behaviors", WORD_BEHAVIOUR},
    {"uses", WORD_USES},
    {"everyone", WORD_EVERYONE},
    {"customers", WORD_CUSTOMERS},
};
enum { N_KEYWORDS = sizeof keywords / sizeof *keywords };

/* What people write out of habit, and what is meant. */
static const struct {
    const char *written, *meant;
} habits[] = {
    {"&", "and"},
    {"&&", "and"},
    {"|", "or"},
    {"||", "or"},
    {"!", "not"},
    {"but", "and"},
    {"except", "and not"},
    {"all", "everyone"},
    {"anyone", "everyone"},
    {"everybody", "everyone"},
    {"customer", "customers"},
    {"use", "uses"},
};
enum { N_HABITS = sizeof habits / sizeof *habits };

/* ---- Tokens ------------------------------------------------------------------------------------ */

typedef enum {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUOTED,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_LIST,
    TOKEN_LIST_END,
    TOKEN_COMMA,
    TOKEN_UNCLOSED, /* a quote without its end */
    TOKEN_TOO_LONG
} token_kind_t;

typedef struct {
    token_kind_t kind;
    size_t offset, length;
    char name[EXPRESSION_NAME]; /* of words and quoted names, without the quotes */
    word_t word;                /* its meaning, if it is an unquoted keyword */
} token_t;

typedef enum {
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_EVERYONE,
    NODE_NOBODY,
    NODE_QUESTION,
    NODE_AUDIENCE
} node_kind_t;

typedef struct {
    node_kind_t kind;
    int last, previous;           /* last child; the child before this one; -1 = none */
    instruction_t question;       /* NODE_QUESTION; targets unset */
    const expression_t *audience; /* NODE_AUDIENCE; borrowed */
} node_t;

typedef struct {
    const char *text;
    size_t at;
    const population_spec_t *spec;
    const expression_scope_t *scope;
    node_t *node;
    int n_nodes, capacity;
    int depth;
    status_t status;
    expression_fault_t *fault;
    error_t *err;
} parser_t;

enum { NO_NODE = -1 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Ends a word; < > = do so too, unless the word begins with them ("<30k", ">=55"). */
static bool ends_word(char c)
{
    return c == '\0' || is_space(c) || strchr("()[],\"", c);
}

static word_t keyword_of(const char *name)
{
    for (int k = 0; k < N_KEYWORDS; k++)
        if (expression_same_name(name, keywords[k].text)) return keywords[k].word;
    return WORD_NONE;
}

bool expression_is_keyword(const char *word)
{
    return keyword_of(word) != WORD_NONE;
}

static void take_name(token_t *t, const char *from, size_t length)
{
    if (length >= sizeof t->name) {
        t->kind = TOKEN_TOO_LONG;
        return;
    }
    memcpy(t->name, from, length);
    t->name[length] = '\0';
}

static void scan_quoted(token_t *t, const char *from)
{
    const char *end = strchr(from + 1, *from);
    t->kind = end ? TOKEN_QUOTED : TOKEN_UNCLOSED;
    t->length = end ? (size_t)(end + 1 - from) : strlen(from);
    if (end) take_name(t, from + 1, t->length - 2);
}

static void scan_word(token_t *t, const char *from)
{
    size_t n = strspn(from, "<>=");
    while (!ends_word(from[n]) && !strchr("<>=", from[n])) n++;
    t->kind = TOKEN_WORD;
    t->length = n;
    take_name(t, from, n);
    if (t->kind == TOKEN_WORD) t->word = keyword_of(t->name);
}

/* The token that comes next; it stays next. */
static token_t peek(const parser_t *p)
{
    static const struct {
        char sign;
        token_kind_t kind;
    } signs[] = {{'(', TOKEN_OPEN},
                 {')', TOKEN_CLOSE},
                 {'[', TOKEN_LIST},
                 {']', TOKEN_LIST_END},
                 {',', TOKEN_COMMA}};
    token_t t = {.kind = TOKEN_END, .offset = p->at};
    while (is_space(p->text[t.offset])) t.offset++;
    const char *from = p->text + t.offset;
    if (*from == '\0') return t;
    for (size_t k = 0; k < sizeof signs / sizeof *signs; k++)
        if (*from == signs[k].sign) {
            t.kind = signs[k].kind;
            t.length = 1;
            return t;
        }
    if (*from == '"' || *from == '\'')
        scan_quoted(&t, from);
    else
        scan_word(&t, from);
    return t;
}

static void take(parser_t *p, const token_t *t)
{
    p->at = t->offset + t->length;
}

static bool take_word(parser_t *p, word_t word)
{
    token_t t = peek(p);
    if (t.kind != TOKEN_WORD || t.word != word) return false;
    take(p, &t);
    return true;
}

static bool take_sign(parser_t *p, token_kind_t kind)
{
    token_t t = peek(p);
    if (t.kind != kind) return false;
    take(p, &t);
    return true;
}

/* ---- Faults ------------------------------------------------------------------------------------ */

/* Writes a fault at bytes offset..offset+length and ends the reading. */
__attribute__((format(printf, 4, 5))) static int refuse_at(parser_t *p, size_t offset,
                                                           size_t length, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(p->fault->text, sizeof p->fault->text, format, args);
    va_end(args);
    p->fault->offset = offset;
    p->fault->length = length;
    p->fault->help[0] = '\0';
    p->status = fail(p->err, ERR_INVALID, "%s", p->fault->text);
    return NO_NODE;
}

__attribute__((format(printf, 2, 3))) static int help(parser_t *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(p->fault->help, sizeof p->fault->help, format, args);
    va_end(args);
    return NO_NODE;
}

/* A stretch of the text as a message shows it: in quotes, cut at a letter, no control characters. */
typedef struct {
    char text[SHOWN_MAX + 8];
} shown_t;

static shown_t shown(const parser_t *p, const token_t *t)
{
    shown_t s = {"the end"};
    if (t->kind == TOKEN_END) return s;
    size_t n = t->length < SHOWN_MAX ? t->length : SHOWN_MAX;
    while (n > 0 && n < t->length && ((unsigned char)p->text[t->offset + n] & 0xc0) == 0x80) n--;
    s.text[0] = '\'';
    for (size_t i = 0; i < n; i++) {
        char c = p->text[t->offset + i];
        s.text[i + 1] = (unsigned char)c < ' ' || c == 127 ? '?' : c;
    }
    strcpy(s.text + n + 1, n < t->length ? "...'" : "'");
    return s;
}

/* What is wrong with a token that cannot stand anywhere; false if nothing is. */
static bool refuse_broken(parser_t *p, const token_t *t)
{
    if (t->kind == TOKEN_UNCLOSED) {
        refuse_at(p, t->offset, 1, "this quote is never closed");
        return true;
    }
    if (t->kind == TOKEN_TOO_LONG) {
        refuse_at(p, t->offset, t->length, "a name has at most %d bytes", EXPRESSION_NAME - 1);
        return true;
    }
    return false;
}

static int refuse_expected(parser_t *p, const token_t *t, const char *what)
{
    if (refuse_broken(p, t)) return NO_NODE;
    return refuse_at(p, t->offset, t->length, "expected %s, found %s", what, shown(p, t).text);
}

/* "did you mean X?", if some name is near. */
static bool help_nearest(parser_t *p, const char *word, const char *const *names, size_t n)
{
    const char *nearest = nearest_name(word, names, n);
    if (nearest) help(p, "did you mean '%s'?", nearest);
    return nearest != NULL;
}

/* Lists names, as many as fit. */
static int help_list(parser_t *p, const char *lead, const char *const *names, size_t n)
{
    char *to = p->fault->help;
    size_t room = sizeof p->fault->help;
    size_t used = (size_t)snprintf(to, room, "%s", lead);
    for (size_t i = 0; i < n; i++) {
        const char *comma = i ? ", " : " ";
        if (used + strlen(comma) + strlen(names[i]) + sizeof ", ..." > room) {
            strcpy(to + used, ", ...");
            break;
        }
        used += (size_t)sprintf(to + used, "%s%s", comma, names[i]);
    }
    return NO_NODE;
}

/* ---- Tree -------------------------------------------------------------------------------------- */

static int new_node(parser_t *p, node_kind_t kind)
{
    if (p->n_nodes == p->capacity) {
        int capacity = p->capacity ? 2 * p->capacity : 16;
        node_t *grown = realloc(p->node, (size_t)capacity * sizeof *grown);
        if (!grown) {
            p->status = fail_memory(p->err, "an audience expression");
            return NO_NODE;
        }
        p->node = grown;
        p->capacity = capacity;
    }
    p->node[p->n_nodes] = (node_t){.kind = kind, .last = NO_NODE, .previous = NO_NODE};
    return p->n_nodes++;
}

static void add_child(parser_t *p, int parent, int child)
{
    p->node[child].previous = p->node[parent].last;
    p->node[parent].last = child;
}

static int new_question(parser_t *p, question_t question, int attribute, uint64_t mask)
{
    int node = new_node(p, NODE_QUESTION);
    if (node != NO_NODE)
        p->node[node].question = (instruction_t){
            .question = (uint8_t)question, .attribute = (uint8_t)attribute, .mask = mask};
    return node;
}

/* ---- Clauses ----------------------------------------------------------------------------------- */

/* A number of years at *at; false if there is none. Moves *at behind it. */
static bool read_years(const char *text, size_t *at, long *years)
{
    size_t digits = strspn(text + *at, "0123456789");
    if (digits == 0 || digits > 9) return false;
    *years = strtol(text + *at, NULL, 10);
    *at += digits;
    return true;
}

static int new_ages(parser_t *p, const token_t *t, long low, long high)
{
    if (low > AGE_MAX || high > AGE_MAX)
        return refuse_at(p, t->offset, t->length, "ages lie between 0 and %d", AGE_MAX);
    if (low > high) {
        refuse_at(p, t->offset, t->length, "nobody is at least %ld and at most %ld", low, high);
        return high >= 0 ? help(p, "write age %ld-%ld", high, low) : NO_NODE;
    }
    int node = new_question(p, ASK_AGE, 0, 0);
    if (node == NO_NODE) return NO_NODE;
    p->node[node].question.low_years = (uint8_t)low;
    p->node[node].question.high_years = (uint8_t)high;
    return node;
}

/* Length of a dash at `text`: "-" or an en dash; 0 if there is none. */
static size_t dash_length(const char *text)
{
    if (text[0] == '-') return 1;
    return strncmp(text, "\xe2\x80\x93", 3) == 0 ? 3 : 0;
}

/* 18-34, 65+, 30; with or without spaces around the dash. */
static int parse_ages(parser_t *p)
{
    token_t t = peek(p);
    size_t at = t.offset;
    long low, high;
    bool read = t.kind == TOKEN_WORD && read_years(p->text, &at, &low);
    if (read) {
        size_t after = at + strspn(p->text + at, " ");
        size_t dash = dash_length(p->text + after);
        high = low;
        if (p->text[at] == '+') {
            high = AGE_MAX;
            at++;
        } else if (dash) {
            at = after + dash;
            at += strspn(p->text + at, " ");
            read = read_years(p->text, &at, &high);
        }
    }
    read = read && (ends_word(p->text[at]));
    if (!read) {
        if (t.kind == TOKEN_WORD)
            refuse_at(p, t.offset, t.length, "%s is not an age range", shown(p, &t).text);
        else
            refuse_expected(p, &t, "an age range");
        return help(p, "write age 18-34, age 65+ or age >= 55");
    }
    t.length = at - t.offset;
    p->at = at;
    return new_ages(p, &t, low, high);
}

/* age >= 55 and the like; the operator comes next. */
static int parse_age_comparison(parser_t *p)
{
    static const struct {
        const char *sign;
        int low, high; /* added to the number; NONE = open on this side */
    } comparison[] = {{">=", 0, AGE_MAX}, {"<=", -AGE_MAX, 0}, {"==", 0, 0},
                      {">", 1, AGE_MAX},  {"<", -AGE_MAX, -1}, {"=", 0, 0}};
    token_t t = peek(p);
    for (size_t k = 0; k < sizeof comparison / sizeof *comparison; k++) {
        size_t at = t.offset, sign = strlen(comparison[k].sign);
        if (strncmp(p->text + at, comparison[k].sign, sign) != 0) continue;
        at += sign;
        at += strspn(p->text + at, " ");
        long years;
        if (!read_years(p->text, &at, &years) || !ends_word(p->text[at])) break;
        t.length = at - t.offset;
        p->at = at;
        if (years > AGE_MAX) return new_ages(p, &t, years, years);
        long low = comparison[k].low == -AGE_MAX ? 0 : years + comparison[k].low;
        long high = comparison[k].high == AGE_MAX ? AGE_MAX : years + comparison[k].high;
        return new_ages(p, &t, low, high);
    }
    refuse_at(p, t.offset, t.length, "%s does not compare an age", shown(p, &t).text);
    return help(p, "write age >= 55, age <= 34, age > 54, age < 35 or age = 30");
}

/* What a clause chooses from: the levels of an attribute, the interests, ... */
typedef struct {
    const char *what; /* "level of region", "interest" */
    question_t question;
    int attribute;
    trait_kind_t kind; /* ASK_TRAITS */
} choice_t;

static size_t names_of(const population_spec_t *spec, const choice_t *c,
                       const char *name[NAMES_MAX], int number[NAMES_MAX])
{
    size_t n = 0;
    if (c->question == ASK_LEVEL) {
        const attribute_t *x = &spec->attribute[c->attribute];
        for (int l = 0; l < x->n_levels; l++) {
            number[n] = l;
            name[n++] = x->level[l];
        }
        for (int l = 0; l < x->n_levels; l++) {
            if (!x->alias[l]) continue;
            number[n] = l;
            name[n++] = x->alias[l];
        }
    }
    if (c->question == ASK_TRAITS)
        for (int q = 0; q < spec->n_traits; q++) {
            if (spec->trait[q].kind != c->kind) continue;
            number[n] = q;
            name[n++] = spec->trait[q].name;
        }
    if (c->question == ASK_USES)
        for (int q = 0; q < spec->n_platforms; q++) {
            number[n] = q;
            name[n++] = spec->platform[q].name;
        }
    return n;
}

static bool level_is_called(const attribute_t *x, int level, const char *name)
{
    return expression_same_name(name, x->level[level]) ||
           (x->alias[level] && expression_same_name(name, x->alias[level]));
}

/* Where a name that was not found among the choices would have been right. */
static bool help_elsewhere(parser_t *p, const char *word)
{
    const population_spec_t *spec = p->spec;
    static const char *const trait_word[] = {"interest ", "behaviour ", ""};
    for (int q = 0; q < spec->n_traits; q++)
        if (expression_same_name(word, spec->trait[q].name)) {
            help(p, "write %s%s", trait_word[spec->trait[q].kind], spec->trait[q].name);
            return true;
        }
    for (int a = 0; a < spec->n_attributes; a++)
        for (int l = 0; l < spec->attribute[a].n_levels; l++)
            if (level_is_called(&spec->attribute[a], l, word)) {
                help(p, "write %s %s", spec->attribute[a].name, spec->attribute[a].level[l]);
                return true;
            }
    for (int q = 0; q < spec->n_platforms; q++)
        if (expression_same_name(word, spec->platform[q].name)) {
            help(p, "write uses %s", spec->platform[q].name);
            return true;
        }
    return false;
}

/* Lists what there is to choose from; levels with their other names. */
static void help_choices(parser_t *p, const choice_t *c, const char *const *name, size_t n)
{
    enum { ROOM = 2 * EXPRESSION_NAME + 4 };
    char both[POP_LEVELS][ROOM];
    const char *shown_as[POP_LEVELS];
    if (c->question != ASK_LEVEL) {
        help_list(p, "choose from", name, n);
        return;
    }
    const attribute_t *x = &p->spec->attribute[c->attribute];
    for (int l = 0; l < x->n_levels; l++) {
        shown_as[l] = x->level[l];
        if (!x->alias[l]) continue;
        snprintf(both[l], ROOM, "%.*s (%.*s)", EXPRESSION_NAME, x->level[l], EXPRESSION_NAME,
                 x->alias[l]);
        shown_as[l] = both[l];
    }
    help_list(p, "choose from", shown_as, (size_t)x->n_levels);
}

/* The number of the choice that a token names; -1 if none. After an attribute or in a list no condition
 * can begin, so words of the grammar may be names there: "state in [OR, IN]". */
static int find_choice(const token_t *t, const char *const *name, const int *number, size_t n)
{
    for (size_t i = 0; i < n && (t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED); i++)
        if (expression_same_name(t->name, name[i])) return number[i];
    return -1;
}

/* One name out of the choices, as a mask with one bit; 0 after a fault. */
static uint64_t parse_choice(parser_t *p, const choice_t *c)
{
    const char *name[NAMES_MAX];
    int number[NAMES_MAX];
    size_t n = names_of(p->spec, c, name, number);
    token_t t = peek(p);
    int found = find_choice(&t, name, number, n);
    if (found < 0 && ((t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED) || t.word == WORD_AND ||
                      t.word == WORD_OR)) {
        refuse_expected(p, &t, c->what);
        help_choices(p, c, name, n);
        return 0;
    }
    take(p, &t);
    if (found >= 0) return (uint64_t)1 << found;
    if (c->question == ASK_LEVEL)
        refuse_at(p, t.offset, t.length, "%s is not %s", shown(p, &t).text, c->what);
    else
        refuse_at(p, t.offset, t.length, "%s is not %s of population '%s'", shown(p, &t).text,
                  c->what, p->spec->name);
    if (!help_nearest(p, t.name, name, n) && !help_elsewhere(p, t.name)) {
        if (n > 0)
            help_choices(p, c, name, n);
        else
            help(p, "the population has none");
    }
    return 0;
}

/* Takes `in`, unless it is itself a choice ("state IN") and no list follows. */
static bool begins_list(parser_t *p, const choice_t *c)
{
    const char *name[NAMES_MAX];
    int number[NAMES_MAX];
    size_t n = names_of(p->spec, c, name, number), before = p->at;
    token_t in = peek(p);
    if (!take_word(p, WORD_IN)) return false;
    token_t next = peek(p);
    if (next.kind == TOKEN_LIST || find_choice(&in, name, number, n) < 0) return true;
    p->at = before;
    return false;
}

static int parse_choices(parser_t *p, const choice_t *c)
{
    uint64_t mask = 0, bit;
    if (!begins_list(p, c)) {
        mask = parse_choice(p, c);
        return mask ? new_question(p, c->question, c->attribute, mask) : NO_NODE;
    }
    token_t t = peek(p);
    if (t.kind != TOKEN_LIST) return refuse_expected(p, &t, "'[' after 'in'");
    take(p, &t);
    do {
        if (!(bit = parse_choice(p, c))) return NO_NODE;
        mask |= bit;
    } while (take_sign(p, TOKEN_COMMA));
    t = peek(p);
    if (t.kind != TOKEN_LIST_END) return refuse_expected(p, &t, "',' or ']'");
    take(p, &t);
    return new_question(p, c->question, c->attribute, mask);
}

/* age in [18-24, 45-54] */
static int parse_age_list(parser_t *p)
{
    token_t t = peek(p);
    if (t.kind != TOKEN_LIST) return refuse_expected(p, &t, "'[' after 'in'");
    take(p, &t);
    int list = new_node(p, NODE_OR);
    if (list == NO_NODE) return NO_NODE;
    do {
        int ages = parse_ages(p);
        if (ages == NO_NODE) return NO_NODE;
        add_child(p, list, ages);
    } while (take_sign(p, TOKEN_COMMA));
    t = peek(p);
    if (t.kind != TOKEN_LIST_END) return refuse_expected(p, &t, "',' or ']'");
    take(p, &t);
    return list;
}

static int parse_age(parser_t *p, const token_t *t)
{
    if (p->spec->age < 0)
        return refuse_at(p, t->offset, t->length, "population '%s' has no ages", p->spec->name);
    if (take_word(p, WORD_IN)) return parse_age_list(p);
    token_t next = peek(p);
    bool compares = next.kind == TOKEN_WORD && strchr("<>=", p->text[next.offset]);
    return compares ? parse_age_comparison(p) : parse_ages(p);
}

static int refuse_unknown(parser_t *p, const token_t *t)
{
    const char *name[NAMES_MAX];
    size_t n = 0;
    refuse_at(p, t->offset, t->length, "%s is not an attribute, a trait or an audience",
              shown(p, t).text);
    for (int k = 0; k < N_HABITS; k++)
        if (strcmp(t->name, habits[k].written) == 0) return help(p, "write '%s'", habits[k].meant);
    if (help_elsewhere(p, t->name)) return NO_NODE;
    for (int k = 0; k < N_KEYWORDS; k++) name[n++] = keywords[k].text;
    for (int a = 0; a < p->spec->n_attributes; a++) name[n++] = p->spec->attribute[a].name;
    for (int q = 0; q < p->spec->n_traits; q++)
        if (p->spec->trait[q].kind == TRAIT_OWN) name[n++] = p->spec->trait[q].name;
    const expression_scope_t *scope = p->scope;
    const char *audience = scope && scope->suggest ? scope->suggest(scope->context, t->name) : NULL;
    if (audience) name[n++] = audience;
    if (help_nearest(p, t->name, name, n)) return NO_NODE;
    for (n = 0; n < (size_t)p->spec->n_attributes; n++) name[n] = p->spec->attribute[n].name;
    return n ? help_list(p, "the attributes are", name, n) : NO_NODE;
}

/* An attribute, a trait of the user's own, or another audience. */
static int parse_name(parser_t *p, const token_t *t)
{
    const population_spec_t *spec = p->spec;
    for (int a = 0; a < spec->n_attributes && t->kind == TOKEN_WORD; a++)
        if (expression_same_name(t->name, spec->attribute[a].name)) {
            char what[EXPRESSION_NAME + 16];
            snprintf(what, sizeof what, "a level of %.*s", EXPRESSION_NAME,
                     spec->attribute[a].name);
            return parse_choices(p, &(choice_t){what, ASK_LEVEL, a, TRAIT_OWN});
        }
    for (int q = 0; q < spec->n_traits; q++)
        if (spec->trait[q].kind == TRAIT_OWN && expression_same_name(t->name, spec->trait[q].name))
            return new_question(p, ASK_TRAITS, 0, (uint64_t)1 << q);
    const expression_t *audience = p->scope ? p->scope->find(p->scope->context, t->name) : NULL;
    if (!audience) return refuse_unknown(p, t);
    int node = new_node(p, NODE_AUDIENCE);
    if (node != NO_NODE) p->node[node].audience = audience;
    return node;
}

static int parse_clause(parser_t *p, const token_t *t)
{
    switch (t->word) {
    case WORD_AGE: return parse_age(p, t);
    case WORD_INTEREST:
        return parse_choices(p, &(choice_t){"an interest", ASK_TRAITS, 0, TRAIT_INTEREST});
    case WORD_BEHAVIOUR:
        return parse_choices(p, &(choice_t){"a behaviour", ASK_TRAITS, 0, TRAIT_BEHAVIOUR});
    case WORD_USES: return parse_choices(p, &(choice_t){"a platform", ASK_USES, 0, TRAIT_OWN});
    case WORD_EVERYONE: return new_node(p, NODE_EVERYONE);
    case WORD_CUSTOMERS:
        return p->spec->existing_customers > 0 ? new_question(p, ASK_CUSTOMER, 0, 0)
                                               : new_node(p, NODE_NOBODY);
    default: return parse_name(p, t);
    }
}

/* ---- Grammar ----------------------------------------------------------------------------------- */

static int parse_or(parser_t *p);

static int parse_group(parser_t *p, const token_t *open)
{
    int inside = parse_or(p);
    if (inside == NO_NODE) return NO_NODE;
    token_t t = peek(p);
    if (t.kind == TOKEN_END)
        return refuse_at(p, open->offset, 1, "this parenthesis is never closed");
    if (t.kind != TOKEN_CLOSE) return refuse_expected(p, &t, "'and', 'or' or ')'");
    take(p, &t);
    return inside;
}

static int parse_factor(parser_t *p);

static int parse_not(parser_t *p)
{
    int inside = parse_factor(p);
    if (inside == NO_NODE) return NO_NODE;
    int node = new_node(p, NODE_NOT);
    if (node != NO_NODE) add_child(p, node, inside);
    return node;
}

static int parse_factor(parser_t *p)
{
    token_t t = peek(p);
    bool name = t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED;
    if ((!name && t.kind != TOKEN_OPEN) || t.word == WORD_AND || t.word == WORD_OR ||
        t.word == WORD_IN)
        return refuse_expected(p, &t, "a condition");
    bool nests = t.kind == TOKEN_OPEN || t.word == WORD_NOT;
    if (nests && p->depth == EXPRESSION_DEPTH)
        return refuse_at(p, t.offset, t.length, "nested deeper than %d levels", EXPRESSION_DEPTH);
    take(p, &t);
    p->depth += nests;
    int node = t.kind == TOKEN_OPEN ? parse_group(p, &t)
               : t.word == WORD_NOT ? parse_not(p)
                                    : parse_clause(p, &t);
    p->depth -= nests;
    return node;
}

/* item { word item } */
static int parse_chain(parser_t *p, word_t word, node_kind_t kind, int (*item)(parser_t *))
{
    int first = item(p);
    if (first == NO_NODE || !take_word(p, word)) return first;
    int chain = new_node(p, kind);
    if (chain == NO_NODE) return NO_NODE;
    add_child(p, chain, first);
    do {
        int next = item(p);
        if (next == NO_NODE) return NO_NODE;
        add_child(p, chain, next);
    } while (take_word(p, word));
    return chain;
}

static int parse_and(parser_t *p)
{
    return parse_chain(p, WORD_AND, NODE_AND, parse_factor);
}

static int parse_or(parser_t *p)
{
    return parse_chain(p, WORD_OR, NODE_OR, parse_and);
}

static int parse_all(parser_t *p)
{
    token_t t = peek(p);
    if (t.kind == TOKEN_END) {
        refuse_at(p, 0, strlen(p->text), "the expression is empty");
        return help(p, "write everyone for the whole population");
    }
    int root = parse_or(p);
    if (root == NO_NODE) return NO_NODE;
    t = peek(p);
    if (t.kind == TOKEN_END) return root;
    if (t.kind == TOKEN_CLOSE)
        return refuse_at(p, t.offset, 1, "this parenthesis was never opened");
    refuse_expected(p, &t, "'and' or 'or'");
    for (int k = 0; k < N_HABITS && t.kind == TOKEN_WORD; k++)
        if (strcmp(t.name, habits[k].written) == 0) help(p, "write '%s'", habits[k].meant);
    return NO_NODE;
}

/* ---- Program ----------------------------------------------------------------------------------- */

typedef struct {
    const node_t *node;
    instruction_t *code;
    int32_t n, capacity;
    status_t status;
    error_t *err;
} writer_t;

static int32_t write_instruction(writer_t *w, instruction_t instruction)
{
    if (w->status != OK) return TARGET_REJECT;
    if (w->n == PROGRAM_SIZE_MAX) {
        w->status = fail(w->err, ERR_INVALID,
                         "an audience has more than %d conditions, those of "
                         "the audiences it names included",
                         PROGRAM_SIZE_MAX);
        return TARGET_REJECT;
    }
    if (w->n == w->capacity) {
        int32_t capacity = w->capacity ? 2 * w->capacity : 16;
        instruction_t *grown = realloc(w->code, (size_t)capacity * sizeof *grown);
        if (!grown) {
            w->status = fail_memory(w->err, "an audience's program");
            return TARGET_REJECT;
        }
        w->code = grown;
        w->capacity = capacity;
    }
    w->code[w->n] = instruction;
    return w->n++;
}

static int32_t moved(int32_t target, int32_t by, int32_t yes, int32_t no)
{
    if (target == TARGET_ACCEPT) return yes;
    return target == TARGET_REJECT ? no : target + by;
}

/* Copies a program in; returns where it begins. */
static int32_t write_program(writer_t *w, const expression_t *e, int32_t yes, int32_t no)
{
    int32_t base = w->n;
    for (int32_t i = 0; i < e->n && w->status == OK; i++) {
        instruction_t instruction = e->code[i];
        instruction.yes = moved(instruction.yes, base, yes, no);
        instruction.no = moved(instruction.no, base, yes, no);
        write_instruction(w, instruction);
    }
    return moved(e->entry, base, yes, no);
}

/* Writes a node that leads to `yes` or `no`; returns where it begins. */
static int32_t write_node(writer_t *w, int node, int32_t yes, int32_t no)
{
    const node_t *x = &w->node[node];
    int32_t begin = x->kind == NODE_OR ? no : yes;
    switch (x->kind) {
    case NODE_EVERYONE: return yes;
    case NODE_NOBODY: return no;
    case NODE_NOT: return write_node(w, x->last, no, yes);
    case NODE_AUDIENCE: return write_program(w, x->audience, yes, no);
    case NODE_AND:
        for (int c = x->last; c != NO_NODE; c = w->node[c].previous)
            begin = write_node(w, c, begin, no);
        return begin;
    case NODE_OR:
        for (int c = x->last; c != NO_NODE; c = w->node[c].previous)
            begin = write_node(w, c, yes, begin);
        return begin;
    case NODE_QUESTION: break;
    }
    instruction_t question = x->question;
    question.yes = yes;
    question.no = no;
    return write_instruction(w, question);
}

/* Hands the written program over; the writer is empty afterwards. */
static status_t finish(writer_t *w, int32_t entry, expression_t **out)
{
    size_t bytes = (size_t)w->n * sizeof *w->code;
    if (w->status == OK && !(*out = malloc(sizeof **out + bytes)))
        w->status = fail_memory(w->err, "an audience's program");
    if (w->status == OK) {
        (*out)->entry = entry;
        (*out)->n = w->n;
        if (w->n) memcpy((*out)->code, w->code, bytes);
    }
    free(w->code);
    w->code = NULL;
    return w->status;
}

status_t expression_compile(const char *text, const population_spec_t *spec,
                            const expression_scope_t *scope, expression_t **out,
                            expression_fault_t *fault, error_t *err)
{
    *out = NULL;
    memset(fault, 0, sizeof *fault);
    parser_t p = {.text = text, .spec = spec, .scope = scope, .fault = fault, .err = err};
    int root = parse_all(&p);
    if (p.status == OK) {
        writer_t w = {.node = p.node, .err = err};
        int32_t entry = write_node(&w, root, TARGET_ACCEPT, TARGET_REJECT);
        p.status = finish(&w, entry, out);
        if (p.status == ERR_INVALID)
            refuse_at(&p, 0, strlen(text),
                      "more than %d conditions, those of the audiences it "
                      "names included",
                      PROGRAM_SIZE_MAX);
    }
    free(p.node);
    return p.status;
}

status_t expression_uses(const char *platform, const population_spec_t *spec, expression_t **out,
                         error_t *err)
{
    *out = NULL;
    int p = 0;
    while (p < spec->n_platforms && !expression_same_name(platform, spec->platform[p].name)) p++;
    if (p == spec->n_platforms)
        return fail(err, ERR_INVALID, "population '%s' does not tabulate who uses '%.60s'",
                    spec->name, platform);
    expression_t *e = calloc(1, sizeof *e + sizeof(instruction_t));
    if (!e) return fail_memory(err, "an expression");
    e->n = 1;
    e->code[0] = (instruction_t){
        .question = ASK_USES, .yes = TARGET_ACCEPT, .no = TARGET_REJECT, .mask = (uint64_t)1 << p};
    *out = e;
    return OK;
}

status_t expression_and_not(const expression_t *a, const expression_t *b, expression_t **out,
                            error_t *err)
{
    *out = NULL;
    writer_t w = {.err = err};
    int32_t yes = b ? write_program(&w, b, TARGET_REJECT, TARGET_ACCEPT) : TARGET_ACCEPT;
    int32_t entry = write_program(&w, a, yes, TARGET_REJECT);
    return finish(&w, entry, out);
}

void expression_free(expression_t *e)
{
    free(e);
}

/* ---- What is asked ----------------------------------------------------------------------------- */

static bool spans_all_ages(const instruction_t *q, const attribute_t *age)
{
    for (int l = 0; l < age->n_levels; l++)
        if (q->low_years > age->low_years[l] || q->high_years < age->high_years[l]) return false;
    return true;
}

static uint32_t attribute_asked(const instruction_t *q, const population_spec_t *spec)
{
    if (q->question == ASK_AGE)
        return spans_all_ages(q, &spec->attribute[spec->age]) ? 0 : 1u << spec->age;
    if (q->question != ASK_LEVEL) return 0;
    uint64_t all = ~(uint64_t)0 >> (POP_LEVELS - spec->attribute[q->attribute].n_levels);
    return (q->mask & all) == all ? 0 : 1u << q->attribute;
}

/* Is there an adult within the ages, and one without? */
static bool divides_adults(const instruction_t *q, const attribute_t *age)
{
    enum { ADULT = 18 };
    int oldest = 0;
    for (int l = 0; l < age->n_levels; l++)
        if (age->high_years[l] > oldest) oldest = age->high_years[l];
    bool within = q->high_years >= ADULT && q->low_years <= oldest;
    return within && (q->low_years > ADULT || q->high_years < oldest);
}

expression_asks_t expression_asks(const expression_t *e, const population_spec_t *spec)
{
    expression_asks_t asks = {0};
    bool reached[PROGRAM_SIZE_MAX] = {false};
    if (e->entry >= 0) reached[e->entry] = true;
    for (int32_t i = e->n - 1; i >= 0; i--) { /* targets are lower */
        const instruction_t *q = &e->code[i];
        if (!reached[i]) continue;
        if (q->yes >= 0) reached[q->yes] = true;
        if (q->no >= 0) reached[q->no] = true;
        asks.attributes |= attribute_asked(q, spec);
        if (q->question == ASK_AGE)
            asks.adult_ages |= divides_adults(q, &spec->attribute[spec->age]);
        asks.traits |= q->question == ASK_TRAITS;
        asks.platforms |= q->question == ASK_USES;
        asks.customers |= q->question == ASK_CUSTOMER;
    }
    return asks;
}

/* ---- People ------------------------------------------------------------------------------------ */

static inline bool answer(const instruction_t *q, const population_t *pop, size_t place)
{
    switch ((question_t)q->question) {
    case ASK_AGE:
        return pop->age_years[place] >= q->low_years && pop->age_years[place] <= q->high_years;
    case ASK_LEVEL: return q->mask >> pop->level[q->attribute][place] & 1;
    case ASK_TRAITS: return (q->mask & pop->traits[place]) != 0;
    case ASK_USES: return (q->mask & pop->uses[place]) != 0;
    case ASK_CUSTOMER: return pop->customer[place] != 0;
    }
    return false;
}

bool expression_matches(const expression_t *e, const population_t *pop, size_t person)
{
    size_t place = population_at(pop, person);
    int32_t at = e->entry;
    while (at >= 0) at = answer(&e->code[at], pop, place) ? e->code[at].yes : e->code[at].no;
    return at == TARGET_ACCEPT;
}
