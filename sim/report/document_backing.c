/* document_backing.c -- what stands behind the numbers of a page: pictures, assumptions, what is not modelled,
 * provenance, definitions. */
#include "sim/report/document_parts.h"

#include "sim/report/figures.h"
#include "sim/report/svg_inline.h"
#include "sim/report/whatif_page.h"

#include <math.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

/* --- notices ---------------------------------------------------------------------------------------- */

/* A notice is a sentence, or the sentence of one of several plans. */
static const char *notice_text(const json_t *list, size_t i)
{
    const json_t *x = json_array_get(list, i);
    const char *text = json_string_value(json_is_object(x) ? json_object_get(x, "text") : x);
    return text ? text : "";
}

static bool was_told(const json_t *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (!strcmp(notice_text(list, k), notice_text(list, i))) return true;
    return false;
}

/* The plans that a sentence is of, unless it is of all. */
static void put_plans(document_t *d, const json_t *list, size_t i)
{
    size_t plans = json_array_size(json_object_get(results_summary(d->results), "plans")), n = 0;
    for (size_t k = i; k < json_array_size(list); k++)
        n += !strcmp(notice_text(list, k), notice_text(list, i));
    if (!plans || n >= plans) return;
    for (size_t k = i, put = 0; k < json_array_size(list); k++) {
        if (strcmp(notice_text(list, k), notice_text(list, i)) != 0) continue;
        html_text(&d->html, put++ ? ", " : " (");
        html_name(&d->html, json_string_value(json_object_get(json_array_get(list, k), "plan")));
    }
    html_text(&d->html, ")");
}

/* So many are told at once; the others open, and are counted on paper. */
enum { NOTICES_TOLD = 6 };

static void notice_items(document_t *d, const json_t *list, size_t from, size_t n)
{
    html_t *h = &d->html;
    for (size_t i = 0, put = 0; i < json_array_size(list) && put < from + n; i++) {
        if (was_told(list, i) || put++ < from) continue;
        html_open(h, "li");
        html_text(h, notice_text(list, i));
        put_plans(d, list, i);
        html_close(h);
    }
}

static void write_list(document_t *d, const json_t *list, const char *class)
{
    html_t *h = &d->html;
    size_t n = 0, told = NOTICES_TOLD;
    for (size_t i = 0; i < json_array_size(list); i++) n += !was_told(list, i);
    if (n <= told + 1) told = n;
    html_open(h, "div", "class", class);
    html_open(h, "ul");
    notice_items(d, list, 0, told);
    html_close(h);
    if (n > told) {
        html_open(h, "details");
        html_open(h, "summary");
        html_textf(h, "%zu more", n - told);
        html_close(h);
        html_open(h, "ul");
        notice_items(d, list, told, n - told);
        html_close(h);
        html_close(h);
        html_open(h, "p", "class", "paper");
        html_textf(h, "%zu more stand in summary.json.", n - told);
        html_close(h);
    }
    html_close(h);
}

void write_notices(document_t *d)
{
    const json_t *summary = results_summary(d->results);
    const json_t *errors = json_object_get(summary, "errors");
    const json_t *notices = json_object_get(summary, "notices");
    if (json_array_size(errors)) write_list(d, errors, "notices wrong");
    if (json_array_size(notices)) write_list(d, notices, "notices");
}

/* --- pictures --------------------------------------------------------------------------------------- */

/* On paper there is room for so many, and for fewer where the curves of the what-if take some. */
enum { PICTURES_PRINTED = 4, PRINTED_BESIDE_CURVES = 2 };

/* Those that the page draws itself are files alone. */
static bool is_shown(const document_t *d, const picture_t *p)
{
    if (!strcmp(p->name, "response")) return !has_whatif(d);
    return strcmp(p->name, "dots") != 0;
}

bool has_pictures(const document_t *d)
{
    for (size_t i = 0; d->pictures && i < d->pictures->n; i++)
        if (is_shown(d, &d->pictures->picture[i])) return true;
    return false;
}

/* Where plots/style.gp writes title and note, down to what labels may need: TOP less 13 pixels. */
static double head_of(const picture_t *p)
{
    return 62 - 13 + (text_cells(p->title) > TITLE_CELLS ? 20 : 0);
}

static bool is_drawing_column(const char *name)
{
    return name[0] == '(';
}

