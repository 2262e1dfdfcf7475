#include <stdio.h>
#include <string.h>
#include <zlib.h>

int main(void) {
  const char *text = "compress me, compress me, compress me, compress me";
  unsigned char packed[256], unpacked[256];
  uLongf packed_size = sizeof packed, unpacked_size = sizeof unpacked;
  if (compress2(packed, &packed_size, (const Bytef *)text, strlen(text) + 1, 9) != Z_OK) return 1;
  if (packed_size >= strlen(text)) return 2;
  if (uncompress(unpacked, &unpacked_size, packed, packed_size) != Z_OK) return 3;
  if (strcmp((char *)unpacked, text) != 0) return 4;
  if (crc32(0, (const Bytef *)"123456789", 9) != 0xcbf43926) return 5;
  packed[packed_size / 2] ^= 1;
  if (uncompress(unpacked, &unpacked_size, packed, packed_size) == Z_OK) return 6;
  puts("ok");
  return 0;
}
