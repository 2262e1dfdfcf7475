#include <complex.h>
#include <stdio.h>

typedef double complex zcomplex;
void scale_rows_(const char *side, const int *n, const zcomplex *factors, zcomplex *matrix);
zcomplex dot_(const int *n, const zcomplex *x, const zcomplex *y);
double integral_(double (*f)(const double *), const double *a, const double *b, const int *n);
int block_size_(void);
int kinds_(void);

static double square(const double *x) { return *x * *x; }

int main(void) {
  const int two = 2, many = 1000;
  const double zero = 0, three = 3;
  const zcomplex factors[2] = {2, 3 * I};
  zcomplex matrix[4] = {1, 1, 1, 1};
  scale_rows_("L", &two, factors, matrix);
  const zcomplex product = dot_(&two, factors, matrix);
  const double area = integral_(square, &zero, &three, &many);
  printf("%g %g %g %d %d\n", creal(matrix[0]), cimag(matrix[3]), creal(product), block_size_(), kinds_());
  return creal(product) != 13 || area < 8.9999 || area > 9.0001;
}
