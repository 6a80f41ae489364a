/* table.h -- a CSV file of a million people, and how fast it becomes columns and a population. */
#ifndef ADSIM_TESTS_BENCH_TABLE_H
#define ADSIM_TESTS_BENCH_TABLE_H

#include <stddef.h>

enum { TABLE_ROWS = 1000000, TABLE_COLUMNS = 20 };

/* Writes FILE.csv, and FILE.yaml, a population made from it. Not 0 when it cannot. */
int table_write(const char *file);

/* Seconds to read it as columns, and as a population; 0 after a failure. */
double table_columns_seconds(const char *file);
double table_people_seconds(const char *file);

#endif
