// The IPv4 networks that this host has routes to (proc(5), /proc/net/route), so that no ENV hides one of them from its guests. Needs
// neither root nor a program.
import { readFile } from 'node:fs/promises';
import { type Block, netmask, parseAddress } from '../address-pool.ts';

const ROUTES = '/proc/net/route';

/** Empty on systems without such a file. */
export async function hostRoutes(file = ROUTES): Promise<Block[]> {
  try {
    return readRoutes(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** All but the default route. */
export function readRoutes(text: string): Block[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination, , , , , , mask] = line.split('\t').map((field) => field.trim());
      if (destination === undefined || mask === undefined) return [];
      const prefixLength = prefixLengthOf(fromHex(mask));
      return prefixLength === null || prefixLength === 0 ? [] : [{ base: fromHex(destination), prefixLength }];
    });
}

/** As the kernel prints it: hex of the bytes of the host's order, little endian on all that TT runs on. */
function fromHex(text: string): number {
  const bytes = Buffer.from(text, 'hex');
  return bytes.length === 4 ? bytes.readUInt32LE(0) : Number.NaN;
}

function prefixLengthOf(mask: number): number | null {
  for (let prefixLength = 0; prefixLength <= 32; prefixLength++) {
    if (parseAddress(netmask({ prefixLength })) === mask) return prefixLength;
  }
  return null;
}
