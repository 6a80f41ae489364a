/* command_completion.c -- adsim completion SHELL: a script by which bash, zsh or fish completes words, made of the
 * table of commands and their tables of options. */
#include "sim/cli/cli.h"
#include "sim/cli/countries.h"
#include "sim/cli/lessons.h"
#include "sim/cli/templates.h"
#include "sim/metrics/columns.h"
#include "sim/report/glossary.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const option_t options[] = {{'h', "help", NULL, "this text"}};
const option_table_t completion_options = {options, 1};

/* --- what may stand where ------------------------------------------------------------------------ */

typedef enum { VALUE_FREE, VALUE_FOLDER, VALUE_FILE, VALUE_WORDS } value_kind_t;

/* Words that a value is one of: those in its own text (auto|plain|none), or those of a table. */
typedef struct {
    value_kind_t kind;
    const char *text; /* of VALUE_WORDS: the words with | between; NULL = each in `list` */
    void (*list)(FILE *to);
} value_t;

static void list_commands(FILE *to)
{
    for (const command_t *c = commands; c->name; c++) fprintf(to, "%s ", c->name);
}

static void list_columns(FILE *to)
{
    for (int c = 0; c < COLUMNS; c++) fprintf(to, "%s ", columns[c].name);
}

static void list_templates(FILE *to)
{
    for (size_t i = 0; i < n_templates; i++) fprintf(to, "%s ", templates[i].name);
}

static void list_countries(FILE *to)
{
    for (size_t i = 0; i < n_countries; i++) fprintf(to, "%s ", countries[i].name);
}

static void list_lessons(FILE *to)
{
    for (size_t i = 0; i < n_lessons; i++) fprintf(to, "%d ", lessons[i].number);
}

static void list_terms(FILE *to)
{
    size_t n;
    glossary_term_t *all = glossary_terms(&n);
    for (size_t i = 0; all && i < n; i++) fprintf(to, "%s ", all[i].name);
    free(all);
}

/* Small letters and | alone: the words themselves. */
static bool is_list_of_words(const char *argument)
{
    bool several = false;
    for (const char *c = argument; *c; c++) {
        if (!islower((unsigned char)*c) && !strchr("|-_", *c)) return false;
        several |= *c == '|';
    }
    return several;
}

static value_t value_of(const char *argument)
{
    static const struct {
        const char *word;
        value_t value;
    } known[] = {
        {"DIR", {VALUE_FOLDER, NULL, NULL}},
        {"FILE", {VALUE_FILE, NULL, NULL}},
        {"CSV", {VALUE_FILE, NULL, NULL}},
        {"COMMAND", {VALUE_WORDS, NULL, list_commands}},
        {"COLUMN", {VALUE_WORDS, NULL, list_columns}},
        {"METRIC", {VALUE_WORDS, NULL, list_columns}},
        {"TEMPLATE", {VALUE_WORDS, NULL, list_templates}},
        {"COUNTRY", {VALUE_WORDS, NULL, list_countries}},
        {"[N]", {VALUE_WORDS, NULL, list_lessons}},
        {"WORD", {VALUE_WORDS, NULL, list_terms}},
        {"SHELL", {VALUE_WORDS, "bash|zsh|fish", NULL}},
    };
    if (is_list_of_words(argument)) return (value_t){VALUE_WORDS, argument, NULL};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strstr(argument, known[i].word)) return known[i].value;
    return (value_t){VALUE_FREE, NULL, NULL};
}

static void write_words(value_t value, FILE *to)
{
    if (!value.text) {
        value.list(to);
        return;
    }
    for (const char *c = value.text; *c; c++) fputc(*c == '|' ? ' ' : *c, to);
}

static void write_names(const option_table_t *table, FILE *to)
{
    for (int i = 0; i < table->n; i++) fprintf(to, "--%s ", table->row[i].name);
    for (int i = 0; i < table->n; i++)
        if (table->row[i].code < 256) fprintf(to, "-%c ", table->row[i].code);
}

