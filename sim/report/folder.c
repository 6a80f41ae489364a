/* folder.c -- temporary folder, digests, replacement. */
#include "sim/report/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *joined(const char *a, const char *b, const char *c)
{
    size_t length = strlen(a) + strlen(b) + strlen(c) + 1;
    char *out = malloc(length);
    if (out) snprintf(out, length, "%s%s%s", a, b, c);
    return out;
}

/* --- what stands at the target ---------------------------------------------------------------- */

/* Does the folder hold a run of this scenario? Its summary.json says so in its first lines; the whole of
 * it need not be read. *found is set unless memory is out. */
static status_t find_run_of(const char *target, const char *scenario_name, bool *found,
                            error_t *err)
{
    enum { BEFORE = 256 }; /* the version stands there */
    json_t *name = json_string(scenario_name);
    char *quoted = name ? json_dumps(name, JSON_ENCODE_ANY) : NULL;
    char *wanted = quoted ? joined("\"scenario\": ", quoted, "") : NULL;
    char *path = joined(target, "/", "summary.json");
    size_t room = wanted ? strlen(wanted) + BEFORE : 0;
    char *head = room ? calloc(1, room + 1) : NULL;
    FILE *from = head && path ? fopen(path, "r") : NULL;
    status_t st = head && path && (from || errno != ENOMEM)
                      ? OK
                      : fail_memory(err, "the name of the run that is there");
    *found = from && fread(head, 1, room, from) && strstr(head, wanted);
    if (from) fclose(from);
    json_decref(name);
    free(quoted);
    free(wanted);
    free(path);
    free(head);
    return st;
}

/* Entries of a folder, and the first folder among them that is not ours. Returns false if it cannot
 * be read. */
static bool look_into(const char *target, int *entries, char foreign[256])
{
    DIR *dir = opendir(target);
    if (!dir) return false;
    *entries = 0;
    foreign[0] = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        (*entries)++;
        if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(st.st_mode))
            continue;
        if (strcmp(e->d_name, FOLDER_FIGURES) != 0) snprintf(foreign, 256, "%s", e->d_name);
    }
    closedir(dir);
    return true;
}

/* The name without slashes at its end: of a link it is the link itself that is meant. */
static char *without_slashes(const char *target)
{
    char *name = joined(target, "", "");
    for (size_t n = name ? strlen(name) : 0; n > 1 && name[n - 1] == '/'; n--) name[n - 1] = 0;
    return name;
}

/* A folder that processes stand in cannot be replaced. */
static bool is_dots(const char *target)
{
    const char *slash = strrchr(target, '/'), *last = slash ? slash + 1 : target;
    return !strcmp(last, ".") || !strcmp(last, "..");
}

/* Nothing is there: may it be made? Of its parents the nearest that exists decides. Better now than
 * after an hour of simulating. */
static status_t check_absent(char *target, error_t *err)
{
    for (char *slash; (slash = strrchr(target, '/')) && slash != target;) {
        *slash = 0;
        if (!access(target, W_OK | X_OK)) return OK;
        if (errno != ENOENT)
            return fail(err, ERR_OUTPUT, "cannot write in %s: %s", target, strerror(errno));
    }
    const char *top = *target == '/' ? "/" : ".";
    if (!access(top, W_OK | X_OK)) return OK;
    return fail(err, ERR_OUTPUT, "cannot write in %s: %s", top, strerror(errno));
}

