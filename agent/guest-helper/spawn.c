// Starts commands and supervises them, see spawn.h.
#define _GNU_SOURCE
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "frame.h"
#include "users.h"

// Descriptors: a few for each of at most 64 commands.
enum { MOST_WORDS = 4096, MOST_DESCRIPTORS = 1024 };

static const char DEFAULT_PATH[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static char *text_of(const uint8_t *bytes, size_t length) {
  if (memchr(bytes, 0, length)) return NULL;
  return strndup((const char *)bytes, length);
}

static int append(char ***list, size_t *count, char *word) {
  if (!word || *count >= MOST_WORDS) {
    free(word);
    return 0;
  }
  (*list)[(*count)++] = word;
  return 1;
}

static int read_field(struct spawn_request *request, size_t *args, size_t *names, int tag, const uint8_t *bytes,
                      size_t length) {
  switch (tag) {
    case EXEC_ARG:
      return append(&request->argv, args, text_of(bytes, length));
    case EXEC_ENV:
      return append(&request->env, names, text_of(bytes, length));
    case EXEC_CWD:
      if (request->cwd) return 0;
      return (request->cwd = text_of(bytes, length)) != NULL;
    case EXEC_USER:
      if (request->user) return 0;
      return (request->user = text_of(bytes, length)) != NULL;
    case EXEC_FLAGS:
      if (length != 1) return 0;
      request->flags = bytes[0];
      return 1;
    case EXEC_WINDOW:
      if (length != 4) return 0;
      request->rows = bytes[0] | (unsigned)bytes[1] << 8;
      request->columns = bytes[2] | (unsigned)bytes[3] << 8;
      return 1;
    default:
      return 0;
  }
}

int read_request(struct spawn_request *request, const uint8_t *fields, size_t length) {
  memset(request, 0, sizeof *request);
  request->argv = calloc(MOST_WORDS + 1, sizeof(char *));
  request->env = calloc(MOST_WORDS + 1, sizeof(char *));
  size_t args = 0;
  size_t names = 0;
  size_t at = 0;
  int makes_sense = request->argv && request->env;
  while (makes_sense && at < length) {
    if (length - at < 5 || get_u32(fields + at + 1) > length - at - 5) {
      makes_sense = 0;
      break;
    }
    const size_t size = get_u32(fields + at + 1);
    makes_sense = read_field(request, &args, &names, fields[at], fields + at + 5, size);
    at += 5 + size;
  }
  const int is_login = (request->flags & EXEC_LOGIN_SHELL) != 0;
  if (makes_sense && (is_login ? args == 0 : args > 0 && request->argv[0][0] != 0)) return 1;
  free_request(request);
  return 0;
}

static void free_words(char **words) {
  for (size_t index = 0; words && words[index]; index++) free(words[index]);
  free(words);
}

void free_request(struct spawn_request *request) {
  free_words(request->argv);
  free_words(request->env);
  free(request->cwd);
  free(request->user);
  memset(request, 0, sizeof *request);
}

static void set_variable(const char *name, const char *value) {
  char text[NAME_BYTES + 16];
  snprintf(text, sizeof text, "%s=%s", name, value);
  putenv(strdup(text));
}

static void set_environment(const struct spawn_request *request, const struct user *user) {
  clearenv();
  putenv((char *)DEFAULT_PATH);
  set_variable("HOME", user->home);
  set_variable("USER", user->name);
  set_variable("LOGNAME", user->name);
  set_variable("SHELL", user->shell);
  if (request->flags & EXEC_TERMINAL) putenv((char *)"TERM=xterm-256color");
  for (size_t index = 0; request->env[index]; index++) {
    // Without a value it is taken away.
    if (strchr(request->env[index], '=')) putenv(request->env[index]);
    else unsetenv(request->env[index]);
  }
}

// As login(1) does: a name with a dash tells a shell to read what it reads when somebody logs in.
static void run_login_shell(const struct user *user) {
  const char *slash = strrchr(user->shell, '/');
  char name[NAME_BYTES + 1];
  snprintf(name, sizeof name, "-%s", slash ? slash + 1 : user->shell);
  char *words[] = {name, NULL};
  execv(user->shell, words);
}

// In the child that becomes the command; returns only with an errno.
static int run(const struct spawn_request *request, const int fds[3], int is_terminal) {
  char number[16];
  snprintf(number, sizeof number, "%u", (unsigned)geteuid());
  struct user user;
  if (!find_user(request->user ? request->user : number, &user)) return request->user ? ENOENT : EPERM;
  if (is_terminal) {
    setsid();
    if (ioctl(fds[0], TIOCSCTTY, 0) < 0) return errno;
    // The terminal belongs to who works in it.
    if (fchown(fds[0], user.uid, (gid_t)-1) < 0 && errno != EROFS) return errno;
  } else {
    setpgid(0, 0);
  }
  for (int index = 0; index < 3; index++) {
    if (dup2(fds[index], index) < 0) return errno;
  }
  const int refused = become(&user);
  if (refused) return refused;
  set_environment(request, &user);
  if (request->cwd ? chdir(request->cwd) < 0 : chdir(user.home) < 0 && chdir("/") < 0) return errno;
  for (int number_of = 1; number_of < NSIG; number_of++) signal(number_of, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  umask(022);
  // The program itself, not its name: that may have been replaced.
  if (request->flags & EXEC_LOGIN_SHELL) run_login_shell(&user);
  else if (request->flags & EXEC_BUILT_IN) execv("/proc/self/exe", request->argv);
  else execvp(request->argv[0], request->argv);
  return errno;
}

static void report(int fd, uint32_t kind, uint32_t value) {
  const struct report line = {.kind = kind, .value = value};
  while (write(fd, &line, sizeof line) < 0 && errno == EINTR) continue;
}

// One call; kernels before 5.9 need one for each.
static void close_between(int first, int last) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, (unsigned)first, (unsigned)last, 0) == 0) return;
#endif
  for (int fd = first; fd <= last; fd++) close(fd);
}

