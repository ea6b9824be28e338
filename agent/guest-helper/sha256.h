// SHA-256 (FIPS 180-4), for files on their way in and out.
#ifndef TT_SHA256_H
#define TT_SHA256_H
#include <stddef.h>
#include <stdint.h>

enum { SHA256_HEX_BYTES = 65 };

struct sha256 {
  uint32_t state[8];
  uint64_t length;
  uint8_t block[64];
};

void sha256_begin(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const uint8_t *bytes, size_t length);
// As hexadecimal digits with a zero at their end.
void sha256_end(struct sha256 *hash, char hex[SHA256_HEX_BYTES]);

#endif
