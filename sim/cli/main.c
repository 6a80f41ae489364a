/* main.c -- the door: which command. */
#include "sim/cli/cli.h"

#include "models/base/nearest.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const command_t commands[] = {
    {"run", "FILE", "simulate, print a summary, write a folder", command_run},
    {"compare", "FILE...", "plans under the same luck: which is best, and how sure",
     command_compare},
    {"audience", "FILE", "how many people each audience has, who they are, overlaps",
     command_audience},
    {"segment", "FILE|CSV", "find segments, turn them into targeting rules", command_segment},
    {"sweep", "FILE|DIR...", "run every point of scenarios' sweeps, keep them in a store",
     command_sweep},
    {"collect", "DIR...", "join the shards of a sweep, find its holes", command_collect},
    {"report", "DIR", "figures and page of a result anew, without simulating", command_report},
    {"replay", "DIR", "run a result again, compare digests", command_replay},
    {"sensitivity", "FILE", "which unsure or assumed value moves the answer most",
     command_sensitivity},
    {"allocate", "FILE", "the best split of a budget, what limits it, how sure", command_allocate},
    {"check", "FILE...", "every problem of every file; nothing is run", command_check},
    {"new", "[DIR]", "a scenario, or a population of a country's adults, to start from",
     command_new},
    {"explain", "KEY", "one key: unit, range, default and its source", command_explain},
    {"schema", "", "the JSON schema of scenario files", command_schema},
    {"selftest", "", "closed-form ladder on this machine", command_selftest},
    {"help", "[COMMAND]", "what the commands are, and their options", command_help},
    {NULL, NULL, NULL, NULL},
};

const command_t *command_find(const char *name)
{
    for (const command_t *c = commands; c->name; c++)
        if (!strcmp(c->name, name)) return c;
    return NULL;
}

void command_unknown(const char *name)
{
    const char *names[sizeof commands / sizeof *commands];
    size_t n = 0;
    for (const command_t *c = commands; c->name; c++) names[n++] = c->name;
    const char *near = nearest_name(name, names, n);
    if (near)
        fprintf(stderr, "adsim: no command '%s'; did you mean '%s'?\n", name, near);
    else
        fprintf(stderr, "adsim: no command '%s'; see adsim help\n", name);
}

static int introduce(void)
{
    fputs(
        "adsim simulates people, targeted campaigns and the auctions between them, thousands of\n"
        "times over, from one YAML file: how many will I reach, how many will buy because of it,\n"
        "what will it return, and how sure is that?\n\n"
        "  adsim run configs/quickstart.yaml\n\n"
        "adsim help lists the commands.\n",
        stderr);
    return EXIT_USAGE;
}

/* A closed stdin, stdout or stderr stays closed to us: else the first file that is opened takes its
 * number, and what is printed lands in a result. */
static void keep_standard_files_apart(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0) open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

static int answer(int argc, char **argv)
{
    if (argc < 2) return introduce();
    if (!strcmp(argv[1], "--version")) {
        printf("adsim %s\n", ADSIM_VERSION);
        return EXIT_FINE;
    }
    if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) return command_help(1, argv + 1);
    const command_t *c = command_find(argv[1]);
    if (c) return c->run(argc - 1, argv + 1);
    command_unknown(argv[1]);
    return EXIT_USAGE;
}

/* The answer counts when it has been written. */
int main(int argc, char **argv)
{
    keep_standard_files_apart();
    int code = answer(argc, argv);
    bool written = !fflush(stdout) && !ferror(stdout);
    if (written || code != EXIT_FINE) return code;
    fputs("adsim: cannot write to stdout\n", stderr);
    return EXIT_NOT_WRITABLE;
}
