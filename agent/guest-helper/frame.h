// Frames between the host and this program: how they are laid out, and their limits. `agent/guest-channel/frame.ts` is the other side.
//
// A frame is: type (1 byte), stream id (4, little endian), payload (at most MAX_PAYLOAD), CRC-32 of all before (4, little endian,
// as zlib). It is sent COBS-encoded (Cheshire and Baker, 1999) with a zero byte at its end. A zero byte occurs nowhere else, so
// that either side finds the next frame whatever came before: a guest that is reverted may go on in the middle of one, and so
// may a host with a new process. What is cut, or joined from two halves, fails its CRC and is dropped.
#ifndef TT_FRAME_H
#define TT_FRAME_H
#include <stddef.h>
#include <stdint.h>

enum frame_type {
  // To the guest.
  // The highest version that the host speaks (1), nonce (16). Ends all streams of earlier sessions. Answered by HELLO with the version
  // that is spoken from then on, which is that one at most; a host puts its own helper in the place of one that it can't speak with.
  FRAME_HELLO = 1,
  FRAME_EXEC = 2,       // fields: tag (1), length (4), bytes
  FRAME_STDIN = 3,      // bytes
  FRAME_STDIN_END = 4,  //
  FRAME_SIGNAL = 5,     // number (1); SIGKILL ends the whole tree of processes
  FRAME_CREDIT = 6,     // channel (1), bytes (4): how much more of that channel the host can take
  FRAME_RESIZE = 7,     // rows (2), columns (2)
  FRAME_PING = 8,       // answered by PING
  FRAME_HANG_UP = 9,    // of a terminal: SIGHUP; what is left of it when it ends is killed
  FRAME_REPORT = 10,    // answered by REPORT with the lines of report.h
  FRAME_IDENTITY = 11,  // the lines of identity.h; answered by IDENTITY
  // To the host.
  FRAME_STARTED = 16,      // pid (4)
  FRAME_OUTPUT = 17,       // channel (1), bytes
  FRAME_EXIT = 18,         // 0 and its exit code (1 + 1), or 1 and its signal; after all of its output
  FRAME_FAILED = 19,       // errno (4), text: it was not started
  FRAME_STDIN_CREDIT = 20, // bytes (4): how much more standard input the guest can take
  FRAME_LOST = 21,         // all streams have ended: the host has asked for more than it read
  FRAME_FEATURES = 22,     // nonce (16), features (4): what this helper can do; just before it answers HELLO
};

enum exec_field {
  EXEC_ARG = 1,     // once for each
  EXEC_ENV = 2,     // NAME=value, once for each
  EXEC_CWD = 3,     // default: the home folder of the user
  EXEC_USER = 4,    // name or number; default: who runs this program
  EXEC_FLAGS = 5,   // 1 byte: 1 = a terminal, 2 = no standard input, 4 = a command of this program itself, 8 = a login shell
  EXEC_WINDOW = 6,  // rows (2), columns (2) of the terminal
};

enum { EXEC_TERMINAL = 1, EXEC_NO_STDIN = 2, EXEC_BUILT_IN = 4, EXEC_LOGIN_SHELL = 8 };
// Hosts replace a helper that lacks one of those that they know: one that an older host has put there, or that came with an image.
// A change that they should not do without has a bit, too. QUIET: it uses no time while no host is there, and ends at once what ran for one
// that has left.
enum { FEATURE_FOLDERS = 1, FEATURE_SHELLS = 2, FEATURE_OWNERS = 4, FEATURE_REPORTS = 8, FEATURE_QUIET = 16, FEATURE_IDENTITY = 32 };
enum {
  ALL_FEATURES = FEATURE_FOLDERS | FEATURE_SHELLS | FEATURE_OWNERS | FEATURE_REPORTS | FEATURE_QUIET | FEATURE_IDENTITY
};
enum { CHANNEL_STDOUT = 1, CHANNEL_STDERR = 2 };

enum {
  PROTOCOL_VERSION = 1,
  NONCE_BYTES = 16,
  HEAD_BYTES = 5,
  CRC_BYTES = 4,
  MAX_PAYLOAD = 65536,
  MAX_FRAME = HEAD_BYTES + MAX_PAYLOAD + CRC_BYTES,
  // One byte more for every 254, one for the last group, and the zero.
  MAX_ENCODED = MAX_FRAME + MAX_FRAME / 254 + 2,
  // What either side may send of a channel before it is given credit.
  WINDOW_BYTES = 256 * 1024,
};

uint32_t get_u32(const uint8_t *from);
void put_u32(uint8_t *to, uint32_t value);

// Encodes a frame into `to` (MAX_ENCODED bytes), and returns its length with the zero.
size_t encode_frame(uint8_t *to, uint8_t type, uint32_t id, const uint8_t *payload, size_t length);

struct frame {
  uint8_t type;
  uint32_t id;
  const uint8_t *payload;
  size_t length;
};

// Decodes the bytes before a zero, in place. Returns 0 when they are not a whole frame.
int decode_frame(uint8_t *bytes, size_t length, struct frame *frame);

#endif
