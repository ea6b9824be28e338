// The TT guest helper: runs commands and passes files for the host, over a virtio-serial port of its own. One static program
// without threads; serves one host at a time, and ends all that ran for an earlier one.
//   tt-guest-helper                 serves the port named below, for good
//   tt-guest-helper --daemon        the same in the background; done as well if another one serves it
//   tt-guest-helper --replace       the same in the background, in place of the one that serves it
//   tt-guest-helper --socket PATH   serves the host that listens there, until it closes (for tests)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "commands.h"
#include "files.h"
#include "identity.h"
#include "link.h"
#include "port.h"
#include "report.h"

// A guest that has no memory for what is to be sent may have some soon.
enum { SEND_AGAIN_MS = 50 };

static struct link host;
static int is_greeted;

static void send_report(uint32_t id) {
  static char lines[MAX_PAYLOAD];
  link_send(&host, FRAME_REPORT, id, (const uint8_t *)lines, write_report(lines, sizeof lines));
}

static void give_identity(uint32_t id, const uint8_t *payload, size_t length) {
  static char lines[MAX_PAYLOAD + 1];
  static char answer[MAX_PAYLOAD];
  memcpy(lines, payload, length);
  lines[length] = 0;
  link_send(&host, FRAME_IDENTITY, id, (const uint8_t *)answer, take_identity(lines, answer, sizeof answer));
}

static void take(const struct frame *frame) {
  if (frame->type == FRAME_HELLO) {
    if (frame->length != 1 + NONCE_BYTES) return;
    commands_end_all();
    link_clear(&host);
    uint8_t features[NONCE_BYTES + 4];
    memcpy(features, frame->payload + 1, NONCE_BYTES);
    put_u32(features + NONCE_BYTES, ALL_FEATURES);
    link_send(&host, FRAME_FEATURES, 0, features, sizeof features);
    uint8_t answer[1 + NONCE_BYTES];
    answer[0] = PROTOCOL_VERSION;
    memcpy(answer + 1, frame->payload + 1, NONCE_BYTES);
    link_send(&host, FRAME_HELLO, 0, answer, sizeof answer);
    is_greeted = 1;
    return;
  }
  // For a session that this process does not know: what a host said before the instant it was reverted to.
  if (!is_greeted) return;
  switch (frame->type) {
    case FRAME_EXEC:
      command_exec(frame->id, frame->payload, frame->length);
      break;
    case FRAME_STDIN:
      command_stdin(frame->id, frame->payload, frame->length);
      break;
    case FRAME_STDIN_END:
      command_stdin_end(frame->id);
      break;
    case FRAME_SIGNAL:
      if (frame->length == 1) command_signal(frame->id, frame->payload[0]);
      break;
    case FRAME_CREDIT:
      if (frame->length == 5) command_credit(frame->id, frame->payload[0], get_u32(frame->payload + 1));
      break;
    case FRAME_RESIZE:
      if (frame->length == 4) {
        command_resize(frame->id, frame->payload[0] | (unsigned)frame->payload[1] << 8,
                       frame->payload[2] | (unsigned)frame->payload[3] << 8);
      }
      break;
    case FRAME_HANG_UP:
      command_hang_up(frame->id);
      break;
    case FRAME_PING:
      link_send(&host, FRAME_PING, frame->id, NULL, 0);
      break;
    case FRAME_REPORT:
      send_report(frame->id);
      break;
    case FRAME_IDENTITY:
      give_identity(frame->id, frame->payload, frame->length);
      break;
    default:
      break;
  }
}

// No host comes back to a session: the next one greets, even if it is the same program. So nothing goes on for one that has left; in a
// guest that was copied or reverted, nothing for the one of the instant either.
static void lose_session(void) {
  commands_end_all();
  link_clear(&host);
  is_greeted = 0;
}

// Returns -1 when the descriptor has closed for good. Without a host, and while nothing happens, it uses no time at all.
static int serve(int fd, int is_port) {
  static struct pollfd polled[1 + MOST_POLLED];
  const int watch = is_port ? port_watch(fd) : -1;
  if (is_port && watch < 0) return -1;
  int is_away = 0;
  int is_stuck = 0;
  link_open(&host, fd);
  commands_open(&host);
  for (;;) {
    polled[0] = (struct pollfd){.fd = is_away ? watch : fd, .events = POLLIN};
    if (!is_away && !is_stuck && link_pending(&host) > 0) polled[0].events |= POLLOUT;
    const size_t count = 1 + commands_poll(polled + 1);
    if (poll(polled, count, is_stuck ? SEND_AGAIN_MS : -1) < 0 && errno != EINTR) return -1;
    commands_polled(polled + 1);
    if (polled[0].revents & (POLLIN | POLLHUP | POLLERR)) {
      if (is_away) port_watched(watch);
      if (link_read(&host, take) == 0) {
        is_away = 0;
      } else {
        // Unplugged: its device is gone.
        if (!is_port || errno == ENODEV) return -1;
        if (!is_away) lose_session();
        is_away = 1;
      }
    }
    commands_step();
    if (host.is_lost) {
      lose_session();
      link_send(&host, FRAME_LOST, 0, NULL, 0);
    }
    is_stuck = 0;
    if (!is_away && link_flush(&host) < 0) {
      if (!is_port || errno == ENODEV) return -1;
      is_stuck = 1;
    }
  }
}

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

// In a session of its own, with nothing of whoever started it.
static void go_to_background(void) {
  if (fork() != 0) _exit(0);
  setsid();
  const int nothing = open("/dev/null", O_RDWR);
  for (int fd = 0; nothing >= 0 && fd < 3; fd++) dup2(nothing, fd);
  if (nothing > 2) close(nothing);
}

int main(int argc, char **argv) {
  // As a command of its own, it was named after it.
  if (is_built_in(argv[0])) return run_built_in(argc, argv);
  signal(SIGPIPE, SIG_IGN);
  const int is_daemon = argc == 2 && strcmp(argv[1], "--daemon") == 0;
  const int is_replacing = argc == 2 && strcmp(argv[1], "--replace") == 0;
  const int is_port = argc == 1 || is_daemon || is_replacing;
  const int is_socket = argc == 3 && strcmp(argv[1], "--socket") == 0;
  char device[80];
  int fd = is_port ? port_open(device, sizeof device) : is_socket ? connect_to(argv[2]) : -1;
  if (fd < 0 && errno == EBUSY && is_daemon) return 0;
  if (fd < 0 && errno == EBUSY && is_replacing) fd = port_take_over(device);
  if (fd < 0) {
    fprintf(stderr, "tt-guest-helper: no virtio port named %s that is free\n", PORT_NAME);
    return 1;
  }
  if (is_daemon || is_replacing) go_to_background();
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  if (chdir("/") < 0) return 1;
  const int result = serve(fd, is_port);
  commands_end_all();
  return result < 0;
}