/* --- bash ---------------------------------------------------------------------------------------- */

static void bash_value(value_t value, FILE *to)
{
    static const char *const how[] = {[VALUE_FREE] = "return",
                                      [VALUE_FOLDER] = "_adsim_files -d; return",
                                      [VALUE_FILE] = "_adsim_files -f; return"};
    if (value.kind != VALUE_WORDS) {
        fputs(how[value.kind], to);
        return;
    }
    fputs("_adsim_words '", to);
    write_words(value, to);
    fputs("'; return", to);
}

static void bash_command(const command_t *c, FILE *to)
{
    fprintf(to, "    %s)\n        case $previous in\n", c->name);
    for (int i = 0; i < c->options->n; i++) {
        const option_t *o = &c->options->row[i];
        if (!o->argument) continue;
        fprintf(to, "        --%s", o->name);
        if (o->code < 256) fprintf(to, "|-%c", o->code);
        fputs(") ", to);
        bash_value(value_of(o->argument), to);
        fputs(" ;;\n", to);
    }
    fputs("        esac\n        if [[ $current == -* ]]; then _adsim_words '", to);
    write_names(c->options, to);
    fputs("'; return; fi\n        ", to);
    bash_value(value_of(c->argument), to);
    fputs(" ;;\n", to);
}

static void write_bash(FILE *to)
{
    fputs("# adsim -- completion for bash:  source <(adsim completion bash)\n"
          "_adsim_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$current\"); }\n"
          "_adsim_files() {\n"
          "    compopt -o filenames 2>/dev/null\n"
          "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$current\")\n"
          "}\n"
          "_adsim() {\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} "
          "command=\n"
          "    COMPREPLY=()\n"
          "    ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]}\n"
          "    case $command in\n"
          "    '') _adsim_words '",
          to);
    list_commands(to);
    fputs("--help --version' ;;\n", to);
    for (const command_t *c = commands; c->name; c++) bash_command(c, to);
    fputs("    esac\n}\ncomplete -F _adsim adsim\n", to);
}

/* --- zsh ----------------------------------------------------------------------------------------- */

/* In single quotes; of _arguments also without : [ ] of its own. */
static void zsh_text(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (strchr(":[]\\", *text)) fputc('\\', to);
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, 0}, to);
    }
}

static void zsh_action(value_t value, FILE *to)
{
    switch (value.kind) {
    case VALUE_FOLDER: fputs("_files -/", to); break;
    case VALUE_FILE: fputs("_files", to); break;
    case VALUE_WORDS:
        fputc('(', to);
        write_words(value, to);
        fputc(')', to);
        break;
    case VALUE_FREE: fputc(' ', to); break;
    }
}

static void zsh_option(const option_t *o, FILE *to)
{
    fputs("            ", to);
    if (o->code < 256)
        fprintf(to, "{-%c,--%s}'", o->code, o->name);
    else
        fprintf(to, "'--%s", o->name);
    fputc('[', to);
    zsh_text(o->help, to);
    fputc(']', to);
    if (o->argument) {
        fputc(':', to);
        zsh_text(o->argument, to);
        fputc(':', to);
        zsh_action(value_of(o->argument), to);
    }
    fputs("' \\\n", to);
}

static void zsh_command(const command_t *c, FILE *to)
{
    fprintf(to, "    %s)\n        _arguments -s \\\n", c->name);
    for (int i = 0; i < c->options->n; i++) zsh_option(&c->options->row[i], to);
    fputs("            '*:", to);
    zsh_text(*c->argument ? c->argument : "nothing more", to);
    fputc(':', to);
    zsh_action(value_of(c->argument), to);
    fputs("' ;;\n", to);
}

