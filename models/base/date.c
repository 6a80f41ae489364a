/* date.c -- dates as days (Howard Hinnant, chrono-compatible date algorithms): years begin in March, so
 * that the leap day is their last, and 400 of them are 146,097 days. */
#include "models/base/date.h"

#include <stdio.h>
#include <stdlib.h>

enum { DAYS_OF_400_YEARS = 146097, MARCH_0000 = -719468 };

date_t date_parse(const char *iso)
{
    return (date_t){(int)strtol(iso, NULL, 10), (int)strtol(iso + 5, NULL, 10),
                    (int)strtol(iso + 8, NULL, 10)};
}

static long divide_down(long a, long b)
{
    return (a >= 0 ? a : a - (b - 1)) / b;
}

long date_day(date_t date)
{
    long y = date.year - (date.month <= 2), m = date.month, era = divide_down(y, 400);
    long year = y - era * 400;
    long day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    return era * DAYS_OF_400_YEARS + year * 365 + year / 4 - year / 100 + day + MARCH_0000;
}

date_t date_of_day(long day)
{
    long z = day - MARCH_0000, era = divide_down(z, DAYS_OF_400_YEARS);
    long of_era = z - era * DAYS_OF_400_YEARS;
    long year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * year + year / 4 - year / 100), m = (5 * of_year + 2) / 153;
    int month = (int)(m + (m < 10 ? 3 : -9));
    return (date_t){(int)(year + era * 400) + (month <= 2), month,
                    (int)(of_year - (153 * m + 2) / 5) + 1};
}

int date_weekday(long day)
{
    enum { THURSDAY = 3 }; /* 1970-01-01 */
    return (int)((day % 7 + 7 + THURSDAY) % 7);
}

date_text_t date_after(const char *iso, int days)
{
    date_t date = date_of_day(date_day(date_parse(iso)) + days);
    date_text_t out;
    snprintf(out.text, sizeof out.text, "%04d-%02d-%02d", date.year % 10000, date.month, date.day);
    return out;
}
