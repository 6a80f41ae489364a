/* date.h -- the proleptic Gregorian calendar: ISO dates as days since 1970-01-01 and back. */
#ifndef ADSIM_BASE_DATE_H
#define ADSIM_BASE_DATE_H

typedef struct {
    int year, month, day; /* month 1..12, day 1..31 */
} date_t;

/* Of a valid ISO date, 2026-03-02. */
date_t date_parse(const char *iso);
date_t date_of_day(long day);
/* Days since 1970-01-01. */
long date_day(date_t date);
/* 0 = Monday .. 6 = Sunday. */
int date_weekday(long day);

/* The ISO date `days` after an ISO date; its year has four digits. */
typedef struct {
    char text[16];
} date_text_t;
date_text_t date_after(const char *iso, int days);

#endif
