/* folder.h -- a result folder appears whole or not at all: its files are written into a folder beside
 * the target, which then takes the target's name. */
#ifndef ADSIM_REPORT_FOLDER_H
#define ADSIM_REPORT_FOLDER_H

#include "models/base/status.h"

#include <stdbool.h>
#include <stdio.h>

enum { FOLDER_NAME = 96, DIGEST_LENGTH = 65 };
#define FOLDER_FIGURES "figures" /* the only folder within one */

typedef struct {
    char name[FOLDER_NAME];     /* "figures/..." stands in the folder within */
    char sha256[DIGEST_LENGTH]; /* hexadecimal */
} folder_file_t;

typedef struct {
    char *target, *temporary;
    FILE *open; /* the file being written: file[n] */
    int n, capacity;
    folder_file_t *file;
} folder_t; /* zeroed = none */

/* May the target be written? It may if it does not exist, is empty or holds a run of the same scenario
 * name; with `force` also if it holds anything else that has no folders of its own (other than
 * figures/). ERR_OUTPUT says why not. Nothing is changed. */
status_t folder_check(const char *target, const char *scenario_name, bool force, error_t *err);

/* Makes the temporary folder (and the target's parents). The caller calls folder_abandon or
 * folder_commit; both free. */
status_t folder_begin(folder_t *f, const char *target, error_t *err);
/* The same for files that are added to a folder that stands: they wait in a temporary folder within it. */
status_t folder_begin_within(folder_t *f, const char *target, error_t *err);
/* Each takes its place, or that of an older file of its name. */
status_t folder_commit_within(folder_t *f, error_t *err);
/* One file after the other. Writing errors are found at close, which also takes the digest. */
status_t folder_open(folder_t *f, const char *name, FILE **out, error_t *err);
status_t folder_close(folder_t *f, error_t *err);
/* Files that another program writes: room is made for the name before, so that what it leaves behind can
 * be removed; later the file is taken with its digest, or forgotten and removed if it is not whole. */
status_t folder_reserve(folder_t *f, const char *name, int *file, error_t *err);
status_t folder_take(folder_t *f, int file, error_t *err);
void folder_forget(folder_t *f, int file);
/* The path of a name in the folder, as long as it is not committed; malloc'ed, NULL = no memory. */
char *folder_path(const folder_t *f, const char *name);

/* Replaces the target. After a failure the old target still stands and nothing is left behind. */
status_t folder_commit(folder_t *f, error_t *err);
void folder_abandon(folder_t *f);
/* Ends a folder whose writing gave `st`: commits it if that is OK, else abandons it and returns st. *n = how
 * many files it held. */
status_t folder_end(folder_t *f, status_t st, size_t *n, error_t *err);

#endif
