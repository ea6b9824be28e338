// Finds and ends processes by /proc, see tree.h (proc(5)).
#define _GNU_SOURCE
#include "tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A guest whose processes outrun this has reached its own limits before.
enum { MOST_ROUNDS = 64, MOST_PROCESSES = 32768 };

struct process {
  pid_t pid;
  pid_t parent;
  int is_below;
  int is_stopped;
};

// The parent is the second word after the name, which is in parentheses and may hold anything.
static pid_t parent_of(pid_t pid) {
  char path[64];
  char text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  const ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  if (count <= 0) return -1;
  text[count] = 0;
  const char *end = strrchr(text, ')');
  int parent = -1;
  if (!end || sscanf(end + 1, " %*c %d", &parent) != 1) return -1;
  return parent;
}

static size_t list(struct process *all) {
  DIR *folder = opendir("/proc");
  size_t count = 0;
  if (!folder) return 0;
  for (struct dirent *entry; (entry = readdir(folder)) && count < MOST_PROCESSES;) {
    const pid_t pid = (pid_t)atoi(entry->d_name);
    if (pid <= 0) continue;
    all[count++] = (struct process){.pid = pid, .parent = parent_of(pid)};
  }
  closedir(folder);
  return count;
}

static void mark(struct process *all, size_t count, pid_t ancestor) {
  for (int changed = 1; changed;) {
    changed = 0;
    for (size_t index = 0; index < count; index++) {
      if (all[index].is_below) continue;
      int below = all[index].parent == ancestor;
      for (size_t other = 0; other < count && !below; other++) {
        below = all[other].is_below && all[other].pid == all[index].parent;
      }
      if (!below) continue;
      all[index].is_below = 1;
      changed = 1;
    }
  }
}

void kill_descendants(pid_t ancestor) {
  struct process *all = malloc(sizeof *all * MOST_PROCESSES);
  pid_t *found = malloc(sizeof *found * MOST_PROCESSES);
  size_t found_count = 0;
  for (int round = 0; all && found && round < MOST_ROUNDS; round++) {
    const size_t count = list(all);
    mark(all, count, ancestor);
    int fresh = 0;
    for (size_t index = 0; index < count; index++) {
      if (!all[index].is_below) continue;
      int known = 0;
      for (size_t other = 0; other < found_count && !known; other++) known = found[other] == all[index].pid;
      if (known || found_count == MOST_PROCESSES) continue;
      found[found_count++] = all[index].pid;
      kill(all[index].pid, SIGSTOP);
      fresh = 1;
    }
    if (!fresh) break;
  }
  for (size_t index = 0; index < found_count; index++) kill(found[index], SIGKILL);
  free(all);
  free(found);
}
