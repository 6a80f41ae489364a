/* scenario_file.h -- what the fuzzers of scenario files share: a file of their own, and the promises
 * that every load keeps. */
#ifndef ADSIM_TESTS_FUZZ_SCENARIO_FILE_H
#define ADSIM_TESTS_FUZZ_SCENARIO_FILE_H

#include "sim/config/load.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void file_write(const char *path, const void *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f)) abort();
}

/* Name of a scratch file of this process. */
static inline const char *scratch_path(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/adsim-fuzz-%ld.yaml", (long)getpid());
    return path;
}

/* Every problem can be told, in every form; and a load fails if and only if there is one. */
static inline void check_told(const diagnostics_t *d, status_t status)
{
    if ((status == OK) != (diagnostics_errors(d) == 0)) abort();
    for (int format = FORMAT_HUMAN; format <= FORMAT_JSON; format++) {
        char *text = diagnostics_text(d, (error_format_t)format, "nothing was run");
        if (!text) abort();
        for (const char *s = text; *s; s++)
            if (*s != '\n' && *s != '\t' && (unsigned char)*s < ' ') abort();
        free(text);
    }
}

/* resolved.yaml of what loads is a scenario that loads. */
static inline void check_resolved(const loaded_t *l)
{
    char *text = NULL;
    size_t length;
    error_t err = {""};
    FILE *to = open_memstream(&text, &length);
    if (!to || loaded_write_resolved(l, to, &err) != OK) abort();
    fclose(to);
    file_write(scratch_path(), text, length);
    diagnostics_t *d = diagnostics_new();
    loaded_t *again = NULL;
    load_options_t options = {.data_dir = "configs"};
    if (scenario_load(scratch_path(), &options, d, &again, &err) != OK) {
        fputs(text, stderr);
        fputs(diagnostics_text(d, FORMAT_HUMAN, NULL), stderr);
        abort();
    }
    diagnostics_free(d);
    loaded_free(again);
    free(text);
}

static inline void check_load(const char *path, const char *const *set, size_t n_set)
{
    load_options_t options = {.set = set, .n_set = n_set, .data_dir = "configs"};
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    loaded_t *l = NULL;
    status_t status = scenario_load(path, &options, d, &l, &err);
    if (status == ERR_MEMORY || status == ERR_UNEXPECTED) abort();
    check_told(d, status);
    if (status == OK) check_resolved(l);
    diagnostics_free(d);
    loaded_free(l);
}

#endif