static void write_numbers(document_t *d, const picture_t *p)
{
    html_t *h = &d->html;
    heading_t *heading = calloc(p->columns + 1, sizeof *heading);
    size_t n = 0;
    if (!heading) return;
    for (size_t c = 0; c < p->columns; c++) {
        if (is_drawing_column(p->column[c])) continue;
        bool number = p->rows && !isnan(p->value[c]);
        heading[n++] = (heading_t){p->column[c], p->column[c], number};
    }
    html_open(h, "details", "class", "numbers");
    html_line(h, "The numbers", "summary");
    open_table(d, p->title, heading, n, false);
    for (size_t r = 0; r < p->rows; r++) {
        html_open(h, "tr");
        for (size_t c = 0, shown = 0; c < p->columns; c++) {
            if (is_drawing_column(p->column[c])) continue;
            size_t i = r * p->columns + c;
            if (shown++ == 0)
                row_name(d, p->field[i], -1);
            else if (isnan(p->value[i]))
                cell_text(d, p->field[i]);
            else
                cell_amount(d, amount(p->value[i]), p->value[i]);
        }
        html_close(h);
    }
    close_table(d);
    html_close(h);
    free(heading);
}

status_t write_pictures(document_t *d, error_t *err)
{
    html_t *h = &d->html;
    status_t st = OK;
    html_open(h, "div", "class", "pictures");
    int shown = 0, most_printed = has_whatif(d) ? PRINTED_BESIDE_CURVES : PICTURES_PRINTED;
    for (size_t i = 0; st == OK && i < d->pictures->n; i++) {
        const picture_t *p = &d->pictures->picture[i];
        if (!is_shown(d, p)) continue;
        bool printed = shown++ < most_printed;
        html_open(h, "figure", "class", printed ? "picture" : "picture screen");
        html_line(h, p->title, "h3");
        if (p->svg) {
            html_open(h, "div", "class", "canvas");
            st = svg_inline(p->svg, shown, p->title, head_of(p), h->to, err);
            html_close(h);
        }
        html_open(h, "figcaption");
        html_text(h, p->note);
        if (!p->svg) html_text(h, " Not drawn: gnuplot is missing. The numbers stand below.");
        html_close(h);
        write_numbers(d, p);
        html_close(h);
    }
    html_close(h);
    return st;
}

/* --- assumptions ------------------------------------------------------------------------------------ */

/* Where values come from, those first that a reader should doubt first. */
static const struct {
    const char *origin[2], *title, *told;
} origins[] = {
    {{"assumption", NULL},
     "We assumed",
     "Nobody measured these, or nobody published it: adsim chose them. Replace those you know "
     "better."},
    {{"default", NULL}, "Defaults", "Not given by you; each from the source beside it."},
    {{"preset", NULL},
     "From presets",
     "Published averages of the platforms and populations you named."},
    {{"given", "set"}, "You gave", "The values of your scenario, with the line they stand in."},
};
enum { ORIGINS = sizeof origins / sizeof *origins };

static bool is_of(const result_table_t *t, size_t row, size_t k)
{
    const char *origin = result_text_of(t, row, "origin");
    return !strcmp(origin, origins[k].origin[0]) ||
           (origins[k].origin[1] && !strcmp(origin, origins[k].origin[1]));
}

bool has_assumptions(const document_t *d)
{
    return results_has(d->results, "assumptions.csv");
}

static void write_values(document_t *d, const result_table_t *t, size_t k, size_t n)
{
    static const heading_t heading[] = {{NULL, "key", false},
                                        {NULL, "value", false},
                                        {NULL, "unit", false},
                                        {NULL, "source", false}};
    html_t *h = &d->html;
    html_open(h, "details", "class", "values");
    html_open(h, "summary");
    html_textf(h, "%s: %zu value%s", origins[k].title, n, n == 1 ? "" : "s");
    html_close(h);
    html_line(h, origins[k].told, "p");
    open_table(d, origins[k].title, heading, sizeof heading / sizeof *heading, false);
    for (size_t r = 0; r < t->rows; r++) {
        if (!is_of(t, r, k)) continue;
        html_open(h, "tr");
        row_name(d, result_text_of(t, r, "key"), -1);
        cell_text(d, result_text_of(t, r, "value"));
        cell_text(d, result_text_of(t, r, "unit"));
        cell_text(d, result_text_of(t, r, "source"));
        html_close(h);
    }
    close_table(d);
    html_close(h);
}

static size_t count_of(const result_table_t *t, size_t k)
{
    size_t n = 0;
    for (size_t r = 0; r < t->rows; r++) n += is_of(t, r, k);
    return n;
}

