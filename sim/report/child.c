/* child.c -- posix_spawn and waiting. */
#define _XOPEN_SOURCE 700 /* killpg */
#include "sim/report/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static bool is_personal(const char *variable)
{
    static const char *const names[] = {"LC_", "LANG", "GNUTERM", "GNUPLOT", "FIT_"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!strncmp(variable, names[k], strlen(names[k]))) return true;
    return false;
}

static char **plain_environment(void)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t n = 0, kept = 0;
    while (environ[n]) n++;
    char **out = malloc((n + 2) * sizeof *out);
    if (!out) return NULL;
    for (size_t i = 0; i < n; i++)
        if (!is_personal(environ[i])) out[kept++] = environ[i];
    out[kept++] = locale;
    out[kept] = NULL;
    return out;
}

static int set_files(posix_spawn_file_actions_t *files, FILE *talk)
{
    int why = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);
    if (!why) why = posix_spawn_file_actions_addopen(files, 1, "/dev/null", O_WRONLY, 0);
    if (why) return why;
    return talk ? posix_spawn_file_actions_adddup2(files, fileno(talk), 2)
                : posix_spawn_file_actions_addopen(files, 2, "/dev/null", O_WRONLY, 0);
}

int child_start(char *const argv[], FILE *talk, pid_t *child)
{
    char **environment = plain_environment();
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    if (!environment) return ENOMEM;
    int why = posix_spawn_file_actions_init(&files);
    if (why) goto no_files;
    if ((why = posix_spawnattr_init(&attributes))) goto no_attributes;
    why = set_files(&files, talk);
    if (!why) why = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    if (!why) why = posix_spawnp(child, argv[0], &files, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
no_attributes:
    posix_spawn_file_actions_destroy(&files);
no_files:
    free(environment);
    return why;
}

child_state_t child_look(pid_t child)
{
    int status;
    pid_t ended = waitpid(child, &status, WNOHANG);
    if (!ended) return CHILD_RUNS;
    return ended > 0 && WIFEXITED(status) && !WEXITSTATUS(status) ? CHILD_DONE : CHILD_FAILED;
}

void child_stop(pid_t child)
{
    killpg(child, SIGKILL);
    waitpid(child, NULL, 0);
}

int child_run(char *const argv[], int seconds, bool *fine)
{
    pid_t child;
    *fine = false;
    int why = child_start(argv, NULL, &child);
    if (why) return why;
    child_state_t state;
    for (int looks = 0; (state = child_look(child)) == CHILD_RUNS; looks++) {
        if (looks >= seconds * (1000 / LOOK_MILLISECONDS)) {
            child_stop(child);
            return ETIMEDOUT;
        }
        poll(NULL, 0, LOOK_MILLISECONDS);
    }
    *fine = state == CHILD_DONE;
    return 0;
}
