// The connection to the host: finds whole frames in what arrives, and keeps what has not been sent yet.
#ifndef TT_LINK_H
#define TT_LINK_H
#include "frame.h"

struct link {
  int fd;
  // What arrived since the last zero byte; `is_skipping`: it was too long, and goes on until the next one.
  uint8_t in[MAX_ENCODED];
  size_t in_length;
  int is_skipping;
  uint8_t *out;
  size_t out_start;
  size_t out_length;
  // A frame found no space.
  int is_lost;
};

enum {
  // Above it no output of commands is read. Answers are still taken.
  LINK_BUSY_BYTES = 256 * 1024,
  // The host does not read: whoever asks for more answers than this is not served any longer.
  LINK_MOST_BYTES = 4 * 1024 * 1024,
};

void link_open(struct link *link, int fd);
// Queues a frame. Without space for it the link is lost: what follows would make no sense without it.
void link_send(struct link *link, uint8_t type, uint32_t id, const uint8_t *payload, size_t length);
int link_is_busy(const struct link *link);
size_t link_pending(const struct link *link);
// Writes what the host takes. Returns -1, with errno, when it is gone, or when this system can't send now (ENOMEM).
int link_flush(struct link *link);
// Reads what has come, up to some 64 KiB, and calls `take` for each whole frame. Returns -1 when the host is gone, with errno: 0, or
// ENODEV of a port that was unplugged.
int link_read(struct link *link, void (*take)(const struct frame *frame));
// Forgets what was to be sent. What is sent next is read as it is, even if half a frame was sent before.
void link_clear(struct link *link);

#endif
