// How this guest is, and its addresses, see report.h.
#define _GNU_SOURCE
#include "report.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <time.h>

enum { LINE_BYTES = 256, MAC_BYTES = 6 };

struct text {
  char *bytes;
  size_t capacity;
  size_t length;
};

__attribute__((format(printf, 2, 3))) static void add_line(struct text *text, const char *format, ...) {
  char line[LINE_BYTES];
  va_list values;
  va_start(values, format);
  const int length = vsnprintf(line, sizeof line, format, values);
  va_end(values);
  if (length <= 0 || length >= LINE_BYTES || text->length + (size_t)length > text->capacity) return;
  memcpy(text->bytes + text->length, line, (size_t)length);
  text->length += (size_t)length;
}

static void add_times(struct text *text) {
  struct timespec now;
  if (clock_gettime(CLOCK_BOOTTIME, &now) == 0) {
    add_line(text, "uptime %lld\n", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000);
  }
  double load;
  if (getloadavg(&load, 1) == 1) add_line(text, "load %ld\n", (long)(load * 100 + 0.5));
}

static void add_memory(struct text *text) {
  FILE *file = fopen("/proc/meminfo", "re");
  if (!file) return;
  char line[LINE_BYTES];
  unsigned long long total = 0;
  unsigned long long available = 0;
  int found = 0;
  while (found < 2 && fgets(line, sizeof line, file)) {
    found += sscanf(line, "MemTotal: %llu", &total) == 1;
    found += sscanf(line, "MemAvailable: %llu", &available) == 1;
  }
  fclose(file);
  if (found == 2) add_line(text, "memory %llu %llu\n", total, available);
}

static void add_disk(struct text *text) {
  struct statvfs root;
  if (statvfs("/", &root) < 0) return;
  const unsigned long long unit = root.f_frsize;
  add_line(text, "disk %llu %llu\n", root.f_blocks * unit / 1024, root.f_bavail * unit / 1024);
}

// The bytes of an address, and their number in `size`; NULL if it is of neither family.
static const uint8_t *bytes_of(const struct sockaddr *address, size_t *size) {
  if (address && address->sa_family == AF_INET) {
    *size = sizeof(struct in_addr);
    return (const uint8_t *)&((const struct sockaddr_in *)address)->sin_addr;
  }
  if (address && address->sa_family == AF_INET6) {
    *size = sizeof(struct in6_addr);
    return (const uint8_t *)&((const struct sockaddr_in6 *)address)->sin6_addr;
  }
  return NULL;
}

static void add_address(struct text *text, const struct ifaddrs *one) {
  char address[INET6_ADDRSTRLEN];
  size_t size = 0;
  size_t mask_size = 0;
  const uint8_t *bytes = bytes_of(one->ifa_addr, &size);
  if (!bytes || !inet_ntop(one->ifa_addr->sa_family, bytes, address, sizeof address)) return;
  const uint8_t *mask = bytes_of(one->ifa_netmask, &mask_size);
  int bits = mask ? 0 : (int)size * 8;
  for (size_t index = 0; mask && index < mask_size; index++) bits += __builtin_popcount(mask[index]);
  // An address may have a label of its own, such as eth0:1.
  const int name_length = (int)strcspn(one->ifa_name, ":");
  add_line(text, "address %.*s %s/%d\n", name_length, one->ifa_name, address, bits);
}

static void add_nic(struct text *text, const struct ifaddrs *one) {
  const struct sockaddr_ll *link = (const struct sockaddr_ll *)one->ifa_addr;
  const uint8_t *mac = link->sll_addr;
  if (link->sll_halen != MAC_BYTES) return;
  add_line(text, "nic %s %02x:%02x:%02x:%02x:%02x:%02x\n", one->ifa_name, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

// All with a MAC come before the addresses, as getifaddrs(3) of the C library has them.
static void add_interfaces(struct text *text) {
  struct ifaddrs *all;
  if (getifaddrs(&all) < 0) return;
  for (const struct ifaddrs *one = all; one; one = one->ifa_next) {
    if (!one->ifa_addr || one->ifa_flags & IFF_LOOPBACK) continue;
    if (one->ifa_addr->sa_family == AF_PACKET) add_nic(text, one);
    else add_address(text, one);
  }
  freeifaddrs(all);
}

size_t write_report(char *to, size_t capacity) {
  struct text text = {.bytes = to, .capacity = capacity};
  add_times(&text);
  add_memory(&text);
  add_disk(&text);
  add_interfaces(&text);
  return text.length;
}
