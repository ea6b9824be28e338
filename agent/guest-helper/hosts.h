// Renames this guest in its list of hosts.
#ifndef TT_HOSTS_H
#define TT_HOSTS_H

// Writes `name` for `old` in that file wherever it is a word of its own after a space, as of an address, and nothing else. In one write, and only if it is in
// there.
void rename_in_hosts(const char *path, const char *old, const char *name);

#endif