static void write_zsh(FILE *to)
{
    fputs("#compdef adsim\n"
          "# adsim -- completion for zsh:  adsim completion zsh >\"${fpath[1]}/_adsim\"\n"
          "_adsim() {\n"
          "    local -a commands=(\n",
          to);
    for (const command_t *c = commands; c->name; c++) {
        fprintf(to, "        '%s:", c->name);
        zsh_text(c->does, to);
        fputs("'\n", to);
    }
    fputs("    )\n"
          "    if ((CURRENT == 2)); then\n"
          "        _describe command commands\n"
          "        return\n"
          "    fi\n"
          "    local command=$words[2]\n"
          "    shift words\n"
          "    ((CURRENT--))\n"
          "    case $command in\n",
          to);
    for (const command_t *c = commands; c->name; c++) zsh_command(c, to);
    fputs("    esac\n}\n"
          "if [[ $funcstack[1] == _adsim ]]; then _adsim \"$@\"; else compdef _adsim adsim; fi\n",
          to);
}

/* --- fish ---------------------------------------------------------------------------------------- */

static void fish_text(const char *text, FILE *to)
{
    fputc('\'', to);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') fputc('\\', to);
        fputc(*text, to);
    }
    fputc('\'', to);
}

static void fish_value(value_t value, FILE *to)
{
    switch (value.kind) {
    case VALUE_FOLDER: fputs(" -x -a '(__fish_complete_directories)'", to); break;
    case VALUE_FILE: fputs(" -r -F", to); break;
    case VALUE_WORDS:
        fputs(" -x -a '", to);
        write_words(value, to);
        fputc('\'', to);
        break;
    case VALUE_FREE: fputs(" -x", to); break;
    }
}

static void fish_command(const command_t *c, FILE *to)
{
    fprintf(to, "complete -c adsim -n __fish_use_subcommand -f -a %s -d ", c->name);
    fish_text(c->does, to);
    fputc('\n', to);
    value_t argument = value_of(c->argument);
    if (argument.kind == VALUE_WORDS || argument.kind == VALUE_FOLDER) {
        fprintf(to, "complete -c adsim -n '__fish_seen_subcommand_from %s'", c->name);
        fish_value(argument, to);
        fputc('\n', to);
    }
    for (int i = 0; i < c->options->n; i++) {
        const option_t *o = &c->options->row[i];
        fprintf(to, "complete -c adsim -n '__fish_seen_subcommand_from %s' -l %s", c->name,
                o->name);
        if (o->code < 256) fprintf(to, " -s %c", o->code);
        if (o->argument) fish_value(value_of(o->argument), to);
        fputs(" -d ", to);
        fish_text(o->help, to);
        fputc('\n', to);
    }
}

static void write_fish(FILE *to)
{
    fputs("# adsim -- completion for fish:  adsim completion fish "
          ">~/.config/fish/completions/adsim.fish\n",
          to);
    for (const command_t *c = commands; c->name; c++) fish_command(c, to);
}

/* --- the command --------------------------------------------------------------------------------- */

static bool take(void *context, int code, const char *text)
{
    (void)code, (void)text;
    *(bool *)context = true;
    return true;
}

static int usage(FILE *to, int code)
{
    fputs("adsim completion bash|zsh|fish\n"
          "Prints what the shell needs to complete commands, options and their values:\n\n"
          "  bash   source <(adsim completion bash)                      in ~/.bashrc\n"
          "  zsh    adsim completion zsh >\"${fpath[1]}/_adsim\"\n"
          "  fish   adsim completion fish >~/.config/fish/completions/adsim.fish\n\n",
          to);
    options_help(options, 1, to);
    return code;
}

int command_completion(int argc, char **argv)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    static void (*const write[])(FILE *) = {write_bash, write_zsh, write_fish};
    int first;
    bool help = false;
    if (!options_read(argc, argv, options, 1, &first, take, &help)) return EXIT_USAGE;
    if (help) return usage(stdout, EXIT_FINE);
    if (argc - first != 1) return usage(stderr, EXIT_USAGE);
    int shell = word_index(argv[first], shells, 3);
    if (shell < 0) {
        fprintf(stderr, "adsim completion: bash, zsh or fish, not '%s'\n", argv[first]);
        return EXIT_USAGE;
    }
    write[shell](stdout);
    return EXIT_FINE;
}
