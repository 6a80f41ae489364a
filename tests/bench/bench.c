/* bench.c -- how fast adsim is on this machine, and how near to the floor (DESIGN 5).
 *
 *   bench ADSIM BENCH.json          measures all, prints a table, writes the file
 *   bench --memory PEOPLE FACTOR    one replication; prints the peak memory of the process in bytes
 *   bench --streamed PEOPLE         one streamed replication; prints that, and what it took
 *   bench --table FILE              FILE.csv becomes columns; prints the peak memory
 *   bench --people FILE             FILE.csv becomes a population, as FILE.yaml says; likewise
 *
 * Every ratio is of two times taken one after the other, repetition by repetition; what is told is the
 * median over the repetitions. Times of the engine are core times of whole replications, parameters'
 * draws and losing candidates included, divided by the delivered impressions. */
#include "sim/engine/parallel.h"
#include "tests/bench/child.h"
#include "tests/bench/floor.h"
#include "tests/bench/rig.h"
#include "tests/bench/segments.h"
#include "tests/bench/sweeps.h"
#include "tests/bench/table.h"
#include "tests/bench/timing.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const scenario_path = "configs/quickstart.yaml";
enum { PEOPLE = 1000000, REPETITIONS = 5, ANSWERS = 3 };
static const double repetition_seconds = 1.5; /* core time of one engine repetition, about */

/* Budgets to measure at; the headline is 10 times. The first one hardly delivers: what is left is the
 * look at every eligible person. */
static const double budget_factors[] = {1e-3, 1, 10, 100};
enum { SILENT, PLAIN, HEADLINE, LAVISH, CASES };

typedef struct {
    double engine_ns, floor_ns, floor_plain_ns; /* per delivered impression */
    double engine_over_floor;
    double candidates_per_delivered, delivered; /* per replication */
    double replication_ns_per_eligible;
    double threads_speedup, floor_threads_speedup;
} case_t;

typedef struct {
    double seconds, seconds_no_report,
        half_width;                /* the widest of the watched, share of the mean */
    double report, report_seconds; /* figures and page anew: core time, time */
    double accuracy_reach, accuracy_conversions, accuracy_iroas;
} answer_t;

/* A streamed replication; how many people is a power of ten. */
typedef struct {
    double ns; /* core time a person, counting, pilot and all passes included */
    double passes, peak_bytes;
} streamed_t;
static const size_t streamed_people[] = {100000, 1000000, 10000000};
enum { STREAMED = sizeof streamed_people / sizeof *streamed_people };

typedef struct {
    case_t at[CASES];
    streamed_t streamed[STREAMED];
    double people_ns, world_ns;
    double bytes_per_person[CASES];
    answer_t answer;
    sweep_times_t sweep;
    double table_seconds, table_bytes, table_people_seconds, table_people_bytes;
    segments_t segments;
} results_t;

typedef struct {
    floor_world_t *floor;
    size_t impressions;
    int64_t sum[64];
} floor_job_t;

static void floor_one(void *context, size_t i, int worker)
{
    floor_job_t *job = context;
    (void)worker;
    job->sum[i] = floor_run(job->floor, (uint32_t)i, job->impressions);
}

/* Wall time of the floor's loop on one thread over that on two, the same work in 8 pieces. */
static double floor_speedup(floor_world_t *floor, size_t impressions)
{
    enum { PIECES = 8 };
    floor_job_t job = {floor, impressions / PIECES, {0}};
    double wall[RIG_THREADS];
    for (int t = 0; t < RIG_THREADS; t++) {
        double began = seconds_wall();
        parallel_for(PIECES, t + 1, floor_one, &job);
        wall[t] = seconds_wall() - began;
    }
    return wall[0] / wall[1];
}

static double floor_ns(floor_world_t *floor, size_t impressions,
                       int64_t (*run)(floor_world_t *, uint32_t, size_t))
{
    static volatile int64_t kept; /* so that the work is not optimised away */
    double began = seconds_core();
    kept = run(floor, 0, impressions);
    (void)kept;
    return (seconds_core() - began) * 1e9 / (double)impressions;
}

/* Replications that take about repetition_seconds, an even number. */
static status_t repetition_size(rig_t *rig, size_t *n, error_t *err)
{
    flight_time_t warm, once;
    status_t st = rig_fly(rig, 0, 2, 1, &warm, err);
    if (st == OK) st = rig_fly(rig, 2, 2, 1, &once, err);
    if (st != OK) return st;
    *n = 2 * (size_t)(repetition_seconds / once.core_seconds + 1);
    if (*n > 4096) *n = 4096;
    return OK;
}

