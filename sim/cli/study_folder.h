/* study_folder.h -- the folder of a sweep: which files a batch is made of, which folder and store it has. */
#ifndef ADSIM_CLI_STUDY_FOLDER_H
#define ADSIM_CLI_STUDY_FOLDER_H

#include "models/base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Paths, each malloc'ed. */
typedef struct {
    char **path;
    size_t n, room;
} paths_t; /* zeroed = none */

/* Adds a file, or, of a folder, its *.yaml files by name. ERR_UNREADABLE if it is not there, or a folder
 * without any. */
status_t paths_add(paths_t *p, const char *name, error_t *err);
/* Adds the stores of a study's folder: study.sqlite and study.I-of-N.sqlite. */
status_t paths_add_stores(paths_t *p, const char *folder, error_t *err);
void paths_free(paths_t *p);

/* Part i of n (1..n) of a batch; n = 1: all of it. */
typedef struct {
    size_t i, n;
} shard_t;

/* "2/8", or "auto": what a Slurm array says of this task. False after a message on stderr. */
bool shard_read(const char *command, const char *text, shard_t *out);

/* FOLDER/study.sqlite or FOLDER/study.2-of-8.sqlite; malloc'ed. */
char *store_path(const char *folder, shard_t shard);

/* Makes the folder and its parents. */
status_t study_folder_make(const char *folder, error_t *err);
bool study_file_exists(const char *path);
/* May a study be written here? It may if the folder is not there, is empty, or holds a study. */
status_t study_folder_check(const char *folder, bool force, error_t *err);
/* Removes a store with all that SQLite keeps beside it, and, unless it is a shard's, what was made of it. */
void study_remove(const char *folder, const char *store, shard_t shard);

/* Figures and report.html of a whole study, from its tables. What it has to say goes to stderr unless quiet. */
status_t study_publish(const char *folder, int threads, bool quiet, error_t *err);
/* Names the folder and what a whole study has, on stdout. */
status_t study_wrote(const char *folder, bool page, error_t *err);

#endif
