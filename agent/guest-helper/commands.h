// The commands that run for the host: each with a supervisor of its own, so that all of its processes can be ended.
#ifndef TT_COMMANDS_H
#define TT_COMMANDS_H
#include <poll.h>

#include "link.h"

enum { MOST_COMMANDS = 64, MOST_POLLED = MOST_COMMANDS * 4 };

// What the host asks of commands; answers go to the link given to `commands_open`.
void commands_open(struct link *link);
void command_exec(uint32_t id, const uint8_t *fields, size_t length);
void command_stdin(uint32_t id, const uint8_t *bytes, size_t length);
void command_stdin_end(uint32_t id);
void command_signal(uint32_t id, int number);
void command_hang_up(uint32_t id);
void command_credit(uint32_t id, int channel, uint32_t bytes);
void command_resize(uint32_t id, unsigned rows, unsigned columns);
// Kills all, tells nobody.
void commands_end_all(void);

// Adds what they wait for, and returns how many entries that are.
size_t commands_poll(struct pollfd *into);
// To be called with them after they were polled.
void commands_polled(const struct pollfd *from);
// Does what is possible now.
void commands_step(void);

#endif
