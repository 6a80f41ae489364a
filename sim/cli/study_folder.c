/* study_folder.c -- files and folders of a sweep. */
#include "sim/cli/study_folder.h"

#include "sim/cli/session.h"
#include "sim/report/publish.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- lists of paths --------------------------------------------------------------------------- */

void paths_free(paths_t *p)
{
    for (size_t i = 0; i < p->n; i++) free(p->path[i]);
    free(p->path);
    *p = (paths_t){0};
}

/* Takes the path over. */
static status_t take(paths_t *p, char *path, error_t *err)
{
    if (path && p->n == p->room) {
        size_t room = 2 * p->room + 16;
        char **grown = realloc(p->path, room * sizeof *grown);
        if (grown) {
            p->path = grown;
            p->room = room;
        }
    }
    if (!path || p->n == p->room) {
        free(path);
        return fail_memory(err, "the names of files");
    }
    p->path[p->n++] = path;
    return OK;
}

static char *joined(const char *folder, const char *name)
{
    size_t n = strlen(folder);
    bool slash = n && folder[n - 1] == '/';
    char *out = malloc(n + strlen(name) + 2);
    if (out) sprintf(out, "%s%s%s", folder, slash ? "" : "/", name);
    return out;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && !strcmp(text + n - m, end);
}

static bool is_scenario(const char *name)
{
    return name[0] != '.' && (ends_with(name, ".yaml") || ends_with(name, ".yml"));
}

static bool is_store(const char *name)
{
    return !strncmp(name, "study.", 6) && ends_with(name, ".sqlite");
}

static status_t add_of_folder(paths_t *p, const char *folder, bool (*wanted)(const char *name),
                              error_t *err)
{
    DIR *dir = opendir(folder);
    size_t first = p->n;
    status_t st = OK;
    if (!dir) return fail(err, ERR_UNREADABLE, "cannot read %s: %s", folder, strerror(errno));
    for (struct dirent *e; st == OK && (e = readdir(dir));)
        if (wanted(e->d_name)) st = take(p, joined(folder, e->d_name), err);
    closedir(dir);
    if (p->n > first) qsort(p->path + first, p->n - first, sizeof *p->path, by_name);
    return st;
}

status_t paths_add(paths_t *p, const char *name, error_t *err)
{
    struct stat st;
    size_t before = p->n;
    if (stat(name, &st) || !S_ISDIR(st.st_mode)) return take(p, strdup(name), err);
    status_t status = add_of_folder(p, name, is_scenario, err);
    if (status == OK && p->n == before)
        status = fail(err, ERR_UNREADABLE, "no scenario (*.yaml) in the folder %s", name);
    return status;
}

status_t paths_add_stores(paths_t *p, const char *folder, error_t *err)
{
    size_t before = p->n;
    status_t status = add_of_folder(p, folder, is_store, err);
    if (status == OK && p->n == before)
        status = fail(err, ERR_UNREADABLE, "no study (study*.sqlite) in %s", folder);
    return status;
}

/* --- shards ----------------------------------------------------------------------------------- */

/* A number of the environment; `fallback` where it is not set. */
static long of_slurm(const char *name, long fallback)
{
    const char *text = getenv(name);
    return text && *text ? strtol(text, NULL, 10) : fallback;
}

static bool shard_of_array(const char *command, shard_t *out)
{
    long id = of_slurm("SLURM_ARRAY_TASK_ID", -1), count = of_slurm("SLURM_ARRAY_TASK_COUNT", -1);
    long first = of_slurm("SLURM_ARRAY_TASK_MIN", 0), step = of_slurm("SLURM_ARRAY_TASK_STEP", 1);
    long i = step > 0 ? (id - first) / step + 1 : 0;
    if (id < 0 || count < 1 || i < 1 || i > count) {
        fprintf(
            stderr,
            "adsim %s: --shard auto: this is not a task of a Slurm array (SLURM_ARRAY_TASK_ID and "
            "_COUNT say which)\n",
            command);
        return false;
    }
    *out = (shard_t){(size_t)i, (size_t)count};
    return true;
}

