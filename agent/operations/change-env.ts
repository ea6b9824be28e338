// Start, stop, update and delete of a whole ENV.
import { type Env, type EnvDetail, LIFETIME_MAX_S, TtError } from '@tt/protocol';
import { inWaves } from '../host/in-waves.ts';
import { bootVm, haltVm } from './boot-vm.ts';
import { envDetail } from './env-detail.ts';
import { withMemoryFor } from './memory-claims.ts';
import type { OperationContext } from './operation-registry.ts';
import { removeVm } from './remove-vm.ts';
import type { Services } from './services.ts';

/** Starts what is not running. When one can't be started the others that were started keep running. */
export async function startEnv(services: Services, envName: string, context: OperationContext): Promise<EnvDetail> {
  services.inventory.env(envName);
  await services.locks.hold(envName, 'being started', async () => {
    const halted = services.inventory.vmsOf(envName).filter((vm) => vm.state === 'stopped' || vm.state === 'failed');
    await withMemoryFor(services, halted, async () => {
      let done = 0;
      context.step('Starting machines', { done, total: halted.length });
      await inWaves(halted, services.limits.startWidth, async (vm) => {
        context.signal.throwIfAborted();
        await bootVm(services, vm.id, { signal: context.signal });
        context.step('Starting machines', { done: ++done, total: halted.length });
      });
    });
  });
  return envDetail(services, envName);
}

export async function stopEnv(
  services: Services,
  envName: string,
  graceS: number,
  context: OperationContext,
): Promise<EnvDetail> {
  services.inventory.env(envName);
  await services.locks.hold(envName, 'being stopped', async () => {
    const live = services.inventory.vmsOf(envName).filter((vm) => vm.state === 'running' || vm.state === 'paused');
    let done = 0;
    context.step('Stopping machines', { done, total: live.length });
    await inWaves(live, live.length, async (vm) => {
      await haltVm(services, vm.id, graceS);
      context.step('Stopping machines', { done: ++done, total: live.length });
    });
  });
  return envDetail(services, envName);
}

export async function deleteEnv(
  services: Services,
  envName: string,
  context: OperationContext,
): Promise<{ name: string }> {
  const { inventory } = services;
  const env = inventory.env(envName);
  await services.locks.hold(envName, 'being deleted', async () => {
    // Written down first: a crash in the middle is finished at the next start, never half kept.
    inventory.putEnv({ ...env, phase: 'deleting' });
    const vms = inventory.vmsOf(envName);
    let done = 0;
    context.step('Deleting machines', { done, total: vms.length });
    await inWaves(vms, 8, async (vm) => {
      await removeVm(services, vm.id);
      context.step('Deleting machines', { done: ++done, total: vms.length });
    });
    for (const snapshot of inventory.snapshotsOf(envName)) inventory.deleteSnapshot(snapshot.id);
    inventory.deleteEnv(envName);
  });
  return { name: envName };
}

export interface EnvChange {
  title?: string | undefined;
  notes?: string | undefined;
  tags?: string[] | undefined;
  lifetimeS?: number | undefined;
}

/** The end is always startAt + lifetime, so that extending twice by mistake does not add up. */
export function updateEnv(services: Services, envName: string, change: EnvChange): Env {
  const { inventory } = services;
  const env = inventory.env(envName);
  const { lifetimeS } = change;
  if (lifetimeS !== undefined && lifetimeS > LIFETIME_MAX_S) {
    throw new TtError('LIFETIME_TOO_LONG', { wantedS: lifetimeS, maxS: LIFETIME_MAX_S });
  }
  const endAt =
    lifetimeS === undefined ? env.endAt : new Date(Date.parse(env.startAt) + lifetimeS * 1000).toISOString();
  const changed = {
    ...env,
    title: change.title ?? env.title,
    notes: change.notes ?? env.notes,
    tags: change.tags ?? env.tags,
    endAt,
  };
  inventory.putEnv(changed);
  return inventory.envView(changed);
}
