/* command_doctor.c -- adsim doctor: what this machine has for adsim, and what to do about what it lacks. */
#include "models/base/rng.h"
#include "sim/cli/cli.h"
#include "sim/cli/known_answers.h"
#include "sim/cli/terminal.h"
#include "sim/config/sources.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/store.h"
#include "sim/report/child.h"
#include "sim/report/figures.h"
#include "sim/report/json.h"
#include "sim/report/report.h"
#include "sim/report/whatif_files.h"

#include <errno.h>
#include <gsl/gsl_version.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { OPTION_JSON = 256, TEXT = 240 };

static const option_t options[] = {
    {OPTION_JSON, "json", NULL, "print what was found as JSON"},
    {'h', "help", NULL, "this text"},
};
const option_table_t doctor_options = {options, sizeof options / sizeof *options};

/* LACKS: adsim works, a part of it does not. FAILS: results cannot be trusted, or written. */
typedef enum { FINE, LACKS, FAILS } state_t;

typedef struct {
    state_t state;
    char found[TEXT];
    char fix[TEXT]; /* what to do; "" = nothing */
} finding_t;

/* --- what is looked at --------------------------------------------------------------------------- */

static finding_t about_program(void)
{
    finding_t f = {FINE, "", ""};
    struct utsname machine = {0};
    uname(&machine);
    snprintf(f.found, TEXT, "adsim %s (%.40s) on %.60s %.20s", ADSIM_VERSION, git_id,
             machine.sysname, machine.machine);
    return f;
}

static finding_t about_libraries(void)
{
    finding_t f = {FINE, "", ""};
    snprintf(f.found, TEXT, "GSL %s, jansson %s, SQLite %s", gsl_version, JANSSON_VERSION,
             store_library());
    return f;
}

static finding_t about_threads(void)
{
    finding_t f = {FINE, "", ""};
    snprintf(f.found, TEXT, "%d, as many as -j takes unasked", parallel_threads_available());
    return f;
}

/* The cases of `adsim selftest` that are about chance and about everything else. */
static finding_t about_answers(void)
{
    finding_t f = {FINE, "", ""};
    known_results_t all = {0};
    error_t err = {""};
    int answered = 0, met = 0;
    if (known_results_init(&all, known_cases, known_tables, &err) != OK) {
        f.state = FAILS;
        snprintf(f.found, TEXT, "%.200s", err.text);
    }
    for (size_t i = 0; i < all.n; i++) {
        answered += all.result[i].answered;
        met += all.result[i].answered && all.result[i].met;
    }
    known_results_free(&all);
    if (f.state == FAILS) return f;
    snprintf(f.found, TEXT, "%d of %d closed forms and random streams come out as published", met,
             answered);
    if (met == answered) return f;
    f.state = FAILS;
    strcpy(f.fix, "adsim selftest tells which; build again without fast-math flags");
    return f;
}

static finding_t about_data(void)
{
    finding_t f = {FINE, "", ""};
    const char *own = getenv("ADSIM_DATA"), *folder = own && *own ? own : data_dir;
    char path[2 * TEXT];
    snprintf(path, sizeof path, "%.200s/populations/us-adults.yaml", folder);
    bool here = !access(path, R_OK);
    snprintf(path, sizeof path, "%.200s/populations/us-adults.yaml", data_dir);
    here |= !access(path, R_OK);
    snprintf(f.found, TEXT, "%s%.180s%s", here ? "" : "no presets in ", folder,
             own && *own ? " ($ADSIM_DATA)" : "");
    if (here) return f;
    f.state = LACKS;
    strcpy(f.fix, "make install, or set ADSIM_DATA to the folder that holds populations/");
    return f;
}

static finding_t about_output(void)
{
    finding_t f = {FINE, "", ""};
    struct statvfs disk;
    const char *folder = access("out", F_OK) ? "." : "out";
    if (access(folder, W_OK)) {
        f.state = FAILS;
        snprintf(f.found, TEXT, "cannot write to %s: %s", folder, strerror(errno));
        strcpy(f.fix, "work in a folder of your own, or give one with -o");
        return f;
    }
    double left = statvfs(folder, &disk) ? 0 : (double)disk.f_bavail * (double)disk.f_frsize;
    snprintf(f.found, TEXT, "results can be written to out/ here, %.1f GB are free", left / 1e9);
    if (left > 50e6 || left == 0) return f;
    f.state = LACKS;
    strcpy(f.fix, "make room: a result takes a few MB");
    return f;
}

static finding_t program_of(const char *name, const char *argument, const char *with,
                            const char *without, const char *fix)
{
    finding_t f = {FINE, "", ""};
    char first[32], second[32];
    char *call[] = {first, second, NULL};
    bool fine = false;
    snprintf(first, sizeof first, "%s", name);
    snprintf(second, sizeof second, "%s", argument);
    int why = child_run(call, 10, &fine);
    if (!why && fine) {
        snprintf(f.found, TEXT, "%s", with);
        return f;
    }
    f.state = LACKS;
    snprintf(f.found, TEXT, "%s%s", without, why == ENOENT ? "" : " (it is there, but fails)");
    snprintf(f.fix, TEXT, "%s", fix);
    return f;
}

