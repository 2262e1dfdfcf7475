// Draws a disc of known area, and a glyph of a font that stands here as text.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

static const char FONT[] =
    "STARTFONT 2.1\nFONT -x-test-medium-r-normal--8-80-75-75-c-80-iso10646-1\nSIZE 8 75 75\n"
    "FONTBOUNDINGBOX 8 4 0 0\nSTARTPROPERTIES 4\nFONT_ASCENT 4\nFONT_DESCENT 0\n"
    "CHARSET_REGISTRY \"ISO10646\"\nCHARSET_ENCODING \"1\"\nENDPROPERTIES\nCHARS 1\n"
    "STARTCHAR A\nENCODING 65\nSWIDTH 1000 0\nDWIDTH 8 0\nBBX 8 4 0 0\nBITMAP\n18\n24\n7E\n81\nENDCHAR\nENDFONT\n";

static int disc(FT_Library library) {
  enum { SIZE = 64, RADIUS = 25 };
  // A Bézier circle of four cubic arcs, about the centre.
  const double k = 0.5522847498;
  const double unit[12][2] = {{1, 0},  {1, k},  {k, 1},   {0, 1},  {-k, 1}, {-1, k},
                              {-1, 0}, {-1, -k}, {-k, -1}, {0, -1}, {k, -1}, {1, -k}};
  FT_Outline outline;
  if (FT_Outline_New(library, 12, 1, &outline)) return 1;
  for (int i = 0; i < 12; i++) {
    outline.points[i].x = lround((SIZE / 2 + RADIUS * unit[i][0]) * 64);
    outline.points[i].y = lround((SIZE / 2 + RADIUS * unit[i][1]) * 64);
    outline.tags[i] = i % 3 == 0 ? FT_CURVE_TAG_ON : FT_CURVE_TAG_CUBIC;
  }
  outline.contours[0] = 11;
  static unsigned char pixels[SIZE * SIZE];
  FT_Bitmap bitmap = {.rows = SIZE, .width = SIZE, .pitch = SIZE, .buffer = pixels, .num_grays = 256,
                      .pixel_mode = FT_PIXEL_MODE_GRAY};
  if (FT_Outline_Get_Bitmap(library, &outline, &bitmap)) return 2;
  double area = 0;
  for (int i = 0; i < SIZE * SIZE; i++) area += pixels[i] / 255.0;
  if (fabs(area / (M_PI * RADIUS * RADIUS) - 1) > 0.01) return 3;
  if (pixels[SIZE * SIZE / 2 + SIZE / 2] != 255 || pixels[0] != 0) return 4;
  FT_Outline_Done(library, &outline);
  return 0;
}

static int glyph(FT_Library library) {
  FT_Face face;
  if (FT_New_Memory_Face(library, (const FT_Byte *)FONT, sizeof FONT - 1, 0, &face)) return 5;
  if (FT_Select_Size(face, 0) || FT_Load_Char(face, 'A', FT_LOAD_RENDER)) return 6;
  const FT_Bitmap *bitmap = &face->glyph->bitmap;
  const unsigned char rows[] = {0x18, 0x24, 0x7e, 0x81};
  if (bitmap->rows != 4 || bitmap->width != 8) return 7;
  for (int y = 0; y < 4; y++)
    if (bitmap->buffer[y * bitmap->pitch] != rows[y]) return 8;
  if (face->glyph->advance.x != 8 * 64) return 9;
  return FT_Done_Face(face);
}

int main(void) {
  FT_Library library;
  if (FT_Init_FreeType(&library)) return 10;
  int failed = disc(library);
  if (!failed) failed = glyph(library);
  FT_Done_FreeType(library);
  if (!failed) puts("ok");
  return failed;
}
