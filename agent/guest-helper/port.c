// The virtio-serial port that leads to the host, see port.h.
#define _GNU_SOURCE
#include "port.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tree.h"

// A process that was killed lets go of its port within milliseconds.
enum { TAKE_OVER_LOOK_US = 20 * 1000, TAKE_OVER_LOOKS = 200 };
enum { OPEN_FLAGS = O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

int port_open(char *device, size_t device_bytes) {
  DIR *folder = opendir("/sys/class/virtio-ports");
  int fd = -1;
  int error = ENOENT;
  if (!folder) return -1;
  for (struct dirent *entry; fd < 0 && (entry = readdir(folder));) {
    char path[512];
    char name[64];
    snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", entry->d_name);
    FILE *file = fopen(path, "re");
    if (!file) continue;
    const int is_ours = fgets(name, sizeof name, file) && strncmp(name, PORT_NAME, strlen(PORT_NAME)) == 0;
    fclose(file);
    if (!is_ours) continue;
    snprintf(device, device_bytes, "/dev/%.64s", entry->d_name);
    fd = open(device, OPEN_FLAGS);
    if (fd < 0) error = errno;
  }
  closedir(folder);
  errno = error;
  return fd;
}

// Whether a process has that device open.
static int has_open(pid_t pid, const char *device) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
  DIR *folder = opendir(path);
  int found = 0;
  if (!folder) return 0;
  for (struct dirent *entry; !found && (entry = readdir(folder));) {
    char target[128];
    const ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
    if (length < 0) continue;
    target[length] = 0;
    found = strcmp(target, device) == 0;
  }
  closedir(folder);
  return found;
}

int port_take_over(const char *device) {
  DIR *folder = opendir("/proc");
  if (!folder) return -1;
  for (struct dirent *entry; (entry = readdir(folder));) {
    const pid_t pid = (pid_t)atoi(entry->d_name);
    if (pid <= 0 || pid == getpid() || !has_open(pid, device)) continue;
    kill_descendants(pid);
    kill(pid, SIGKILL);
  }
  closedir(folder);
  int fd = -1;
  for (int looks = 0; fd < 0 && looks < TAKE_OVER_LOOKS; looks++) {
    if (looks > 0) usleep(TAKE_OVER_LOOK_US);
    fd = open(device, OPEN_FLAGS);
  }
  return fd;
}

// Edge-triggered (epoll(7)): what is so all the time, such as EPOLLHUP, is told once. The driver wakes those who wait for a port when its
// host comes or leaves, and when something arrives.
int port_watch(int port) {
  const int watch = epoll_create1(EPOLL_CLOEXEC);
  if (watch < 0) return -1;
  struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT | EPOLLET};
  if (epoll_ctl(watch, EPOLL_CTL_ADD, port, &wanted) == 0) return watch;
  const int error = errno;
  close(watch);
  errno = error;
  return -1;
}

void port_watched(int watch) {
  struct epoll_event event;
  // One port, so there is one event at most.
  (void)epoll_wait(watch, &event, 1, 0);
}
