/* csv_source.c -- finds and reads the CSV files that a scenario names. */
#include "sim/config/csv_source.h"

#include "models/base/nearest.h"
#include "sim/config/characters.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const missing_words[] = {[MISSING_ERROR] = "error",
                                            [MISSING_DROP] = "drop",
                                            [MISSING_UNKNOWN] = "unknown",
                                            [MISSING_NO] = "no",
                                            [MISSING_SPREAD] = "spread"};

/* ---- Keys -------------------------------------------------------------------------------------- */

static bool scalar(const node_t *node, const char *what, diagnostics_t *d)
{
    if (node->kind == NODE_SCALAR && *node->text) return true;
    complain(d, SEVERITY_ERROR, node->place, NULL, "'%s' must be one text", what);
    return false;
}

static void separator_parse(csv_source_t *s, const node_t *node, diagnostics_t *d)
{
    static const struct {
        const char *word;
        char separator;
    } known[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}};
    if (!scalar(node, "separator", d)) return;
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(node->text, known[i].word)) s->format.separator = known[i].separator;
    bool one = strlen(node->text) == 1 && !strchr("\"\r\n ", *node->text) &&
               (unsigned char)*node->text < 0x80;
    if (one) s->format.separator = *node->text;
    if (!s->format.separator)
        complain(d, SEVERITY_ERROR, node->place, "comma, semicolon, tab or one character",
                 "'separator' cannot be '%s'", shown(node->text).text);
}

static void missing_parse(csv_source_t *s, const node_t *node, diagnostics_t *d)
{
    if (node->kind != NODE_SEQUENCE || node->n > CSV_MISSING_WORDS) {
        complain(d, SEVERITY_ERROR, node->place, "such as [NA, N/A, refused]",
                 "'missing' must be a list of at most %d words", CSV_MISSING_WORDS);
        return;
    }
    for (size_t i = 0; i < node->n; i++) {
        if (node->item[i]->kind != NODE_SCALAR) {
            complain(d, SEVERITY_ERROR, node->item[i]->place, NULL, "'missing' lists words");
            return;
        }
        s->missing_word[i] = node->item[i]->text;
    }
    s->format.missing = s->missing_word;
    s->format.n_missing = node->n;
}

static void sha256_parse(csv_source_t *s, const node_t *node, diagnostics_t *d)
{
    if (!scalar(node, "sha256", d)) return;
    s->sha256 = node->text;
    if (strlen(node->text) != 64 || strspn(node->text, "0123456789abcdef") != 64)
        complain(d, SEVERITY_ERROR, node->place, "as `sha256sum FILE` prints it",
                 "'sha256' has 64 digits of 0-9 and a-f");
}

/* ---- Roles ------------------------------------------------------------------------------------- */

static void complain_word(diagnostics_t *d, place_t at, const char *what, const char *word,
                          const char *const *names, size_t n)
{
    char help[400] = "";
    const char *nearest = nearest_name(word, names, n);
    if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", nearest);
    for (size_t i = 0; !nearest && i < n; i++)
        snprintf(help + strlen(help), sizeof help - strlen(help), "%s%s",
                 i ? ", " : "one of: ", names[i]);
    complain(d, SEVERITY_ERROR, at, help, "'%s' cannot be '%s'", what, shown(word).text);
}

static int rule_find(const csv_role_rule_t *rule, int n, const char *word)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(rule[i].word, word)) return i;
    return -1;
}

static void role_missing(csv_role_t *role, const csv_role_rule_t *rule, const node_t *node,
                         diagnostics_t *d)
{
    const char *names[4];
    if (!scalar(node, "missing", d)) return;
    for (int k = 0; k < rule->n_missing; k++) {
        names[k] = missing_words[rule->missing[k]];
        if (!strcmp(names[k], node->text)) {
            role->missing = rule->missing[k];
            return;
        }
    }
    complain_word(d, node->place, "missing", node->text, names, (size_t)rule->n_missing);
}

