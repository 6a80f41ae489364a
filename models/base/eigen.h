/* eigen.h -- eigenvalues of small symmetric matrices. */
#ifndef ADSIM_BASE_EIGEN_H
#define ADSIM_BASE_EIGEN_H

/* m (n x n, symmetric) becomes diagonal: its eigenvalues; the columns of v (n x n) are the eigenvectors, in
 * the same order. Cyclic Jacobi rotations (Golub and Van Loan, 8.5): exact to rounding, the same bits on
 * every machine; for n of some dozens at most. */
void eigen_symmetric(double *m, double *v, int n);

#endif
