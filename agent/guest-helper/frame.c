// Encodes and decodes frames, see frame.h.
#include "frame.h"

#include <string.h>

uint32_t get_u32(const uint8_t *from) {
  return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

void put_u32(uint8_t *to, uint32_t value) {
  for (int index = 0; index < 4; index++) to[index] = (uint8_t)(value >> (8 * index));
}

static uint32_t crc_table[256];

static void fill_crc_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0xEDB88320u : value >> 1;
    crc_table[byte] = value;
  }
}

static uint32_t crc32_of(const uint8_t *bytes, size_t length) {
  if (crc_table[1] == 0) fill_crc_table();
  uint32_t crc = 0xFFFFFFFFu;
  for (size_t index = 0; index < length; index++) crc = crc_table[(crc ^ bytes[index]) & 0xFF] ^ crc >> 8;
  return ~crc;
}

size_t encode_frame(uint8_t *to, uint8_t type, uint32_t id, const uint8_t *payload, size_t length) {
  static uint8_t plain[MAX_FRAME];
  plain[0] = type;
  put_u32(plain + 1, id);
  if (length > 0) memcpy(plain + HEAD_BYTES, payload, length);
  put_u32(plain + HEAD_BYTES + length, crc32_of(plain, HEAD_BYTES + length));
  const size_t total = HEAD_BYTES + length + CRC_BYTES;

  // Each group: its length plus one, then at most 254 bytes that are not zero. A group of less than 254 stands for a zero behind it.
  size_t at = 0;
  size_t out = 0;
  for (;;) {
    const size_t most = total - at < 254 ? total - at : 254;
    const uint8_t *zero = memchr(plain + at, 0, most);
    const size_t run = zero ? (size_t)(zero - (plain + at)) : most;
    to[out++] = (uint8_t)(run + 1);
    memcpy(to + out, plain + at, run);
    out += run;
    at += run;
    if (zero) {
      at++;
    } else if (at == total) {
      break;
    }
  }
  to[out++] = 0;
  return out;
}

int decode_frame(uint8_t *bytes, size_t length, struct frame *frame) {
  size_t in = 0;
  size_t out = 0;
  while (in < length) {
    const size_t code = bytes[in++];
    if (code == 0 || in + code - 1 > length) return 0;
    memmove(bytes + out, bytes + in, code - 1);
    out += code - 1;
    in += code - 1;
    if (code < 255 && in < length) bytes[out++] = 0;
  }
  if (out < HEAD_BYTES + CRC_BYTES || out > MAX_FRAME) return 0;
  const size_t checked = out - CRC_BYTES;
  if (get_u32(bytes + checked) != crc32_of(bytes, checked)) return 0;
  frame->type = bytes[0];
  frame->id = get_u32(bytes + 1);
  frame->payload = bytes + HEAD_BYTES;
  frame->length = checked - HEAD_BYTES;
  return 1;
}
