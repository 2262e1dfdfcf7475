// Writes a picture of 16 bits per channel and reads it back; then damages it.
#include <png.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 37, HEIGHT = 23 };

typedef struct {
  unsigned char data[20000];
  size_t size, at;
} File;

static void put(png_structp png, png_bytep data, size_t size) {
  File *file = png_get_io_ptr(png);
  if (file->size + size > sizeof file->data) png_error(png, "full");
  memcpy(file->data + file->size, data, size);
  file->size += size;
}

static void flush(png_structp png) { (void)png; }

static void get(png_structp png, png_bytep data, size_t size) {
  File *file = png_get_io_ptr(png);
  if (file->at + size > file->size) png_error(png, "ended");
  memcpy(data, file->data + file->at, size);
  file->at += size;
}

static void quiet(png_structp png, png_const_charp text) {
  (void)text;
  png_longjmp(png, 1);
}

static unsigned char pixels[HEIGHT][WIDTH * 6], found[HEIGHT][WIDTH * 6];

static int write_picture(File *file) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, quiet, NULL);
  png_infop info = png_create_info_struct(png);
  if (setjmp(png_jmpbuf(png))) return 1;
  png_set_write_fn(png, file, put, flush);
  png_set_IHDR(png, info, WIDTH, HEIGHT, 16, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_ADAM7, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  png_bytep rows[HEIGHT];
  for (int y = 0; y < HEIGHT; y++) rows[y] = pixels[y];
  png_write_image(png, rows);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  return 0;
}

static int read_picture(File *file) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, quiet, NULL);
  png_infop info = png_create_info_struct(png);
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
  }
  file->at = 0;
  png_set_read_fn(png, file, get);
  png_read_info(png, info);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_image_width(png, info) != WIDTH || png_get_rowbytes(png, info) != WIDTH * 6) return 2;
  png_bytep rows[HEIGHT];
  for (int y = 0; y < HEIGHT; y++) rows[y] = found[y];
  png_read_image(png, rows);
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}

int main(void) {
  static File file;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH * 6; x++) pixels[y][x] = (unsigned char)(x * y + x);
  if (write_picture(&file)) return 1;
  if (file.size >= sizeof pixels) return 2;
  if (read_picture(&file) || memcmp(pixels, found, sizeof pixels)) return 3;
  file.data[file.size / 2] ^= 1;
  if (read_picture(&file) != 1) return 4;
  puts("ok");
  return 0;
}
