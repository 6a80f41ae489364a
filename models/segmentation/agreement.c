/* agreement.c -- from the table of both groupings: how many people stand in group g of one and h of the
 * other. Counts are exact in a double. */
#include "models/segmentation/agreement.h"

#include "models/base/maths.h"
#include "models/segmentation/points.h"

#include <string.h>

typedef struct {
    double both[SEGMENTS_MOST][SEGMENTS_MOST];
    double a[SEGMENTS_MOST], b[SEGMENTS_MOST];
} crossed_t;

static void cross(crossed_t *t, const int *a, const int *b, size_t n)
{
    memset(t, 0, sizeof *t);
    for (size_t i = 0; i < n; i++) {
        t->both[a[i]][b[i]]++;
        t->a[a[i]]++;
        t->b[b[i]]++;
    }
}

static double pairs(double n)
{
    return n * (n - 1) / 2;
}

static double pairs_of(const double *count, size_t n)
{
    double sum = 0;
    for (size_t g = 0; g < n; g++) sum += pairs(count[g]);
    return sum;
}

double adjusted_rand(const int *a, const int *b, size_t n)
{
    crossed_t t;
    cross(&t, a, b, n);
    double together = pairs_of(t.both[0], SEGMENTS_MOST * SEGMENTS_MOST);
    double in_a = pairs_of(t.a, SEGMENTS_MOST), in_b = pairs_of(t.b, SEGMENTS_MOST);
    double all = pairs((double)n), by_chance = all > 0 ? in_a * in_b / all : 0;
    double most = (in_a + in_b) / 2;
    return most == by_chance ? 1 : (together - by_chance) / (most - by_chance);
}

/* Of a table with sum n. */
static double entropy(const double *count, size_t groups, double n)
{
    double sum = 0;
    for (size_t g = 0; g < groups; g++)
        if (count[g] > 0) sum -= count[g] / n * m_log(count[g] / n);
    return sum;
}

double normalised_information(const int *a, const int *b, size_t n)
{
    crossed_t t;
    cross(&t, a, b, n);
    double people = (double)n;
    double of_a = entropy(t.a, SEGMENTS_MOST, people), of_b = entropy(t.b, SEGMENTS_MOST, people);
    double both = entropy(t.both[0], SEGMENTS_MOST * SEGMENTS_MOST, people);
    if (!(of_a + of_b > 0)) return 1;
    return m_max(0, of_a + of_b - both) / ((of_a + of_b) / 2);
}
