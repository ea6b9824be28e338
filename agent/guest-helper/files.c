// Files into the guest and out of it, see files.h. Each runs as a process of its own, as the user whose files they are, and reads
// and writes plain streams; it may wait as long as it likes.
#define _GNU_SOURCE
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sha256.h"
#include "users.h"

enum { BUFFER_BYTES = 64 * 1024, PATH_BYTES = 4096, MOST_LISTED = 100000 };

static uint8_t buffer[BUFFER_BYTES];

static int fail(int error, const char *what) {
  dprintf(STDERR_FILENO, "%d %s: %s\n", error, what, strerror(error));
  return 1;
}

static int write_all(int fd, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    const ssize_t count = write(fd, bytes, length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    bytes += count;
    length -= (size_t)count;
  }
  return 0;
}

// Everything of `fd` into the hash, and to `to` if that is a descriptor. Returns the bytes, or -1.
static long long pass_on(int fd, int to, struct sha256 *hash) {
  long long total = 0;
  for (;;) {
    const ssize_t count = read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) return total;
    sha256_add(hash, buffer, (size_t)count);
    if (to >= 0 && write_all(to, buffer, (size_t)count) < 0) return -1;
    total += count;
  }
}

// put PATH MODE OWNER:GROUP SIZE SHA256 OVERWRITE. OWNER:GROUP may be empty. Answers "offset N" and then reads the bytes from N on:
// a part of the same content that an earlier attempt has left is kept. Its name says which content it is a part of.
struct put {
  const char *path;
  mode_t mode;
  const char *owner;
  long long size;
  const char *sha256;
  int overwrites;
  char part[PATH_BYTES];
};

static int part_name(struct put *put) {
  const char *slash = strrchr(put->path, '/');
  if (put->path[0] != '/' || slash[1] == 0 || strlen(put->sha256) != SHA256_HEX_BYTES - 1) return EINVAL;
  const int length = snprintf(put->part, sizeof put->part, "%.*s/.tt-%.16s.part", (int)(slash - put->path), put->path,
                              put->sha256);
  return length > 0 && (size_t)length < sizeof put->part ? 0 : ENAMETOOLONG;
}

static int set_owner(int fd, const char *owner) {
  char name[NAME_BYTES];
  struct user user;
  const char *colon = strchr(owner, ':');
  if (!colon || (size_t)(colon - owner) >= sizeof name) return EINVAL;
  memcpy(name, owner, (size_t)(colon - owner));
  name[colon - owner] = 0;
  uid_t uid = (uid_t)-1;
  gid_t gid = (gid_t)-1;
  if (*name) {
    if (!find_user(name, &user)) return ENOENT;
    uid = user.uid;
  }
  if (colon[1] && !find_group(colon + 1, &gid)) return ENOENT;
  return fchown(fd, uid, gid) < 0 ? errno : 0;
}

// Whole, on the disk, with its mode and owner, before it gets its name.
static int finish_put(const struct put *put, int fd) {
  const int error = *put->owner ? set_owner(fd, put->owner) : 0;
  if (error) return error;
  if (fchmod(fd, put->mode) < 0 || fsync(fd) < 0) return errno;
  const int renamed = put->overwrites ? rename(put->part, put->path)
                                      : renameat2(AT_FDCWD, put->part, AT_FDCWD, put->path, RENAME_NOREPLACE);
  return renamed < 0 ? errno : 0;
}

static int put_file(struct put *put) {
  struct stat there;
  if (lstat(put->path, &there) == 0) {
    if (S_ISDIR(there.st_mode)) return fail(EISDIR, put->path);
    if (!put->overwrites) return fail(EEXIST, put->path);
  }
  const int fd = open(put->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return fail(errno, put->path);
  // Somebody else's, or not a file: never written to.
  struct stat part;
  if (fstat(fd, &part) < 0 || !S_ISREG(part.st_mode) || part.st_uid != geteuid() || part.st_nlink != 1) return fail(EPERM, put->part);
  struct sha256 hash;
  sha256_begin(&hash);
  long long offset = part.st_size <= put->size ? pass_on(fd, -1, &hash) : -1;
  if (offset < 0) {
    if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0) return fail(errno, put->part);
    sha256_begin(&hash);
    offset = 0;
  }
  if (dprintf(STDOUT_FILENO, "offset %lld\n", offset) < 0) return 1;
  const long long added = pass_on(STDIN_FILENO, fd, &hash);
  if (added < 0) {
    // A full disk is not kept full by what will not become a file.
    const int error = errno;
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) unlink(put->part);
    return fail(error, put->path);
  }
  // The host has ended it: the part stays for the next attempt.
  if (offset + added < put->size) return fail(ECANCELED, put->path);
  char hex[SHA256_HEX_BYTES];
  sha256_end(&hash, hex);
  if (offset + added != put->size || strcmp(hex, put->sha256) != 0) {
    unlink(put->part);
    return fail(EBADMSG, put->path);
  }
  const int error = finish_put(put, fd);
  if (error) {
    unlink(put->part);
    return fail(error, put->path);
  }
  return dprintf(STDOUT_FILENO, "done\n") < 0;
}