static status_t measure_repetition(rig_t *rig, floor_world_t *floor, uint32_t first, size_t n,
                                   case_t *out, error_t *err)
{
    flight_time_t one, two;
    status_t st = rig_fly(rig, first, n, 1, &one, err);
    if (st == OK) st = rig_fly(rig, first, n, RIG_THREADS, &two, err);
    if (st != OK) return st;
    if (one.impressions < 1) return fail(err, ERR_UNEXPECTED, "nothing was delivered");
    size_t records = (size_t)one.impressions;
    out->engine_ns = one.core_seconds * 1e9 / one.impressions;
    out->floor_ns = floor_ns(floor, records, floor_run);
    out->floor_plain_ns = floor_ns(floor, records, floor_run_plain);
    out->engine_over_floor = out->engine_ns / out->floor_ns;
    out->candidates_per_delivered = one.candidates / one.impressions;
    out->delivered = one.impressions / (double)n;
    out->replication_ns_per_eligible = one.core_seconds * 1e9 / (double)n / rig_eligible(rig);
    out->threads_speedup = one.wall_seconds / two.wall_seconds;
    out->floor_threads_speedup = floor_speedup(floor, records);
    return OK;
}

/* The case's fields are all doubles: medians field by field. */
static void medians(const case_t *repetition, case_t *out)
{
    enum { FIELDS = sizeof(case_t) / sizeof(double) };
    for (size_t f = 0; f < FIELDS; f++) {
        double x[REPETITIONS];
        for (size_t r = 0; r < REPETITIONS; r++)
            memcpy(&x[r], (const char *)&repetition[r] + f * sizeof(double), sizeof(double));
        double m = median(x, REPETITIONS);
        memcpy((char *)out + f * sizeof(double), &m, sizeof m);
    }
}

static status_t measure_people(const rig_t *rig, double *people_ns, error_t *err)
{
    double ns[REPETITIONS];
    for (size_t r = 0; r < REPETITIONS; r++) {
        status_t st = rig_people(rig, PEOPLE, &ns[r], err);
        if (st != OK) return st;
        ns[r] *= 1e9 / PEOPLE;
    }
    *people_ns = median(ns, REPETITIONS);
    return OK;
}

static status_t measure_case(double factor, floor_world_t *floor, case_t *out, results_t *all,
                             error_t *err)
{
    rig_t rig = {0};
    case_t repetition[REPETITIONS];
    size_t n = 0;
    status_t st = rig_init(&rig, scenario_path, factor, PEOPLE, err);
    if (st == OK) st = repetition_size(&rig, &n, err);
    for (size_t r = 0; r < REPETITIONS && st == OK; r++)
        st = measure_repetition(&rig, floor, (uint32_t)(4 + r * n), n, &repetition[r], err);
    if (st == OK) {
        medians(repetition, out);
        all->world_ns = rig.world_seconds * 1e9 / PEOPLE;
    }
    if (st == OK && factor == 1) st = measure_people(&rig, &all->people_ns, err);
    rig_free(&rig);
    return st;
}

/* Peak memory in bytes of a process that runs one replication with so many people. */
static double peak_memory(char *self, size_t people, double factor)
{
    char count[32], times[32], said[64];
    snprintf(count, sizeof count, "%zu", people);
    snprintf(times, sizeof times, "%g", factor);
    char *const argv[] = {self, "--memory", count, times, NULL};
    return child_run(argv, said, sizeof said) == 0 ? strtod(said, NULL) : 0;
}

/* One streamed replication, in a process of its own. */
static streamed_t measure_streamed(char *self, size_t people)
{
    streamed_t s = {0};
    char count[32], said[128];
    snprintf(count, sizeof count, "%zu", people);
    char *const argv[] = {self, "--streamed", count, NULL};
    if (child_run(argv, said, sizeof said) != 0 ||
        sscanf(said, "%lf %lf %lf", &s.ns, &s.passes, &s.peak_bytes) != 3)
        return (streamed_t){0};
    return s;
}

/* The peak memory of this process. */
static int print_peak(void)
{
    FILE *self = fopen("/proc/self/status", "r");
    char line[256];
    long kilobytes = 0;
    while (self && fgets(line, sizeof line, self)) sscanf(line, "VmHWM: %ld", &kilobytes);
    if (self) fclose(self);
    printf("%ld\n", kilobytes * 1024);
    return kilobytes > 0 ? 0 : 1;
}

