/* profiles.h -- who is in each segment: shares and means against everyone, and a name to call it by.
 *
 * A row is a level, a yes/no, an age band, or the mean of a number (or of the age). Its value is the
 * share of those known (0..1) or the mean; index 100 means: as among all.
 *
 * A name lists what is most particular to a segment, most particular first: "25-34 · fitness · urban".
 * Particular is a row by its standardised difference, (share in the segment - share of all) / sd among
 * all, not by its index, which the rarest trait would win. Neighbouring age bands join to one range; a
 * number reads "high spend" or "low spend", and _ reads as a space. Two features that say the same of a
 * segment ("not working") give it one word. Segments whose names agree get one word more each, in the
 * end a number, until all differ. */
#ifndef ADSIM_SEGMENTATION_PROFILES_H
#define ADSIM_SEGMENTATION_PROFILES_H

#include "models/segmentation/feature.h"

enum {
    PROFILE_NAME = 160, /* bytes of a segment's name, its end included */
    PROFILE_ALL = -1,   /* in place of a segment: everyone */
    PROFILE_MEAN = -1   /* in place of a level: the mean of a number, or of the age */
};

typedef struct {
    int feature;
    int level; /* LEVELS: the level; YEARS: the age band; FLAG: 1; PROFILE_MEAN */
} profile_row_t;

typedef struct {
    int n_segments, n_rows;
    profile_row_t *row;
    double *people; /* weight of all, then of each segment */
    double *value; /* [row][1 + n_segments]: of all, then of each segment; NAN if nobody is known */
    double *sd;    /* [row]: of one person among all; 0 if all are alike */
    char (*name)[PROFILE_NAME]; /* of each segment; unique */
} profiles_t;

/* segment[i] = 0..n_segments-1, or another number: in none, which counts among all. The caller frees,
 * also after a failure. `words` = parts of a name, 1..5; 3 reads well. */
status_t profiles_init(profiles_t *out, const people_t *p, const int *segment, int n_segments,
                       int words, error_t *err);
void profiles_free(profiles_t *p);

/* Of a segment or PROFILE_ALL. */
double profiles_people(const profiles_t *p, int segment);
double profiles_value(const profiles_t *p, int row, int segment);
double profiles_index(const profiles_t *p, int row, int segment); /* NAN where all have none */

/* How far the segment stands from all, in standard deviations of one person: 0.2 is visible, 1 large. */
double profiles_difference(const profiles_t *p, int row, int segment);

/* "region West", "25-34", "interest fitness", "age (mean)"; as snprintf. `short_form`: as in names. */
size_t profiles_row_write(const profiles_t *p, const people_t *people, int row, bool short_form,
                          char *to, size_t room);

/* Age bands of platforms' reports: 13-17, 18-24, ..., 65+. */
enum { PROFILE_BANDS = 7 };
int profiles_band(int years); /* -1 below 13 */

#endif
