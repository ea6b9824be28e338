// Encodes and decodes frames, see frame.h.
#include "frame.h"

#include <string.h>

// Fewer bytes are looked at and copied sooner one by one: there may be little else than zeros.
enum { WORTH_A_CALL = 16 };

uint32_t get_u32(const uint8_t *from) {
  return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

void put_u32(uint8_t *to, uint32_t value) {
  for (int index = 0; index < 4; index++) to[index] = (uint8_t)(value >> (8 * index));
}

// [n][byte]: what a byte does to the sum when n more bytes follow it. Eight bytes at a time: an emulated guest computes slowly.
static uint32_t crc_table[8][256];

static void fill_crc_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0xEDB88320u : value >> 1;
    crc_table[0][byte] = value;
  }
  for (int more = 1; more < 8; more++) {
    for (int byte = 0; byte < 256; byte++) {
      const uint32_t value = crc_table[more - 1][byte];
      crc_table[more][byte] = crc_table[0][value & 0xFF] ^ value >> 8;
    }
  }
}

static uint32_t crc32_of(const uint8_t *bytes, size_t length) {
  if (crc_table[0][1] == 0) fill_crc_table();
  uint32_t crc = 0xFFFFFFFFu;
  for (; length >= 8; bytes += 8, length -= 8) {
    const uint32_t one = crc ^ get_u32(bytes);
    const uint32_t two = get_u32(bytes + 4);
    crc = crc_table[7][one & 0xFF] ^ crc_table[6][one >> 8 & 0xFF] ^ crc_table[5][one >> 16 & 0xFF] ^
          crc_table[4][one >> 24] ^ crc_table[3][two & 0xFF] ^ crc_table[2][two >> 8 & 0xFF] ^
          crc_table[1][two >> 16 & 0xFF] ^ crc_table[0][two >> 24];
  }
  for (; length > 0; bytes++, length--) crc = crc_table[0][(crc ^ *bytes) & 0xFF] ^ crc >> 8;
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
    const size_t near = most < WORTH_A_CALL ? most : WORTH_A_CALL;
    size_t run = 0;
    for (; run < near && plain[at + run] != 0; run++) to[out + 1 + run] = plain[at + run];
    if (run == near && near < most) {
      const uint8_t *zero = memchr(plain + at + near, 0, most - near);
      run = zero ? (size_t)(zero - (plain + at)) : most;
      memcpy(to + out + 1 + near, plain + at + near, run - near);
    }
    to[out] = (uint8_t)(run + 1);
    out += run + 1;
    at += run;
    if (run < most) {
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
    if (code > WORTH_A_CALL) {
      memmove(bytes + out, bytes + in, code - 1);
      out += code - 1;
      in += code - 1;
    } else {
      for (const size_t end = in + code - 1; in < end;) bytes[out++] = bytes[in++];
    }
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