static int tell_memory(const char *people, const char *factor)
{
    rig_t rig = {0};
    error_t err = {""};
    flight_time_t flown;
    status_t st =
        rig_init(&rig, scenario_path, strtod(factor, NULL), strtoul(people, NULL, 10), &err);
    if (st == OK) st = rig_fly(&rig, 0, 1, 1, &flown, &err);
    rig_free(&rig);
    if (st != OK) {
        fprintf(stderr, "bench: %s\n", err.text);
        return 1;
    }
    return print_peak();
}

static int tell_streamed(const char *count)
{
    rig_t rig = {0};
    error_t err = {""};
    stream_time_t took = {0};
    size_t people = strtoul(count, NULL, 10);
    status_t st = rig_init(&rig, scenario_path, 1, 1000, &err);
    if (st == OK) st = rig_stream(&rig, people, &took, &err);
    rig_free(&rig);
    if (st != OK) {
        fprintf(stderr, "bench: %s\n", err.text);
        return 1;
    }
    printf("%g %d ", (took.count_seconds + took.run_seconds) / (double)people * 1e9, took.passes);
    return print_peak();
}

static const char table_file[] = "out/bench-people";

static int tell_table(const char *file, bool people)
{
    double seconds = people ? table_people_seconds(file) : table_columns_seconds(file);
    return seconds > 0 ? print_peak() : 1;
}

static double table_peak(char *self, char *what)
{
    char said[64];
    char *const argv[] = {self, what, (char *)table_file, NULL};
    return child_run(argv, said, sizeof said) == 0 ? strtod(said, NULL) : 0;
}

/* A million people of 20 columns: as columns, and as a population. */
static void measure_table(char *self, results_t *r)
{
    double columns[ANSWERS], people[ANSWERS];
    if (table_write(table_file)) return;
    for (int i = 0; i < ANSWERS; i++) {
        columns[i] = table_columns_seconds(table_file);
        people[i] = table_people_seconds(table_file);
    }
    r->table_seconds = median(columns, ANSWERS);
    r->table_people_seconds = median(people, ANSWERS);
    r->table_bytes = table_peak(self, "--table");
    r->table_people_bytes = table_peak(self, "--people");
}

/* 1 / (relative variance of the mean x seconds) of a total in summary.json; its half-width too. */
static double accuracy(const json_t *totals, const char *metric, double seconds, double *half_width)
{
    const json_t *estimate = json_object_get(totals, metric);
    double mean = json_number_value(json_object_get(estimate, "mean"));
    double mc_se = json_number_value(json_object_get(estimate, "mc_se"));
    if (mean <= 0 || mc_se <= 0) return 0;
    double relative = mc_se / mean;
    if (1.96 * relative > *half_width) *half_width = 1.96 * relative;
    return 1 / (relative * relative * seconds);
}

static double answer_seconds(char *adsim, char *folder, bool report)
{
    char *const with[] = {
        adsim, "run", (char *)scenario_path, "-q", "--precision", "1%", "-f", "-o", folder, NULL};
    char *const without[] = {adsim, "run",  (char *)scenario_path, "-q", "--precision", "1%", "-f",
                             "-o",  folder, "--no-report",         NULL};
    char said[64];
    double seconds[ANSWERS];
    for (int i = 0; i < ANSWERS; i++) {
        double began = seconds_wall();
        if (child_run(report ? with : without, said, sizeof said) != 0) return 0;
        seconds[i] = seconds_wall() - began;
    }
    return median(seconds, ANSWERS);
}

static void measure_report(char *adsim, char *folder, answer_t *out)
{
    char *const again[] = {adsim, "report", folder, "-q", NULL};
    char said[64];
    double core[ANSWERS], wall[ANSWERS];
    for (int i = 0; i < ANSWERS; i++) {
        double began = seconds_wall(), used = seconds_children();
        if (child_run(again, said, sizeof said) != 0) return;
        wall[i] = seconds_wall() - began;
        core[i] = seconds_children() - used;
    }
    out->report_seconds = median(wall, ANSWERS);
    out->report = median(core, ANSWERS);
}

static void measure_answer(char *adsim, answer_t *out)
{
    char folder[] = "out/bench-answer", path[64];
    out->seconds_no_report = answer_seconds(adsim, folder, false);
    out->seconds = answer_seconds(adsim, folder, true);
    measure_report(adsim, folder, out);
    snprintf(path, sizeof path, "%s/summary.json", folder);
    json_t *summary = json_load_file(path, 0, NULL);
    const json_t *totals = json_object_get(summary, "totals");
    double s = out->seconds;
    out->accuracy_reach = accuracy(totals, "reach", s, &out->half_width);
    out->accuracy_conversions = accuracy(totals, "incremental_conversions", s, &out->half_width);
    out->accuracy_iroas = accuracy(totals, "iroas", s, &out->half_width);
    json_decref(summary);
}

