/* nearest.h -- "did you mean": the nearest of some names to a word that is none of them. */
#ifndef ADSIM_BASE_NEAREST_H
#define ADSIM_BASE_NEAREST_H

#include <stddef.h>

/* Nearest of n names to `word`: Damerau-Levenshtein distance (optimal string alignment, letters of
 * either case equal) at most 2, at most 1 for words under five letters. NULL if there is none or if
 * two different names tie. Words over 64 bytes have no neighbours. */
const char *nearest_name(const char *word, const char *const *names, size_t n);

#endif
