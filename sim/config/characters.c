/* characters.c -- UTF-8 and the width of characters (Unicode 15 East Asian width, in ranges). */
#include "sim/config/characters.h"

#include <stdio.h>
#include <string.h>

size_t character_at(const char *text, size_t left, uint32_t *code)
{
    const unsigned char *b = (const unsigned char *)text;
    if (!left) return 0;
    size_t length = b[0] < 0x80 ? 1 : b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;
    if (!length || length > left || b[0] > 0xf4) return 0;
    uint32_t c = length == 1 ? b[0] : b[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((b[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (b[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0;
    if (code) *code = c;
    return length;
}

typedef struct {
    uint32_t first, last;
} range_t;

static bool in_ranges(const range_t *r, size_t n, uint32_t code)
{
    for (size_t i = 0; i < n; i++)
        if (code >= r[i].first && code <= r[i].last) return true;
    return false;
}

int character_cells(uint32_t code)
{
    static const range_t none[] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
        {0x900, 0x902},   {0x93c, 0x93c},   {0x941, 0x948},   {0x94d, 0x94d},   {0xe31, 0xe31},
        {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f},
        {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
    };
    static const range_t wide[] = {
        {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x2e80, 0x303e},
        {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0xa4cf},   {0xa960, 0xa97c},
        {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},
        {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
        {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
    };
    if (code < 0x300) return 1;
    if (in_ranges(none, sizeof none / sizeof *none, code)) return 0;
    return in_ranges(wide, sizeof wide / sizeof *wide, code) ? 2 : 1;
}

bool character_is_control(uint32_t code)
{
    bool line_end = code == 0x2028 || code == 0x2029;
    bool turns_text = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || line_end || turns_text;
}

bool character_allowed(uint32_t code)
{
    if (code == '\t' || code == '\n' || code == '\r' || code == 0x85) return true;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
    return code != 0xfeff && code != 0xfffe && code != 0xffff;
}

size_t characters_bytes(const char *text, size_t n)
{
    size_t length = strlen(text), at = 0;
    while (n-- && at < length) {
        size_t step = character_at(text + at, length - at, NULL);
        at += step ? step : 1;
    }
    return at;
}

size_t characters_count(const char *text, size_t bytes)
{
    size_t n = 0, length = strlen(text);
    if (bytes > length) bytes = length;
    for (size_t at = 0; at < bytes; n++) {
        size_t step = character_at(text + at, length - at, NULL);
        at += step ? step : 1;
    }
    return n;
}

void text_made_safe(const char *text, char *out, size_t capacity)
{
    size_t length = strlen(text), at = 0, used = 0;
    while (at < length) {
        uint32_t code = 0;
        size_t step = character_at(text + at, length - at, &code);
        bool plain = step && !character_is_control(code);
        size_t need = plain ? step : 4 * (step ? step : 1);
        if (used + need + 1 > capacity) break;
        if (plain)
            memcpy(out + used, text + at, step);
        else
            for (size_t i = 0; i < need / 4; i++)
                snprintf(out + used + 4 * i, 5, "\\x%02x", (unsigned char)text[at + i]);
        used += need;
        at += step ? step : 1;
    }
    out[used] = '\0';
}

/* Bytes of the line end or tab at the start of a text, 0 if there is none. */
static size_t line_break(const char *text)
{
    uint32_t code = 0;
    size_t step = character_at(text, strnlen(text, 4), &code);
    bool breaks = code == '\t' || code == '\n' || code == '\r' || code == 0x85 || code == 0x2028 ||
                  code == 0x2029;
    return breaks ? step : 0;
}

/* Bytes of blanks, tabs and line ends at the start of a text; *broken = they are not all blanks. */
static size_t gap_before(const char *text, bool *broken)
{
    *broken = false;
    for (size_t n = 0, step;; n += step) {
        step = line_break(text + n);
        *broken |= step > 0;
        if (!step && text[n] != ' ') return n;
        if (!step) step = 1;
    }
}

void text_put_on_one_line(char *text)
{
    char *out = text;
    for (const char *from = text; *from;) {
        bool broken;
        size_t step = gap_before(from, &broken);
        if (!broken && !step) step = 1;
        if (!broken) {
            memmove(out, from, step);
            out += step;
        } else if (out > text && from[step]) {
            *out++ = ' ';
        }
        from += step;
    }
    *out = '\0';
}

shown_t shown(const char *text)
{
    enum { MOST = 60 };
    shown_t s;
    char head[4 * MOST + 1];
    size_t bytes = characters_bytes(text, MOST);
    bool whole = text[bytes] == '\0';
    memcpy(head, text, bytes);
    head[bytes] = '\0';
    text_made_safe(head, s.text, sizeof s.text - 4);
    if (!whole) strcat(s.text, "…");
    return s;
}
