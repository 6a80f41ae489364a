/* schedule.c -- when the flight ends, when campaigns and ad sets run in it, and when they spend which part of their
 * budgets: days by date or by number, hours of the day by weekday, pauses, periods. */
#include "models/base/date.h"
#include "sim/config/characters.h"
#include "sim/config/reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static long flight_start(const reader_t *r)
{
    return date_day(date_parse(r->sc->start));
}

static void point_at_flight(reader_t *r)
{
    const node_t *flight = node_get(r->root, "schedule");
    if (flight) complain_related(r->d, flight->place, "the flight is stated here");
}

/* --- the flight -------------------------------------------------------------------------------- */

void flight_end_read(reader_t *r, const key_row_t *row, const node_t *node, int *days)
{
    if (!node) return;
    const char *text = text_read(r, row->name, node);
    if (!text) return;
    if (*days) {
        complain(r->d, SEVERITY_ERROR, node->place, "keep one of them",
                 "'schedule' has both `days` and `end`");
        return;
    }
    *days = 1; /* after a complaint: the rest of the file is read for its own mistakes */
    if (!date_valid(text)) {
        complain(r->d, SEVERITY_ERROR, node->place, "write year-month-day: 2026-03-02",
                 "'end' must be a date, got '%s'", shown(text).text);
        return;
    }
    long length = date_day(date_parse(text)) - flight_start(r) + 1;
    if (length < 1)
        complain(r->d, SEVERITY_ERROR, node->place, "the flight includes both days",
                 "the flight ends on %s, before it starts on %s", text, r->sc->start);
    else if (length > FLIGHT_DAYS_MOST)
        complain(r->d, SEVERITY_ERROR, node->place, NULL,
                 "the flight has %ld days, more than the %d that are simulated", length,
                 FLIGHT_DAYS_MOST);
    else
        *days = (int)length;
    field_note(r, days, node->place);
    line_value(r, row, node, NULL, NULL);
}

/* --- days of the flight ------------------------------------------------------------------------ */

static bool is_digits(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 9;
}

/* The day that a date or a number names, from 0; false after a complaint. */
static bool day_read(reader_t *r, const char *what, const node_t *node, int *day)
{
    const char *text = text_read(r, what, node);
    if (!text) return false;
    bool date = date_valid(text);
    if (!date && !is_digits(text)) {
        complain(r->d, SEVERITY_ERROR, node->place,
                 "a date such as 2026-03-05, or 4 for the fourth day of the flight",
                 "'%s' must be a date or the number of a day, got '%s'", what, shown(text).text);
        return false;
    }
    long at = date ? date_day(date_parse(text)) - flight_start(r) : strtol(text, NULL, 10) - 1;
    *day = (int)at;
    if (!r->sc->days || (at >= 0 && at < r->sc->days)) return true;
    complain(r->d, SEVERITY_ERROR, node->place, "lengthen the flight, or name one of its days",
             "'%s' lies outside the flight: its days are 1 to %d, %s to %s", what, r->sc->days,
             r->sc->start, date_after(r->sc->start, r->sc->days - 1).text);
    point_at_flight(r);
    return false;
}

static bool length_read(reader_t *r, const node_t *node, int *days)
{
    value_rule_t rule = {.name = "days",
                         .measure = MEASURE_COUNT,
                         .low = 1,
                         .high = FLIGHT_DAYS_MOST,
                         .bare = true,
                         .certain = true,
                         .unit = "days"};
    if (node->kind == NODE_SCALAR && strpbrk(node->text, "dwh")) rule.measure = MEASURE_DAYS;
    value_t value;
    if (!value_read(node, &rule, 1, r->d, &value)) return false;
    *days = (int)value.value;
    if (*days == value.value) return true;
    complain(r->d, SEVERITY_ERROR, node->place, NULL, "'days' must be whole days, got '%s'",
             shown(node->text).text);
    return false;
}

