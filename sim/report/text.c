/* text.c -- formatting for the screen. */
#include "sim/report/text.h"

#include "sim/config/characters.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

amount_t amount_whole(double x)
{
    amount_t a;
    char digits[AMOUNT_LENGTH];
    if (isnan(x)) return (amount_t){"-"};
    if (fabs(x) >= 1e15) {
        snprintf(a.text, sizeof a.text, "%.3g", x);
        return a;
    }
    snprintf(digits, sizeof digits, "%.0f", fabs(x));
    size_t n = strlen(digits), at = 0;
    if (x < 0 && strcmp(digits, "0") != 0) a.text[at++] = '-';
    for (size_t i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) a.text[at++] = ',';
        a.text[at++] = digits[i];
    }
    a.text[at] = 0;
    return a;
}

static amount_t scaled(double x, int digits, const char *suffix)
{
    amount_t a;
    double half = 0.5;
    for (int i = 0; i < digits; i++) half /= 10;
    if (fabs(x) < half) x = 0; /* no -0.00 */
    snprintf(a.text, sizeof a.text, "%.*f%s", digits, x, suffix);
    return a;
}

/* Digits behind the point of a number below 1000: 0.53, 61.3, 610. */
static int digits_behind(double x)
{
    return fabs(x) < 9.995 ? 2 : fabs(x) < 99.95 ? 1 : 0;
}

amount_t amount(double x)
{
    double size = fabs(x);
    if (isnan(x)) return (amount_t){"-"};
    if (size >= 999.5e6) return scaled(x / 1e9, digits_behind(x / 1e9), " B");
    if (size >= 999.5e3)
        return scaled(x / 1e6, digits_behind(x / 1e6) ? digits_behind(x / 1e6) : 1, " M");
    if (x == 0) return (amount_t){"0"};
    return size >= 99.95 ? amount_whole(x) : scaled(x, digits_behind(x), "");
}

amount_t amount_any(double x)
{
    amount_t a;
    double size = fabs(x);
    if (!(size < 0.0995 || size >= 999.5e9) || x == 0) return amount(x);
    snprintf(a.text, sizeof a.text, "%.2g", x);
    return a;
}

amount_t amount_people(double x)
{
    bool whole = x >= 10 || x == floor(x);
    return whole && x < 999.5 ? amount_whole(x) : amount(x);
}

amount_t amount_money(double x)
{
    if (isnan(x) || fabs(x) >= 999.5e6) return amount(x);
    if (x == 0) return (amount_t){"0"};
    return fabs(x) >= 99.995 ? amount_whole(x) : scaled(x, 2, "");
}

amount_t amount_ratio(double x)
{
    if (isnan(x)) return (amount_t){"-"};
    return fabs(x) < 99.995 ? scaled(x, 2, "") : amount_whole(x);
}

amount_t amount_percent(double share)
{
    double x = 100 * share;
    if (isnan(x)) return (amount_t){"-"};
    return scaled(x, x == 0 || fabs(x) >= 9.95 ? 0 : fabs(x) >= 0.995 ? 1 : 2, " %");
}

size_t text_cells(const char *text)
{
    size_t cells = 0, left = strlen(text);
    while (left) {
        uint32_t code;
        size_t bytes = character_at(text, left, &code);
        cells += bytes ? (size_t)character_cells(code) : 1;
        if (!bytes) bytes = 1;
        text += bytes;
        left -= bytes;
    }
    return cells;
}

char *text_fit(const char *text, size_t cells)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    size_t length = strlen(text), kept = 0, used = 0;
    bool cut = text_cells(text) > cells;
    size_t room = cut && cells ? cells - 1 : cells;
    while (kept < length) {
        uint32_t code;
        size_t bytes = character_at(text + kept, length - kept, &code);
        size_t wide = bytes ? (size_t)character_cells(code) : 1;
        if (used + wide > room) break;
        used += wide;
        kept += bytes ? bytes : 1;
    }
    char *out = malloc(kept + sizeof ellipsis);
    if (!out) return NULL;
    memcpy(out, text, kept);
    strcpy(out + kept, cut && cells ? ellipsis : "");
    return out;
}

