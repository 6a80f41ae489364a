/* fonts.h -- which letters no font of this machine has. gnuplot's bitmaps draw such a letter as a box as
 * large as the picture; a ? stands for it instead. SVG needs no fonts here. */
#ifndef ADSIM_REPORT_FONTS_H
#define ADSIM_REPORT_FONTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { FONTS_LETTERS = 1024 };

/* Letters asked about so far. Latin ones are never asked about. */
typedef struct {
    uint32_t letter[FONTS_LETTERS]; /* ascending */
    bool missing[FONTS_LETTERS];
    size_t n;
} fonts_t; /* zeroed = none */

/* Learns the letters of a UTF-8 text; one program run tells about many. Past FONTS_LETTERS the rest counts
 * as missing. */
void fonts_learn(fonts_t *f, const char *text, size_t length);

/* Is a letter of the text missing? */
bool fonts_miss(const fonts_t *f, const char *text, size_t length);

/* Writes the text with a ? for each missing letter. */
void fonts_write(const fonts_t *f, const char *text, size_t length, FILE *to);

#endif
