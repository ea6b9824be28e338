// The clocks of guests after a revert, in an operation of its own: the revert has answered by then, and a guest that is slow to
// answer delays nobody. A guest's clock shows the time of the snapshot until its agent, or its own NTP client, sets it.
import { setTimeout as delay } from 'node:timers/promises';
import { TtError } from '@tt/protocol';
import { defineOperation, type InputOf } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import { onSnapshot } from '../targets.ts';
import { type ClockServices, hasAgent, setGuestClock } from './guest-clocks.ts';

/** Pauses between the tries: a guest with much memory to page in may need a minute until its agent answers. */
const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000, 20_000];

export const setClocksOperation = defineOperation({
  kind: 'snapshot.setClocks',
  ...onSnapshot,
  cancellable: true,
  run: ({ services, input, operation }) => setClocks(services, input, operation),
});

/**
 * Rejects with GUEST_CLOCK_NOT_SET, which names the guests whose agent never answered. Those without an agent, as far as is
 * known, get one try and are not named; those that end or start anew meanwhile need none.
 */
export async function setClocks(
  services: ClockServices,
  { name, vmIds }: Pick<InputOf<'snapshot.setClocks'>, 'name' | 'vmIds'>,
  { signal, step }: Pick<OperationContext, 'signal' | 'step'>,
  retryMs: readonly number[] = RETRY_MS,
): Promise<undefined> {
  let done = 0;
  step('settingClocks', { done, total: vmIds.length });
  const late = await Promise.all(
    vmIds.map(async (vmId) => {
      const isExpected = hasAgent(services, vmId);
      const isSet = await setOne(services, vmId, isExpected ? retryMs : [], signal);
      step('settingClocks', { done: ++done, total: vmIds.length });
      if (isSet || !isExpected) return [];
      // It may have been deleted while nobody answered.
      return services.inventory.findVm(vmId)?.name ?? [];
    }),
  );
  const vmNames = late.flat();
  if (vmNames.length > 0) throw new TtError('GUEST_CLOCK_NOT_SET', { snapshotName: name, vmNames });
}

/** True also when there is nothing left to set: the guest that was reverted is gone. */
async function setOne(
  services: ClockServices,
  vmId: string,
  retryMs: readonly number[],
  signal: AbortSignal,
): Promise<boolean> {
  const reverted = services.running.get(vmId);
  for (const pauseMs of [0, ...retryMs]) {
    await delay(pauseMs, undefined, { signal });
    if (services.running.get(vmId) !== reverted) return true;
    if ((await setGuestClock(services, vmId)) !== false) return true;
  }
  return false;
}
