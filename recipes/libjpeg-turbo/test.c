// Compresses a smooth picture, opens it again and compares; then a damaged one.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { WIDTH = 75, HEIGHT = 50 };

static unsigned char pixels[HEIGHT][WIDTH * 3], found[HEIGHT][WIDTH * 3];
static jmp_buf failed;

static void leave(j_common_ptr info) {
  (void)info;
  longjmp(failed, 1);
}

static unsigned long compress(unsigned char **file) {
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  unsigned long size = 0;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, file, &size);
  jpeg.image_width = WIDTH;
  jpeg.image_height = HEIGHT;
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 90, TRUE);
  jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < HEIGHT) {
    JSAMPROW row = pixels[jpeg.next_scanline];
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  return size;
}

static int decompress(const unsigned char *file, unsigned long size) {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  errors.error_exit = leave;
  jpeg_create_decompress(&jpeg);
  if (setjmp(failed)) {
    jpeg_destroy_decompress(&jpeg);
    return 1;
  }
  jpeg_mem_src(&jpeg, file, size);
  jpeg_read_header(&jpeg, TRUE);
  if (jpeg.image_width != WIDTH || jpeg.image_height != HEIGHT) return 2;
  jpeg_start_decompress(&jpeg);
  while (jpeg.output_scanline < HEIGHT) {
    JSAMPROW row = found[jpeg.output_scanline];
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return 0;
}

int main(void) {
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      pixels[y][3 * x] = (unsigned char)(3 * x);
      pixels[y][3 * x + 1] = (unsigned char)(5 * y);
      pixels[y][3 * x + 2] = (unsigned char)(x + y);
    }
  unsigned char *file = NULL;
  unsigned long size = compress(&file);
  if (size == 0 || size > sizeof pixels / 3) return 1;
  if (decompress(file, size)) return 2;
  double squares = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH * 3; x++) squares += (pixels[y][x] - found[y][x]) * (pixels[y][x] - found[y][x]);
  if (squares / sizeof pixels > 6) return 3;
  file[0] = 0;
  if (decompress(file, size) != 1) return 4;
  free(file);
  puts("ok");
  return 0;
}
