/* fonts.c -- asks fontconfig's fc-list, which is there wherever gnuplot's bitmaps are. */
#include "sim/report/fonts.h"

#include "sim/config/characters.h"
#include "sim/report/child.h"

#include <stdlib.h>
#include <string.h>

enum { LATIN = 0x250, ASKED_AT_ONCE = 256, ASK_SECONDS = 10 };

static size_t place_of(const fonts_t *f, uint32_t letter)
{
    size_t low = 0, high = f->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (f->letter[middle] < letter)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_known(const fonts_t *f, uint32_t letter)
{
    size_t at = place_of(f, letter);
    return at < f->n && f->letter[at] == letter;
}

static bool is_missing(const fonts_t *f, uint32_t letter)
{
    if (letter == 0x200e) return false; /* the mark of a direction is not drawn */
    return letter >= LATIN && (!is_known(f, letter) || f->missing[place_of(f, letter)]);
}

static void add(fonts_t *f, uint32_t letter, bool missing)
{
    size_t at = place_of(f, letter);
    if (f->n == FONTS_LETTERS) return;
    memmove(&f->letter[at + 1], &f->letter[at], (f->n - at) * sizeof *f->letter);
    memmove(&f->missing[at + 1], &f->missing[at], (f->n - at) * sizeof *f->missing);
    f->letter[at] = letter;
    f->missing[at] = missing;
    f->n++;
}

/* Has one font all of them? */
static bool one_font_has(const uint32_t *letter, size_t n)
{
    static char program[] = "fc-list", quiet[] = "-q";
    char pattern[16 + 8 * ASKED_AT_ONCE] = ":charset=";
    size_t at = strlen(pattern);
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(pattern + at, sizeof pattern - at, "%s%x", i ? " " : "",
                               (unsigned)letter[i]);
    char *argv[] = {program, quiet, pattern, NULL};
    bool fine;
    return !child_run(argv, ASK_SECONDS, &fine) && fine;
}

/* Halves until one font has them all, or a single one is in none. */
static void find_out(fonts_t *f, const uint32_t *letter, size_t n)
{
    bool found = one_font_has(letter, n);
    if (found || n == 1) {
        for (size_t i = 0; i < n; i++) add(f, letter[i], !found);
        return;
    }
    find_out(f, letter, n / 2);
    find_out(f, letter + n / 2, n - n / 2);
}

/* The next letter of a text; *at moves behind it. */
static uint32_t next_letter(const char *text, size_t length, size_t *at)
{
    uint32_t letter;
    size_t bytes = character_at(text + *at, length - *at, &letter);
    *at += bytes ? bytes : 1;
    return bytes ? letter : 0;
}

void fonts_learn(fonts_t *f, const char *text, size_t length)
{
    uint32_t asked[ASKED_AT_ONCE];
    size_t n = 0;
    for (size_t at = 0; at < length;) {
        uint32_t letter = next_letter(text, length, &at);
        bool again = letter < LATIN || is_known(f, letter) || f->n + n >= FONTS_LETTERS;
        for (size_t i = 0; i < n && !again; i++) again = asked[i] == letter;
        if (!again) asked[n++] = letter;
        if (n == ASKED_AT_ONCE || (n && at >= length)) {
            find_out(f, asked, n);
            n = 0;
        }
    }
    if (n) find_out(f, asked, n);
}

bool fonts_miss(const fonts_t *f, const char *text, size_t length)
{
    for (size_t at = 0; at < length;)
        if (is_missing(f, next_letter(text, length, &at))) return true;
    return false;
}

void fonts_write(const fonts_t *f, const char *text, size_t length, FILE *to)
{
    for (size_t at = 0; at < length;) {
        size_t from = at;
        if (is_missing(f, next_letter(text, length, &at)))
            fputs("?", to);
        else
            fwrite(text + from, 1, at - from, to);
    }
}
