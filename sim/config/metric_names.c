/* metric_names.c -- looks into the table of columns. */
#include "sim/config/metric_names.h"
#include "models/base/nearest.h"
#include "sim/metrics/columns.h"

bool metric_known(const char *name, const char **nearest)
{
    const char *names[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) names[i] = columns[i].name;
    *nearest = nearest_name(name, names, COLUMNS);
    return column_find(name) >= 0;
}
