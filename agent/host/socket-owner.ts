// Finds who holds the other end of a TCP connection from this same host: the kernel's socket list (proc(5), /proc/net/tcp) has
// the user and the socket's inode, which leads to the process.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import path from 'node:path';
import { sharedRead } from './shared-read.ts';

/**
 * The kernel's lists. To print one it walks through its whole table of connections, which takes milliseconds on a host with much memory,
 * however few there are: connections that come together look at the same.
 */
const tables = { tcp: tableOf('/proc', 'tcp'), tcp6: tableOf('/proc', 'tcp6') };
type Tables = typeof tables;

export interface Endpoint {
  address: string;
  port: number;
}

export interface SocketOwner {
  uid: number;
  /** Number of the socket, as `socket:[…]` in /proc/PID/fd. */
  inode: number;
}

/**
 * The owner of the socket of this host that is bound to `local` and connected to `remote`; null if there is none, e.g. for a
 * connection from another host, or one that is already closed. `proc` is for tests.
 */
export function socketOwner(local: Endpoint, remote: Endpoint, proc?: string): Promise<SocketOwner | null> {
  const lists = proc === undefined ? tables : { tcp: tableOf(proc, 'tcp'), tcp6: tableOf(proc, 'tcp6') };
  return ownerIn(lists, local, remote);
}

async function ownerIn(lists: Tables, local: Endpoint, remote: Endpoint): Promise<SocketOwner | null> {
  for (const family of ['tcp', 'tcp6'] as const) {
    const ends = `${endpointHex(local, family)} ${endpointHex(remote, family)} `;
    const table = await lists[family]();
    const at = table.indexOf(`: ${ends}`);
    if (at === -1) continue;
    // sl, local, remote, state, queues, timer, retransmits, uid, timeout, inode
    const fields = table
      .slice(at + 2 + ends.length, table.indexOf('\n', at))
      .trim()
      .split(/\s+/);
    const [uid, inode] = [Number(fields[4]), Number(fields[6])];
    if (Number.isInteger(uid) && Number.isInteger(inode)) return { uid, inode };
  }
  return null;
}

/** Whether a process has the socket open. False if it is gone, or cannot be inspected. */
export async function holdsSocket(pid: number, inode: number, proc = '/proc'): Promise<boolean> {
  const folder = path.join(proc, String(pid), 'fd');
  const names = await readdir(folder).catch(() => []);
  const wanted = `socket:[${inode}]`;
  const targets = await Promise.all(names.map((name) => readlink(path.join(folder, name)).catch(() => '')));
  return targets.includes(wanted);
}

/** As the kernel prints it: each 32-bit word in the byte order of the machine, which is little-endian on all we run on. */
function endpointHex({ address, port }: Endpoint, family: 'tcp' | 'tcp6'): string {
  const words = family === 'tcp' ? [wordOf(ipv4Bytes(address))] : ipv6Words(address);
  return `${words.join('')}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

function wordOf(bytes: readonly number[]): string {
  return bytes
    .toReversed()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}

/** Also of an IPv4 address in IPv6 form; of other IPv6 addresses nothing that any line has. */
function ipv4Bytes(address: string): number[] {
  const plain = address.replace(/^::ffff:/i, '');
  return isIPv4(plain) ? plain.split('.').map(Number) : [];
}

function ipv6Words(address: string): string[] {
  const ipv4 = ipv4Bytes(address);
  if (ipv4.length > 0) return ['00000000', '00000000', 'FFFF0000', wordOf(ipv4)];
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const all = [...first, ...Array<number>(Math.max(0, 8 - first.length - last.length)).fill(0), ...last];
  return [0, 2, 4, 6].map((at) =>
    wordOf([all[at] ?? 0, all[at + 1] ?? 0].flatMap((group) => [group >> 8, group & 0xff])),
  );
}

/** Empty where there is none: IPv6 may be off. */
function tableOf(proc: string, family: 'tcp' | 'tcp6'): () => Promise<string> {
  return sharedRead(() => readFile(path.join(proc, 'net', family), 'latin1').catch(unlessMissing));
}

function unlessMissing(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
  throw error;
}
