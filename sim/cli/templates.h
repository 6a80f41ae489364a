/* templates.h -- scenarios to start from: `adsim new --from NAME`. */
#ifndef ADSIM_CLI_TEMPLATES_H
#define ADSIM_CLI_TEMPLATES_H

#include <stddef.h>

typedef struct {
    const char *name, *does; /* one line */
    const char *text;        /* of the file, within the program */
} template_t;

extern const template_t templates[];
extern const size_t n_templates;

const template_t *template_find(const char *name); /* NULL if there is none */
const char *template_nearest(const char *name);    /* ... */

#endif
