/* options.c -- getopt_long driven by a table. */
#include "sim/cli/options.h"

#include "models/base/nearest.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_AT_MOST = 40 };

static void fill_getopt(const option_t *table, int n, struct option *long_options, char *letters)
{
    *letters++ = ':'; /* tell a missing argument from an unknown option */
    for (int i = 0; i < n; i++) {
        long_options[i] =
            (struct option){table[i].name, table[i].argument ? required_argument : no_argument,
                            NULL, table[i].code};
        if (table[i].code > 255) continue;
        *letters++ = (char)table[i].code;
        if (table[i].argument) *letters++ = ':';
    }
    *letters = 0;
    long_options[n] = (struct option){0};
}

/* Says what is wrong with the option at argv[optind - 1]. */
static void complain_option(const char *command, const char *written, bool incomplete,
                            const option_t *table, int n)
{
    const char *names[OPTIONS_AT_MOST];
    for (int i = 0; i < n; i++) names[i] = table[i].name;
    const char *near =
        strncmp(written, "--", 2) ? NULL : nearest_name(written + 2, names, (size_t)n);
    if (incomplete)
        fprintf(stderr, "adsim %s: '%s' needs a value\n", command, written);
    else if (near)
        fprintf(stderr, "adsim %s: unknown option '%s'; did you mean '--%s'?\n", command, written,
                near);
    else
        fprintf(stderr, "adsim %s: unknown option '%s'; see adsim help %s\n", command, written,
                command);
}

/* Is it written as an option of the table: -f, --force, --set=...? */
static bool is_option(const char *text, const option_t *table, int n)
{
    bool word = !strncmp(text, "--", 2);
    size_t length = strcspn(text, "=");
    for (int i = 0; i < n; i++) {
        char letter[3] = {'-', (char)table[i].code, 0};
        if (table[i].code < 256 && !strcmp(text, letter)) return true;
        if (word && length == 2 + strlen(table[i].name) &&
            !strncmp(text + 2, table[i].name, length - 2))
            return true;
    }
    return false;
}

bool options_read(int argc, char **argv, const option_t *table, int n, int *first,
                  bool (*take)(void *context, int code, const char *argument), void *context)
{
    struct option long_options[OPTIONS_AT_MOST + 1];
    char letters[2 * OPTIONS_AT_MOST + 2];
    fill_getopt(table, n, long_options, letters);
    opterr = 0;
    optind = 0; /* start anew: GNU getopt */
    for (int code; (code = getopt_long(argc, argv, letters, long_options, NULL)) != -1;) {
        if (code == '?' || code == ':') {
            char letter[3] = {'-', (char)optopt, 0};
            bool short_one = optopt && optopt < 256 && strncmp(argv[optind - 1], "--", 2) != 0;
            complain_option(argv[0], short_one ? letter : argv[optind - 1], code == ':', table, n);
            return false;
        }
        if (optarg && optarg == argv[optind - 1] && is_option(optarg, table, n)) {
            fprintf(stderr, "adsim %s: '%s' needs a value, but the option %s follows it\n", argv[0],
                    argv[optind - 2], optarg);
            return false;
        }
        if (!take(context, code, optarg)) return false;
    }
    *first = optind;
    return true;
}

void options_help(const option_t *table, int n, FILE *to)
{
    for (int i = 0; i < n; i++) {
        char left[64];
        char letter[5] = "    ";
        if (table[i].code < 256) snprintf(letter, sizeof letter, "-%c, ", table[i].code);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, table[i].name,
                 table[i].argument ? " " : "", table[i].argument ? table[i].argument : "");
        fprintf(to, "  %-35s %s\n", left, table[i].help);
    }
}

bool whole_number(const char *text, long low, long high, long *out)
{
    char *end;
    errno = 0;
    long x = strtol(text, &end, 10);
    if (end == text || *end || errno || x < low || x > high) return false;
    *out = x;
    return true;
}

int word_index(const char *word, const char *const *words, int n)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(word, words[i])) return i;
    return -1;
}