/* start, end or days of a mapping; they start on day `from` unless it says so, and end with the flight. */
static bool days_read_from(reader_t *r, const node_t *mapping, const section_t *s, int from,
                           days_t *days)
{
    const node_t *start = row_node(section_find(s, "start"), mapping),
                 *end = row_node(section_find(s, "end"), mapping),
                 *length = row_node(section_find(s, "days"), mapping);
    int n = 0;
    *days = (days_t){from, r->sc->days - 1};
    if (start && !day_read(r, "start", start, &days->first)) return false;
    if (end && length) {
        complain(r->d, SEVERITY_ERROR, length->place, "keep one of them",
                 "'%s' has both `days` and `end`", s->name);
        return false;
    }
    if (end && !day_read(r, "end", end, &days->last)) return false;
    if (length && !length_read(r, length, &n)) return false;
    if (length) days->last = days->first + n - 1;
    if (length && days->last >= r->sc->days && r->sc->days) {
        complain(r->d, SEVERITY_ERROR, length->place, "lengthen the flight, or run for fewer days",
                 "%d days from day %d on lead past the flight's %d", n, days->first + 1,
                 r->sc->days);
        point_at_flight(r);
        return false;
    }
    if (days->last >= days->first || !r->sc->days) return true;
    complain(r->d, SEVERITY_ERROR, (end ? end : mapping)->place,
             "`end` is the last day that counts",
             "'%s' ends on day %d of the flight, before it starts on day %d", s->name,
             days->last + 1, days->first + 1);
    if (start) complain_related(r->d, start->place, "it starts here");
    return false;
}

static bool days_read(reader_t *r, const node_t *mapping, const section_t *s, days_t *days)
{
    return days_read_from(r, mapping, s, 0, days);
}

void days_of_flight_read(reader_t *r, const section_t *s, const node_t *mapping, int *first,
                         int *last)
{
    days_t days;
    field_note(r, first, mapping->place);
    if (!days_read(r, mapping, s, &days)) return;
    *first = days.first;
    *last = days.last;
}

/* --- a value or a list of them ----------------------------------------------------------------- */

typedef bool item_read_t(reader_t *r, const node_t *item, void *to);

static bool each_read(reader_t *r, const node_t *node, item_read_t *item_read, void *to)
{
    bool fine = true;
    if (node->kind != NODE_SEQUENCE) return item_read(r, node, to);
    for (size_t i = 0; i < node->n; i++) fine &= item_read(r, node->item[i], to);
    return fine;
}

/* --- dayparting -------------------------------------------------------------------------------- */

/* Reads an hour, 18 or 18:00, at *text and moves on; -1 if there is none. */
static int clock_read(const char **text, bool *whole)
{
    size_t n = strspn(*text, "0123456789");
    if (n < 1 || n > 2) return -1;
    int hour = (int)strtol(*text, NULL, 10);
    *text += n;
    if (**text != ':') return hour;
    *whole &= !strncmp(*text, ":00", 3);
    *text += 1 + strspn(*text + 1, "0123456789");
    return hour;
}

/* Adds the bits of the hours to *to (uint32_t). */
static bool hours_read(reader_t *r, const node_t *node, void *to)
{
    const char *text = text_read(r, "hours", node), *at = text;
    if (!text) return false;
    bool whole = true;
    int from = clock_read(&at, &whole), until = -1;
    if (from >= 0 && *at == '-') {
        at++;
        until = clock_read(&at, &whole);
    }
    char help[100];
    if (until < 0 || *at || from > 23 || until > 24) {
        complain(r->d, SEVERITY_ERROR, node->place, "such as 18-23: from 18:00 to 23:00",
                 "'hours' must be from-to, of 0 to 24, got '%s'", shown(text).text);
    } else if (!whole) {
        complain(r->d, SEVERITY_ERROR, node->place, "such as 18-23",
                 "'hours' begin and end on the hour, not at '%s'", shown(text).text);
    } else if (from >= until) {
        snprintf(help, sizeof help, "over midnight, write two: [%d-24, 0-%d]", from, until);
        complain(r->d, SEVERITY_ERROR, node->place, from > until && until ? help : "such as 18-23",
                 "'hours' %s hold no hour: they end before they begin", shown(text).text);
    } else {
        *(uint32_t *)to |= ((1u << until) - 1) & ~((1u << from) - 1);
        return true;
    }
    return false;
}

