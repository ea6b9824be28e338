// Starts a command below a supervisor: a process that adopts what the command leaves behind, so that everything the command has
// started can be found and ended, and that reports how the command ended.
#ifndef TT_SPAWN_H
#define TT_SPAWN_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { REPORT_STARTED = 1, REPORT_EXIT = 2, REPORT_SIGNAL = 3, REPORT_FAILED = 4 };

// What a supervisor writes to its pipe: the pid of the command, then its exit code or signal, or instead of both the errno of a
// command that could not be started.
struct report {
  uint32_t kind;
  uint32_t value;
};

struct spawn_request {
  // Each ends with NULL.
  char **argv;
  char **env;
  char *cwd;
  char *user;
  unsigned flags;
  unsigned rows;
  unsigned columns;
};

struct spawned {
  pid_t supervisor;
  int report_fd;
  int stdin_fd;
  int output_fds[2];
  int is_terminal;
};

// Reads the fields of an EXEC frame. Returns 0 when they make no sense; else `free_request` is due.
int read_request(struct spawn_request *request, const uint8_t *fields, size_t length);
void free_request(struct spawn_request *request);
// Returns 0, or an errno with nothing left. All descriptors are non-blocking, -1 where there is none.
int spawn_command(const struct spawn_request *request, struct spawned *spawned);

#endif