static int run_put(char **argv) {
  struct put put = {
      .path = argv[1],
      .mode = (mode_t)strtoul(argv[2], NULL, 8) & 07777,
      .owner = argv[3],
      .size = strtoll(argv[4], NULL, 10),
      .sha256 = argv[5],
      .overwrites = strcmp(argv[6], "1") == 0,
  };
  const int error = part_name(&put);
  return error ? fail(error, put.path) : put_file(&put);
}

// folders BASE MODE OWNER NAME...: makes BASE with what is missing above it, and below it each NAME (a/b/c). A symbolic link below
// BASE is no folder: whoever owns BASE could lead what is put there elsewhere. OWNER is given to those that are new.
static int make_below(int base, char *name, mode_t mode, const char *owner) {
  int fd = dup(base);
  for (char *part = strtok(name, "/"); part && fd >= 0; part = strtok(NULL, "/")) {
    const int is_new = mkdirat(fd, part, 0700) == 0;
    int error = is_new || errno == EEXIST ? 0 : errno;
    const int inner = error ? -1 : openat(fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (!error && inner < 0) error = errno;
    close(fd);
    fd = inner;
    if (is_new && !error && *owner) error = set_owner(fd, owner);
    if (is_new && !error && fchmod(fd, mode) < 0) error = errno;
    if (!error) continue;
    if (fd >= 0) close(fd);
    errno = error;
    return -1;
  }
  if (fd >= 0) close(fd);
  return fd < 0 ? -1 : 0;
}

static int has_dots(const char *name) {
  for (const char *at = name; *at; at += strcspn(at, "/")) {
    at += strspn(at, "/");
    const size_t length = strcspn(at, "/");
    if ((length == 1 && at[0] == '.') || (length == 2 && at[0] == '.' && at[1] == '.')) return 1;
  }
  return 0;
}

// As mkdir -p: links on the way are followed.
static int make_base(char *path, mode_t mode, const char *owner) {
  for (char *slash = path + 1;; slash++) {
    slash += strcspn(slash, "/");
    const char end = *slash;
    *slash = 0;
    if (mkdir(path, mode) == 0) {
      const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      const int error = fd < 0 ? errno : *owner ? set_owner(fd, owner) : fchmod(fd, mode) < 0 ? errno : 0;
      if (fd >= 0) close(fd);
      if (error) return error;
    } else if (errno != EEXIST) {
      return errno;
    }
    if (!end) return 0;
    *slash = end;
  }
}

static int run_folders(int argc, char **argv) {
  if (argv[1][0] != '/') return fail(EINVAL, argv[1]);
  const mode_t mode = (mode_t)strtoul(argv[2], NULL, 8) & 07777;
  umask(0);
  const int error = make_base(argv[1], mode, argv[3]);
  if (error) return fail(error, argv[1]);
  const int base = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (base < 0) return fail(errno, argv[1]);
  for (int index = 4; index < argc; index++) {
    char name[PATH_BYTES];
    if (has_dots(argv[index])) return fail(EINVAL, argv[index]);
    if (snprintf(name, sizeof name, "%s", argv[index]) >= PATH_BYTES) return fail(ENAMETOOLONG, argv[index]);
    if (make_below(base, name, mode, argv[3]) < 0) return fail(errno, argv[index]);
  }
  return dprintf(STDOUT_FILENO, "done\n") < 0;
}

// get PATH OFFSET. Answers "file SIZE MODE MTIME", the bytes from OFFSET to SIZE, and on standard error "sha256 DIGITS" of the
// whole. A file that is written meanwhile is sent as long as it was.
static int run_get(char **argv) {
  const int fd = open(argv[1], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat file;
  if (fd < 0 || fstat(fd, &file) < 0) return fail(errno, argv[1]);
  if (!S_ISREG(file.st_mode)) return fail(S_ISDIR(file.st_mode) ? EISDIR : EINVAL, argv[1]);
  const long long offset = strtoll(argv[2], NULL, 10);
  long long left = file.st_size;
  if (offset < 0 || offset > left) return fail(EINVAL, argv[1]);
  if (dprintf(STDOUT_FILENO, "file %lld %o %lld\n", left, file.st_mode & 07777, (long long)file.st_mtime) < 0) return 1;
  struct sha256 hash;
  sha256_begin(&hash);
  long long at = 0;
  while (left > 0) {
    const ssize_t count = read(fd, buffer, left < BUFFER_BYTES ? (size_t)left : BUFFER_BYTES);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(errno, argv[1]);
    // It has become shorter.
    if (count == 0) return fail(ESTALE, argv[1]);
    sha256_add(&hash, buffer, (size_t)count);
    const long long known = offset > at ? offset - at : 0;
    if (known < count && write_all(STDOUT_FILENO, buffer + known, (size_t)(count - known)) < 0) return 1;
    at += count;
    left -= count;
  }
  char hex[SHA256_HEX_BYTES];
  sha256_end(&hash, hex);
  return dprintf(STDERR_FILENO, "sha256 %s\n", hex) < 0;
}

// Set by a host that wants to know whose each entry is.
static int tells_owners;

// `follows`: a link is what it leads to, if it leads to anything.
static void print_entry(const char *path, int follows) {
  struct stat entry;
  if ((!follows || stat(path, &entry) < 0) && lstat(path, &entry) < 0) return;
  const char kind = S_ISREG(entry.st_mode) ? 'f' : S_ISDIR(entry.st_mode) ? 'd' : S_ISLNK(entry.st_mode) ? 'l' : 'o';
  printf("%c %lld %o %lld ", kind, (long long)entry.st_size, entry.st_mode & 07777, (long long)entry.st_mtime);
  if (tells_owners) {
    char owner[NAME_BYTES];
    name_of_user(entry.st_uid, owner);
    printf("%s ", owner);
  }
  printf("%s%c", path, 0);
}

static int print_folder(const char *path, int is_deep, size_t *count) {
  DIR *folder = opendir(path);
  if (!folder) return fail(errno, path);
  int failed = 0;
  for (struct dirent *entry; !failed && (entry = readdir(folder));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char inner[PATH_BYTES];
    if (snprintf(inner, sizeof inner, "%s/%s", strcmp(path, "/") == 0 ? "" : path, entry->d_name) >= PATH_BYTES) continue;
    if (++*count > MOST_LISTED) {
      failed = fail(E2BIG, path);
      break;
    }
    print_entry(inner, 0);
    struct stat status;
    if (is_deep && lstat(inner, &status) == 0 && S_ISDIR(status.st_mode)) failed = print_folder(inner, 1, count);
  }
  closedir(folder);
  return failed;
}

// list folder PATH, list tree PATH, list glob PATTERN: "KIND SIZE MODE MTIME PATH" and a zero for each; with "owners" behind it there is
// an owner before each path. What a pattern matches was named: its links are followed, others are not.
static int run_list(int argc, char **argv) {
  size_t count = 0;
  tells_owners = argc == 4;
  if (strcmp(argv[1], "glob") != 0) return print_folder(argv[2], strcmp(argv[1], "tree") == 0, &count);
  glob_t found;
  const int result = glob(argv[2], GLOB_NOSORT | GLOB_ERR, NULL, &found);
  if (result == GLOB_NOMATCH) return 0;
  if (result != 0) return fail(result == GLOB_NOSPACE ? ENOMEM : EACCES, argv[2]);
  if (found.gl_pathc > MOST_LISTED) return fail(E2BIG, argv[2]);
  for (size_t index = 0; index < found.gl_pathc; index++) print_entry(found.gl_pathv[index], 1);
  globfree(&found);
  return 0;
}

int is_built_in(const char *name) {
  return strcmp(name, "folders") == 0 || strcmp(name, "put") == 0 || strcmp(name, "get") == 0 || strcmp(name, "list") == 0;
}

int run_built_in(int argc, char **argv) {
  int code;
  if (argc == 7 && strcmp(argv[0], "put") == 0) code = run_put(argv);
  else if (argc == 3 && strcmp(argv[0], "get") == 0) code = run_get(argv);
  else if ((argc == 3 || argc == 4) && strcmp(argv[0], "list") == 0) code = run_list(argc, argv);
  else if (argc >= 4 && strcmp(argv[0], "folders") == 0) code = run_folders(argc, argv);
  else return fail(EINVAL, "usage");
  return fflush(stdout) == 0 ? code : 1;
}
