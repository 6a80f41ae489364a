/* html.c -- elements, attributes and text. */
#include "sim/report/html.h"

#include "sim/config/characters.h"

#include <stdarg.h>
#include <string.h>

static bool is_allowed(uint32_t code)
{
    bool control = (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7f && code < 0xa0);
    bool no_character = (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
    return !control && !no_character;
}

static void put_escaped(FILE *to, const char *text)
{
    size_t left = strlen(text);
    while (left) {
        uint32_t code;
        size_t bytes = character_at(text, left, &code);
        switch (bytes ? *text : 0) {
        case '&': fputs("&amp;", to); break;
        case '<': fputs("&lt;", to); break;
        case '>': fputs("&gt;", to); break;
        case '"': fputs("&quot;", to); break;
        case '\'': fputs("&#39;", to); break;
        default:
            if (bytes && is_allowed(code))
                fwrite(text, 1, bytes, to);
            else
                fputs("\xef\xbf\xbd", to);
        }
        if (!bytes) bytes = 1;
        text += bytes;
        left -= bytes;
    }
}

static void put_tag(html_t *h, const char *const *list)
{
    fprintf(h->to, "<%s", list[0]);
    for (int i = 1; list[i]; i += 2) {
        fprintf(h->to, " %s=\"", list[i]);
        put_escaped(h->to, list[i + 1]);
        fputc('"', h->to);
    }
    fputc('>', h->to);
}

/* Those that start a line of the file: a page can be read, and compared, as text. */
static bool is_block(const char *name)
{
    static const char *const blocks[] = {
        "html", "head",    "body",    "meta",  "title",      "style",  "script",  "header",
        "main", "nav",     "section", "aside", "footer",     "figure", "details", "div",
        "ul",   "ol",      "li",      "dl",    "dt",         "p",      "h1",      "h2",
        "h3",   "summary", "table",   "tr",    "figcaption", "svg",    "pre",
    };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (!strcmp(name, blocks[i])) return true;
    return false;
}

void html_empty_list(html_t *h, const char *const *list)
{
    if (is_block(list[0])) fputc('\n', h->to);
    put_tag(h, list);
}

void html_open_list(html_t *h, const char *const *list)
{
    html_empty_list(h, list);
    if (h->depth < HTML_DEPTH)
        h->open[h->depth++] = list[0];
    else
        h->broken = true;
}

void html_close(html_t *h)
{
    if (h->depth > 0)
        fprintf(h->to, "</%s>", h->open[--h->depth]);
    else
        h->broken = true;
}

bool html_is_whole(const html_t *h)
{
    return !h->broken && !h->depth;
}

void html_text(html_t *h, const char *text)
{
    if (text) put_escaped(h->to, text);
}

void html_textf(html_t *h, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    char *rest = line;
    for (char *percent; (percent = strstr(rest, " %")); rest = percent + 1) {
        *percent = 0;
        html_text(h, rest);
        html_text(h, "\xc2\xa0");
    }
    html_text(h, rest);
}

void html_line_list(html_t *h, const char *text, const char *const *list)
{
    html_open_list(h, list);
    html_text(h, text);
    html_close(h);
}

void html_name(html_t *h, const char *name)
{
    html_line(h, name, "bdi");
}

void html_as_it_is(html_t *h, const char *text)
{
    fputs(text, h->to);
}

void html_json(html_t *h, const char *json)
{
    for (; *json; json++)
        if (*json == '<')
            fputs("\\u003c", h->to);
        else
            fputc(*json, h->to);
}
