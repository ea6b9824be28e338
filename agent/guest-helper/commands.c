// Starts commands, passes their input and output on, and ends them, see commands.h.
#define _GNU_SOURCE
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "spawn.h"
#include "tree.h"

enum { READ_BYTES = 32 * 1024 };

struct command {
  int is_used;
  uint32_t id;
  // Its supervisor, and what that reports; see spawn.h.
  pid_t supervisor;
  int report_fd;
  int stdin_fd;
  int output_fds[2];
  uint32_t windows[2];
  int is_terminal;
  // Its end waits for all that it has started.
  int is_hung_up;
  pid_t pid;
  struct report ended;
  int has_ended;
  uint8_t *input;
  size_t input_length;
  int is_input_over;
  // Taken by the command, and not yet told to the host.
  uint32_t owed;
  // Of the report and the outputs: where they are among what was polled (-1: they were not), and whether there is something to read.
  int polled[3];
  int is_ready[3];
};

// Small credits cost a frame each.
enum { CREDIT_BYTES = WINDOW_BYTES / 4, REPORT = 2 };

static struct command commands[MOST_COMMANDS];
static struct link *host;

void commands_open(struct link *link) { host = link; }

static struct command *find(uint32_t id) {
  for (int index = 0; index < MOST_COMMANDS; index++) {
    if (commands[index].is_used && commands[index].id == id) return &commands[index];
  }
  return NULL;
}

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void send_failed(uint32_t id, int error, const char *text) {
  uint8_t payload[4 + 256];
  const size_t length = strnlen(text, 256);
  put_u32(payload, (uint32_t)error);
  memcpy(payload + 4, text, length);
  link_send(host, FRAME_FAILED, id, payload, 4 + length);
}

// Its supervisor ends when the command has; until then it is a child to wait for.
static void forget(struct command *command, int kill_tree) {
  if (kill_tree && command->supervisor > 0) kill_descendants(command->supervisor);
  if (command->supervisor > 0) {
    kill(command->supervisor, SIGKILL);
    while (waitpid(command->supervisor, NULL, 0) < 0 && errno == EINTR) continue;
  }
  close_fd(&command->report_fd);
  if (command->is_terminal) command->stdin_fd = -1;
  close_fd(&command->stdin_fd);
  close_fd(&command->output_fds[0]);
  close_fd(&command->output_fds[1]);
  free(command->input);
  memset(command, 0, sizeof *command);
}

void command_exec(uint32_t id, const uint8_t *fields, size_t length) {
  struct command *command = NULL;
  for (int index = 0; index < MOST_COMMANDS; index++) {
    if (!commands[index].is_used) command = &commands[index];
  }
  if (find(id)) return send_failed(id, EEXIST, "this stream is in use");
  if (!command) return send_failed(id, EAGAIN, "too many commands at once");
  struct spawn_request request;
  if (!read_request(&request, fields, length)) return send_failed(id, EINVAL, "the request makes no sense");
  struct spawned spawned;
  const int error = spawn_command(&request, &spawned);
  free_request(&request);
  if (error) return send_failed(id, error, "it could not be started");
  memset(command, 0, sizeof *command);
  command->is_used = 1;
  command->id = id;
  command->supervisor = spawned.supervisor;
  command->report_fd = spawned.report_fd;
  command->stdin_fd = spawned.stdin_fd;
  command->output_fds[0] = spawned.output_fds[0];
  command->output_fds[1] = spawned.output_fds[1];
  command->is_terminal = spawned.is_terminal;
  command->windows[0] = command->windows[1] = WINDOW_BYTES;
  command->input = malloc(WINDOW_BYTES);
}

void command_stdin(uint32_t id, const uint8_t *bytes, size_t length) {
  struct command *command = find(id);
  // What nobody reads any more is dropped, as a closed pipe does.
  if (!command || command->stdin_fd < 0 || !command->input || command->is_input_over) return;
  // More than it has credit for.
  if (command->input_length + length > WINDOW_BYTES) return command_signal(id, SIGKILL);
  memcpy(command->input + command->input_length, bytes, length);
  command->input_length += length;
}