status_t write_assumptions(document_t *d, error_t *err)
{
    const result_table_t *not_given, *given;
    status_t st = results_table(d->results, "assumptions.csv", &not_given, err);
    if (st == OK) st = results_table(d->results, "given.csv", &given, err);
    if (st != OK) return st;
    size_t yours = count_of(given, ORIGINS - 1);
    html_open(&d->html, "p");
    html_textf(
        &d->html,
        "You gave %zu value%s. adsim assumed %zu without a source, took %zu from published sources "
        "and %zu from presets.",
        yours, yours == 1 ? "" : "s", count_of(not_given, 0), count_of(not_given, 1),
        count_of(not_given, 2));
    if (results_kind(d->results) == RESULTS_BATCH)
        html_text(&d->html, " They hold at every point; what was swept stands beside the points.");
    html_close(&d->html);
    for (size_t k = 0; k < ORIGINS; k++) {
        const result_table_t *t = k + 1 < ORIGINS ? not_given : given;
        size_t n = count_of(t, k);
        if (n) write_values(d, t, k, n);
    }
    return OK;
}

/* --- what is not modelled --------------------------------------------------------------------------- */

enum { SIMULATED = 1, CURVES = 2 };
static const struct {
    int of; /* SIMULATED, CURVES: which answers it limits */
    const char *what, *told;
} unmodelled[] = {
    {SIMULATED, "Your account.",
     "Platforms are built from published averages; yours may pay and click otherwise."},
    {SIMULATED, "Rivals who answer you.",
     "Their bids are drawn from the platform's market and do not react to your plan or to each "
     "other."},
    {SIMULATED, "What an ad says.",
     "A creative is its click rate, its wear-out and its family; words and pictures are not "
     "judged."},
    {SIMULATED, "Changes on the way.",
     "The plan runs as written: nobody edits bids, budgets or creatives, and no ad is rejected in "
     "review."},
    {SIMULATED, "Fraud.",
     "Every impression is a person's; invalid traffic is neither bought nor filtered."},
    {SIMULATED, "Other channels.",
     "Search, television, e-mail and shops are not in it, nor what ads do to them."},
    {SIMULATED, "The shop.",
     "Sold-out stock, a slow site or a new price do not happen unless the file's rates say so."},
    {SIMULATED, "Lost identity.",
     "A person is one person on all devices; what tracking misses is a share, not a device."},
    {SIMULATED, "Competitors' posts and paid promotion of posts.", "A brand's own posts are."},
    {CURVES, "Anything but the curves.",
     "They are taken as you gave them: cells do not share people, and what moves one moves no "
     "other."},
    {CURVES, "Money beyond them.",
     "A curve is believed over all its range, also where no one has spent so much."},
};

status_t write_unmodelled(document_t *d, error_t *err)
{
    (void)err;
    html_t *h = &d->html;
    bool curves = results_kind(d->results) == RESULTS_ALLOCATION &&
                  !json_is_object(json_object_get(results_summary(d->results), "simulation"));
    html_open(h, "ul", "class", "unmodelled");
    for (size_t i = 0; i < sizeof unmodelled / sizeof *unmodelled; i++) {
        if (!(unmodelled[i].of & (curves ? CURVES : SIMULATED))) continue;
        html_open(h, "li");
        html_line(h, unmodelled[i].what, "b");
        html_text(h, " ");
        html_text(h, unmodelled[i].told);
        html_close(h);
    }
    html_close(h);
    return OK;
}

/* --- provenance ------------------------------------------------------------------------------------- */

static void put_fact(document_t *d, const char *term, const char *title, const char *text)
{
    if (!text[0]) return;
    html_open(&d->html, "dt");
    put_term(d, term, title);
    html_close(&d->html);
    html_line(&d->html, text, "dd");
}

static void put_count(document_t *d, const char *term, const char *title, const char *path)
{
    double x = results_number(d->results, path);
    if (!isnan(x)) put_fact(d, term, title, amount_whole(x).text);
}

/* Of a text file of the folder, in hexadecimal; "" where there is none. */
static void digest_of(const document_t *d, const char *name, char out[2 * SHA256_DIGEST_SIZE + 1])
{
    char path[4096];
    struct sha256_ctx hash;
    uint8_t block[4096], digest[SHA256_DIGEST_SIZE];
    out[0] = 0;
    snprintf(path, sizeof path, "%s/%s", results_folder(d->results), name);
    FILE *from = fopen(path, "rb");
    if (!from) return;
    sha256_init(&hash);
    for (size_t n; (n = fread(block, 1, sizeof block, from)) > 0;) sha256_update(&hash, n, block);
    fclose(from);
    sha256_digest(&hash, sizeof digest, digest);
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++) sprintf(out + 2 * i, "%02x", digest[i]);
}

/* What a shell takes for one word. */
static void shell_word(FILE *to, const char *word)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=-";
    if (word[0] && word[strspn(word, plain)] == 0) {
        fprintf(to, " %s", word);
        return;
    }
    fputs(" '", to);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", to);
        else
            fputc(*word, to);
    fputc('\'', to);
}