static void role_keys(csv_role_t *role, const csv_role_rule_t *rule, const node_t *node,
                      diagnostics_t *d)
{
    static const char *const keys[] = {"as", "name", "levels", "missing"};
    for (size_t i = 0; i < node->n; i++) {
        const char *key = node->key[i]->text;
        const node_t *value = node->item[i];
        if (!strcmp(key, "as")) continue;
        if (!strcmp(key, "missing"))
            role_missing(role, rule, value, d);
        else if (!strcmp(key, "name") && rule->named) {
            if (scalar(value, "name", d)) role->name = value;
        } else if (!strcmp(key, "levels") && rule->levels)
            role->levels = value;
        else if (!strcmp(key, "name") || !strcmp(key, "levels"))
            complain(d, SEVERITY_ERROR, node->key[i]->place, NULL, "a column as: %s has no '%s'",
                     rule->word, key);
        else
            complain_word(d, node->key[i]->place, "a key of a column", key, keys, 4);
    }
}

static void role_parse(csv_source_t *s, const node_t *column, const node_t *node,
                       const csv_role_rule_t *rule, int n_rules, diagnostics_t *d)
{
    const node_t *word = node->kind == NODE_MAPPING ? node_get(node, "as") : node;
    if (!word || word->kind != NODE_SCALAR) {
        complain(d, SEVERITY_ERROR, node->place, "write COLUMN: attribute, or {as: attribute, ...}",
                 "what column '%s' is must be said", shown(column->text).text);
        return;
    }
    int k = rule_find(rule, n_rules, word->text);
    if (k < 0) {
        const char *names[16];
        for (int i = 0; i < n_rules; i++) names[i] = rule[i].word;
        complain_word(d, word->place, "as", word->text, names, (size_t)n_rules);
        return;
    }
    if (s->n_roles == CSV_ROLES_MOST) {
        complain(d, SEVERITY_ERROR, column->place, NULL, "more than %d columns are used",
                 CSV_ROLES_MOST);
        return;
    }
    csv_role_t *role = &s->role[s->n_roles++];
    *role = (csv_role_t){column, k, column, NULL, rule[k].missing[0]};
    if (node->kind == NODE_MAPPING) role_keys(role, &rule[k], node, d);
    if (s->weight && !strcmp(s->weight->text, column->text)) {
        complain(d, SEVERITY_ERROR, column->place, NULL, "column '%s' is the weight already",
                 shown(column->text).text);
        complain_related(d, s->weight->place, "here");
    }
}

bool csv_source_parse(csv_source_t *s, const node_t *mapping, const csv_role_rule_t *rule,
                      int n_rules, diagnostics_t *d)
{
    size_t before = diagnostics_errors(d);
    *s = (csv_source_t){.csv = node_get(mapping, "csv"), .columns = node_get(mapping, "columns")};
    const node_t *weight = node_get(mapping, "weight"), *missing = node_get(mapping, "missing"),
                 *separator = node_get(mapping, "separator"), *sha = node_get(mapping, "sha256");
    scalar(s->csv, "csv", d);
    if (weight && scalar(weight, "weight", d)) s->weight = weight;
    if (separator) separator_parse(s, separator, d);
    if (missing) missing_parse(s, missing, d);
    if (sha) sha256_parse(s, sha, d);
    if (s->columns && s->columns->kind != NODE_MAPPING)
        complain(d, SEVERITY_ERROR, s->columns->place, "write COLUMN: attribute, one a line",
                 "'columns' must be a mapping");
    for (size_t i = 0; s->columns && s->columns->kind == NODE_MAPPING && i < s->columns->n; i++)
        role_parse(s, s->columns->key[i], s->columns->item[i], rule, n_rules, d);
    return diagnostics_errors(d) == before;
}

/* ---- The file ---------------------------------------------------------------------------------- */

/* Beside the file that names it; for what the command line says, beside the rest of its section. */
static void path_find(const csv_source_t *s, const node_t *mapping, char path[DATA_PATH])
{
    const char *file = s->csv->place.file, *name = s->csv->text;
    if (!file || !strcmp(file, "--set")) file = mapping->place.file;
    const char *slash = file && *name != '/' ? strrchr(file, '/') : NULL;
    int folder = slash ? (int)(slash - file) + 1 : 0;
    snprintf(path, DATA_PATH, "%.*s%s", folder, folder ? file : "", name);
    if (access(path, R_OK) && !access(name, R_OK)) snprintf(path, DATA_PATH, "%s", name);
    if (!strcmp(path, "-"))
        snprintf(path, DATA_PATH, "./-"); /* not what csv_open would take it for */
}

