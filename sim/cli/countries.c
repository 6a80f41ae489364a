/* countries.c -- the table: United Nations, World Population Prospects 2019, medium variant, 2025,
 * thousands by sex and age; 18-24 = 0.4 x (15-19) + (20-24). And the template that they fill. */
#include "sim/cli/countries.h"

#include "models/audience/expression.h"
#include "models/base/nearest.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The template as it is, inside the program: no file that could be missing or of another version. */
__asm__(".pushsection .rodata\n"
        ".globl adults_template\n"
        ".type adults_template, @object\n"
        "adults_template:\n"
        ".incbin \"configs/templates/adults.yaml\"\n"
        ".byte 0\n"
        ".size adults_template, . - adults_template\n"
        ".popsection\n");
extern const char adults_template[];

const country_t countries[] = {
    {"australia",
     "Australia",
     "Australia",
     {"AU"},
     {1164, 1791, 1901, 1640, 1506, 2246},
     {1122, 1741, 1904, 1668, 1553, 2538}},
    {"brazil",
     "Brazil",
     "Brazil",
     {"BR", "Brasil"},
     {11207, 17016, 16901, 14043, 11062, 10800},
     {10872, 16835, 17204, 14829, 12359, 14257}},
    {"canada",
     "Canada",
     "Canada",
     {"CA"},
     {1556, 2777, 2720, 2431, 2550, 3772},
     {1503, 2684, 2721, 2452, 2556, 4308}},
    {"france",
     "France",
     "France",
     {"FR"},
     {2746, 3667, 3980, 4091, 4097, 6466},
     {2665, 3733, 4150, 4213, 4351, 8324}},
    {"germany",
     "Germany",
     "Germany",
     {"DE", "Deutschland"},
     {2999, 5017, 5643, 5123, 6531, 8763},
     {2767, 4597, 5330, 5075, 6639, 10858}},
    {"india",
     "India",
     "India",
     {"IN", "Bharat"},
     {92547, 125521, 110920, 84603, 60815, 53060},
     {82682, 111999, 101702, 80550, 59515, 56175}},
    {"italy",
     "Italy",
     "Italy",
     {"IT", "Italia"},
     {2120, 3247, 3574, 4481, 4603, 6637},
     {2000, 3054, 3520, 4527, 4818, 8397}},
    {"spain",
     "Spain",
     "Spain",
     {"ES", "España", "Espana"},
     {1683, 2390, 2962, 4003, 3417, 4534},
     {1588, 2292, 2963, 3886, 3494, 5772}},
    {"uk",
     "United Kingdom",
     "the United Kingdom",
     {"UK", "GB", "Great Britain", "Britain"},
     {2774, 4457, 4675, 4252, 4403, 6374},
     {2666, 4327, 4699, 4320, 4581, 7352}},
};
const size_t n_countries = sizeof countries / sizeof *countries;

/* Every name of every country, at most `most`. */
static size_t all_names(const char **name, const country_t **of, size_t most)
{
    size_t n = 0;
    for (size_t c = 0; c < n_countries; c++) {
        for (int k = -1; k < 5 && n < most; k++) {
            const char *one = k < 0 ? countries[c].title : countries[c].also[k];
            if (!one) break;
            name[n] = one;
            of[n++] = &countries[c];
        }
    }
    return n;
}

enum { NAMES_MOST = 64 };

const country_t *country_find(const char *name)
{
    const char *names[NAMES_MOST];
    const country_t *of[NAMES_MOST];
    size_t n = all_names(names, of, NAMES_MOST);
    for (size_t i = 0; i < n; i++)
        if (expression_same_name(names[i], name)) return of[i];
    return NULL;
}

const char *country_nearest(const char *name)
{
    const char *names[NAMES_MOST];
    const country_t *of[NAMES_MOST];
    size_t n = all_names(names, of, NAMES_MOST);
    return nearest_name(name, names, n);
}

double country_people(const country_t *country)
{
    double thousands = 0;
    for (int a = 0; a < COUNTRY_AGES; a++) thousands += country->male[a] + country->female[a];
    return 1000 * thousands;
}

/* --- filling the template ----------------------------------------------------------------------- */

typedef struct {
    char text[120];
} cell_t;

static int widest(const country_t *c)
{
    int most = 0;
    for (int a = 0; a < COUNTRY_AGES; a++) {
        if (c->male[a] > most) most = c->male[a];
        if (c->female[a] > most) most = c->female[a];
    }
    return snprintf(NULL, 0, "%d", 1000 * most);
}

/* In people, all rows aligned. */
static cell_t row_of(const int *thousands, int width)
{
    cell_t row = {"["};
    for (int a = 0; a < COUNTRY_AGES; a++) {
        size_t used = strlen(row.text);
        snprintf(row.text + used, sizeof row.text - used, "%*d%s", width, 1000 * thousands[a],
                 a + 1 < COUNTRY_AGES ? ", " : "]");
    }
    return row;
}

/* What stands for a word between two @; "" for one that the template should not hold. */
static cell_t filling(const country_t *c, const char *word, size_t length)
{
    static const char *const words[] = {"name", "the country", "millions", "size",
                                        "year", "male",        "female"};
    enum { NAME, THE_COUNTRY, MILLIONS, SIZE, YEAR, MALE, FEMALE, WORDS };
    int k = 0;
    while (k < WORDS && (strlen(words[k]) != length || strncmp(words[k], word, length) != 0)) k++;
    cell_t cell = {""};
    char *to = cell.text;
    switch (k) {
    case NAME: snprintf(to, sizeof cell.text, "%s", c->name); break;
    case THE_COUNTRY: snprintf(to, sizeof cell.text, "%s", c->in_text); break;
    case MILLIONS: snprintf(to, sizeof cell.text, "%.1f", country_people(c) / 1e6); break;
    case SIZE: snprintf(to, sizeof cell.text, "%.0f", country_people(c)); break;
    case YEAR: snprintf(to, sizeof cell.text, "%d", COUNTRY_YEAR); break;
    case MALE: return row_of(c->male, widest(c));
    case FEMALE: return row_of(c->female, widest(c));
    default: break;
    }
    return cell;
}

char *country_population(const country_t *country)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to) return NULL;
    const char *from = adults_template;
    for (const char *mark; (mark = strchr(from, '@')); from = strchr(mark + 1, '@') + 1) {
        fwrite(from, 1, (size_t)(mark - from), to);
        fputs(filling(country, mark + 1, strcspn(mark + 1, "@")).text, to);
    }
    fputs(from, to);
    bool written = !ferror(to);
    if (!fclose(to) && written) return text;
    free(text);
    return NULL;
}
