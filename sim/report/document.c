/* document.c -- the frame of report.html: head, policy, navigation, sections, definitions. */
#include "sim/report/document.h"

#include "sim/report/document_assets.h"
#include "sim/report/document_parts.h"
#include "sim/report/whatif_page.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

static const page_kind_t *const pages[] = {&page_of_run, &page_of_comparison, &page_of_allocation,
                                           &page_of_batch};

static const page_kind_t *page_find(results_kind_t kind)
{
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (pages[i]->kind == kind) return pages[i];
    return NULL;
}

bool page_is_known(results_kind_t kind)
{
    return page_find(kind) != NULL;
}

/* --- sections of every page ----------------------------------------------------------------------- */

static const section_row_t closing[] = {
    {"pictures", "Pictures", has_pictures, write_pictures, true},
    {"assumptions", "Assumptions", has_assumptions, write_assumptions, true},
    {"not-modelled", "What is not modelled", NULL, write_unmodelled, true},
    {"provenance", "Provenance", NULL, write_provenance, true},
    {"definitions", "Definitions", NULL, write_definitions, false},
};
enum { CLOSING = sizeof closing / sizeof *closing };

static const section_row_t *section_at(const page_kind_t *kind, size_t i)
{
    return i < kind->n_sections ? &kind->section[i] : &closing[i - kind->n_sections];
}

static bool is_wanted(const document_t *d, const section_row_t *s)
{
    return !s->is_wanted || s->is_wanted(d);
}

static void write_navigation(document_t *d, const page_kind_t *kind)
{
    html_t *h = &d->html;
    html_open(h, "nav", "aria-label", "Sections");
    html_open(h, "ul");
    for (size_t i = 0; i < kind->n_sections + CLOSING; i++) {
        const section_row_t *s = section_at(kind, i);
        char target[64];
        if (!is_wanted(d, s)) continue;
        snprintf(target, sizeof target, "#%s", s->id);
        html_open(h, "li");
        html_line(h, s->title, "a", "href", target);
        html_close(h);
    }
    html_close(h);
    html_close(h);
}

static status_t write_sections(document_t *d, const page_kind_t *kind, error_t *err)
{
    for (size_t i = 0; i < kind->n_sections + CLOSING; i++) {
        const section_row_t *s = section_at(kind, i);
        if (!is_wanted(d, s)) continue;
        open_section(d, s->id, s->title, s->printed);
        status_t st = s->write(d, err);
        if (st != OK) return st;
        html_close(&d->html);
    }
    return OK;
}

/* --- the head ------------------------------------------------------------------------------------- */

/* 'sha256-...': the script with this text, and no other, may run. */
enum { ALLOWED_LENGTH = 64 };
static void script_allowed(const char *text, char out[ALLOWED_LENGTH])
{
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char encoded[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = "";
    sha256_init(&hash);
    sha256_update(&hash, strlen(text), (const uint8_t *)text);
    sha256_digest(&hash, sizeof digest, digest);
    base64_encode_raw(encoded, sizeof digest, digest);
    snprintf(out, ALLOWED_LENGTH, "'sha256-%s'", encoded);
}

static void write_policy(html_t *h)
{
    char page[ALLOWED_LENGTH], whatif[ALLOWED_LENGTH], policy[512];
    script_allowed(page_script, page);
    script_allowed(whatif_script, whatif);
    snprintf(policy, sizeof policy,
             "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src "
             "'unsafe-inline'; worker-src blob:; script-src 'wasm-unsafe-eval' %s %s",
             page, whatif);
    html_empty(h, "meta", "http-equiv", "Content-Security-Policy", "content", policy);
}

static void write_head(document_t *d, const page_kind_t *kind)
{
    html_t *h = &d->html;
    html_open(h, "head");
    html_empty(h, "meta", "charset", "utf-8");
    write_policy(h);
    html_empty(h, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html_empty(h, "meta", "name", "color-scheme", "content", "light dark");
    html_empty(h, "meta", "name", "referrer", "content", "no-referrer");
    html_open(h, "title");
    html_text(h, scenario_of(d));
    html_textf(h, " \xc2\xb7 %s \xc2\xb7 adsim", kind->noun);
    html_close(h);
    html_open(h, "style");
    html_as_it_is(h, page_style);
    if (has_whatif(d)) html_as_it_is(h, whatif_style);
    html_close(h);
    html_close(h);
}

/* --- the page ------------------------------------------------------------------------------------- */

static status_t write_body(document_t *d, const page_kind_t *kind, error_t *err)
{
    html_t *h = &d->html;
    html_open(h, "body");
    html_line(h, "Skip to the verdict", "a", "class", "skip", "href", "#verdict");
    html_open(h, "header", "class", "masthead");
    html_open(h, "p", "class", "brand");
    html_line(h, "adsim", "b");
    html_textf(h, " %s report", kind->noun);
    html_close(h);
    write_navigation(d, kind);
    html_close(h);
    html_open(h, "main");
    html_open(h, "section", "id", "verdict", "class", "verdict", "aria-labelledby", "finding");
    status_t st = kind->write_verdict(d, err);
    if (st != OK) return st;
    html_close(h);
    st = write_sections(d, kind, err);
    if (st != OK) return st;
    html_close(h);
    html_open(h, "footer");
    html_open(h, "p");
    html_textf(h, "Made by adsim %s. A simulation of what may happen: no number is a promise.",
               results_text(d->results, "version"));
    html_close(h);
    html_close(h);
    html_open(h, "script");
    html_as_it_is(h, page_script);
    html_close(h);
    if (has_whatif(d)) {
        html_open(h, "script");
        html_as_it_is(h, whatif_script);
        html_close(h);
    }
    html_close(h);
    return OK;
}

static status_t write_page(document_t *d, const page_kind_t *kind, error_t *err)
{
    html_as_it_is(&d->html, "<!doctype html>");
    html_open(&d->html, "html", "lang", "en");
    write_head(d, kind);
    status_t st = write_body(d, kind, err);
    if (st != OK) return st;
    html_close(&d->html);
    fputc('\n', d->html.to);
    if (html_is_whole(&d->html)) return OK;
    return fail(err, ERR_UNEXPECTED, "an element of report.html is not closed where it should be");
}

status_t page_write(results_t *results, const pictures_t *pictures, FILE *to, error_t *err)
{
    const page_kind_t *kind = page_find(results_kind(results));
    if (!kind)
        return fail(err, ERR_INVALID, "%s has no page: it holds the results of another command",
                    results_folder(results));
    document_t d = {.html = {.to = to}, .results = results, .pictures = pictures};
    d.currency = results_text(results, "currency");
    d.term = glossary_terms(&d.n_terms);
    d.defined = calloc(d.n_terms + 1, sizeof *d.defined);
    status_t st = d.term && d.defined ? write_page(&d, kind, err) : fail_memory(err, "report.html");
    free(d.term);
    free(d.defined);
    return st;
}
