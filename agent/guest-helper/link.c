// The connection to the host, see link.h.
#include "link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PORT_READ_BYTES = 4096 };

size_t link_pending(const struct link *link) { return link->out_length - link->out_start; }

void link_open(struct link *link, int fd) {
  link->fd = fd;
  link->in_length = 0;
  link->is_skipping = 0;
  if (!link->out) link->out = malloc(LINK_MOST_BYTES);
  link->out_start = link->out_length = 0;
  link->is_lost = 0;
}

void link_clear(struct link *link) {
  const int is_cut = link_pending(link) > 0;
  link->out_start = 0;
  link->out_length = 0;
  link->is_lost = 0;
  if (is_cut) link->out[link->out_length++] = 0;
}

int link_is_busy(const struct link *link) { return link_pending(link) > LINK_BUSY_BYTES; }

void link_send(struct link *link, uint8_t type, uint32_t id, const uint8_t *payload, size_t length) {
  if (!link->out || link->is_lost) return;
  if (link->out_start > 0 && link->out_length + MAX_ENCODED > LINK_MOST_BYTES) {
    memmove(link->out, link->out + link->out_start, link_pending(link));
    link->out_length -= link->out_start;
    link->out_start = 0;
  }
  if (link->out_length + MAX_ENCODED > LINK_MOST_BYTES) link->is_lost = 1;
  else link->out_length += encode_frame(link->out + link->out_length, type, id, payload, length);
}

int link_flush(struct link *link) {
  while (link_pending(link) > 0) {
    const ssize_t count = write(link->fd, link->out + link->out_start, link_pending(link));
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    link->out_start += (size_t)count;
  }
  link->out_start = link->out_length = 0;
  return 0;
}

static void take_bytes(struct link *link, const uint8_t *bytes, size_t length) {
  if (link->in_length + length > sizeof link->in) link->is_skipping = 1;
  if (link->is_skipping) return;
  memcpy(link->in + link->in_length, bytes, length);
  link->in_length += length;
}

static void take_frames(struct link *link, const uint8_t *buffer, size_t count,
                        void (*take)(const struct frame *frame)) {
  size_t at = 0;
  while (at < count) {
    const uint8_t *zero = memchr(buffer + at, 0, count - at);
    const size_t end = zero ? (size_t)(zero - buffer) : count;
    take_bytes(link, buffer + at, end - at);
    at = end;
    if (!zero) break;
    at++;
    struct frame frame;
    const int is_whole = !link->is_skipping && decode_frame(link->in, link->in_length, &frame);
    link->in_length = 0;
    link->is_skipping = 0;
    if (is_whole) take(&frame);
  }
}

int link_read(struct link *link, void (*take)(const struct frame *frame)) {
  static uint8_t buffer[64 * 1024];
  for (size_t taken = 0; taken < sizeof buffer;) {
    const ssize_t count = read(link->fd, buffer, sizeof buffer);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if (count == 0) {
      errno = 0;
      return -1;
    }
    take_frames(link, buffer, (size_t)count, take);
    // A port gives a page at most: after a full one there is more.
    if (count < PORT_READ_BYTES) return 0;
    taken += (size_t)count;
  }
  return 0;
}