bool shard_read(const char *command, const char *text, shard_t *out)
{
    char *end;
    if (!strcmp(text, "auto")) return shard_of_array(command, out);
    long i = strtol(text, &end, 10), n = *end == '/' ? strtol(end + 1, &end, 10) : 0;
    if (*end || i < 1 || n < 1 || i > n || n > 1000000)
        return option_wrong(command, "--shard", text, "it is written 2/8: part 2 of 8, or auto");
    *out = (shard_t){(size_t)i, (size_t)n};
    return true;
}

char *store_path(const char *folder, shard_t shard)
{
    char name[80] = "study.sqlite";
    if (shard.n > 1) snprintf(name, sizeof name, "study.%zu-of-%zu.sqlite", shard.i, shard.n);
    return joined(folder, name);
}

/* --- the folder ------------------------------------------------------------------------------- */

status_t study_folder_make(const char *folder, error_t *err)
{
    char *path = strdup(folder);
    status_t st = path ? OK : fail_memory(err, "the name of the study's folder");
    for (char *slash = path; st == OK && slash;) {
        slash = strchr(slash + 1, '/');
        if (slash) *slash = 0;
        if (mkdir(path, 0777) && errno != EEXIST)
            st = fail(err, ERR_OUTPUT, "cannot make the folder %s: %s", path, strerror(errno));
        if (slash) *slash = '/';
    }
    free(path);
    return st;
}

bool study_file_exists(const char *path)
{
    struct stat st;
    return !stat(path, &st) && st.st_size > 0;
}

/* What a study leaves in its folder besides stores. */
static const char *const made[] = {"manifest.json",   "points.csv", "results.csv", "run.json",
                                   "assumptions.csv", "given.csv",  "report.html"};

status_t study_folder_check(const char *folder, bool force, error_t *err)
{
    DIR *dir = opendir(folder);
    if (!dir && errno == ENOENT) return OK;
    if (!dir) return fail(err, ERR_OUTPUT, "cannot write in %s: %s", folder, strerror(errno));
    bool study = false;
    int entries = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        entries += e->d_name[0] != '.';
        study = study || is_store(e->d_name) || !strcmp(e->d_name, made[0]);
    }
    closedir(dir);
    if (!study && entries && !force)
        return fail(err, ERR_OUTPUT,
                    "%s exists and does not hold a study: choose another -o, or -f to write there",
                    folder);
    if (access(folder, W_OK | X_OK))
        return fail(err, ERR_OUTPUT, "cannot write in %s: %s", folder, strerror(errno));
    return OK;
}

void study_remove(const char *folder, const char *store, shard_t shard)
{
    static const char *const beside[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        char *path = malloc(strlen(store) + 16);
        if (path) remove(strcat(strcpy(path, store), beside[i]));
        free(path);
    }
    for (size_t i = 0; shard.n == 1 && i < sizeof made / sizeof *made; i++) {
        char *path = joined(folder, made[i]);
        if (path) remove(path);
        free(path);
    }
}

status_t study_publish(const char *folder, int threads, bool quiet, error_t *err)
{
    notices_t notices = {0};
    size_t files;
    if (session_interrupted) return OK; /* adsim report makes them later */
    figures_how_t how = {.at_once = threads,
                         .seconds = FIGURE_SECONDS,
                         .interrupted = &session_interrupted,
                         .notices = &notices};
    status_t st = publish_again(folder, &how, &files, err);
    for (size_t i = 0; !quiet && i < notices.n; i++)
        fprintf(stderr, "Note: %s\n", notices.item[i].text);
    notices_free(&notices);
    return st;
}

status_t study_wrote(const char *folder, bool page, error_t *err)
{
    putchar('\n');
    return session_wrote(folder, page, "study.sqlite points.csv results.csv manifest.json run.json",
                         0, err);
}
