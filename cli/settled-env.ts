// `tt env show --wait`: waits until nothing more is to be expected of the guests of an ENV.
import { wholeEnv, type WholeItem, wholeItems } from '@tt/client';
import { type Env, type EnvDetail, isSettled, type TtClient, type Vm } from '@tt/protocol';

/** Like `tt env run --wait`. */
export const DEFAULT_READY_S = 300;

/**
 * The ENV once each of its running guests answers, or it is known that none will; or as it is after `waitS` seconds. Rejects with
 * ENV_NOT_FOUND, also when the ENV is deleted meanwhile.
 */
export async function settledEnv(client: TtClient, name: string, waitS: number): Promise<EnvDetail> {
  const now = await wholeEnv(client, name);
  if (now.env.state !== 'deleting' && isQuiet(now.vms)) return now;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), waitS * 1000);
  try {
    await untilSettled(client, name, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
  return wholeEnv(client, name);
}

/** By the feed: the agent tells when a guest answers. Ends with the ENV too. */
async function untilSettled(client: TtClient, name: string, signal: AbortSignal): Promise<void> {
  const vms = new Map<string, Vm>();
  let isEnding = false;
  for await (const item of wholeItems(await client.event.follow({}, { signal }))) {
    if (item.kind === 'metrics') continue;
    if (item.kind === 'event' && item.event.type === 'env.deleted' && item.event.data.name === name) return;
    for (const env of envsIn(item)) if (env.name === name) isEnding = env.state === 'deleting';
    for (const vm of vmsIn(item)) if (vm.envName === name) vms.set(vm.id, vm);
    if (item.kind === 'event' && item.event.type === 'vm.deleted') vms.delete(item.event.data.id);
    if (!isEnding && isQuiet([...vms.values()])) return;
  }
}

/** Machines that are being deleted are soon gone, and the ENV with them if it is. */
function isQuiet(vms: readonly Vm[]): boolean {
  return vms.every((vm) => vm.state !== 'deleting' && isSettled(vm));
}

function envsIn(item: WholeItem): readonly Env[] {
  if (item.kind === 'snapshot') return item.state.envs;
  return item.kind === 'event' && item.event.type === 'env.updated' ? [item.event.data] : [];
}

function vmsIn(item: WholeItem): readonly Vm[] {
  if (item.kind === 'snapshot') return item.state.vms;
  if (item.kind !== 'event') return [];
  return item.event.type === 'vm.created' || item.event.type === 'vm.updated' ? [item.event.data] : [];
}

/** Of guests that could still come to answer. */
export function unsettledNames({ vms }: EnvDetail): string[] {
  return vms.filter((vm) => !isSettled(vm)).map(({ name }) => name);
}
