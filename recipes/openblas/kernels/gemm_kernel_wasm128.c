/* C += alpha * A * B on packed panels, and with TRMMKERNEL C = alpha * A * B where A or B is a triangle.

   A tile of C is two vectors high and four columns wide, or two columns of complex numbers: its eight sums stay in
   registers and hide the latency of an addition, and each vector of A that is loaded is used four times. Panels of A
   have ROWS rows and panels of B COLUMNS columns; what is left over has half, a quarter, ... of that, as the generic
   copies pack it. */

#include "common.h"
#include <wasm_simd128.h>

#ifdef DOUBLE
#define LANES 2
#define SPLAT wasm_v128_load64_splat
#define FILL wasm_f64x2_splat
#define ADD wasm_f64x2_add
#define MUL wasm_f64x2_mul
#define MULTIPLY_ADD wasm_f64x2_relaxed_madd
#else
#define LANES 4
#define SPLAT wasm_v128_load32_splat
#define FILL wasm_f32x4_splat
#define ADD wasm_f32x4_add
#define MUL wasm_f32x4_mul
#define MULTIPLY_ADD wasm_f32x4_relaxed_madd
#endif
#ifndef __wasm_relaxed_simd__
#undef MULTIPLY_ADD
#define MULTIPLY_ADD(a, b, c) ADD(MUL(a, b), c)
#endif

#ifdef COMPLEX
#define ROWS LANES
#define COLUMNS 2

/* Which of A and B is conjugated: the signs of their imaginary parts. */
#if defined(RN) || defined(RT) || defined(CN) || defined(CT) || defined(RR) || defined(RC) || defined(CR) || defined(CC)
#define SIGN_A -1
#else
#define SIGN_A 1
#endif
#if defined(NR) || defined(NC) || defined(TR) || defined(TC) || defined(RR) || defined(RC) || defined(CR) || defined(CC)
#define SIGN_B -1
#else
#define SIGN_B 1
#endif

/* Each vector has LANES / 2 numbers. A number of A is multiplied with the real and with the imaginary part of one of B in
   sums of their own, whose parts are put together at the end. */
static inline __attribute__((always_inline)) void tile(const int m, const int n, BLASLONG k, const FLOAT *alpha,
                                                       const FLOAT *a, const FLOAT *b, FLOAT *c, BLASLONG ldc) {
  FLOAT by_real[COLUMNS][2 * ROWS] = {{0}}, by_imaginary[COLUMNS][2 * ROWS] = {{0}};
  if (2 * m >= LANES) {
    const int vectors = 2 * m / LANES;
    v128_t real[COLUMNS][2], imaginary[COLUMNS][2];
#pragma unroll
    for (int j = 0; j < n; j++)
#pragma unroll
      for (int i = 0; i < vectors; i++) real[j][i] = imaginary[j][i] = FILL(0);
    for (BLASLONG p = 0; p < k; p++, a += 2 * m, b += 2 * n) {
      v128_t column[2];
#pragma unroll
      for (int i = 0; i < vectors; i++) column[i] = wasm_v128_load(a + i * LANES);
#pragma unroll
      for (int j = 0; j < n; j++) {
        const v128_t factor = SPLAT(b + 2 * j), factor_i = SPLAT(b + 2 * j + 1);
#pragma unroll
        for (int i = 0; i < vectors; i++) {
          real[j][i] = MULTIPLY_ADD(column[i], factor, real[j][i]);
          imaginary[j][i] = MULTIPLY_ADD(column[i], factor_i, imaginary[j][i]);
        }
      }
    }
#pragma unroll
    for (int j = 0; j < n; j++)
#pragma unroll
      for (int i = 0; i < vectors; i++) {
        wasm_v128_store(&by_real[j][i * LANES], real[j][i]);
        wasm_v128_store(&by_imaginary[j][i * LANES], imaginary[j][i]);
      }
  } else {
    for (BLASLONG p = 0; p < k; p++, a += 2 * m, b += 2 * n)
      for (int j = 0; j < n; j++)
        for (int i = 0; i < 2 * m; i++) {
          by_real[j][i] += a[i] * b[2 * j];
          by_imaginary[j][i] += a[i] * b[2 * j + 1];
        }
  }
  for (int j = 0; j < n; j++)
    for (int i = 0; i < m; i++) {
      const FLOAT re = by_real[j][2 * i] - SIGN_A * SIGN_B * by_imaginary[j][2 * i + 1];
      const FLOAT im = SIGN_A * by_real[j][2 * i + 1] + SIGN_B * by_imaginary[j][2 * i];
      FLOAT *place = c + 2 * (j * ldc + i);
#ifdef TRMMKERNEL
      place[0] = place[1] = 0;
#endif
      place[0] += alpha[0] * re - alpha[1] * im;
      place[1] += alpha[0] * im + alpha[1] * re;
    }
}
#else
#define ROWS (2 * LANES)
#define COLUMNS 4

