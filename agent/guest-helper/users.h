// A user of the guest, from /etc/passwd and /etc/group as they are: a static program has no name services.
#ifndef TT_USERS_H
#define TT_USERS_H
#include <sys/types.h>

enum { MOST_GROUPS = 64, NAME_BYTES = 256 };

struct user {
  char name[NAME_BYTES];
  char home[NAME_BYTES];
  char shell[NAME_BYTES];
  uid_t uid;
  gid_t gid;
  gid_t groups[MOST_GROUPS];
  int group_count;
};

// By name or number. Returns 0 when there is none.
int find_user(const char *name, struct user *user);
// Of a group's name or number. Returns 0 when there is none.
int find_group(const char *name, gid_t *gid);
// The name of a user, or its number where it has none.
void name_of_user(uid_t uid, char name[NAME_BYTES]);
// Becomes that user for good. Returns an errno.
int become(const struct user *user);

#endif
