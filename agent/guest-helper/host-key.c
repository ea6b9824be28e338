// Gives a copied guest an ssh host key of its own, see host-key.h.
#define _GNU_SOURCE
#include "host-key.h"

#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY "/etc/dropbear/dropbear_ed25519_host_key"
#define NEW_KEY KEY ".tt"

enum { MOST_KEY = 1024, MOST_COMMAND = 4096, MOST_WORDS = 64, END_MS = 5000 };

// Since Linux 5.3; headers of the C library may be older.
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

struct server {
  // 0: none runs.
  pid_t pid;
  char program[512];
  char command[MOST_COMMAND + 1];
  char *words[MOST_WORDS + 1];
};

static int has_program(const char *name) {
  static const char *const folders[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};
  char path[128];
  for (size_t index = 0; index < sizeof folders / sizeof *folders; index++) {
    snprintf(path, sizeof path, "%s/%s", folders[index], name);
    if (access(path, X_OK) == 0) return 1;
  }
  return 0;
}

static ssize_t read_some(const char *path, char *to, size_t capacity) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t count = fd < 0 ? -1 : read(fd, to, capacity);
  if (fd >= 0) close(fd);
  return count;
}

// The number of Dropbear's keys, or -1 if one is not that of `KEY`.
static int count_keys(void) {
  glob_t found;
  int count = 0;
  if (glob("/etc/dropbear/dropbear_*_host_key", 0, NULL, &found) != 0) return 0;
  for (size_t index = 0; count >= 0 && index < found.gl_pathc; index++) {
    count = strcmp(found.gl_pathv[index], KEY) == 0 ? count + 1 : -1;
  }
  globfree(&found);
  return count;
}

static pid_t pid_in(const char *path) {
  char text[32];
  const ssize_t count = read_some(path, text, sizeof text - 1);
  text[count < 0 ? 0 : count] = 0;
  return (pid_t)atoi(text);
}

// Returns 0 for a server that can't be started again as it was started before.
static int find_server(struct server *server) {
  char path[64];
  char name[32];
  memset(server, 0, sizeof *server);
  const pid_t pid = pid_in("/run/dropbear.pid") > 0 ? pid_in("/run/dropbear.pid") : pid_in("/var/run/dropbear.pid");
  if (pid <= 0) return 1;
  snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
  ssize_t count = read_some(path, name, sizeof name);
  if (count != 9 || memcmp(name, "dropbear\n", 9) != 0) return 1;
  snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
  count = readlink(path, server->program, sizeof server->program - 1);
  if (count <= 0) return 0;
  snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
  count = read_some(path, server->command, MOST_COMMAND);
  if (count <= 0 || count == MOST_COMMAND) return 0;
  size_t words = 0;
  for (char *word = server->command; word < server->command + count; word += strlen(word) + 1) {
    // One that does not go to the background would not be waited for.
    if (words == MOST_WORDS || (word[0] == '-' && strchr(word, 'F'))) return 0;
    server->words[words++] = word;
  }
  server->pid = pid;
  return 1;
}

static int write_key(const char *hex) {
  uint8_t key[MOST_KEY];
  size_t length = 0;
  for (unsigned byte; length < sizeof key && sscanf(hex + 2 * length, "%2x", &byte) == 1;) key[length++] = (uint8_t)byte;
  unlink(NEW_KEY);
  const int fd = length > 0 ? open(NEW_KEY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
  const int is_written = fd >= 0 && write(fd, key, length) == (ssize_t)length;
  if (fd >= 0) close(fd);
  explicit_bzero(key, sizeof key);
  if (is_written && rename(NEW_KEY, KEY) == 0) return 1;
  unlink(NEW_KEY);
  return 0;
}

// One that nobody has waited for counts as ended: the init of busybox looks once a second.
static int has_ended(pid_t pid) {
  char path[64];
  char text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  const ssize_t count = read_some(path, text, sizeof text - 1);
  if (count <= 0) return 1;
  text[count] = 0;
  const char *state = strrchr(text, ')');
  return state && state[1] && (state[2] == 'Z' || state[2] == 'X');
}

// Until it has ended, or for as long as that may take. Looking again and again takes an emulated guest from what it waits for.
static void wait_for_end(pid_t pid) {
  const int fd = (int)syscall(SYS_pidfd_open, pid, 0);
  if (fd >= 0) {
    struct pollfd ended = {.fd = fd, .events = POLLIN};
    poll(&ended, 1, END_MS);
    close(fd);
    return;
  }
  for (int waited_ms = 0; !has_ended(pid) && waited_ms < END_MS; waited_ms++) usleep(1000);
}

// It has the old key in its memory.
static int restart(struct server *server) {
  kill(server->pid, SIGTERM);
  wait_for_end(server->pid);
  if (!has_ended(server->pid)) return 0;
  const pid_t child = fork();
  if (child == 0) {
    const int nothing = open("/dev/null", O_RDWR);
    for (int fd = 0; nothing >= 0 && fd < 3; fd++) dup2(nothing, fd);
    signal(SIGPIPE, SIG_DFL);
    execv(server->program, server->words);
    _exit(127);
  }
  if (child < 0) return 0;
  wait_for_end(child);
  int status = -1;
  return waitpid(child, &status, WNOHANG) == child && status == 0;
}

enum host_key give_host_key(const char *hex) {
  static struct server server;
  struct stat about;
  if (stat("/etc/ssh", &about) == 0 && has_program("ssh-keygen")) return HOST_KEY_OTHER;
  const int keys = count_keys();
  if (keys == 0) return HOST_KEY_ABSENT;
  if (keys < 0 || has_program("systemctl") || !find_server(&server)) return HOST_KEY_OTHER;
  if (!write_key(hex)) return HOST_KEY_FAILED;
  return server.pid == 0 || restart(&server) ? HOST_KEY_GIVEN : HOST_KEY_FAILED;
}