static finding_t about_figures(void)
{
    char script[2 * TEXT];
    finding_t f = program_of("gnuplot", "--version", "gnuplot draws them",
                             "no gnuplot: no picture files", "apt-get install gnuplot-nox");
    snprintf(script, sizeof script, "%.200s/style.gp", plots_dir);
    if (f.state != FINE || !access(script, R_OK)) return f;
    f.state = LACKS;
    snprintf(f.found, TEXT, "gnuplot is here, its scripts are not in %.160s", plots_dir);
    strcpy(f.fix, "make install");
    return f;
}

static finding_t about_fonts(void)
{
    return program_of("fc-list", "--version",
                      "fontconfig tells which letters PNG pictures can show",
                      "no fontconfig: letters beyond Latin stand as ? in PNG pictures",
                      "apt-get install fontconfig fonts-dejavu-core");
}

/* The simulator that pages carry; without it, which tool building it lacks. */
static finding_t about_whatif(void)
{
    finding_t f = {FINE, "report.html carries the simulator: sliders answer other splits", ""};
    if (!access(whatif_path, R_OK)) return f;
    finding_t clang = program_of("clang", "--version", "", "clang", "");
    finding_t linker = program_of("wasm-ld", "--version", "", "wasm-ld", "");
    bool both = clang.state != FINE && linker.state != FINE;
    f.state = LACKS;
    snprintf(f.found, TEXT, "no sliders on pages: %.100s is not there", whatif_path);
    if (clang.state == FINE && linker.state == FINE)
        strcpy(f.fix, "clang and wasm-ld are here: build again");
    else
        snprintf(f.fix, TEXT, "apt-get install clang lld, then build again (missing: %.60s%s%.60s)",
                 clang.found, both ? ", " : "", linker.found);
    return f;
}

static finding_t about_terminal(void)
{
    finding_t f = {FINE, "", ""};
    setlocale(LC_CTYPE, "");
    const char *codeset = nl_langinfo(CODESET);
    bool utf8 = !strcmp(codeset, "UTF-8");
    snprintf(f.found, TEXT, "%d cells wide, %.40s", terminal_width(), codeset);
    setlocale(LC_CTYPE, "C");
    if (utf8) return f;
    f.state = LACKS;
    strcpy(f.fix, "pages are UTF-8: set LANG=C.UTF-8 if dots and names look broken");
    return f;
}

static const struct {
    const char *what;
    finding_t (*look)(void);
} checks[] = {
    {"program", about_program},   {"libraries", about_libraries}, {"numbers", about_answers},
    {"threads", about_threads},   {"presets", about_data},        {"output", about_output},
    {"figures", about_figures},   {"letters", about_fonts},       {"what-if", about_whatif},
    {"terminal", about_terminal},
};
enum { CHECKS = sizeof checks / sizeof *checks };

/* --- what is told -------------------------------------------------------------------------------- */

static const char *const words[] = {[FINE] = "fine", [LACKS] = "lacks", [FAILS] = "FAILS"};

static void tell(const finding_t found[CHECKS])
{
    for (int i = 0; i < CHECKS; i++) {
        printf("  %-5s  %-10s  %s\n", words[found[i].state], checks[i].what, found[i].found);
        if (*found[i].fix) printf("                     fix: %s\n", found[i].fix);
    }
}

static int tell_json(const finding_t found[CHECKS])
{
    error_t err = {""};
    json_t *list = json_array();
    for (int i = 0; i < CHECKS; i++)
        json_add(&list,
                 json_pack("{ss ss ss ss}", "what", checks[i].what, "state", words[found[i].state],
                           "found", found[i].found, "fix", found[i].fix));
    if (json_write(list, stdout, "what was found", &err) == OK) return EXIT_FINE;
    fprintf(stderr, "adsim doctor: %s\n", err.text);
    return EXIT_UNEXPECTED;
}

typedef struct {
    bool json, help;
} arguments_t;

static bool take(void *context, int code, const char *text)
{
    (void)text;
    arguments_t *a = context;
    if (code == OPTION_JSON)
        a->json = true;
    else
        a->help = true;
    return true;
}

static int usage(FILE *to, int code)
{
    fputs("adsim doctor -- what this machine has, and what to do about what it lacks\n\n"
          "Ends with 1 if results could not be trusted or written, else with 0.\n\n",
          to);
    options_help(options, doctor_options.n, to);
    return code;
}

int command_doctor(int argc, char **argv)
{
    int first, code = EXIT_FINE;
    arguments_t a = {0};
    if (!options_read(argc, argv, options, doctor_options.n, &first, take, &a)) return EXIT_USAGE;
    if (a.help) return usage(stdout, EXIT_FINE);
    if (first < argc) return usage(stderr, EXIT_USAGE);
    finding_t found[CHECKS];
    for (int i = 0; i < CHECKS; i++) {
        found[i] = checks[i].look();
        if (found[i].state == FAILS) code = EXIT_UNEXPECTED;
    }
    if (!a.json) {
        tell(found);
        return code;
    }
    int written = tell_json(found);
    return written == EXIT_FINE ? code : written;
}
