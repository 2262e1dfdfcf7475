// A picture without loss is the same again; one with loss is like it.
#include <stdio.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/encode.h>

enum { WIDTH = 70, HEIGHT = 41 };

static unsigned char pixels[HEIGHT][WIDTH * 4];

int main(void) {
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      unsigned char *pixel = &pixels[y][4 * x];
      pixel[0] = (unsigned char)(3 * x);
      pixel[1] = (unsigned char)(6 * y);
      pixel[2] = (unsigned char)(x + y);
      pixel[3] = 255;
    }
  unsigned char *file;
  int width, height;
  size_t size = WebPEncodeLosslessRGBA(pixels[0], WIDTH, HEIGHT, WIDTH * 4, &file);
  if (size == 0 || size > sizeof pixels / 4) return 1;
  unsigned char *found = WebPDecodeRGBA(file, size, &width, &height);
  if (!found || width != WIDTH || height != HEIGHT || memcmp(found, pixels, sizeof pixels)) return 2;
  WebPFree(found);
  WebPFree(file);

  size = WebPEncodeRGBA(pixels[0], WIDTH, HEIGHT, WIDTH * 4, 85, &file);
  if (size == 0 || size > sizeof pixels / 8) return 3;
  found = WebPDecodeRGBA(file, size, &width, &height);
  if (!found) return 4;
  double squares = 0;
  for (size_t i = 0; i < sizeof pixels; i++) {
    int difference = found[i] - pixels[i / (WIDTH * 4)][i % (WIDTH * 4)];
    squares += difference * difference;
  }
  if (squares / sizeof pixels > 12) return 5;
  if (WebPDecodeRGBA(file, size / 4, &width, &height)) return 6;
  puts("ok");
  return 0;
}
