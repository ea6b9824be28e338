// SHA-256, see sha256.h.
#include "sha256.h"

#include <stdio.h>
#include <string.h>

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t value, int bits) { return value >> bits | value << (32 - bits); }

// One round: of the eight variables only `d` and `h` change.
static inline void turn(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g, uint32_t *h,
                        uint32_t added) {
  const uint32_t t1 = *h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + added;
  *d += t1;
  *h = t1 + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));
}

static void compress(uint32_t state[8], const uint8_t *block) {
  uint32_t w[64];
  for (int index = 0; index < 16; index++) {
    const uint8_t *word = block + 4 * index;
    w[index] = (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
  }
  for (int index = 16; index < 64; index++) {
    const uint32_t s0 = rotate(w[index - 15], 7) ^ rotate(w[index - 15], 18) ^ w[index - 15] >> 3;
    const uint32_t s1 = rotate(w[index - 2], 17) ^ rotate(w[index - 2], 19) ^ w[index - 2] >> 10;
    w[index] = w[index - 16] + s0 + w[index - 7] + s1;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  // Eight rounds move every variable through all places, so none need be moved.
  for (int index = 0; index < 64; index += 8) {
    const uint32_t *k = K + index;
    const uint32_t *x = w + index;
    turn(a, b, c, &d, e, f, g, &h, k[0] + x[0]);
    turn(h, a, b, &c, d, e, f, &g, k[1] + x[1]);
    turn(g, h, a, &b, c, d, e, &f, k[2] + x[2]);
    turn(f, g, h, &a, b, c, d, &e, k[3] + x[3]);
    turn(e, f, g, &h, a, b, c, &d, k[4] + x[4]);
    turn(d, e, f, &g, h, a, b, &c, k[5] + x[5]);
    turn(c, d, e, &f, g, h, a, &b, k[6] + x[6]);
    turn(b, c, d, &e, f, g, h, &a, k[7] + x[7]);
  }
  const uint32_t added[8] = {a, b, c, d, e, f, g, h};
  for (int index = 0; index < 8; index++) state[index] += added[index];
}

void sha256_begin(struct sha256 *hash) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(hash->state, start, sizeof start);
  hash->length = 0;
}

void sha256_add(struct sha256 *hash, const uint8_t *bytes, size_t length) {
  size_t held = hash->length % 64;
  hash->length += length;
  while (length > 0) {
    if (held == 0 && length >= 64) {
      compress(hash->state, bytes);
      bytes += 64;
      length -= 64;
      continue;
    }
    const size_t part = length < 64 - held ? length : 64 - held;
    memcpy(hash->block + held, bytes, part);
    held += part;
    bytes += part;
    length -= part;
    if (held < 64) continue;
    compress(hash->state, hash->block);
    held = 0;
  }
}

void sha256_end(struct sha256 *hash, char hex[SHA256_HEX_BYTES]) {
  const uint64_t bits = hash->length * 8;
  static const uint8_t padding[64] = {0x80};
  sha256_add(hash, padding, 1 + (119 - hash->length % 64) % 64);
  uint8_t size[8];
  for (int index = 0; index < 8; index++) size[index] = (uint8_t)(bits >> (56 - 8 * index));
  sha256_add(hash, size, sizeof size);
  for (int index = 0; index < 8; index++) snprintf(hex + 8 * index, 9, "%08x", hash->state[index]);
}
