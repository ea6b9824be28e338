// The virtio-serial port that leads to the host: finds it, takes it from another helper, and tells when a host comes to it.
#ifndef TT_PORT_H
#define TT_PORT_H
#include <stddef.h>

// As agent/engines/qemu/command-line.ts names it.
#define PORT_NAME "com.tt.helper.0"

// Opens the port with that name, e.g. /dev/vport1p2, which is put into `device`. Returns -1 with errno: EBUSY if another process has it.
int port_open(char *device, size_t device_bytes);
// Ends whoever has that device open, with all they run. Returns the device once it is free, else -1.
int port_take_over(const char *device);

// A port without a host is always ready for poll(2), with POLLHUP. This descriptor is readable only when something has changed there: a
// host came or left, or sent something. Nothing need be looked at meanwhile. Returns -1 with errno.
int port_watch(int port);
// To be called once it was readable.
void port_watched(int watch);

#endif
