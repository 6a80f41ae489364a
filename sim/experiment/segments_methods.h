/* segments_methods.h -- private to the segments of sim/experiment: what the methods share. */
#ifndef ADSIM_EXPERIMENT_SEGMENTS_METHODS_H
#define ADSIM_EXPERIMENT_SEGMENTS_METHODS_H

#include "sim/experiment/segments.h"

/* Columns chosen, nobody in a segment yet. */
status_t segments_begin(segments_t *s, const frame_t *frame, const segments_options_t *o,
                        error_t *err);
/* Profile, names, rules, warnings of the segments that s->segment holds. */
status_t segments_describe(segments_t *s, error_t *err);
/* The same in two steps, between which the method gives its own rules (s->exact_rules). */
status_t segments_describe_begin(segments_t *s, error_t *err);
status_t segments_describe_end(segments_t *s, error_t *err);
/* Numbers the k segments of s->segment by size, empty ones away; sets s->k. */
void segments_sort(segments_t *s, int k);

/* k-means, mixtures, latent classes: tries every k, chooses, fills s->segment. */
status_t segments_cluster(segments_t *s, error_t *err);

/* Does the person have a value in every column used? */
bool segments_complete(const segments_t *s, size_t person);

bool segments_stopped(const segments_t *s);
void segments_tell(const segments_t *s, const char *doing, double done);

#endif