static status_t check_target(char *target, const char *scenario_name, bool force, error_t *err)
{
    struct stat st;
    char foreign[256];
    int entries;
    if (is_dots(target))
        return fail(err, ERR_OUTPUT, "cannot replace %s itself: name a folder in it", target);
    if (lstat(target, &st))
        return errno == ENOENT
                   ? check_absent(target, err)
                   : fail(err, ERR_OUTPUT, "cannot write %s: %s", target, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return fail(err, ERR_OUTPUT, "cannot write %s: it exists and is not a folder", target);
    if (!look_into(target, &entries, foreign))
        return fail(err, ERR_OUTPUT, "cannot read %s: %s", target, strerror(errno));
    if (foreign[0])
        return fail(err, ERR_OUTPUT,
                    "%s holds a folder '%s' that is not a result: choose another -o", target,
                    foreign);
    if (!entries || force) return OK;
    bool same;
    status_t found = find_run_of(target, scenario_name, &same, err);
    if (found != OK || same) return found;
    return fail(err, ERR_OUTPUT,
                "%s exists and does not hold a run of '%s': choose another -o, or -f to replace it",
                target, scenario_name);
}

status_t folder_check(const char *target, const char *scenario_name, bool force, error_t *err)
{
    char *name = without_slashes(target);
    if (!name) return fail_memory(err, "the name of the result folder");
    status_t st = check_target(name, scenario_name, force, err);
    free(name);
    return st;
}

/* --- making and removing ---------------------------------------------------------------------- */

/* A result folder that will be removed: its files, and figures/. Anything deeper stays where it is.
 * Opened before, because opening takes memory. */
typedef struct {
    DIR *folder, *figures; /* NULL = there is none */
} doomed_t;

static bool doomed_open(doomed_t *d, const char *path)
{
    *d = (doomed_t){.folder = opendir(path)};
    if (!d->folder) return errno == ENOENT || errno == ENOTDIR;
    int figures = openat(dirfd(d->folder), FOLDER_FIGURES, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (figures < 0) return true;
    d->figures = fdopendir(figures);
    if (!d->figures) close(figures);
    return d->figures != NULL;
}

static void remove_files(DIR *dir)
{
    for (struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            unlinkat(dirfd(dir), e->d_name, 0);
}

static void doomed_remove(doomed_t *d, const char *path)
{
    if (d->figures) {
        remove_files(d->figures);
        unlinkat(dirfd(d->folder), FOLDER_FIGURES, AT_REMOVEDIR);
    }
    if (d->folder) remove_files(d->folder);
    rmdir(path);
}

static void doomed_close(doomed_t *d)
{
    if (d->figures) closedir(d->figures);
    if (d->folder) closedir(d->folder);
}

/* Removes what has been written, by name: it must work when memory is out. */
static void remove_temporary(const folder_t *f)
{
    int folder = open(f->temporary, O_RDONLY | O_DIRECTORY);
    for (int i = 0; folder >= 0 && i <= f->n && i < f->capacity; i++)
        unlinkat(folder, f->file[i].name, 0);
    if (folder >= 0) unlinkat(folder, FOLDER_FIGURES, AT_REMOVEDIR);
    if (folder >= 0) close(folder);
    rmdir(f->temporary);
}

/* mkdir -p of what stands before the last slash. */
static status_t make_parents(const char *target, error_t *err)
{
    char *path = joined(target, "", "");
    if (!path) return fail_memory(err, "the name of the result folder");
    status_t st = OK;
    for (char *slash = strchr(path + 1, '/'); slash && st == OK; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0777) && errno != EEXIST)
            st = fail(err, ERR_OUTPUT, "cannot make the folder %s: %s", path, strerror(errno));
        *slash = '/';
    }
    free(path);
    return st;
}

/* The folder's permissions are those of any new folder; mkdtemp would keep others out. */
static void open_to_others(const char *path)
{
    mode_t mask = umask(0);
    umask(mask);
    chmod(path, 0777 & ~mask);
}

status_t folder_begin(folder_t *f, const char *target, error_t *err)
{
    *f = (folder_t){.target = without_slashes(target)};
    f->temporary = f->target ? joined(f->target, ".part-", "XXXXXX") : NULL;
    if (!f->temporary) {
        folder_abandon(f);
        return fail_memory(err, "the name of the result folder");
    }
    status_t st = make_parents(f->target, err);
    if (st == OK && !mkdtemp(f->temporary))
        st = fail(err, ERR_OUTPUT, "cannot write beside %s: %s", f->target, strerror(errno));
    if (st != OK) {
        free(f->temporary);
        f->temporary = NULL;
        folder_abandon(f);
        return st;
    }
    open_to_others(f->temporary);
    return OK;
}

status_t folder_begin_within(folder_t *f, const char *target, error_t *err)
{
    *f = (folder_t){.target = joined(target, "", "")};
    f->temporary = f->target ? joined(f->target, "/.part-", "XXXXXX") : NULL;
    status_t st = f->temporary ? OK : fail_memory(err, "the name of the result folder");
    if (st == OK && !mkdtemp(f->temporary)) {
        st = fail(err, ERR_OUTPUT, "cannot write in %s: %s", f->target, strerror(errno));
        free(f->temporary);
        f->temporary = NULL;
    }
    if (st != OK) folder_abandon(f);
    return st;
}

void folder_abandon(folder_t *f)
{
    if (f->open) fclose(f->open);
    if (f->temporary) remove_temporary(f);
    free(f->temporary);
    free(f->target);
    free(f->file);
    *f = (folder_t){0};
}

/* --- files ------------------------------------------------------------------------------------ */

char *folder_path(const folder_t *f, const char *name)
{
    return joined(f->temporary, "/", name);
}

/* Room for one more name, and the folder it stands in. */
static status_t make_room(folder_t *f, const char *name, error_t *err)
{
    if (f->n == f->capacity) {
        int capacity = f->capacity ? 2 * f->capacity : 32;
        folder_file_t *grown = realloc(f->file, (size_t)capacity * sizeof *grown);
        if (!grown) return fail_memory(err, "the names of the result files");
        memset(grown + f->capacity, 0, (size_t)(capacity - f->capacity) * sizeof *grown);
        f->file = grown;
        f->capacity = capacity;
    }
    memset(&f->file[f->n], 0, sizeof *f->file);
    if (strncmp(name, FOLDER_FIGURES "/", sizeof FOLDER_FIGURES)) return OK;
    char *path = folder_path(f, FOLDER_FIGURES);
    if (!path) return fail_memory(err, "the name of a result file");
    bool made = !mkdir(path, 0777) || errno == EEXIST;
    free(path);
    if (made) return OK;
    return fail(err, ERR_OUTPUT, "cannot make the folder %s/" FOLDER_FIGURES ": %s", f->target,
                strerror(errno));
}

status_t folder_open(folder_t *f, const char *name, FILE **out, error_t *err)
{
    status_t st = make_room(f, name, err);
    if (st != OK) return st;
    char *path = folder_path(f, name);
    if (!path) return fail_memory(err, "the name of a result file");
    f->open = *out = fopen(path, "w+");
    free(path);
    if (!f->open)
        return fail(err, ERR_OUTPUT, "cannot write %s/%s: %s", f->target, name, strerror(errno));
    snprintf(f->file[f->n].name, sizeof f->file[f->n].name, "%s", name);
    return OK;
}

static bool take_digest(FILE *from, char hex[DIGEST_LENGTH])
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE], buffer[8192];
    sha256_init(&context);
    rewind(from);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, from));) sha256_update(&context, n, buffer);
    sha256_digest(&context, sizeof digest, digest);
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return !ferror(from);
}

