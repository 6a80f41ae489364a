/* command_new.c -- `adsim new`: files to start from, scenarios and the adults of a country. */
#include "sim/cli/cli.h"
#include "sim/cli/countries.h"
#include "sim/cli/lessons.h"
#include "sim/cli/options.h"
#include "sim/cli/templates.h"
#include "sim/config/load.h"
#include "sim/report/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPTION_POPULATION = 256, OPTION_FROM, PATH_BYTES = 4096 };

static const option_t options[] = {
    {OPTION_POPULATION, "population", "COUNTRY", "the adults of a country by sex and age"},
    {OPTION_FROM, "from", "TEMPLATE", "a scenario: launch, retail, b2b, organic, or lesson1"},
    {'f', "force", NULL, "replace files that are there"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t new_options = {options, N_OPTIONS};

typedef struct {
    const char *population, *from;
    bool force, help;
} arguments_t;

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case OPTION_POPULATION: a->population = text; return true;
    case OPTION_FROM: a->from = text; return true;
    case 'f': a->force = true; return true;
    default: a->help = true; return true;
    }
}

static void list_countries(FILE *to)
{
    for (size_t c = 0; c < n_countries; c++) fprintf(to, "%s%s", c ? ", " : "", countries[c].title);
    fputs(".\n", to);
}

static void list_templates(FILE *to)
{
    for (size_t k = 0; k < n_templates; k++)
        fprintf(to, "  %-9s %s\n", templates[k].name, templates[k].does);
}

static int usage(FILE *to, int code)
{
    fputs("adsim new [OPTIONS] [DIR] --from TEMPLATE\n"
          "adsim new [OPTIONS] [DIR] --population COUNTRY\n"
          "Writes TEMPLATE.yaml, a scenario that runs at once and says what to change in it, or\n"
          "COUNTRY-adults.yaml, a population to start from; and the schema of scenarios beside it, "
          "in\n"
          "DIR (the current folder).\n\nTemplates:\n",
          to);
    list_templates(to);
    fputs("\nCountries:\n  ", to);
    list_countries(to);
    fputs("The United States are the preset us-adults.\n\n", to);
    options_help(options, N_OPTIONS, to);
    return code;
}

/* --- writing ----------------------------------------------------------------------------------- */

/* Makes the folder and its parents. */
static bool make_folder(const char *folder)
{
    char path[PATH_BYTES];
    if (snprintf(path, sizeof path, "%s/", folder) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        if (mkdir(path, 0777) && errno != EEXIST) return false;
        *slash = '/';
    }
    return true;
}

typedef enum { FILE_WRITTEN, FILE_IS_THERE, FILE_FAILED } written_t;

/* Whole or not at all; what is there is replaced with `force` alone. */
static written_t file_write(const char *path, const char *text, bool force)
{
    char part[PATH_BYTES];
    if (snprintf(part, sizeof part, "%s.part-XXXXXX", path) >= (int)sizeof part) {
        errno = ENAMETOOLONG;
        return FILE_FAILED;
    }
    int fd = mkstemp(part);
    FILE *to = fd < 0 ? NULL : fdopen(fd, "w");
    if (!to) return FILE_FAILED;
    mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask);
    bool fine = fputs(text, to) >= 0;
    fine = !fclose(to) && fine;
    if (fine) fine = force ? !rename(part, path) : !link(part, path);
    int why = errno;
    if (!fine || !force) unlink(part);
    errno = why;
    return fine ? FILE_WRITTEN : why == EEXIST ? FILE_IS_THERE : FILE_FAILED;
}

static bool holds(const char *path, const char *text)
{
    FILE *from = fopen(path, "r");
    if (!from) return false;
    int c;
    while ((c = fgetc(from)) != EOF && c == (unsigned char)*text) text++;
    fclose(from);
    return c == EOF && !*text;
}

static char *schema_text(void)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to) return NULL;
    error_t err = {""};
    bool fine = schema_write(to, &err) == OK;
    if (!fclose(to) && fine) return text;
    free(text);
    return NULL;
}

/* folder/name; of the current folder the name alone. */
static bool put_path(char path[PATH_BYTES], const char *folder, const char *name,
                     const char *suffix)
{
    bool here = !strcmp(folder, ".");
    int n =
        snprintf(path, PATH_BYTES, "%s%s%s%s", here ? "" : folder, here ? "" : "/", name, suffix);
    if (n < PATH_BYTES) return true;
    errno = ENAMETOOLONG;
    return false;
}

static int cannot_write(const char *path)
{
    fprintf(stderr, "adsim new: cannot write %s: %s\n", path, strerror(errno));
    return EXIT_NOT_WRITABLE;
}

/* A schema of another version stays: it may be meant for what else is there. */
static int schema_put(const char *folder, const char *text, bool force)
{
    char path[PATH_BYTES];
    if (!put_path(path, folder, "adsim", ".schema.json")) return cannot_write(folder);
    if (holds(path, text)) return EXIT_FINE;
    switch (file_write(path, text, force)) {
    case FILE_WRITTEN:
        printf("Wrote %s, which tells an editor what scenarios may hold.\n", path);
        break;
    case FILE_IS_THERE:
        fprintf(stderr, "adsim new: %s is there, of another version, and stays; -f replaces it\n",
                path);
        break;
    case FILE_FAILED: return cannot_write(path);
    }
    return EXIT_FINE;
}

