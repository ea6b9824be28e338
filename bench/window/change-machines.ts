// Machines that change at a steady pace, one call each: paused and resumed in turn.
import { setTimeout as delay } from 'node:timers/promises';
import type { TtClient } from '@tt/protocol';

export interface Pace {
  perSecond: number;
  seconds: number;
  /** Calls under way at once. An ENV is changed by one at a time: machines of one ENV are never changed side by side. */
  sideBySide: number;
}

/** Gives how many changed in a second, which is less than asked for where the agent takes longer. All run in the end. */
export async function changeMachines(client: TtClient, vmIds: readonly string[], pace: Pace): Promise<number> {
  const { perSecond, seconds, sideBySide } = pace;
  const total = perSecond * seconds;
  const paused = new Set<string>();
  const begun = performance.now();
  let next = 0;
  const work = async () => {
    while (next < total) {
      const index = next++;
      const due = begun + (index * 1000) / perSecond;
      if (due > performance.now()) await delay(due - performance.now());
      if (performance.now() - begun > seconds * 1000) return index;
      const vmId = vmIds[index % vmIds.length];
      if (vmId === undefined) throw new Error('there is no machine to change');
      if (paused.delete(vmId)) await client.vm.resume({ vmId });
      else {
        paused.add(vmId);
        await client.vm.pause({ vmId });
      }
    }
    return total;
  };
  const ended = await Promise.all(Array.from({ length: sideBySide }, work));
  const reached = Math.min(...ended) / ((performance.now() - begun) / 1000);
  for (const vmId of paused) await client.vm.resume({ vmId });
  return reached;
}
