// How a guest is and what addresses it has, as far as QEMU's guest agent knows it (qga/qapi-schema.json): for guests that can't have the
// helper. Whoever rules the guest may say anything.
import { isIP } from 'node:net';
import { type GuestHealth, visible } from '@tt/protocol';
import { z } from 'zod';
import type { RunningVm } from '../../engines/interface.ts';
import { GuestError } from '../guest-error.ts';
import { isRefused } from './agent-calls.ts';

/** Of interfaces, of addresses of each, and of file systems. */
const MOST = 1000;
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;
const NO_MAC = '00:00:00:00:00:00';
const MIB = 1024 * 1024;

const interfacesSchema = z
  .array(
    z.object({
      name: z.string().max(256).default(''),
      'hardware-address': z.string().max(64).optional(),
      'ip-addresses': z
        .array(z.object({ 'ip-address': z.string().max(64) }))
        .max(MOST)
        .optional(),
    }),
  )
  .max(MOST);

const fileSystemsSchema = z
  .array(
    z.object({
      mountpoint: z.string().max(4096),
      'used-bytes': z.number().nonnegative().optional(),
      'total-bytes': z.number().nonnegative().optional(),
    }),
  )
  .max(MOST);

/**
 * Addresses and the root disk; null for the rest, which it is not asked for. GUEST_AGENT_SILENT or ENGINE_TIMEOUT if it does not answer,
 * COMMAND_FAILED if it may not say its addresses, GUEST_AGENT_INVALID for what makes no sense.
 */
export function reportByAgent(vm: Pick<RunningVm, 'askGuestAgent'>, timeoutMs: number): Promise<GuestHealth> {
  return vm.askGuestAgent(async (agent) => {
    const nics = interfacesIn(await agent.execute('guest-network-get-interfaces'));
    if (nics === null) throw new GuestError('GUEST_AGENT_INVALID', 'the guest agent lists no interfaces');
    const rootDisk = rootDiskIn(await agent.execute('guest-get-fsinfo').catch(nullIfRefused));
    return { uptimeMs: null, load: null, memory: null, rootDisk, nics };
  }, timeoutMs);
}

/** Of the answer to `guest-network-get-interfaces`, those with a MAC; null if it is no such answer. */
export function interfacesIn(answer: unknown): GuestHealth['nics'] | null {
  const read = interfacesSchema.safeParse(answer);
  if (!read.success) return null;
  return read.data.flatMap(({ name, 'hardware-address': address = '', 'ip-addresses': addresses = [] }) => {
    const mac = address.toLowerCase();
    if (!MAC.test(mac) || mac === NO_MAC) return [];
    // Windows names the interface of a link-local address behind a per cent sign.
    const plain = addresses.map((one) => one['ip-address'].split('%')[0] ?? '');
    return [{ name: visible(name), mac, addresses: plain.filter((one) => isIP(one) !== 0) }];
  });
}

/** Of the answer to `guest-get-fsinfo`; older agents don't know sizes. */
function rootDiskIn(answer: unknown): GuestHealth['rootDisk'] {
  const read = fileSystemsSchema.safeParse(answer);
  const root = read.data?.find(({ mountpoint }) => mountpoint === '/' || /^C:/i.test(mountpoint));
  const { 'total-bytes': total, 'used-bytes': used } = root ?? {};
  if (total === undefined || used === undefined) return null;
  return { totalMiB: Math.floor(total / MIB), freeMiB: Math.floor(Math.max(0, total - used) / MIB) };
}

function nullIfRefused(error: unknown): null {
  if (isRefused(error)) return null;
  throw error;
}
