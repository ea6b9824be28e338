// Keeps the kernel from using ports of the public range as ephemeral ports: such a connection would be cut off by a forward, or
// would take the port from a guest. Called at agent start; the doctor calls `overlapsEphemeral`.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface PortRange {
  firstPort: number;
  lastPort: number;
}

const SETTINGS = '/proc/sys/net/ipv4';

/**
 * Adds the range to `net.ipv4.ip_local_reserved_ports`, keeping the entries of others (kernel documentation,
 * networking/ip-sysctl). Such ports can still be bound explicitly. `notAllowed`: this process may not change it.
 * `settingsDirectory` is for tests; `onChange` is called before the setting (a file) gets another content.
 */
export async function reserveEphemeral(
  range: PortRange,
  settingsDirectory = SETTINGS,
  onChange: (file: string, content: string) => Promise<void> = async () => {},
): Promise<'reserved' | 'notAllowed'> {
  const file = path.join(settingsDirectory, 'ip_local_reserved_ports');
  const present = parsePortRanges(await readFile(file, 'utf8'));
  if (present.some(({ firstPort, lastPort }) => firstPort <= range.firstPort && range.lastPort <= lastPort)) {
    return 'reserved';
  }
  const list = portRangesText([...present, range]);
  await onChange(file, list);
  try {
    // A write replaces the whole list.
    await writeFile(file, `${list}\n`);
    return 'reserved';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'notAllowed';
    throw error;
  }
}

/**
 * Whether the kernel may allocate a port of the range: it is (partly) in the ephemeral range and not reserved. `ephemeral` is
 * the text of `ip_local_port_range` (`32768\t60999`), `reserved` that of `ip_local_reserved_ports`.
 */
export function overlapsEphemeral(range: PortRange, ephemeral: string, reserved: string): boolean {
  const [low = Number.NaN, high = Number.NaN] = ephemeral.trim().split(/\s+/).map(Number);
  const firstPort = Math.max(range.firstPort, low);
  const lastPort = Math.min(range.lastPort, high);
  let open = firstPort;
  for (const part of merged(parsePortRanges(reserved))) {
    if (part.firstPort <= open) open = Math.max(open, part.lastPort + 1);
  }
  return open <= lastPort;
}

/** `8080,9148,40000-49999` as the kernel writes it. Throws on anything else. */
export function parsePortRanges(text: string): PortRange[] {
  const parts = text.trim().split(',');
  if (parts.length === 1 && parts[0] === '') return [];
  return parts.map((part) => {
    const found = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (!found) throw new Error(`not a list of ports: ${JSON.stringify(text)}`);
    return { firstPort: Number(found[1]), lastPort: Number(found[2] ?? found[1]) };
  });
}

export function portRangesText(ranges: readonly PortRange[]): string {
  return merged(ranges)
    .map(({ firstPort, lastPort }) => (firstPort === lastPort ? `${firstPort}` : `${firstPort}-${lastPort}`))
    .join(',');
}

function merged(ranges: readonly PortRange[]): PortRange[] {
  const result: PortRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.firstPort - b.firstPort)) {
    const last = result.at(-1);
    if (last && range.firstPort <= last.lastPort + 1) last.lastPort = Math.max(last.lastPort, range.lastPort);
    else result.push({ ...range });
  }
  return result;
}