/* A file can be read again and has a hash; a device or a pipe may never end. */
static bool is_file(const csv_source_t *s, const char *path, diagnostics_t *d)
{
    struct stat about;
    if (stat(path, &about) || S_ISREG(about.st_mode))
        return true; /* what is not there is told later */
    complain(d, SEVERITY_ERROR, s->csv->place, "write what it gives to a file first", "'%s' is %s",
             shown(s->csv->text).text,
             S_ISDIR(about.st_mode) ? "a folder" : "no file but a device or a pipe");
    return false;
}

static void complain_hash(const csv_source_t *s, const node_t *mapping, diagnostics_t *d)
{
    char help[120];
    snprintf(help, sizeof help, "it has %s", s->table.sha256);
    complain(d, SEVERITY_ERROR, node_get(mapping, "sha256")->place, help,
             "'%s' is another file than the one with this hash", shown(s->csv->text).text);
}

static const value_rule_t weight_rule = {.name = "weight",
                                         .measure = MEASURE_NUMBER,
                                         .low = 0,
                                         .high = 1e11,
                                         .above_low = true,
                                         .certain = true};

/* After reading: which column of the table each role has. */
static void columns_find(csv_source_t *s)
{
    for (int k = 0; k < s->n_roles; k++)
        s->column[k] = csv_table_column(&s->table, s->role[k].column->text);
    if (s->weight) s->weights = csv_table_column(&s->table, s->weight->text);
}

status_t csv_source_read(csv_source_t *s, const node_t *mapping, const csv_wanted_t *wanted,
                         data_file_t *file, diagnostics_t *d, error_t *err)
{
    csv_wanted_t all[CSV_ROLES_MOST + 1];
    size_t n = (size_t)s->n_roles, before = diagnostics_errors(d);
    memcpy(all, wanted, n * sizeof *all);
    if (s->weight)
        all[n++] = (csv_wanted_t){.column = s->weight->text,
                                  .kind = CSV_NUMBER,
                                  .asked = s->weight->place,
                                  .rule = &weight_rule,
                                  .whole = true};
    csv_request_t request = {.format = s->format, .wanted = all, .n_wanted = n, .others = CSV_SKIP};
    path_find(s, mapping, file->path);
    if (!is_file(s, file->path, d)) return ERR_INVALID;
    status_t status = csv_table_read(&s->table, file->path, file->path, &request, d, err);
    if (status == ERR_UNREADABLE)
        complain(d, SEVERITY_ERROR, s->csv->place,
                 "it is looked for beside this file, then in the current folder", "%s", err->text);
    if (status != OK) return status == ERR_MEMORY ? status : ERR_INVALID;
    columns_find(s);
    file->rows = s->table.n_rows;
    file->bytes = s->table.bytes;
    memcpy(file->sha256, s->table.sha256, sizeof file->sha256);
    if (s->sha256 && strcmp(s->sha256, s->table.sha256)) complain_hash(s, mapping, d);
    return diagnostics_errors(d) > before ? ERR_INVALID : OK;
}

/* ---- Rows -------------------------------------------------------------------------------------- */

static bool has_none(const csv_column_t *c, size_t row)
{
    return c->number ? isnan(c->number[row]) : csv_code(c, row) == CSV_MISSING_CODE;
}

bool csv_source_drops(const csv_source_t *s, size_t row)
{
    for (int k = 0; k < s->n_roles; k++)
        if (s->role[k].missing == MISSING_DROP && s->column[k]->n_missing &&
            has_none(s->column[k], row))
            return true;
    return false;
}

void csv_source_tell(const csv_source_t *s, diagnostics_t *d)
{
    for (int k = 0; k < s->n_roles; k++) {
        const csv_column_t *c = s->column[k];
        if (s->role[k].missing != MISSING_DROP || !c->n_missing) continue;
        char lines[100] = "";
        for (size_t i = 0; i < c->n_missing && i < CSV_SHOWN_LINES; i++)
            snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%s%llu", i ? ", " : "",
                     (unsigned long long)c->missing_line[i]);
        complain(d, SEVERITY_WARNING, s->role[k].column->place, NULL,
                 "%zu of %zu rows %s left out because '%s' has no value (line%s %s%s)",
                 c->n_missing, s->table.n_rows, c->n_missing > 1 ? "are" : "is",
                 shown(c->name).text, c->n_missing > 1 ? "s" : "", lines,
                 c->n_missing > CSV_SHOWN_LINES ? ", …" : "");
    }
}

double csv_source_weight(const csv_source_t *s, size_t row)
{
    return s->weights ? csv_number(s->weights, row) : 1;
}
