/* manual.c -- adsim(1) in roff. */
#include "sim/cli/manual.h"

#include "sim/cli/cli.h"
#include "sim/report/glossary.h"

#include <stdlib.h>

/* A text inside a line: no escape, and no request, of its own. Bytes beyond ASCII are UTF-8, which man reads. */
static void put(const char *text, FILE *to)
{
    for (; *text; text++) switch (*text) {
        case '\\': fputs("\\e", to); break;
        case '-': fputs("\\-", to); break;
        case '\'': fputs("\\(aq", to); break;
        case '^': fputs("\\(ha", to); break;
        case '~': fputs("\\(ti", to); break;
        case '`': fputs("\\(ga", to); break;
        case '"': fputs("\\(dq", to); break;
        default: fputc(*text, to);
        }
}

/* A line of text; a leading dot would be a request. */
static void line(const char *text, FILE *to)
{
    if (*text == '.') fputs("\\&", to);
    put(text, to);
    fputc('\n', to);
}

static void option_write(const option_t *o, FILE *to)
{
    fputs(".TP\n", to);
    if (o->code < 256) fprintf(to, "\\fB\\-%c\\fR, ", o->code);
    fputs("\\fB\\-\\-", to);
    put(o->name, to);
    fputs("\\fR", to);
    if (o->argument) {
        fputs(" \\fI", to);
        put(o->argument, to);
        fputs("\\fR", to);
    }
    fputc('\n', to);
    line(o->help, to);
}

static void commands_write(FILE *to)
{
    fputs(".SH COMMANDS\n", to);
    for (const command_t *c = commands; c->name; c++) {
        fputs(".SS adsim ", to);
        put(c->name, to);
        if (*c->argument) {
            fputc(' ', to);
            put(c->argument, to);
        }
        fputc('\n', to);
        line(c->does, to);
        for (int i = 0; c->options && i < c->options->n; i++) option_write(&c->options->row[i], to);
    }
}

static void terms_write(FILE *to)
{
    size_t n;
    glossary_term_t *all = glossary_terms(&n);
    fputs(".SH TERMS\nWhat columns of files and headings of pages mean; \\fBadsim explain\\fR "
          "tells one.\n"
          "A column that ends in _lo, _hi or _mc_se is the range or the error of the one before "
          "these letters.\n",
          to);
    for (size_t i = 0; all && i < n; i++) {
        fputs(".TP\n\\fB", to);
        put(all[i].name, to);
        fputs("\\fR", to);
        if (*all[i].unit) {
            fputs(" [", to);
            put(all[i].unit, to);
            fputc(']', to);
        }
        fputc('\n', to);
        line(all[i].meaning, to);
    }
    free(all);
}

typedef struct {
    const char *name, *text;
} row_t;

static void rows_write(const char *title, const row_t *row, size_t n, FILE *to)
{
    fprintf(to, ".SH %s\n", title);
    for (size_t i = 0; i < n; i++) {
        fputs(".TP\n\\fB", to);
        put(row[i].name, to);
        fputs("\\fR\n", to);
        line(row[i].text, to);
    }
}

#define ROWS(title, rows) rows_write(title, rows, sizeof rows / sizeof *rows, to)

void manual_write(FILE *to)
{
    static const row_t codes[] = {
        {"0", "fine"},
        {"1", "unexpected failure"},
        {"2", "wrong usage"},
        {"3", "--require is not met, or a target of allocate cannot be attained"},
        {"4", "some points of a sweep failed"},
        {"65", "the scenario is not valid"},
        {"66", "the input cannot be read"},
        {"73", "the output exists or cannot be written"},
        {"130", "interrupted"},
    };
    static const row_t environment[] = {
        {"ADSIM_DATA",
         "folder where populations and platforms are looked for first, after the scenario's own"},
        {"NO_COLOR", "if it is set and not empty: no colours"},
        {"TERM", "dumb: no colours, and no progress line that moves"},
        {"COLUMNS", "cells of a line, 20 to 1000"},
    };
    static const row_t examples[] = {
        {"adsim new --from launch", "write a scenario that runs at once and says what to change"},
        {"adsim check launch.yaml", "tell all its problems, with line, rule and fix"},
        {"adsim run launch.yaml -o out/launch", "simulate it"},
        {"adsim run launch.yaml --require 'P(roas>=1.3)>=0.75'", "exit with 3 unless that is so"},
        {"adsim explain iroas pacing", "what a term and a key mean"},
    };
    fprintf(to,
            ".\\\" Made by adsim help --man; do not edit.\n"
            ".TH ADSIM 1 \"\" \"adsim %s\" \"User Commands\"\n"
            ".SH NAME\nadsim \\- simulate audiences, ads and auctions from a scenario file\n"
            ".SH SYNOPSIS\n.B adsim\n.I COMMAND\n[\\fIFILE\\fR] [\\fIOPTIONS\\fR]\n"
            ".SH DESCRIPTION\n",
            ADSIM_VERSION);
    fputs("adsim simulates people, targeted campaigns and the auctions between them, thousands of "
          "times over,\n"
          "from one YAML file: how many will I reach, how many will buy because of it, what will "
          "it return, and\n"
          "how sure is that? The same file and seed give the same bytes, whatever the number of "
          "threads. It asks\n"
          "the network for nothing.\n.PP\n"
          "Options stand before or after the file; \\- is stdin. The result is printed on stdout; "
          "progress, notices\n"
          "and errors on stderr. \\fBadsim schema\\fR and \\fBadsim explain\\fR describe the keys "
          "of a scenario.\n",
          to);
    commands_write(to);
    ROWS("EXIT STATUS", codes);
    ROWS("ENVIRONMENT", environment);
    ROWS("EXAMPLES", examples);
    terms_write(to);
}
