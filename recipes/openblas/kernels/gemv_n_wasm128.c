/* y += alpha * A * x, four columns at a time: y is loaded and stored once for eight operations. */

#include "common.h"

#define BLOCK 512 /* rows, so that a strided y has a copy on the stack */

static void columns(BLASLONG m, BLASLONG n, FLOAT alpha, const FLOAT *a, BLASLONG lda, const FLOAT *x, BLASLONG inc_x,
                    FLOAT *restrict y) {
  BLASLONG j = 0;
  for (; j + 4 <= n; j += 4, a += 4 * lda, x += 4 * inc_x) {
    const FLOAT *a1 = a + lda, *a2 = a1 + lda, *a3 = a2 + lda;
    const FLOAT x0 = alpha * x[0], x1 = alpha * x[inc_x], x2 = alpha * x[2 * inc_x], x3 = alpha * x[3 * inc_x];
    for (BLASLONG i = 0; i < m; i++) y[i] += (a[i] * x0 + a1[i] * x1) + (a2[i] * x2 + a3[i] * x3);
  }
  for (; j < n; j++, a += lda, x += inc_x) {
    const FLOAT x0 = alpha * x[0];
    for (BLASLONG i = 0; i < m; i++) y[i] += a[i] * x0;
  }
}

int CNAME(BLASLONG m, BLASLONG n, BLASLONG dummy, FLOAT alpha, FLOAT *a, BLASLONG lda, FLOAT *x, BLASLONG inc_x, FLOAT *y,
          BLASLONG inc_y, FLOAT *buffer) {
  if (inc_y == 1) {
    columns(m, n, alpha, a, lda, x, inc_x, y);
    return 0;
  }
  for (BLASLONG row = 0; row < m; row += BLOCK) {
    const BLASLONG rows = MIN(m - row, BLOCK);
    FLOAT sums[BLOCK] = {0};
    columns(rows, n, alpha, a + row, lda, x, inc_x, sums);
    for (BLASLONG i = 0; i < rows; i++) y[(row + i) * inc_y] += sums[i];
  }
  return 0;
}