/* folder/name + suffix, the folder made; its path is told the caller. */
static int file_put(const char *folder, const char *name, const char *suffix, const char *text,
                    bool force, char path[PATH_BYTES])
{
    if (!make_folder(folder)) return cannot_write(folder);
    if (!put_path(path, folder, name, suffix)) return cannot_write(folder);
    switch (file_write(path, text, force)) {
    case FILE_WRITTEN: return EXIT_FINE;
    case FILE_IS_THERE:
        fprintf(stderr, "adsim new: %s is there already; -f replaces it\n", path);
        return EXIT_NOT_WRITABLE;
    case FILE_FAILED: break;
    }
    return cannot_write(path);
}

static int template_put(const char *folder, const template_t *t, const char *schema, bool force)
{
    char path[PATH_BYTES];
    int code = file_put(folder, t->name, ".yaml", t->text, force, path);
    if (code != EXIT_FINE) return code;
    printf("Wrote %s: %s.\n", path, t->does);
    code = schema_put(folder, schema, force);
    if (code == EXIT_FINE) printf("Now:  adsim run %s\n", path);
    return code;
}

static int population_put(const char *folder, const country_t *c, const char *text,
                          const char *schema, bool force)
{
    char path[PATH_BYTES];
    int code = file_put(folder, c->name, "-adults.yaml", text, force, path);
    if (code != EXIT_FINE) return code;
    printf("Wrote %s: %s adults of %s by sex and age (United Nations, %d).\n", path,
           amount(country_people(c)).text, c->in_text, COUNTRY_YEAR);
    code = schema_put(folder, schema, force);
    if (code != EXIT_FINE) return code;
    printf(
        "Platforms, interests and behaviours in it are assumptions: put your own figures there.\n"
        "In a scenario beside it write:  population: %s-adults.yaml\n",
        c->name);
    return EXIT_FINE;
}

/* --- the command ------------------------------------------------------------------------------- */

static bool is_united_states(const char *name)
{
    static const char *const names[] = {"us",      "usa",  "united states",
                                        "america", "u.s.", "us-adults"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (expression_same_name(names[i], name)) return true;
    return false;
}

static int unknown_country(const char *name)
{
    const char *nearest = country_nearest(name);
    if (is_united_states(name)) {
        fputs("adsim new: the United States are a preset: write  population: us-adults\n", stderr);
        return EXIT_USAGE;
    }
    fprintf(stderr, "adsim new: no figures for '%s'", name);
    if (nearest) {
        fprintf(stderr, "; did you mean '%s'?\n", nearest);
    } else {
        fputs("; there is:\n  ", stderr);
        list_countries(stderr);
    }
    return EXIT_USAGE;
}

static int population_new(const char *folder, const arguments_t *a)
{
    const country_t *country = country_find(a->population);
    if (!country) return unknown_country(a->population);
    char *text = country_population(country), *schema = schema_text();
    int code = EXIT_UNEXPECTED;
    if (text && schema)
        code = population_put(folder, country, text, schema, a->force);
    else
        fputs("adsim new: out of memory\n", stderr);
    free(text);
    free(schema);
    return code;
}

static int unknown_template(const char *name)
{
    const char *nearest = template_nearest(name);
    fprintf(stderr, "adsim new: no template '%s'", name);
    if (nearest) {
        fprintf(stderr, "; did you mean '%s'?\n", nearest);
    } else {
        fputs("; there is:\n", stderr);
        list_templates(stderr);
    }
    return EXIT_USAGE;
}

/* "lesson1": what adsim lesson 1 copies. */
static const lesson_t *lesson_named(const char *name)
{
    long number;
    bool is_one = !strncmp(name, "lesson", 6) && whole_number(name + 6, 0, 1000, &number);
    return is_one ? lesson_find((int)number) : NULL;
}

static int template_new(const char *folder, const arguments_t *a)
{
    if (lesson_named(a->from)) {
        char lesson[] = "lesson", output[] = "-o", force[] = "-f", number[16], to[PATH_BYTES];
        snprintf(number, sizeof number, "%d", lesson_named(a->from)->number);
        snprintf(to, sizeof to, "%s", folder);
        char *call[] = {lesson, number, output, to, force, NULL};
        return command_lesson(a->force ? 5 : 4, call);
    }
    const template_t *t = template_find(a->from);
    if (!t) return unknown_template(a->from);
    char *schema = schema_text();
    int code = EXIT_UNEXPECTED;
    if (schema)
        code = template_put(folder, t, schema, a->force);
    else
        fputs("adsim new: out of memory\n", stderr);
    free(schema);
    return code;
}

int command_new(int argc, char **argv)
{
    arguments_t a = {0};
    int first;
    if (!options_read(argc, argv, options, N_OPTIONS, &first, take, &a)) return EXIT_USAGE;
    if (a.help) return usage(stdout, EXIT_FINE);
    if (argc - first > 1 || !a.from == !a.population) return usage(stderr, EXIT_USAGE);
    const char *folder = first < argc && *argv[first] ? argv[first] : ".";
    return a.from ? template_new(folder, &a) : population_new(folder, &a);
}