/* Unrolled for the constant m and n of each call. */
static inline __attribute__((always_inline)) void tile(const int m, const int n, BLASLONG k, const FLOAT *alpha,
                                                       const FLOAT *a, const FLOAT *b, FLOAT *c, BLASLONG ldc) {
  if (m >= LANES) {
    const int vectors = m / LANES;
    v128_t sum[COLUMNS][2];
#pragma unroll
    for (int j = 0; j < n; j++)
#pragma unroll
      for (int i = 0; i < vectors; i++) sum[j][i] = FILL(0);
    for (BLASLONG p = 0; p < k; p++, a += m, b += n) {
      v128_t column[2];
#pragma unroll
      for (int i = 0; i < vectors; i++) column[i] = wasm_v128_load(a + i * LANES);
#pragma unroll
      for (int j = 0; j < n; j++) {
        const v128_t factor = SPLAT(b + j);
#pragma unroll
        for (int i = 0; i < vectors; i++) sum[j][i] = MULTIPLY_ADD(column[i], factor, sum[j][i]);
      }
    }
#pragma unroll
    for (int j = 0; j < n; j++)
#pragma unroll
      for (int i = 0; i < vectors; i++) {
        FLOAT *place = c + j * ldc + i * LANES;
#ifdef TRMMKERNEL
        wasm_v128_store(place, MUL(sum[j][i], FILL(*alpha)));
#else
        wasm_v128_store(place, MULTIPLY_ADD(sum[j][i], FILL(*alpha), wasm_v128_load(place)));
#endif
      }
  } else {
    FLOAT sum[COLUMNS][LANES] = {{0}};
    for (BLASLONG p = 0; p < k; p++, a += m, b += n)
      for (int j = 0; j < n; j++)
        for (int i = 0; i < m; i++) sum[j][i] += a[i] * b[j];
    for (int j = 0; j < n; j++)
      for (int i = 0; i < m; i++) {
#ifdef TRMMKERNEL
        c[j * ldc + i] = *alpha * sum[j][i];
#else
        c[j * ldc + i] += *alpha * sum[j][i];
#endif
      }
  }
}
#endif

static inline __attribute__((always_inline)) void panel(const int n, BLASLONG rows, BLASLONG k, const FLOAT *alpha,
                                                        const FLOAT *a, const FLOAT *b, FLOAT *c, BLASLONG ldc,
                                                        BLASLONG offset) {
  BLASLONG row = 0;
#ifdef TRMMKERNEL
/* The terms of a tile's sums that are not zero by the triangle. */
#ifdef LEFT
#define DIAGONAL(m) (offset + row)
#define WIDTH(m) (m)
#else
#define DIAGONAL(m) offset
#define WIDTH(m) n
#endif
#if defined(LEFT) != defined(TRANSA)
#define FIRST(m) DIAGONAL(m)
#define LAST(m) k
#else
#define FIRST(m) 0
#define LAST(m) (DIAGONAL(m) + WIDTH(m))
#endif
#else
#define FIRST(m) 0
#define LAST(m) k
#endif
#define TILE(m)                                                                                               \
  {                                                                                                           \
    const BLASLONG first = FIRST(m);                                                                          \
    tile(m, n, LAST(m) - first, alpha, a + COMPSIZE * (row * k + first * m),                                  \
         b + COMPSIZE * first * n, c + COMPSIZE * row, ldc);                 \
    row += m;                                                                                                 \
  }
  while (row + ROWS <= rows) TILE(ROWS)
#if ROWS > 4
  if (rows & 4) TILE(4)
#endif
#if ROWS > 2
  if (rows & 2) TILE(2)
#endif
  if (rows & 1) TILE(1)
}

int CNAME(BLASLONG rows, BLASLONG columns, BLASLONG k, FLOAT alpha_r,
#ifdef COMPLEX
          FLOAT alpha_i,
#endif
          FLOAT *a, FLOAT *b, FLOAT *c, BLASLONG ldc
#ifdef TRMMKERNEL
          ,
          BLASLONG offset
#endif
) {
#ifdef COMPLEX
  const FLOAT alpha[] = {alpha_r, alpha_i};
#else
  const FLOAT alpha[] = {alpha_r};
#endif
#ifndef TRMMKERNEL
  const BLASLONG offset = 0;
#endif
#ifdef LEFT
#define OFFSET offset
#else
#define OFFSET (column - offset)
#endif
  BLASLONG column = 0;
#define PANEL(n)                                                                                                    \
  {                                                                                                                 \
    panel(n, rows, k, alpha, a, b + COMPSIZE * column * k, c + COMPSIZE * column * ldc, ldc, OFFSET);               \
    column += n;                                                                                                    \
  }
  while (column + COLUMNS <= columns) PANEL(COLUMNS)
#if COLUMNS > 2
  if (columns & 2) PANEL(2)
#endif
  if (columns & 1) PANEL(1)
  return 0;
}
