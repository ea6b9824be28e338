// Gives a copied guest an identity of its own, see identity.h.
#define _GNU_SOURCE
#include "identity.h"

#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host-key.h"
#include "hosts.h"

// Since Linux 4.14; headers of the C library may be older.
#ifndef RNDRESEEDCRNG
#define RNDRESEEDCRNG _IO('R', 0x07)
#endif

enum { MOST_SEED = 1024, WORD_BYTES = 256, MAC_BYTES = 6, MAC_TEXT_BYTES = 18 };

struct answer {
  char *bytes;
  size_t capacity;
  size_t length;
};

__attribute__((format(printf, 2, 3))) static void say(struct answer *answer, const char *format, ...) {
  char line[2 * WORD_BYTES];
  va_list values;
  va_start(values, format);
  const int length = vsnprintf(line, sizeof line, format, values);
  va_end(values);
  if (length <= 0 || (size_t)length >= sizeof line || answer->length + (size_t)length > answer->capacity) return;
  memcpy(answer->bytes + answer->length, line, (size_t)length);
  answer->length += (size_t)length;
}

static void write_line(const char *path, const char *text) {
  const int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd < 0) return;
  char line[WORD_BYTES + 1];
  const int length = snprintf(line, sizeof line, "%s\n", text);
  // Whoever needs to know reads it again.
  if (write(fd, line, (size_t)length) < 0) line[0] = 0;
  close(fd);
}

// The first line of a file, without its end; empty if there is none.
static void read_line(const char *path, char line[WORD_BYTES]) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t count = fd < 0 ? -1 : read(fd, line, WORD_BYTES - 1);
  line[count < 0 ? 0 : count] = 0;
  line[strcspn(line, "\r\n")] = 0;
  if (fd >= 0) close(fd);
}

// Mixed in and used at once, random(4): what follows may need random numbers of its own.
static void take_seed(const char *hex, struct answer *answer) {
  uint8_t seed[MOST_SEED];
  size_t length = 0;
  for (unsigned byte; length < sizeof seed && sscanf(hex + 2 * length, "%2x", &byte) == 1;) seed[length++] = (uint8_t)byte;
  const int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);
  const char *state = "failed";
  if (fd >= 0 && length > 0 && write(fd, seed, length) == (ssize_t)length) {
    state = ioctl(fd, RNDRESEEDCRNG) == 0 ? "new" : "mixed";
  }
  if (fd >= 0) close(fd);
  explicit_bzero(seed, sizeof seed);
  say(answer, "random=%s\n", state);
}

static void take_clock(const char *text, struct answer *answer) {
  long long seconds;
  long nanoseconds;
  if (sscanf(text, "%lld %ld", &seconds, &nanoseconds) != 2) return;
  const struct timespec now = {.tv_sec = (time_t)seconds, .tv_nsec = nanoseconds};
  if (clock_settime(CLOCK_REALTIME, &now) == 0) say(answer, "clock=set\n");
}

static void take_host(const char *name, struct answer *answer) {
  char old[WORD_BYTES] = "";
  char now[WORD_BYTES] = "";
  gethostname(old, sizeof old - 1);
  // What could not be set is read back.
  if (sethostname(name, strlen(name)) == 0) write_line("/etc/hostname", name);
  if (strcmp(old, name) != 0) rename_in_hosts("/etc/hosts", old, name);
  gethostname(now, sizeof now - 1);
  say(answer, "hostname=%s\n", now);
}

static void take_machine(const char *id, struct answer *answer) {
  static const char dbus[] = "/var/lib/dbus/machine-id";
  struct stat about;
  char now[WORD_BYTES];
  if (stat("/etc/machine-id", &about) < 0) {
    say(answer, "machineId=absent\n");
    return;
  }
  write_line("/etc/machine-id", id);
  // It is a link where it is not one of its own.
  if (lstat(dbus, &about) == 0 && S_ISREG(about.st_mode)) write_line(dbus, id);
  read_line("/etc/machine-id", now);
  say(answer, "machineId=%s\n", now);
}