// It holds nothing of other commands, whose input would not end otherwise.
static void close_others(const int fds[3], int report_fd) {
  for (int first = 3; first < MOST_DESCRIPTORS;) {
    int kept = MOST_DESCRIPTORS;
    for (int index = 0; index < 4; index++) {
      const int fd = index < 3 ? fds[index] : report_fd;
      if (fd >= first && fd < kept) kept = fd;
    }
    if (first < kept) close_between(first, kept - 1);
    first = kept + 1;
  }
}

// Never returns. Adopts what its child leaves behind for as long as the child runs; of a terminal as long as anything runs, so that
// what a program leaves there can still be ended when it is hung up.
static void supervise(const struct spawn_request *request, const int fds[3], int is_terminal, int report_fd) {
  close_others(fds, report_fd);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  setsid();
  int errors[2];
  if (pipe2(errors, O_CLOEXEC) < 0) {
    report(report_fd, REPORT_FAILED, (uint32_t)errno);
    _exit(1);
  }
  const pid_t child = fork();
  if (child == 0) {
    const int error = run(request, fds, is_terminal);
    if (write(errors[1], &error, sizeof error) < 0) _exit(126);
    _exit(127);
  }
  int error = child < 0 ? errno : 0;
  close(errors[1]);
  for (int index = 0; index < 3; index++) close(fds[index]);
  // Closed without a word once the program runs.
  if (!error && read(errors[0], &error, sizeof error) != sizeof error) error = 0;
  close(errors[0]);
  if (error) {
    report(report_fd, REPORT_FAILED, (uint32_t)error);
    _exit(0);
  }
  report(report_fd, REPORT_STARTED, (uint32_t)child);
  for (;;) {
    int status;
    const pid_t ended = waitpid(-1, &status, 0);
    if (ended < 0 && errno != EINTR) _exit(0);
    if (ended < 0 || ended != child) continue;
    if (WIFSIGNALED(status)) report(report_fd, REPORT_SIGNAL, (uint32_t)WTERMSIG(status));
    else report(report_fd, REPORT_EXIT, (uint32_t)WEXITSTATUS(status));
    if (!is_terminal) _exit(0);
  }
}

// Ours first, then the command's. -1 where there is none.
struct ends {
  int ours[4];
  int theirs[4];
};

enum { END_STDIN, END_STDOUT, END_STDERR, END_REPORT };

static void close_all(const int fds[4]) {
  for (int index = 0; index < 4; index++) {
    int is_first = fds[index] >= 0;
    for (int other = 0; other < index; other++) is_first = is_first && fds[other] != fds[index];
    if (is_first) close(fds[index]);
  }
}

static int open_pipe(struct ends *ends, int index, int is_input) {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) < 0) return errno;
  ends->ours[index] = fds[is_input ? 1 : 0];
  ends->theirs[index] = fds[is_input ? 0 : 1];
  fcntl(ends->ours[index], F_SETFL, O_NONBLOCK);
  return 0;
}

static int open_terminal(struct ends *ends, const struct spawn_request *request) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (master < 0) return errno;
  ends->ours[END_STDIN] = ends->ours[END_STDOUT] = master;
  struct winsize size = {.ws_row = (unsigned short)request->rows, .ws_col = (unsigned short)request->columns};
  if (grantpt(master) < 0 || unlockpt(master) < 0 || ioctl(master, TIOCSWINSZ, &size) < 0) return errno;
  char name[64];
  if (ptsname_r(master, name, sizeof name) != 0) return errno;
  const int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return errno;
  ends->theirs[END_STDIN] = ends->theirs[END_STDOUT] = ends->theirs[END_STDERR] = slave;
  return 0;
}

static int open_streams(struct ends *ends, const struct spawn_request *request) {
  int error = 0;
  if (request->flags & EXEC_TERMINAL) return open_terminal(ends, request);
  if (request->flags & EXEC_NO_STDIN) {
    ends->theirs[END_STDIN] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (ends->theirs[END_STDIN] < 0) return errno;
  } else {
    error = open_pipe(ends, END_STDIN, 1);
  }
  if (!error) error = open_pipe(ends, END_STDOUT, 0);
  if (!error) error = open_pipe(ends, END_STDERR, 0);
  return error;
}

int spawn_command(const struct spawn_request *request, struct spawned *spawned) {
  struct ends ends = {{-1, -1, -1, -1}, {-1, -1, -1, -1}};
  int error = open_streams(&ends, request);
  if (!error) error = open_pipe(&ends, END_REPORT, 0);
  const pid_t supervisor = error ? -1 : fork();
  if (supervisor == 0) {
    close_all(ends.ours);
    supervise(request, ends.theirs, (request->flags & EXEC_TERMINAL) != 0, ends.theirs[END_REPORT]);
  }
  if (!error && supervisor < 0) error = errno;
  close_all(ends.theirs);
  if (error) {
    close_all(ends.ours);
    return error;
  }
  *spawned = (struct spawned){
      .supervisor = supervisor,
      .report_fd = ends.ours[END_REPORT],
      .stdin_fd = ends.ours[END_STDIN],
      .output_fds = {ends.ours[END_STDOUT], ends.ours[END_STDERR]},
      .is_terminal = (request->flags & EXEC_TERMINAL) != 0,
  };
  return 0;
}
