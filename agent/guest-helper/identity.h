// Gives a guest that wakes with the memory of another an identity of its own, without starting a program.
#ifndef TT_IDENTITY_H
#define TT_IDENTITY_H
#include <stddef.h>

// The request is lines, each ending with a newline; `agent/guest-channel/guest-identity.ts` writes them. What is not asked for is kept:
//   seed HEX                         random bytes for the kernel, used from then on
//   clock SECONDS NANOSECONDS        since 1970
//   host NAME
//   machine HEX                      for /etc/machine-id
//   mac OLD NEW                      once for each NIC
//   dropbear HEX                     its ssh host key, if that is all it takes (host-key.h)
// The answer has the words of the script that guests without a helper run (`identity-script.ts`), with what was read back, each ending with
// a newline:
//   random=new|mixed|failed  clock=set  hostname=NAME  machineId=HEX|absent  mac.OLD=MAC  sshHostKeys=given|absent|failed  done=yes
// Kinds of lines that are not known here are left out. Changes `lines`. Returns the bytes of the answer.
size_t take_identity(char *lines, char *to, size_t capacity);

#endif
