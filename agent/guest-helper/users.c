// Reads users and groups, see users.h.
#define _GNU_SOURCE
#include "users.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 64 * 1024 };

static int is_number(const char *text, unsigned long *number) {
  char *end;
  if (*text < '0' || *text > '9') return 0;
  errno = 0;
  *number = strtoul(text, &end, 10);
  return errno == 0 && *end == 0;
}

// Cuts a line at its colons.
static int cut(char *line, char **fields, int most) {
  int count = 0;
  line[strcspn(line, "\n")] = 0;
  for (char *rest = line; rest && count < most;) fields[count++] = strsep(&rest, ":");
  return count;
}

static void copy(char *to, const char *from) { snprintf(to, NAME_BYTES, "%s", from); }

static void add_groups(struct user *user) {
  FILE *file = fopen("/etc/group", "re");
  if (!file) return;
  char *line = malloc(LINE_BYTES);
  char *fields[4];
  while (line && fgets(line, LINE_BYTES, file)) {
    if (cut(line, fields, 4) < 4) continue;
    for (char *rest = fields[3], *member; (member = strsep(&rest, ","));) {
      if (strcmp(member, user->name) != 0 || user->group_count == MOST_GROUPS) continue;
      user->groups[user->group_count++] = (gid_t)strtoul(fields[2], NULL, 10);
    }
  }
  free(line);
  fclose(file);
}

int find_user(const char *name, struct user *user) {
  memset(user, 0, sizeof *user);
  unsigned long number = 0;
  const int by_number = is_number(name, &number);
  FILE *file = fopen("/etc/passwd", "re");
  char *line = malloc(LINE_BYTES);
  char *fields[7];
  int found = 0;
  while (file && line && !found && fgets(line, LINE_BYTES, file)) {
    if (cut(line, fields, 7) < 7) continue;
    const unsigned long uid = strtoul(fields[2], NULL, 10);
    if (by_number ? uid != number : strcmp(fields[0], name) != 0) continue;
    copy(user->name, fields[0]);
    copy(user->home, fields[5]);
    copy(user->shell, *fields[6] ? fields[6] : "/bin/sh");
    user->uid = (uid_t)uid;
    user->gid = (gid_t)strtoul(fields[3], NULL, 10);
    found = 1;
  }
  free(line);
  if (file) fclose(file);
  // A guest without a root in its list still has one.
  if (!found && (by_number ? number == 0 : strcmp(name, "root") == 0)) {
    copy(user->name, "root");
    copy(user->home, "/root");
    copy(user->shell, "/bin/sh");
    found = 1;
  }
  if (!found) return 0;
  user->groups[user->group_count++] = user->gid;
  add_groups(user);
  return 1;
}

int find_group(const char *name, gid_t *gid) {
  unsigned long number = 0;
  if (is_number(name, &number)) {
    *gid = (gid_t)number;
    return 1;
  }
  FILE *file = fopen("/etc/group", "re");
  char *line = malloc(LINE_BYTES);
  char *fields[4];
  int found = 0;
  while (file && line && !found && fgets(line, LINE_BYTES, file)) {
    if (cut(line, fields, 4) < 3 || strcmp(fields[0], name) != 0) continue;
    *gid = (gid_t)strtoul(fields[2], NULL, 10);
    found = 1;
  }
  free(line);
  if (file) fclose(file);
  return found;
}

void name_of_user(uid_t uid, char name[NAME_BYTES]) {
  // Most files of a folder belong to the same one.
  static char last_name[NAME_BYTES];
  static uid_t last_uid;
  if (!*last_name || uid != last_uid) {
    char number[24];
    struct user user;
    snprintf(number, sizeof number, "%lu", (unsigned long)uid);
    const int is_known = find_user(number, &user) && *user.name && !user.name[strcspn(user.name, " \t\r\v\f")];
    copy(last_name, is_known ? user.name : number);
    last_uid = uid;
  }
  copy(name, last_name);
}

int become(const struct user *user) {
  if (user->uid == geteuid()) return 0;
  if (setgroups((size_t)user->group_count, user->groups) < 0) return errno;
  if (setgid(user->gid) < 0 || setuid(user->uid) < 0) return errno;
  return 0;
}