/* Cells of the first `length` bytes, colours (ESC [ ... m) left out. */
static size_t cells_of(const char *text, size_t length)
{
    size_t cells = 0;
    while (length) {
        size_t escape = !strncmp(text, "\033[", 2) ? strcspn(text, "m") + 1 : 0;
        uint32_t code = 0;
        size_t bytes = escape ? escape : character_at(text, length, &code);
        cells += escape ? 0 : bytes ? (size_t)character_cells(code) : 1;
        if (!bytes) bytes = 1;
        if (bytes > length) bytes = length;
        text += bytes;
        length -= bytes;
    }
    return cells;
}

/* Does a word begin here that belongs to the one before it: a dot, a percent sign, the M or B of an amount? */
static bool is_bound(const char *text)
{
    bool scale = (*text == 'M' || *text == 'B') && strchr(" ,.;:)", text[1]);
    return scale || *text == '%' || !strncmp(text, "\xc2\xb7", 2);
}

/* Bytes up to where a line may break: the next blank that parts two words, or the end. */
static size_t word_length(const char *text)
{
    size_t n = strcspn(text, " ");
    while (text[n] && is_bound(text + n + 1)) n += 1 + strcspn(text + n + 1, " ");
    return n;
}

/* In a line of parts between dots: bytes up to the next dot, which belong together if they find room in a line. */
static size_t part_length(const char *text)
{
    const char *dot = strstr(text, " \xc2\xb7");
    return dot ? (size_t)(dot - text) + 3 : strlen(text);
}

static void wrap_line(FILE *to, int width, const char *indent, const char *text)
{
    size_t used = 0, room = width > 0 ? (size_t)width : 0;
    bool parted = strstr(text, " \xc2\xb7") != NULL;
    for (const char *at = text; *at;) {
        size_t blanks = strspn(at, " "), n = word_length(at + blanks),
               part = part_length(at + blanks);
        bool begins = at == text || (at - text >= 2 && !strncmp(at - 2, "\xc2\xb7", 2));
        if (parted && begins && text_cells(indent) + cells_of(at + blanks, part) <= room) n = part;
        size_t cells = cells_of(at + blanks, n);
        if (used && n && used + blanks + cells > room) {
            fprintf(to, "\n%s", indent);
            used = text_cells(indent);
            blanks = 0;
            at += strspn(at, " ");
        }
        fwrite(at, 1, blanks + n, to);
        used += blanks + cells;
        at += blanks + n;
    }
    fputc('\n', to);
}

bool text_wrap(FILE *to, int width, const char *indent, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = malloc((size_t)length + 1);
    if (!text) return false;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    wrap_line(to, width, indent, text);
    free(text);
    return true;
}

FILE *fold_open(fold_t *f)
{
    *f = (fold_t){0};
    return f->lines = open_memstream(&f->text, &f->length);
}

bool fold_close(fold_t *f, FILE *to, int width)
{
    static const char blanks[] = "                ";
    bool whole = f->lines && !ferror(f->lines);
    if (f->lines && fclose(f->lines)) whole = false;
    if (!f->text)
        whole = false; /* fclose asks for the last memory, and does not say that there was none */
    for (char *line = f->text, *end; whole && *line; line = end) {
        end = line + strcspn(line, "\n");
        size_t indent = strspn(line, " ") + 2;
        if (*end) *end++ = 0;
        if (indent >= sizeof blanks) indent = sizeof blanks - 1;
        wrap_line(to, width, blanks + sizeof blanks - 1 - indent, line);
    }
    free(f->text);
    *f = (fold_t){0};
    return whole;
}

void text_words(char *code)
{
    for (; *code; code++)
        if (*code == '_') *code = ' ';
}
