/* characters.h -- text as a person sees it: characters and screen cells, not bytes. */
#ifndef ADSIM_CONFIG_CHARACTERS_H
#define ADSIM_CONFIG_CHARACTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the UTF-8 character at the start of `left` bytes, its code in *code (may be NULL); 0 if
 * they are not UTF-8 (overlong forms, surrogates and codes above U+10FFFF are not). */
size_t character_at(const char *text, size_t left, uint32_t *code);

/* Cells of a terminal: 2 for East Asian wide and emoji, 0 for combining marks, else 1. */
int character_cells(uint32_t code);

/* May it stand in a YAML file? Control characters (other than tab and line ends) may not. */
bool character_allowed(uint32_t code);
/* Tab and line ends are, and what makes a text read otherwise than it is written (bidirectional
 * overrides). */
bool character_is_control(uint32_t code);

/* Bytes of the first n characters, or of all if there are fewer; bad bytes count one each. */
size_t characters_bytes(const char *text, size_t n);
size_t characters_count(const char *text, size_t bytes);

/* Makes of a name, in place, what it reads as in a line: a gap with a line end or tab in it is one blank, and there
 * is none at either end. A text without line ends and tabs stays as it is. */
void text_put_on_one_line(char *text);

/* A user's text as it may be shown in a message: at most 60 characters, on one line, controls and
 * bad bytes as \xNN. */
typedef struct {
    char text[260];
} shown_t;
shown_t shown(const char *text);

/* Any text made safe for a terminal and for JSON: controls (newlines too) and bad bytes as \xNN. Cut
 * at `capacity`. */
void text_made_safe(const char *text, char *out, size_t capacity);

#endif
