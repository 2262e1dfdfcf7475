#include <cblas.h>
#include <complex.h>
#include <math.h>
#include <stdio.h>

// As programs declare LAPACK: no results, no lengths of strings.
void dgesv_(const int *n, const int *nrhs, double *a, const int *lda, int *pivots, double *b, const int *ldb, int *info);
void dsyev_(const char *job, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
            const int *lwork, int *info);
void zgeev_(const char *left, const char *right, const int *n, double complex *a, const int *lda, double complex *w,
            double complex *vl, const int *ldvl, double complex *vr, const int *ldvr, double complex *work,
            const int *lwork, double *rwork, int *info);
double complex zdotc_(const int *n, const double complex *x, const int *incx, const double complex *y, const int *incy);

enum { N = 100 };
static double a[N * N], b[N * N], c[N * N], x[N];

int main(void) {
  for (int i = 0; i < N * N; i++) a[i] = sin(i + 1.0), b[i] = cos(3.0 * i);
  cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, N, N, N, 1, a, N, b, N, 0, c, N);
  double worst = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int k = 0; k < N; k++) sum += a[k + i * N] * b[k + j * N];
      worst = fmax(worst, fabs(sum - c[i + j * N]));
    }
  if (worst > 1e-12) return 1;

  // A system whose solution is 1, 2, 3 …
  const int n = N, one = 1, two = 2, lwork = 64;
  int pivots[N], info;
  for (int i = 0; i < N; i++) {
    x[i] = 0;
    for (int j = 0; j < N; j++) x[i] += a[i + j * N] * (j + 1);
    a[i + i * N] += 10;
    x[i] += 10 * (i + 1);
  }
  dgesv_(&n, &one, a, &n, pivots, x, &n, &info);
  for (int i = 0; i < N; i++)
    if (info || fabs(x[i] - (i + 1)) > 1e-9) return 2;

  double symmetric[4] = {2, 1, 1, 2}, values[2], work[64];
  dsyev_("V", "U", &two, symmetric, &two, values, work, &lwork, &info);
  if (info || fabs(values[0] - 1) > 1e-14 || fabs(values[1] - 3) > 1e-14) return 3;

  double complex rotation[4] = {0, 1, -1, 0}, w[2], vectors[4], zwork[64];
  double rwork[4];
  zgeev_("N", "V", &two, rotation, &two, w, vectors, &two, vectors, &two, zwork, &lwork, rwork, &info);
  if (info || cabs(w[0] * w[0] + 1) > 1e-14 || cabs(w[0] + w[1]) > 1e-14) return 4;
  if (cabs(zdotc_(&two, w, &one, w, &one) - 2) > 1e-14) return 5;
  puts("ok");
  return 0;
}
