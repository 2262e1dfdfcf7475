/* y += alpha * transposed A * x, four columns at a time: x is loaded once for them. */

#include "common.h"

#define BLOCK 512 /* rows, so that a strided x has a copy on the stack */

int CNAME(BLASLONG m, BLASLONG n, BLASLONG dummy, FLOAT alpha, FLOAT *a, BLASLONG lda, FLOAT *x, BLASLONG inc_x, FLOAT *y,
          BLASLONG inc_y, FLOAT *buffer) {
#pragma clang fp reassociate(on)
  for (BLASLONG row = 0; row < m; row += BLOCK) {
    const BLASLONG rows = MIN(m - row, BLOCK);
    FLOAT copy[BLOCK];
    const FLOAT *factors = x + row;
    if (inc_x != 1) {
      for (BLASLONG i = 0; i < rows; i++) copy[i] = x[(row + i) * inc_x];
      factors = copy;
    }
    const FLOAT *a0 = a + row;
    FLOAT *sums = y;
    BLASLONG j = 0;
    for (; j + 4 <= n; j += 4, a0 += 4 * lda, sums += 4 * inc_y) {
      const FLOAT *a1 = a0 + lda, *a2 = a1 + lda, *a3 = a2 + lda;
      FLOAT sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
      for (BLASLONG i = 0; i < rows; i++) {
        sum0 += a0[i] * factors[i];
        sum1 += a1[i] * factors[i];
        sum2 += a2[i] * factors[i];
        sum3 += a3[i] * factors[i];
      }
      sums[0] += alpha * sum0;
      sums[inc_y] += alpha * sum1;
      sums[2 * inc_y] += alpha * sum2;
      sums[3 * inc_y] += alpha * sum3;
    }
    for (; j < n; j++, a0 += lda, sums += inc_y) {
      FLOAT sum = 0;
      for (BLASLONG i = 0; i < rows; i++) sum += a0[i] * factors[i];
      sums[0] += alpha * sum;
    }
  }
  return 0;
}