void command_stdin_end(uint32_t id) {
  struct command *command = find(id);
  if (command) command->is_input_over = 1;
}

void command_signal(uint32_t id, int number) {
  struct command *command = find(id);
  if (!command || number < 1 || number >= NSIG) return;
  if (number == SIGKILL) {
    kill_descendants(command->supervisor);
  } else if (command->pid > 0 && !command->has_ended) {
    // It leads a group of its own.
    kill(-command->pid, number);
  }
}

// The kernel tells the processes in its foreground, when the one that leads the session has ended.
void command_hang_up(uint32_t id) {
  struct command *command = find(id);
  if (!command || !command->is_terminal || command->has_ended) return;
  command->is_hung_up = 1;
  command_signal(id, SIGHUP);
  command_signal(id, SIGCONT);
}

void command_credit(uint32_t id, int channel, uint32_t bytes) {
  struct command *command = find(id);
  if (!command || (channel != CHANNEL_STDOUT && channel != CHANNEL_STDERR)) return;
  uint32_t *window = &command->windows[channel - 1];
  *window = bytes > WINDOW_BYTES - *window ? WINDOW_BYTES : *window + bytes;
}

void command_resize(uint32_t id, unsigned rows, unsigned columns) {
  struct command *command = find(id);
  if (!command || !command->is_terminal || command->output_fds[0] < 0) return;
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  ioctl(command->output_fds[0], TIOCSWINSZ, &size);
}

void commands_end_all(void) {
  for (int index = 0; index < MOST_COMMANDS; index++) {
    if (commands[index].is_used) forget(&commands[index], 1);
  }
}

static int can_read(const struct command *command, int channel) {
  return command->output_fds[channel] >= 0 && command->windows[channel] > 0 && !link_is_busy(host);
}

static size_t add(struct pollfd *into, size_t count, int fd, short events) {
  into[count] = (struct pollfd){.fd = fd, .events = events};
  return count + 1;
}

static size_t add_ready(struct pollfd *into, size_t count, struct command *command, int what, int fd) {
  command->polled[what] = (int)count;
  return add(into, count, fd, POLLIN);
}

size_t commands_poll(struct pollfd *into) {
  size_t count = 0;
  for (int index = 0; index < MOST_COMMANDS; index++) {
    struct command *command = &commands[index];
    if (!command->is_used) continue;
    for (int what = 0; what < 3; what++) command->polled[what] = -1;
    if (command->report_fd >= 0) count = add_ready(into, count, command, REPORT, command->report_fd);
    if (command->stdin_fd >= 0 && command->input_length > 0) count = add(into, count, command->stdin_fd, POLLOUT);
    for (int channel = 0; channel < 2; channel++) {
      if (can_read(command, channel)) count = add_ready(into, count, command, channel, command->output_fds[channel]);
    }
  }
  return count;
}

// What has nothing to say costs no call: there are few that have, and an emulated guest calls its kernel slowly.
void commands_polled(const struct pollfd *from) {
  for (int index = 0; index < MOST_COMMANDS; index++) {
    struct command *command = &commands[index];
    if (!command->is_used) continue;
    for (int what = 0; what < 3; what++) {
      command->is_ready[what] = command->polled[what] >= 0 && from[command->polled[what]].revents != 0;
    }
  }
}

