#include <bzlib.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  char text[4096], packed[8192], unpacked[4096];
  for (unsigned i = 0; i < sizeof text; i++) text[i] = "wasm"[i % 4];
  unsigned packed_size = sizeof packed, unpacked_size = sizeof unpacked;
  if (BZ2_bzBuffToBuffCompress(packed, &packed_size, text, sizeof text, 9, 0, 0) != BZ_OK) return 1;
  if (packed_size > 200) return 2;
  if (BZ2_bzBuffToBuffDecompress(unpacked, &unpacked_size, packed, packed_size, 0, 0) != BZ_OK) return 3;
  if (unpacked_size != sizeof text || memcmp(text, unpacked, sizeof text)) return 4;
  packed[packed_size / 2] ^= 1;
  unpacked_size = sizeof unpacked;
  if (BZ2_bzBuffToBuffDecompress(unpacked, &unpacked_size, packed, packed_size, 0, 0) == BZ_OK) return 5;
  puts("ok");
  return 0;
}
