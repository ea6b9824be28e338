// Applies the bandwidth limits of NICs whose taps are there.
import type { UndoStack } from '../../host/undo-stack.ts';
import type { Nic } from '../interface.ts';
import { planLimits } from './bandwidth.ts';
import type { HostLinks } from './host-links.ts';
import { tapOf } from './nic-requests.ts';

export async function limitNics(links: HostLinks, tag: string, nics: readonly Nic[], undo: UndoStack): Promise<void> {
  const wanted = nics.map((nic) => ({ tap: tapOf(nic), bandwidthMbps: nic.bandwidthMbps }));
  const limits = planLimits(tag, await links.read(), await links.qdiscs(), wanted);
  undo.add('limits', async () => void (await links.removeOf(tag, (name) => limits.made.includes(name))));
  await links.batch('ip', limits.ip);
  await links.batch('tc', limits.tc);
  if (limits.remove.length > 0) await links.removeOf(tag, (name) => limits.remove.includes(name));
}
