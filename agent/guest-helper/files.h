// The commands of this program itself, which the host runs as any other: files into the guest, out of it, and lists of them.
#ifndef TT_FILES_H
#define TT_FILES_H

int is_built_in(const char *name);

// `argv[0]` is its name: `folders`, `put`, `get` or `list`. Returns the exit code: 0, or 1 with "ERRNO-NAME-NUMBER TEXT" on standard error.
int run_built_in(int argc, char **argv);

#endif
