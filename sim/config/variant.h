/* variant.h -- a loaded scenario written out again with some of its top-level keys left out, so that
 * others can be put in their place. */
#ifndef ADSIM_CONFIG_VARIANT_H
#define ADSIM_CONFIG_VARIANT_H

#include "sim/config/load.h"

/* The top-level keys except those named in `without` (NULL ends it): line by line as they stand in the
 * file, comments included, where nothing has changed them; on one line where `extends`, `set` or --set
 * has, or where they name a preset that only the scenario's own folder has. */
status_t loaded_write_keys(const loaded_t *l, const char *const *without, FILE *to, error_t *err);

/* What stands in a top-level mapping, one item a line, indented by two; nothing if there is no such key. */
status_t loaded_write_items(const loaded_t *l, const char *key, FILE *to, error_t *err);

/* A text as a YAML scalar, quoted where needed, written to a file. */
status_t yaml_write_text(const char *text, FILE *to, error_t *err);

#endif
