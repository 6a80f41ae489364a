/* child.c -- a command as a process of its own, and what it says. */
#include "tests/bench/child.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int child_run(char *const argv[], char *said, size_t size)
{
    int pipe_ends[2];
    if (pipe(pipe_ends)) return -1;
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        dup2(pipe_ends[1], STDOUT_FILENO);
        close(pipe_ends[0]);
        close(pipe_ends[1]);
        execv(argv[0], argv);
        _exit(127);
    }
    close(pipe_ends[1]);
    FILE *from = fdopen(pipe_ends[0], "r");
    size_t got = from ? fread(said, 1, size - 1, from) : 0;
    said[got] = '\0';
    char rest[4096]; /* longer answers are read to their end and dropped */
    while (from && fread(rest, 1, sizeof rest, from) > 0) continue;
    if (from) fclose(from);
    int status;
    if (waitpid(child, &status, 0) < 0 || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}
