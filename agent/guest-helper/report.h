// How this guest is, and what addresses it has: what a host asks for without starting a program.
#ifndef TT_REPORT_H
#define TT_REPORT_H
#include <stddef.h>

// Lines, each ending with a newline; `agent/guest-channel/guest-report.ts` reads them, and leaves out kinds that it does not know:
//   uptime MILLISECONDS              since the boot, sleep included
//   load HUNDREDTHS                  processes that run or want to, on average over a minute
//   memory TOTAL AVAILABLE           KiB
//   disk TOTAL FREE                  KiB, of the root file system; free: for users
//   nic NAME MAC                     each interface with a MAC, but the loopback
//   address NAME ADDRESS/BITS        IPv4 and IPv6
// What can't be found out is left out, as are lines that don't fit. Returns their bytes.
size_t write_report(char *to, size_t capacity);

#endif
