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

/* Is the folder's run of this scenario? */
static bool holds_run_of(const char *target, const char *scenario_name)
{
    char *path = joined(target, "/", "summary.json");
    json_t *summary = path ? json_load_file(path, 0, NULL) : NULL;
    const char *name = json_string_value(json_object_get(summary, "scenario"));
    bool same = name && !strcmp(name, scenario_name);
    json_decref(summary);
    free(path);
    return same;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return !lstat(path, &st) && S_ISDIR(st.st_mode);
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
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        (*entries)++;
        char *path = joined(target, "/", e->d_name);
        if (path && is_folder(path) && strcmp(e->d_name, "figures") != 0)
            snprintf(foreign, 256, "%s", e->d_name);
        free(path);
    }
    closedir(dir);
    return true;
}

status_t folder_check(const char *target, const char *scenario_name, bool force, error_t *err)
{
    struct stat st;
    char foreign[256];
    int entries;
    if (lstat(target, &st))
        return errno == ENOENT
                   ? OK
                   : fail(err, ERR_OUTPUT, "cannot write %s: %s", target, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return fail(err, ERR_OUTPUT, "cannot write %s: it exists and is not a folder", target);
    if (!look_into(target, &entries, foreign))
        return fail(err, ERR_OUTPUT, "cannot read %s: %s", target, strerror(errno));
    if (foreign[0])
        return fail(err, ERR_OUTPUT,
                    "%s holds a folder '%s' that is not a result: choose another -o", target,
                    foreign);
    if (!entries || force || holds_run_of(target, scenario_name)) return OK;
    return fail(err, ERR_OUTPUT,
                "%s exists and does not hold a run of '%s': choose another -o, or -f to replace it",
                target, scenario_name);
}

/* --- making and removing ---------------------------------------------------------------------- */

static void remove_files(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) return;
    for (struct dirent *e; (e = readdir(dir));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        unlinkat(dirfd(dir), e->d_name, 0);
    }
    closedir(dir);
    rmdir(path);
}

/* A result folder: files, and figures/. Anything deeper stays where it is. */
static void remove_folder(const char *path)
{
    char *figures = joined(path, "/", "figures");
    if (figures) remove_files(figures);
    free(figures);
    remove_files(path);
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
    *f = (folder_t){.target = joined(target, "", "")};
    if (f->target)
        for (size_t n = strlen(f->target); n > 1 && f->target[n - 1] == '/'; n--)
            f->target[n - 1] = 0;
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

void folder_abandon(folder_t *f)
{
    if (f->open) fclose(f->open);
    if (f->temporary) remove_folder(f->temporary);
    free(f->temporary);
    free(f->target);
    *f = (folder_t){0};
}

/* --- files ------------------------------------------------------------------------------------ */

status_t folder_open(folder_t *f, const char *name, FILE **out, error_t *err)
{
    if (f->n == FOLDER_FILES) return fail(err, ERR_UNEXPECTED, "too many result files");
    char *path = joined(f->temporary, "/", name);
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

/* --- replacing -------------------------------------------------------------------------------- */

status_t folder_commit(folder_t *f, error_t *err)
{
    char *old = joined(f->target, ".old-", strrchr(f->temporary, '-') + 1);
    if (!old) {
        folder_abandon(f);
        return fail_memory(err, "the name of the old result folder");
    }
    status_t st = OK;
    bool replaced = !rename(f->target, old);
    if (!replaced && errno != ENOENT)
        st = fail(err, ERR_OUTPUT, "cannot replace %s: %s", f->target, strerror(errno));
    else if (rename(f->temporary, f->target)) {
        st = fail(err, ERR_OUTPUT, "cannot write %s: %s", f->target, strerror(errno));
        if (replaced) rename(old, f->target);
    } else {
        if (replaced) remove_folder(old);
        free(f->temporary);
        f->temporary = NULL;
    }
    free(old);
    folder_abandon(f);
    return st;
}