status_t folder_close(folder_t *f, error_t *err)
{
    FILE *file = f->open;
    f->open = NULL;
    errno = 0;
    bool fine = !fflush(file) && !ferror(file) && take_digest(file, f->file[f->n].sha256);
    int why = errno;
    if (fclose(file) && fine) {
        fine = false;
        why = errno;
    }
    if (!fine)
        return fail(err, ERR_OUTPUT, "cannot write %s/%s: %s", f->target, f->file[f->n].name,
                    strerror(why ? why : EIO));
    f->n++;
    return OK;
}

status_t folder_reserve(folder_t *f, const char *name, int *file, error_t *err)
{
    status_t st = make_room(f, name, err);
    if (st != OK) return st;
    *file = f->n++;
    snprintf(f->file[*file].name, sizeof f->file[*file].name, "%s", name);
    return OK;
}

status_t folder_take(folder_t *f, int file, error_t *err)
{
    const char *name = f->file[file].name;
    char *path = folder_path(f, name);
    if (!path) return fail_memory(err, "the name of a result file");
    FILE *from = fopen(path, "r");
    free(path);
    bool fine = from && take_digest(from, f->file[file].sha256);
    int why = errno;
    if (from) fclose(from);
    if (fine) return OK;
    return fail(err, ERR_OUTPUT, "cannot read %s/%s: %s", f->target, name, strerror(why));
}

void folder_forget(folder_t *f, int file)
{
    int folder = open(f->temporary, O_RDONLY | O_DIRECTORY);
    if (folder >= 0) {
        unlinkat(folder, f->file[file].name, 0);
        close(folder);
    }
    f->n--;
    memmove(&f->file[file], &f->file[file + 1], (size_t)(f->n - file) * sizeof *f->file);
}

/* --- replacing -------------------------------------------------------------------------------- */

status_t folder_commit(folder_t *f, error_t *err)
{
    char *old = joined(f->target, ".old-", strrchr(f->temporary, '-') + 1);
    doomed_t doomed = {0};
    status_t st = old ? OK : fail_memory(err, "the name of the old result folder");
    if (st == OK && !doomed_open(&doomed, f->target))
        st = fail(err, ERR_OUTPUT, "cannot replace %s: %s", f->target, strerror(errno));
    bool replaced = st == OK && !rename(f->target, old);
    if (st == OK && !replaced && errno != ENOENT)
        st = fail(err, ERR_OUTPUT, "cannot replace %s: %s", f->target, strerror(errno));
    if (st == OK && rename(f->temporary, f->target)) {
        st = fail(err, ERR_OUTPUT, "cannot write %s: %s", f->target, strerror(errno));
        if (replaced) rename(old, f->target);
    } else if (st == OK) {
        if (replaced) doomed_remove(&doomed, old);
        free(f->temporary);
        f->temporary = NULL;
    }
    doomed_close(&doomed);
    free(old);
    folder_abandon(f);
    return st;
}

static status_t move(const folder_t *f, const char *name, error_t *err)
{
    char *from = joined(f->temporary, "/", name), *to = joined(f->target, "/", name);
    status_t st = from && to ? OK : fail_memory(err, "the name of a result file");
    if (st == OK && rename(from, to))
        st = fail(err, ERR_OUTPUT, "cannot write %s: %s", to, strerror(errno));
    free(from);
    free(to);
    return st;
}

status_t folder_commit_within(folder_t *f, error_t *err)
{
    char *figures = joined(f->target, "/", FOLDER_FIGURES);
    status_t st = figures ? OK : fail_memory(err, "the name of a result file");
    if (st == OK && mkdir(figures, 0777) && errno != EEXIST)
        st = fail(err, ERR_OUTPUT, "cannot make the folder %s: %s", figures, strerror(errno));
    free(figures);
    for (int i = 0; st == OK && i < f->n; i++) st = move(f, f->file[i].name, err);
    folder_abandon(f); /* removes what is left of the temporary folder */
    return st;
}

status_t folder_end(folder_t *f, status_t st, size_t *n, error_t *err)
{
    *n = (size_t)f->n;
    if (st == OK) return folder_commit(f, err);
    folder_abandon(f);
    return st;
}
