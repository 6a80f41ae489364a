/* eigen.c -- Jacobi's rotations. */
#include "models/base/eigen.h"

#include "models/base/maths.h"

enum { SWEEPS = 50 };

/* Turns rows and columns a and b of m so that m[a][b] becomes 0; v collects the turns. */
static void rotate(double *m, double *v, int n, int a, int b)
{
    double away = m[a * n + b];
    if (away == 0) return;
    double theta = (m[b * n + b] - m[a * n + a]) / (2 * away);
    double t = 1 / (m_abs(theta) + m_sqrt(theta * theta + 1));
    if (theta < 0) t = -t;
    double c = 1 / m_sqrt(t * t + 1), s = t * c;
    for (int i = 0; i < n; i++) {
        double x = m[i * n + a], y = m[i * n + b];
        m[i * n + a] = c * x - s * y;
        m[i * n + b] = s * x + c * y;
    }
    for (int i = 0; i < n; i++) {
        double x = m[a * n + i], y = m[b * n + i];
        m[a * n + i] = c * x - s * y;
        m[b * n + i] = s * x + c * y;
    }
    for (int i = 0; i < n; i++) {
        double x = v[i * n + a], y = v[i * n + b];
        v[i * n + a] = c * x - s * y;
        v[i * n + b] = s * x + c * y;
    }
}

void eigen_symmetric(double *m, double *v, int n)
{
    for (int e = 0; e < n * n; e++) v[e] = e % (n + 1) == 0;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double off = 0, on = 0;
        for (int i = 0; i < n; i++) {
            on += m[i * n + i] * m[i * n + i];
            for (int j = 0; j < i; j++) off += m[i * n + j] * m[i * n + j];
        }
        if (off <= 1e-32 * on) return;
        for (int a = 0; a < n; a++)
            for (int b = a + 1; b < n; b++) rotate(m, v, n, a, b);
    }
}
