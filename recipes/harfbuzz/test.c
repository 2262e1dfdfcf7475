// Shapes text with a font that is made of functions: a letter with its accent becomes one glyph, and text from
// right to left comes out in the order in which it is drawn.
#include <stdio.h>

#include <hb.h>

static hb_bool_t nominal(hb_font_t *font, void *data, hb_codepoint_t character, hb_codepoint_t *glyph, void *own) {
  (void)font, (void)data, (void)own;
  *glyph = character;
  return character == 'e' || character == 0xe9 || character == 0x301 || (character >= 0x5d0 && character < 0x5eb);
}

static hb_position_t advance(hb_font_t *font, void *data, hb_codepoint_t glyph, void *own) {
  (void)font, (void)data, (void)own;
  return glyph == 0xe9 ? 600 : 500;
}

static unsigned shape(hb_font_t *font, const char *text, hb_codepoint_t glyphs[], hb_position_t *width) {
  hb_buffer_t *buffer = hb_buffer_create();
  hb_buffer_add_utf8(buffer, text, -1, 0, -1);
  hb_buffer_guess_segment_properties(buffer);
  hb_shape(font, buffer, NULL, 0);
  unsigned count;
  hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(buffer, &count);
  hb_glyph_position_t *positions = hb_buffer_get_glyph_positions(buffer, &count);
  *width = 0;
  for (unsigned i = 0; i < count && i < 4; i++) {
    glyphs[i] = infos[i].codepoint;
    *width += positions[i].x_advance;
  }
  hb_buffer_destroy(buffer);
  return count;
}

int main(void) {
  hb_face_t *face = hb_face_create(hb_blob_get_empty(), 0);
  hb_font_t *font = hb_font_create(face);
  hb_font_funcs_t *functions = hb_font_funcs_create();
  hb_font_funcs_set_nominal_glyph_func(functions, nominal, NULL, NULL);
  hb_font_funcs_set_glyph_h_advance_func(functions, advance, NULL, NULL);
  hb_font_set_funcs(font, functions, NULL, NULL);
  hb_font_set_scale(font, 1000, 1000);

  hb_codepoint_t glyphs[4];
  hb_position_t width;
  if (shape(font, "e\xcc\x81", glyphs, &width) != 1 || glyphs[0] != 0xe9 || width != 600) return 1;
  if (shape(font, "\xd7\x90\xd7\x91\xd7\x92", glyphs, &width) != 3 || width != 1500) return 2;
  if (glyphs[0] != 0x5d2 || glyphs[2] != 0x5d0) return 3;
  hb_font_funcs_destroy(functions);
  hb_font_destroy(font);
  hb_face_destroy(face);
  puts("ok");
  return 0;
}
