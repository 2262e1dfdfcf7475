#include <lzma.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  uint8_t text[4096], packed[8192], unpacked[4096];
  for (size_t i = 0; i < sizeof text; i++) text[i] = (uint8_t)(i % 7);
  size_t packed_size = 0, in = 0, out = 0;
  if (lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, text, sizeof text, packed, &packed_size, sizeof packed) != LZMA_OK) return 1;
  if (packed_size > 300) return 2;
  uint64_t limit = UINT64_MAX;
  if (lzma_stream_buffer_decode(&limit, 0, NULL, packed, &in, packed_size, unpacked, &out, sizeof unpacked) != LZMA_OK) return 3;
  if (out != sizeof text || memcmp(text, unpacked, out)) return 4;
  packed[packed_size / 2] ^= 1;
  in = out = 0;
  if (lzma_stream_buffer_decode(&limit, 0, NULL, packed, &in, packed_size, unpacked, &out, sizeof unpacked) == LZMA_OK) return 5;
  puts("ok");
  return 0;
}
