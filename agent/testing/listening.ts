// Test support: what a process of this host listens on, read from /proc (proc(5): net/tcp, net/unix).
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

const TCP_LISTEN = '0A';
/** __SO_ACCEPTCON of the kernel: a unix socket that listens. */
const UNIX_LISTEN = 0x1_00_00;

/** `tcp 127.0.0.1:8080`, `tcp6 ...`, `unix /path`, sorted. Needs the rights to read the descriptors of `pid`. */
export async function listeningSockets(pid: number): Promise<string[]> {
  const own = await socketInodes(pid);
  const cwd = await readlink(`/proc/${pid}/cwd`);
  const [tcp, tcp6, unix] = await Promise.all(
    ['tcp', 'tcp6', 'unix'].map(async (kind) =>
      (await readFile(`/proc/${pid}/net/${kind}`, 'utf8')).split('\n').slice(1),
    ),
  );
  const found = [
    ...(tcp ?? []).map((line) => tcpListener(line, own, 'tcp')),
    ...(tcp6 ?? []).map((line) => tcpListener(line, own, 'tcp6')),
    ...(unix ?? []).map((line) => unixListener(line, own, cwd)),
  ];
  return [...new Set(found.filter((text) => text !== null))].sort();
}

async function socketInodes(pid: number): Promise<Set<string>> {
  const inodes = new Set<string>();
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    // A descriptor may be closed while the list is read.
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

function tcpListener(line: string, own: ReadonlySet<string>, kind: 'tcp' | 'tcp6'): string | null {
  const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
  if (state !== TCP_LISTEN || !own.has(inode)) return null;
  const [address = '', port = ''] = local.split(':');
  // The kernel writes an IPv4 address as one number in the byte order of the host.
  const shown = kind === 'tcp' ? [...Buffer.from(address, 'hex')].toReversed().join('.') : address;
  return `${kind} ${shown}:${Number.parseInt(port, 16)}`;
}

/** A socket may have been named from the folder its process is in. */
function unixListener(line: string, own: ReadonlySet<string>, cwd: string): string | null {
  const [, , , flags = '', , , inode = '', file = ''] = line.trim().split(/\s+/);
  if (!own.has(inode) || (Number.parseInt(flags, 16) & UNIX_LISTEN) === 0) return null;
  return `unix ${path.resolve(cwd, file)}`;
}