static void step_report(struct command *command) {
  if (command->report_fd < 0 || !command->is_ready[REPORT]) return;
  struct report report;
  const ssize_t count = read(command->report_fd, &report, sizeof report);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count != sizeof report) {
    // The supervisor was killed, with all of its processes, or they have ended after a terminal was hung up.
    close_fd(&command->report_fd);
    if (!command->has_ended) command->ended = (struct report){.kind = REPORT_SIGNAL, .value = SIGKILL};
    command->has_ended = 1;
    return;
  }
  if (report.kind == REPORT_STARTED) {
    uint8_t payload[4];
    command->pid = (pid_t)report.value;
    put_u32(payload, (uint32_t)report.value);
    link_send(host, FRAME_STARTED, command->id, payload, sizeof payload);
    return;
  }
  command->ended = report;
  command->has_ended = 1;
  if (!command->is_hung_up) close_fd(&command->report_fd);
}

static void step_input(struct command *command) {
  if (command->stdin_fd < 0) return;
  if (command->input_length > 0) {
    const ssize_t count = write(command->stdin_fd, command->input, command->input_length);
    if (count < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      // It does not read any more: the rest is dropped, and credited, so that the host can send what it has.
      command->is_input_over = 1;
    }
    const size_t taken = count < 0 ? command->input_length : (size_t)count;
    memmove(command->input, command->input + taken, command->input_length - taken);
    command->input_length -= taken;
    command->owed += (uint32_t)taken;
    if (command->owed >= CREDIT_BYTES || command->is_input_over) {
      uint8_t payload[4];
      put_u32(payload, command->owed);
      link_send(host, FRAME_STDIN_CREDIT, command->id, payload, sizeof payload);
      command->owed = 0;
    }
  }
  if (!command->is_input_over || command->input_length > 0) return;
  if (command->is_terminal) {
    // Ctrl-D; the terminal itself stays open for output.
    const uint8_t end = 4;
    if (write(command->stdin_fd, &end, 1) < 0 && errno == EAGAIN) return;
    command->stdin_fd = -1;
  } else {
    close_fd(&command->stdin_fd);
  }
}

static void step_output(struct command *command, int channel) {
  static uint8_t buffer[1 + READ_BYTES];
  // Of one that has ended everything is read, to its end.
  if (!command->is_ready[channel] && !command->has_ended) return;
  while (can_read(command, channel)) {
    const uint32_t window = command->windows[channel];
    const ssize_t count =
        read(command->output_fds[channel], buffer + 1, window < READ_BYTES ? window : READ_BYTES);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      // Children that it left behind may hold its output open: what came until it ended is all of it.
      if (!command->has_ended) return;
      if (!(command->is_terminal && channel == 0)) close_fd(&command->output_fds[channel]);
      else {
        close_fd(&command->output_fds[channel]);
        command->stdin_fd = -1;
      }
      return;
    }
    if (count <= 0) {
      // A terminal whose last process has ended says EIO.
      if (command->is_terminal && channel == 0) command->stdin_fd = -1;
      close_fd(&command->output_fds[channel]);
      return;
    }
    buffer[0] = (uint8_t)(channel + 1);
    command->windows[channel] -= (uint32_t)count;
    link_send(host, FRAME_OUTPUT, command->id, buffer, 1 + (size_t)count);
    if ((size_t)count < READ_BYTES && !command->has_ended) return;
  }
}

static void send_end(struct command *command) {
  const struct report ended = command->ended;
  if (ended.kind == REPORT_FAILED) {
    send_failed(command->id, (int)ended.value, strerror((int)ended.value));
  } else {
    const uint8_t payload[2] = {ended.kind == REPORT_SIGNAL, (uint8_t)ended.value};
    link_send(host, FRAME_EXIT, command->id, payload, sizeof payload);
  }
}

void commands_step(void) {
  for (int index = 0; index < MOST_COMMANDS; index++) {
    struct command *command = &commands[index];
    if (!command->is_used) continue;
    step_report(command);
    step_input(command);
    for (int channel = 0; channel < 2; channel++) step_output(command, channel);
    if (!command->has_ended || command->output_fds[0] >= 0 || command->output_fds[1] >= 0) continue;
    if (command->report_fd >= 0) continue;
    send_end(command);
    forget(command, 0);
  }
}
