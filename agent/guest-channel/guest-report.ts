// How a guest is and what addresses it has, as its helper says (`agent/guest-helper/report.h`). Whoever rules the guest may say anything.
import { isIP } from 'node:net';
import { type GuestHealth, visible } from '@tt/protocol';
import { invalid } from './guest-error.ts';

const MOST_NICS = 256;
const MOST_ADDRESSES = 1024;
/** Linux has 15 bytes for the name of an interface; they may be anything but a slash and space. */
const NAME = '([^ /]{1,15})';
const COUNT = String.raw`(\d{1,15})`;
const LINES = {
  uptime: new RegExp(`^${COUNT}$`),
  load: new RegExp(`^${COUNT}$`),
  memory: new RegExp(`^${COUNT} ${COUNT}$`),
  disk: new RegExp(`^${COUNT} ${COUNT}$`),
  nic: new RegExp(`^${NAME} ((?:[0-9a-f]{2}:){5}[0-9a-f]{2})$`),
  address: new RegExp(String.raw`^${NAME} ([0-9a-f.:]{2,45})/(\d{1,3})$`),
} as const;

/** GUEST_HELPER_INVALID for a line that is not as it must be. Kinds of lines that are not known here are left out. */
export function readReport(text: string): GuestHealth {
  const report: GuestHealth = { uptimeMs: null, load: null, memory: null, rootDisk: null, nics: [] };
  const byName = new Map<string, GuestHealth['nics'][number]>();
  let addresses = 0;
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    const kind = line.slice(0, Math.max(space, 0));
    if (!isKnown(kind)) continue;
    const [, first = '', second = ''] = LINES[kind].exec(line.slice(space + 1)) ?? unread();
    switch (kind) {
      case 'uptime':
        report.uptimeMs = Number(first);
        break;
      case 'load':
        report.load = Number(first) / 100;
        break;
      case 'memory':
        report.memory = { totalMiB: mebibytes(first), availableMiB: mebibytes(second) };
        break;
      case 'disk':
        report.rootDisk = { totalMiB: mebibytes(first), freeMiB: mebibytes(second) };
        break;
      case 'nic': {
        if (report.nics.length === MOST_NICS) throw invalid('it reports too many interfaces');
        const nic = { name: visible(first), mac: second, addresses: [] };
        report.nics.push(nic);
        byName.set(first, nic);
        break;
      }
      case 'address':
        if (isIP(second) === 0) throw invalid('it reports what is no address');
        if (++addresses > MOST_ADDRESSES) throw invalid('it reports too many addresses');
        // Of an interface without a MAC, such as a tunnel, there is none.
        byName.get(first)?.addresses.push(second);
        break;
    }
  }
  return report;
}

function isKnown(kind: string): kind is keyof typeof LINES {
  return Object.hasOwn(LINES, kind);
}

function unread(): never {
  throw invalid('it reports what can’t be read');
}

function mebibytes(kibibytes: string): number {
  return Math.floor(Number(kibibytes) / 1024);
}
