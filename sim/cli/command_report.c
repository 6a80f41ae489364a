/* command_report.c -- adsim report DIR: figures and page of a result folder anew, without simulating. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/session.h"
#include "sim/engine/parallel.h"
#include "sim/report/publish.h"

#include <string.h>

static const char command[] = "report";

enum { OPTION_FIGURE = 256, OPTION_FORMAT };

static const option_t options[] = {
    {OPTION_FIGURE, "figure", "NAME", "draw this one alone, from its .gp and .dat as they stand"},
    {OPTION_FORMAT, "format", "svg|png|pdf", "what --figure writes (default: svg)"},
    {'j', "threads", "N",
     "gnuplots side by side (default: all processors); the result is the same"},
    {'q', "quiet", NULL, "no notices"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t report_options = {options, N_OPTIONS};

typedef struct {
    const char *folder, *figure, *format;
    bool quiet, help;
    long threads;
} arguments_t;

static bool take(void *context, int code, const char *text)
{
    static const char *const formats[] = {"svg", "png", "pdf"};
    arguments_t *a = context;
    switch (code) {
    case OPTION_FIGURE:
        a->figure = text;
        return *text || option_wrong(command, "--figure", text, "the name of a figure");
    case OPTION_FORMAT:
        a->format = text;
        return word_index(text, formats, 3) >= 0 ||
               option_wrong(command, "--format", text, "svg, png or pdf");
    case 'j': return threads_read(command, text, &a->threads);
    case 'q': a->quiet = true; return true;
    default: a->help = true; return true;
    }
}

static int read_arguments(int argc, char **argv, void *arguments)
{
    arguments_t *a = arguments;
    int first;
    a->threads = parallel_threads_available();
    if (!options_read(argc, argv, options, N_OPTIONS, &first, take, a)) return EXIT_USAGE;
    if (a->help) {
        printf(
            "adsim report DIR -- figures and page of a result folder anew, without simulating\n\n"
            "DIR is what adsim run, compare, allocate, audience, segment, sweep or sensitivity "
            "has\n"
            "written. Its tables are read, figures/ and report.html are written, also over "
            "scripts\n"
            "that you have changed: to keep such a one, draw it with --figure.\n\n");
        options_help(options, N_OPTIONS, stdout);
        return EXIT_FINE;
    }
    if (argc - first != 1) {
        fprintf(stderr, "adsim report: %s; see adsim help report\n",
                argc == first ? "name a result folder" : "one result folder at a time");
        return EXIT_USAGE;
    }
    if (a->format && !a->figure) {
        fputs("adsim report: --format is of --figure; see adsim help report\n", stderr);
        return EXIT_USAGE;
    }
    a->folder = argv[first];
    return EXIT_FINE;
}

static int run(const void *arguments, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    const arguments_t *a = arguments;
    if (!a->folder) return EXIT_FINE; /* help was all */
    const char *format = a->format ? a->format : "svg";
    notices_t notices = {0};
    error_t err = {""};
    size_t files = 0;
    figures_how_t how = {.at_once = (int)a->threads,
                         .seconds = FIGURE_SECONDS,
                         .interrupted = &session_interrupted,
                         .notices = &notices};
    session_catch_interrupt();
    status_t st = a->figure ? publish_figure(a->folder, a->figure, format, &how, &err)
                            : publish_again(a->folder, &how, &files, &err);
    for (size_t i = 0; !a->quiet && i < notices.n; i++)
        fprintf(stderr, "Note: %s\n", notices.item[i].text);
    notices_free(&notices);
    if (st != OK) return session_failed(st, &err);
    if (a->figure)
        printf("Wrote %s/" FOLDER_FIGURES "/%s.%s\n", a->folder, a->figure, format);
    else
        printf("Wrote %s: %zu files\n", a->folder, files);
    return EXIT_FINE;
}

int command_report(int argc, char **argv)
{
    return session_answer(argc, argv, command, sizeof(arguments_t), read_arguments, run);
}