static void run_command(const document_t *d, FILE *to)
{
    fprintf(to, "adsim run %s -o again",
            results_has(d->results, "resolved.yaml") ? "resolved.yaml" : "scenario.yaml");
}

/* plan-01-NAME.yaml are each plan by itself, in their order. */
static void comparison_command(const document_t *d, FILE *to)
{
    const json_t *plans = json_object_get(results_summary(d->results), "plans");
    fputs("adsim compare", to);
    for (size_t i = 0; i < json_array_size(plans); i++) fprintf(to, " plan-%02zu-*.yaml", i + 1);
    const char *metric = results_text(d->results, "metric");
    if (metric[0]) fprintf(to, " --metric %s", metric);
    fprintf(to, " --replications %.0f -o again", results_number(d->results, "replications"));
}

static void allocation_command(const document_t *d, FILE *to)
{
    bool simulated = json_is_object(json_object_get(results_summary(d->results), "simulation"));
    fprintf(to, simulated ? "adsim allocate resolved.yaml -o again"
                          : "adsim allocate --curves scenario.yaml -o again");
}

static void batch_command(const document_t *d, FILE *to)
{
    const json_t *files = json_object_get(results_summary(d->results), "files");
    const json_t *set = json_object_get(results_summary(d->results), "set");
    fputs("adsim sweep", to);
    for (size_t i = 0; i < json_array_size(files); i++)
        shell_word(to, json_string_value(json_object_get(json_array_get(files, i), "file")));
    for (size_t i = 0; i < json_array_size(set); i++) {
        fputs(" --set", to);
        shell_word(to, json_string_value(json_array_get(set, i)));
    }
    fputs(" -o again", to);
}

static status_t write_command(document_t *d, error_t *err)
{
    static void (*const command[])(const document_t *d,
                                   FILE *to) = {[RESULTS_RUN] = run_command,
                                                [RESULTS_COMPARISON] = comparison_command,
                                                [RESULTS_ALLOCATION] = allocation_command,
                                                [RESULTS_BATCH] = batch_command};
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    if (to) command[results_kind(d->results)](d, to);
    if (!to || fclose(to)) {
        free(text);
        return fail_memory(err, "report.html");
    }
    html_open(&d->html, "p");
    html_textf(&d->html, "%s, the same numbers again, on any machine and any number of threads:",
               results_kind(d->results) == RESULTS_BATCH ? "Where its scenarios are"
                                                         : "In this folder");
    html_close(&d->html);
    put_command(d, text);
    free(text);
    return OK;
}

status_t write_provenance(document_t *d, error_t *err)
{
    html_t *h = &d->html;
    char digest[2 * SHA256_DIGEST_SIZE + 1];
    status_t st = write_command(d, err);
    if (st != OK) return st;
    html_open(h, "dl", "class", "facts");
    put_fact(d, NULL, "adsim", results_text(d->results, "version"));
    put_fact(d, NULL, "scenario", scenario_of(d));
    put_count(d, "seed", "seed", "seed");
    put_count(d, "replications", "replications", "replications");
    put_count(d, "people", "simulated people", "people");
    put_count(d, "population", "people they stand for", "population");
    put_fact(d, NULL, "fingerprint", results_text(d->results, "fingerprint"));
    digest_of(d, "resolved.yaml", digest);
    put_fact(d, NULL, "SHA-256 of resolved.yaml", digest);
    html_close(h);
    html_open(h, "p");
    html_line(h, "run.json", "code");
    html_text(h, " beside this page has the commit, compiler, machine, times and command line of "
                 "the run that "
                 "made it, and the SHA-256 of every file.");
    html_close(h);
    return OK;
}

/* --- definitions ------------------------------------------------------------------------------------ */

status_t write_definitions(document_t *d, error_t *err)
{
    (void)err;
    html_t *h = &d->html;
    html_open(h, "dl", "class", "definitions");
    for (size_t i = 0; i < d->n_terms; i++) {
        if (!d->defined[i]) continue;
        glossary_term_t term = d->term[i];
        char id[96];
        snprintf(id, sizeof id, "term-%s", term.name);
        html_line(h, term.label, "dt", "id", id);
        html_open(h, "dd");
        html_text(h, term.meaning);
        if (term.unit[0]) html_textf(h, " (%s)", term.unit);
        if (term.key[0]) {
            html_text(h, " \xc2\xb7 set by ");
            html_line(h, term.key, "code");
        }
        html_close(h);
    }
    html_close(h);
    return OK;
}