/* The table and the file read the same rows. */
typedef struct {
    const char *name, *unit, *meaning;
    double value;
} row_t;
enum { MAX_ROWS = 48 };
typedef struct {
    row_t row[MAX_ROWS];
    int n;
} rows_t;

static void tell(rows_t *rows, const char *name, const char *unit, double value,
                 const char *meaning)
{
    if (rows->n < MAX_ROWS) rows->row[rows->n++] = (row_t){name, unit, meaning, value};
}

static void tell_all(const results_t *r, rows_t *rows)
{
    const case_t *h = &r->at[HEADLINE], *one = &r->at[PLAIN], *lavish = &r->at[LAVISH];
    tell(rows, "engine_ns", "ns", h->engine_ns,
         "core time a delivered impression, 10 x the budget");
    tell(rows, "floor_ns", "ns", h->floor_ns, "the bare work, memory asked in advance");
    tell(rows, "engine_over_floor", "", h->engine_over_floor, "target 2, acceptable 3");
    tell(rows, "floor_plain_ns", "ns", h->floor_plain_ns, "the bare work as a plain loop");
    tell(rows, "candidates_per_delivered", "", h->candidates_per_delivered, "generated / shown");
    tell(rows, "delivered", "", h->delivered, "impressions a replication, simulated");
    tell(rows, "engine_ns_1x", "ns", one->engine_ns, "the same at the file's budget");
    tell(rows, "engine_over_floor_1x", "", one->engine_over_floor, "");
    tell(rows, "candidates_per_delivered_1x", "", one->candidates_per_delivered, "");
    tell(rows, "delivered_1x", "", one->delivered, "");
    tell(rows, "engine_ns_100x", "ns", lavish->engine_ns, "the same at 100 x the budget");
    tell(rows, "engine_over_floor_100x", "", lavish->engine_over_floor, "");
    tell(rows, "candidates_per_delivered_100x", "", lavish->candidates_per_delivered, "");
    tell(rows, "delivered_100x", "", lavish->delivered, "");
    tell(rows, "silent_ns", "ns", r->at[SILENT].replication_ns_per_eligible,
         "a replication without budget, per eligible person and ad set; target 5");
    tell(rows, "threads_speedup", "x", h->threads_speedup, "2 threads; target 1.75");
    tell(rows, "floor_threads_speedup", "x", h->floor_threads_speedup, "the floor's own");
    tell(rows, "bytes_per_person", "B", r->bytes_per_person[HEADLINE],
         "(peak at 2n people - at n) / n, 10 x; target 48");
    tell(rows, "bytes_per_person_1x", "B", r->bytes_per_person[PLAIN], "");
    tell(rows, "streamed_ns_1e5", "ns", r->streamed[0].ns,
         "a streamed replication, per person: 10^5 people, counting and passes included");
    tell(rows, "streamed_ns_1e6", "ns", r->streamed[1].ns, "10^6");
    tell(rows, "streamed_ns_1e7", "ns", r->streamed[2].ns, "10^7");
    tell(rows, "streamed_passes_1e7", "", r->streamed[2].passes, "how often everybody passed");
    tell(rows, "streamed_peak_1e6", "B", r->streamed[1].peak_bytes, "the whole process");
    tell(rows, "streamed_peak_1e7", "B", r->streamed[2].peak_bytes, "the same; target 1 GiB");
    tell(rows, "people_ns", "ns", r->people_ns,
         "a person of 64 interests and ten platforms; target 300");
    tell(rows, "world_ns", "ns", r->world_ns, "a person of the world, eligibility included");
    tell(rows, "csv_rows_per_s", "1/s", r->table_seconds > 0 ? TABLE_ROWS / r->table_seconds : 0,
         "a million rows x 20 columns of a CSV file become columns");
    tell(rows, "csv_peak_bytes", "B", r->table_bytes, "the whole process then");
    tell(rows, "csv_people_s", "s", r->table_people_seconds,
         "the same file becomes a population; target: seconds");
    tell(rows, "csv_people_peak_bytes", "B", r->table_people_bytes, "");
    tell(rows, "first_answer_s", "s", r->answer.seconds_no_report,
         "adsim run --precision 1% --no-report; target 1");
    tell(rows, "first_answer_report_s", "s", r->answer.seconds, "report included; target 2");
    tell(rows, "report_s", "s", r->answer.report_seconds,
         "adsim report: its figures and page anew; target 1");
    tell(rows, "report_core_s", "s", r->answer.report, "the core time of that");
    tell(rows, "first_answer_half_width", "", r->answer.half_width,
         "widest 1.96 mc_se / mean of the three below");
    tell(rows, "accuracy_reach", "1/s", r->answer.accuracy_reach, "1 / (relative variance x time)");
    tell(rows, "accuracy_incremental_conversions", "1/s", r->answer.accuracy_conversions, "");
    tell(rows, "accuracy_iroas", "1/s", r->answer.accuracy_iroas, "");
    tell(rows, "sweep_over_points", "", r->sweep.over_points,
         "time of a sweep of 2,000 small points over that of the points; target 1.1");
    tell(rows, "sweep_point_ms", "ms", 1e3 * r->sweep.point_seconds,
         "core time of such a point: 500 people, 2 replications");
    tell(rows, "kmeans_s", "s", r->segments.kmeans,
         "a million x 16, k = 8: 50 starts on 50,000, the best with all; target 10");
    tell(rows, "kmeans_whole_s", "s", r->segments.kmeans_whole, "the same, 10 starts with all");
    tell(rows, "latent_s", "s", r->segments.latent,
         "a million x 64, k = 8: 50 starts on 10,000, the best with all; target 10");
}

