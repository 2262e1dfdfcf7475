// The convex hull of a cube with points inside, and the Delaunay triangulation of a square.
#include <math.h>
#include <stdio.h>

#include <libqhull_r/qhull_ra.h>

static int facets(qhT *qh, int upper) {
  int count = 0;
  facetT *facet;
  FORALLfacets if (upper || !facet->upperdelaunay) count++;
  return count;
}

int main(void) {
  qhT state, *qh = &state;
  int left, total;

  double cube[11][3] = {{0.5, 0.5, 0.5}, {0.2, 0.3, 0.4}, {0.9, 0.8, 0.7}};
  for (int i = 0; i < 8; i++)
    for (int axis = 0; axis < 3; axis++) cube[3 + i][axis] = i >> axis & 1;
  qh_zero(qh, NULL);
  if (qh_new_qhull(qh, 3, 11, cube[0], False, "qhull FA", NULL, NULL)) return 1;
  if (fabs(qh->totvol - 1) > 1e-9 || fabs(qh->totarea - 6) > 1e-9) return 2;
  if (qh->num_vertices != 8 || facets(qh, 1) != 6) return 3;
  qh_freeqhull(qh, !qh_ALL);
  qh_memfreeshort(qh, &left, &total);

  double square[5][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0.4, 0.6}};
  qh_zero(qh, NULL);
  if (qh_new_qhull(qh, 2, 5, square[0], False, "qhull d Qt Qbb Qc Qz", NULL, NULL)) return 4;
  if (facets(qh, 0) != 4) return 5;
  qh_freeqhull(qh, !qh_ALL);
  qh_memfreeshort(qh, &left, &total);

  // Points on a line have no hull: Qhull leaves by longjmp and tells.
  double line[4][2] = {{0, 0}, {1, 1}, {2, 2}, {3, 3}};
  qh_zero(qh, NULL);
  FILE *nowhere = fopen("/dev/null", "w");
  if (qh_new_qhull(qh, 2, 4, line[0], False, "qhull", NULL, nowhere) != qh_ERRsingular) return 6;
  puts("ok");
  return 0;
}