static int mac_of(int fd, struct ifreq *nic, char text[MAC_TEXT_BYTES]) {
  if (ioctl(fd, SIOCGIFHWADDR, nic) < 0 || nic->ifr_hwaddr.sa_family != ARPHRD_ETHER) return 0;
  const uint8_t *mac = (const uint8_t *)nic->ifr_hwaddr.sa_data;
  snprintf(text, MAC_TEXT_BYTES, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
  return 1;
}

static int set_mac(int fd, struct ifreq *nic, const char *text) {
  unsigned mac[MAC_BYTES];
  if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) != MAC_BYTES) return -1;
  nic->ifr_hwaddr.sa_family = ARPHRD_ETHER;
  for (int index = 0; index < MAC_BYTES; index++) nic->ifr_hwaddr.sa_data[index] = (char)mac[index];
  return ioctl(fd, SIOCSIFHWADDR, nic);
}

// Not every driver changes it while the device is up.
static void set_mac_down(int fd, const char *name, const char *mac) {
  struct ifreq flags = {0};
  struct ifreq nic = {0};
  snprintf(flags.ifr_name, sizeof flags.ifr_name, "%s", name);
  snprintf(nic.ifr_name, sizeof nic.ifr_name, "%s", name);
  if (ioctl(fd, SIOCGIFFLAGS, &flags) < 0) return;
  flags.ifr_flags &= ~IFF_UP;
  if (ioctl(fd, SIOCSIFFLAGS, &flags) < 0) return;
  set_mac(fd, &nic, mac);
  flags.ifr_flags |= IFF_UP;
  ioctl(fd, SIOCSIFFLAGS, &flags);
}

static void take_mac(const char *old, const char *new, struct answer *answer) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct if_nameindex *all = fd < 0 ? NULL : if_nameindex();
  for (const struct if_nameindex *one = all; one && one->if_name; one++) {
    char now[MAC_TEXT_BYTES];
    struct ifreq nic = {0};
    snprintf(nic.ifr_name, sizeof nic.ifr_name, "%s", one->if_name);
    if (!mac_of(fd, &nic, now)) continue;
    if (strcmp(now, old) == 0 && strcmp(old, new) != 0) {
      if (set_mac(fd, &nic, new) < 0) set_mac_down(fd, one->if_name, new);
      if (!mac_of(fd, &nic, now)) continue;
    }
    if (strcmp(now, new) == 0) say(answer, "mac.%s=%s\n", old, now);
  }
  if (all) if_freenameindex(all);
  if (fd >= 0) close(fd);
}

static void take_host_key(const char *hex, struct answer *answer) {
  static const char *const words[] = {[HOST_KEY_ABSENT] = "absent", [HOST_KEY_GIVEN] = "given", [HOST_KEY_FAILED] = "failed"};
  const enum host_key state = give_host_key(hex);
  if (state != HOST_KEY_OTHER) say(answer, "sshHostKeys=%s\n", words[state]);
}

size_t take_identity(char *lines, char *to, size_t capacity) {
  struct answer answer = {.bytes = to, .capacity = capacity};
  for (char *line; (line = strsep(&lines, "\n"));) {
    const char *kind = strsep(&line, " ");
    if (!line) continue;
    if (strcmp(kind, "seed") == 0) take_seed(line, &answer);
    else if (strcmp(kind, "clock") == 0) take_clock(line, &answer);
    else if (strcmp(kind, "host") == 0) take_host(line, &answer);
    else if (strcmp(kind, "machine") == 0) take_machine(line, &answer);
    else if (strcmp(kind, "dropbear") == 0) take_host_key(line, &answer);
    else if (strcmp(kind, "mac") == 0) {
      const char *old = strsep(&line, " ");
      if (line) take_mac(old, line, &answer);
    }
  }
  say(&answer, "done=yes\n");
  return answer.length;
}