static int write_file(const rows_t *rows, const char *path)
{
    json_t *all = json_pack("{s:s, s:i, s:i, s:i}", "scenario", scenario_path, "people", PEOPLE,
                            "repetitions", REPETITIONS, "processors", parallel_threads_available());
    for (int i = 0; i < rows->n; i++) {
        const row_t *row = &rows->row[i];
        json_object_set_new(all, row->name, row->value > 0 ? json_real(row->value) : json_null());
    }
    int failed = json_dump_file(all, path, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    json_decref(all);
    return failed;
}

static status_t measure_all(char *self, char *adsim, results_t *r, error_t *err)
{
    floor_world_t floor = {0};
    if (floor_init(&floor, PEOPLE, 1)) return fail_memory(err, "the floor");
    status_t st = OK;
    for (int c = 0; c < CASES && st == OK; c++) {
        fprintf(stderr, "bench: %g x the budget\n", budget_factors[c]);
        st = measure_case(budget_factors[c], &floor, &r->at[c], r, err);
    }
    floor_free(&floor);
    if (st != OK) return st;
    fprintf(stderr, "bench: memory\n");
    for (int c = PLAIN; c <= HEADLINE; c++)
        r->bytes_per_person[c] = (peak_memory(self, 2 * PEOPLE, budget_factors[c]) -
                                  peak_memory(self, PEOPLE, budget_factors[c])) /
                                 PEOPLE;
    fprintf(stderr, "bench: streamed people\n");
    for (int k = 0; k < STREAMED; k++) r->streamed[k] = measure_streamed(self, streamed_people[k]);
    fprintf(stderr, "bench: a table of people\n");
    measure_table(self, r);
    fprintf(stderr, "bench: first answer\n");
    measure_answer(adsim, &r->answer);
    fprintf(stderr, "bench: a sweep\n");
    sweeps_measure(adsim, &r->sweep);
    fprintf(stderr, "bench: segments\n");
    return segments_measure(&r->segments, err);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--memory") == 0) return tell_memory(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "--streamed") == 0) return tell_streamed(argv[2]);
    if (argc == 3 && strcmp(argv[1], "--table") == 0) return tell_table(argv[2], false);
    if (argc == 3 && strcmp(argv[1], "--people") == 0) return tell_table(argv[2], true);
    if (argc != 3) {
        fprintf(stderr, "usage: bench ADSIM BENCH.json\n");
        return 2;
    }
    results_t results = {0};
    error_t err = {""};
    if (measure_all(argv[0], argv[1], &results, &err) != OK) {
        fprintf(stderr, "bench: %s\n", err.text);
        return 1;
    }
    rows_t rows = {0};
    tell_all(&results, &rows);
    printf("%s with %d people, %d processors; medians of %d repetitions\n", scenario_path, PEOPLE,
           parallel_threads_available(), REPETITIONS);
    for (int i = 0; i < rows.n; i++) {
        const row_t *row = &rows.row[i];
        if (row->value > 0)
            printf("  %-33s %12.4g %-4s %s\n", row->name, row->value, row->unit, row->meaning);
        else
            printf("  %-33s %12s %-4s %s\n", row->name, "failed", "", row->meaning);
    }
    if (write_file(&rows, argv[2])) {
        fprintf(stderr, "bench: cannot write %s\n", argv[2]);
        return 1;
    }
    return 0;
}