static const char *const weekday_name[WEEKDAYS] = {"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

/* A weekday by its name or its first letters, at least three; -1. */
static int weekday_of(const char *text, size_t n)
{
    for (int d = 0; n >= 3 && d < WEEKDAYS; d++)
        if (n <= strlen(weekday_name[d]) && !strncasecmp(text, weekday_name[d], n)) return d;
    return -1;
}

/* Bits of the weekdays that a word names: mon, mon-fri (fri-mon goes over Sunday), weekdays; 0. */
static unsigned weekdays_of(const char *text)
{
    static const struct {
        const char *word;
        unsigned days;
    } group[] = {{"weekdays", 0x1f}, {"weekends", 0x60}, {"weekend", 0x60}, {"every_day", 0x7f}};
    for (size_t k = 0; k < sizeof group / sizeof *group; k++)
        if (!strcasecmp(text, group[k].word)) return group[k].days;
    size_t n = strcspn(text, "-");
    int first = weekday_of(text, n);
    int last = text[n] ? weekday_of(text + n + 1, strlen(text + n + 1)) : first;
    if (first < 0 || last < 0) return 0;
    unsigned days = 1u << last;
    for (int d = first; d != last; d = (d + 1) % WEEKDAYS) days |= 1u << d;
    return days;
}

/* Adds their bits to *to (unsigned). */
static bool weekdays_read(reader_t *r, const node_t *node, void *to)
{
    const char *text = text_read(r, "days", node);
    if (!text) return false;
    unsigned days = weekdays_of(text);
    if (!days)
        complain(r->d, SEVERITY_ERROR, node->place,
                 "mon, tue, wed, thu, fri, sat, sun, mon-fri, weekdays, weekends or every_day",
                 "'days' cannot be '%s'", shown(text).text);
    *(unsigned *)to |= days;
    return days != 0;
}

/* Lets the hours of one entry run: {hours, days}, or hours of every day. */
static bool daypart_read(reader_t *r, const node_t *node, void *to)
{
    schedule_t *schedule = to;
    const section_t *s = section_find(schedules_section, "dayparting")->section;
    const node_t *hours_node = node, *days_node = NULL;
    uint32_t hours = 0;
    unsigned days = 0;
    if (node->kind == NODE_MAPPING) {
        if (!keys_check(r, s, node)) return false;
        hours_node = row_node(section_find(s, "hours"), node);
        days_node = row_node(section_find(s, "days"), node);
        if (!hours_node) hours = ALL_HOURS;
    }
    bool fine = !hours_node || each_read(r, hours_node, hours_read, &hours);
    fine &= !days_node || each_read(r, days_node, weekdays_read, &days);
    for (int d = 0; d < WEEKDAYS; d++)
        if (!days_node || days >> d & 1) schedule->silent[d] &= ~hours;
    return fine;
}

/* --- pauses ------------------------------------------------------------------------------------ */

static bool pause_read(reader_t *r, const node_t *node, void *to)
{
    schedule_t *schedule = to;
    const section_t *s = section_find(schedules_section, "pauses")->section;
    days_t pause;
    if (node->kind == NODE_MAPPING) {
        if (!keys_check(r, s, node) || !days_read(r, node, s, &pause)) return false;
    } else {
        if (!day_read(r, "pauses", node, &pause.first)) return false;
        pause.last = pause.first;
    }
    if (schedule->n_pauses < PAUSES_MOST) {
        schedule->pause[schedule->n_pauses++] = pause;
        return true;
    }
    complain(r->d, SEVERITY_ERROR, node->place, "join some of them", "more than %d pauses",
             PAUSES_MOST);
    return false;
}

/* --- the schedule ------------------------------------------------------------------------------ */

static void schedule_lines(reader_t *r, const section_t *s, const node_t *node)
{
    for (size_t i = 0; i < s->n; i++) {
        const node_t *value = row_node(&s->row[i], node);
        if (value) line_value(r, &s->row[i], value, NULL, NULL);
    }
}

void schedule_read(reader_t *r, const key_row_t *row, const node_t *node, schedule_t *schedule,
                   place_t at)
{
    const section_t *s = row->section;
    field_note(r, schedule, node ? node->place : at);
    if (!node || !keys_check(r, s, node)) return;
    const node_t *parts = row_node(section_find(s, "dayparting"), node),
                 *pauses = row_node(section_find(s, "pauses"), node);
    days_t run;
    size_t mark;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    if (days_read(r, node, s, &run)) {
        schedule->first_day = run.first;
        schedule->end_day = run.last + 1;
    }
    for (int d = 0; parts && d < WEEKDAYS; d++) schedule->silent[d] = ALL_HOURS;
    if (parts) {
        field_note(r, schedule->silent, parts->place);
        each_read(r, parts, daypart_read, schedule);
    }
    if (pauses) {
        field_note(r, &schedule->n_pauses, pauses->place);
        each_read(r, pauses, pause_read, schedule);
    }
    schedule_lines(r, s, node);
    line_close(r);
    path_pop(r, mark);
}

/* --- periods of a budget ----------------------------------------------------------------------- */

/* What a list of periods has given so far. */
typedef struct {
    const node_t *left_out;    /* a period without a part; NULL = none */
    int n_left_out, n_amounts; /* periods */
    double sum;                /* of the parts that are given */
} parts_t;

static bool part_of_period_read(reader_t *r, const node_t *node, const node_t *mapping,
                                budget_period_t *to, parts_t *parts)
{
    value_rule_t rule = row_rule(section_find(budget_schedule_section, "budget"));
    value_t value;
    to->share = NAN;
    if (!node) {
        parts->left_out = mapping;
        parts->n_left_out++;
        return true;
    }
    bool share = node->kind == NODE_SCALAR && strchr(node->text, '%');
    if (share) rule.measure = MEASURE_SHARE;
    if (!value_read(node, &rule, 1, r->d, &value)) return false;
    if (share && value.value > 1) {
        complain(r->d, SEVERITY_ERROR, node->place, "a share of the budget is at most 100%",
                 "'budget' lies in 0%%..100%%, not %s", shown(node->text).text);
        return false;
    }
    if (!share && value.value > 0 && value.value <= 1) {
        complain(r->d, SEVERITY_ERROR, node->place,
                 "a share is written with %, such as 50%; an amount is more than 1",
                 "'budget' is either a share or an amount, and %s could be both",
                 shown(node->text).text);
        return false;
    }
    to->share = value.value;
    parts->sum += value.value;
    parts->n_amounts += !share;
    return true;
}

static bool period_read(reader_t *r, const node_t *node, budget_schedule_t *b, parts_t *parts)
{
    const section_t *s = budget_schedule_section;
    budget_period_t *to = &b->period[b->n];
    int from = b->n ? b->period[b->n - 1].days.last + 1 : 0;
    if (!keys_check(r, s, node)) return false;
    if (from >= r->sc->days && r->sc->days && !row_node(section_find(s, "start"), node)) {
        complain(r->d, SEVERITY_ERROR, node->place, "give the periods before it `days` or an `end`",
                 "no day of the flight is left for this period");
        return false;
    }
    if (!days_read_from(r, node, s, from, &to->days)) return false;
    if (to->days.first < from) {
        complain(r->d, SEVERITY_ERROR, node->place,
                 "sort the periods, and end each before the next",
                 "this period starts on day %d of the flight, before the last one has ended",
                 to->days.first + 1);
        return false;
    }
    if (!part_of_period_read(r, row_node(section_find(s, "budget"), node), node, to, parts))
        return false;
    field_note(r, &to->share, node->place);
    b->n++;
    return true;
}

/* Shares are completed to the whole; amounts become shares of their sum. */
static void parts_settle(reader_t *r, const node_t *list, budget_schedule_t *b, parts_t *parts)
{
    int given = b->n - parts->n_left_out;
    if (parts->n_amounts && (parts->n_amounts < given || parts->n_left_out)) {
        complain(r->d, SEVERITY_ERROR, (parts->left_out ? parts->left_out : list)->place,
                 "write all parts as shares, or all as amounts",
                 "one period has an amount, another %s",
                 parts->n_left_out ? "none" : "a share of the budget");
        return;
    }
    double left = 1 - parts->sum;
    bool complete = parts->n_left_out ? left >= -1e-6 : fabs(left) <= 1e-6;
    if (!parts->n_amounts && !complete) {
        complain(r->d, SEVERITY_ERROR, list->place,
                 "the parts of all periods are the budget; one without a part gets what is left",
                 "the parts add up to %.10g %% of the budget", 100 * parts->sum);
        return;
    }
    if (!parts->n_left_out && !(parts->sum > 0)) {
        complain(r->d, SEVERITY_ERROR, list->place, "give one of them a part",
                 "no period has any of the budget");
        return;
    }
    for (int k = 0; k < b->n; k++) {
        double *share = &b->period[k].share;
        if (isnan(*share))
            *share = fmax(left, 0) / parts->n_left_out;
        else if (!parts->n_left_out)
            *share /= parts->sum;
    }
    b->sum = parts->n_amounts ? parts->sum : 0;
}

void budget_schedule_read(reader_t *r, const key_row_t *row, const node_t *node,
                          budget_schedule_t *b)
{
    parts_t parts = {0};
    size_t mark;
    if (!node) return;
    field_note(r, b, node->place);
    if (node->kind != NODE_SEQUENCE || !node->n || node->n > BUDGET_PERIODS) {
        complain(r->d, SEVERITY_ERROR, node->place,
                 "write [{days: 7, budget: 40%}, {days: 21, budget: 60%}]",
                 "'%s' must be a list of 1 to %d periods", row->name, BUDGET_PERIODS);
        return;
    }
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    bool fine = true;
    for (size_t k = 0; fine && k < node->n; k++) {
        fine = period_read(r, node->item[k], b, &parts);
        line_item(r);
        if (fine) schedule_lines(r, row->section, node->item[k]);
        line_item_end(r);
    }
    if (fine) parts_settle(r, node, b, &parts);
    line_close(r);
    path_pop(r, mark);
}
