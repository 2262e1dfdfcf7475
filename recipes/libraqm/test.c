// Lays out Latin and Hebrew letters of a font that stands here as text.
#include <stdio.h>
#include <string.h>

#include <raqm.h>

#define LETTER(name, code) \
  "STARTCHAR " name "\nENCODING " code "\nSWIDTH 1000 0\nDWIDTH 8 0\nBBX 8 1 0 0\nBITMAP\nFF\nENDCHAR\n"

static const char FONT[] =
    "STARTFONT 2.1\nFONT -x-test-medium-r-normal--8-80-75-75-c-80-iso10646-1\nSIZE 8 75 75\n"
    "FONTBOUNDINGBOX 8 1 0 0\nSTARTPROPERTIES 4\nFONT_ASCENT 1\nFONT_DESCENT 0\nCHARSET_REGISTRY \"ISO10646\"\n"
    "CHARSET_ENCODING \"1\"\nENDPROPERTIES\nCHARS 4\n"
    LETTER("a", "97") LETTER("b", "98") LETTER("alef", "1488") LETTER("bet", "1489") "ENDFONT\n";

int main(void) {
  FT_Library library;
  FT_Face face;
  if (FT_Init_FreeType(&library)) return 1;
  if (FT_New_Memory_Face(library, (const FT_Byte *)FONT, sizeof FONT - 1, 0, &face)) return 2;
  if (FT_Select_Size(face, 0)) return 3;

  const uint32_t text[] = {'a', 0x5d0, 0x5d1, 'b'};
  raqm_t *layout = raqm_create();
  if (!raqm_set_text(layout, text, 4) || !raqm_set_freetype_face(layout, face)) return 4;
  if (!raqm_set_par_direction(layout, RAQM_DIRECTION_LTR) || !raqm_layout(layout)) return 5;
  size_t count;
  raqm_glyph_t *glyphs = raqm_get_glyphs(layout, &count);
  const uint32_t order[] = {0, 2, 1, 3};
  if (count != 4) return 6;
  for (size_t i = 0; i < count; i++) {
    if (glyphs[i].cluster != order[i] || glyphs[i].x_advance != 8 * 64) return 7;
    if (glyphs[i].index != FT_Get_Char_Index(face, text[order[i]])) return 8;
  }
  raqm_destroy(layout);
  puts("ok");
  return 0;
}
