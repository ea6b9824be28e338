// Renames this guest in its list of hosts, see hosts.h.
#define _GNU_SOURCE
#include "hosts.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BYTES = 1024 * 1024 };

// All of a file with a zero behind it, or NULL.
static char *read_all(const char *path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (fd < 0) return NULL;
  const int is_read = fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size <= MOST_BYTES;
  char *text = is_read ? malloc((size_t)about.st_size + 1) : NULL;
  size_t length = 0;
  while (text && length < (size_t)about.st_size) {
    const ssize_t count = read(fd, text + length, (size_t)about.st_size - length);
    if (count <= 0) break;
    length += (size_t)count;
  }
  if (text) text[length] = 0;
  close(fd);
  return text;
}

void rename_in_hosts(const char *path, const char *old, const char *name) {
  const size_t old_length = strlen(old);
  char *text = old_length > 0 ? read_all(path) : NULL;
  if (!text) return;
  // Each word that is replaced has a space before it.
  const size_t capacity = strlen(text) + (strlen(text) / (old_length + 1) + 1) * strlen(name);
  char *renamed = malloc(capacity + 1);
  size_t length = 0;
  int found = 0;
  for (const char *at = text; renamed && *at;) {
    const char after = strncmp(at, old, old_length) == 0 ? at[old_length] : 'x';
    const int is_word = at > text && isspace((unsigned char)at[-1]) && at[-1] != '\n' && (!after || isspace((unsigned char)after));
    if (is_word) {
      length = (size_t)(stpcpy(renamed + length, name) - renamed);
      at += old_length;
      found = 1;
    } else {
      renamed[length++] = *at++;
    }
  }
  if (found) {
    const int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (fd >= 0 && write(fd, renamed, length) < 0) {
      // Read-only, or full: the names of hosts are not what proves a guest.
    }
    if (fd >= 0) close(fd);
  }
  free(renamed);
  free(text);
}
