// Start, stop and delete of a whole ENV.
import { type EnvDetail, TtError } from '@tt/protocol';
import { inWaves } from '../host/in-waves.ts';
import type { EnvRecord } from '../state/records.ts';
import { haltVm } from './boot-vm.ts';
import { envDetail } from './env-detail.ts';
import { startAll } from './make-vms.ts';
import type { OperationContext } from './operation-registry.ts';
import { removeEnv } from './remove-env.ts';
import { removeVms } from './remove-vm.ts';
import type { Services } from './services.ts';
import { withRoomFor } from './room.ts';

/** Starts what is not running. When one can't be started the others that were started keep running. */
export async function startEnv(services: Services, envName: string, context: OperationContext): Promise<EnvDetail> {
  mustHaveTime(services.inventory.env(envName));
  await services.locks.hold(envName, 'being started', async () => {
    const halted = services.inventory.vmsOf(envName).filter((vm) => vm.state === 'stopped' || vm.state === 'failed');
    await withRoomFor(services, halted, () =>
      startAll(
        services,
        halted.map((vm) => vm.id),
        context,
      ),
    );
  });
  return envDetail(services, envName);
}

/** Throws ENV_OVER for an ENV whose time is over. */
export function mustHaveTime(env: EnvRecord): void {
  if (env.over) throw new TtError('ENV_OVER', { envName: env.name, endAt: env.endAt });
}

export async function stopEnv(
  services: Services,
  envName: string,
  graceS: number,
  context: OperationContext,
): Promise<EnvDetail> {
  services.inventory.env(envName);
  await services.locks.hold(envName, 'being stopped', () => haltAll(services, envName, graceS, context));
  return envDetail(services, envName);
}

/** Ends all VMs of an ENV; the caller holds its lock. */
export async function haltAll(
  services: Services,
  envName: string,
  graceS: number,
  context: OperationContext,
): Promise<void> {
  const live = services.inventory.vmsOf(envName).filter((vm) => vm.state === 'running' || vm.state === 'paused');
  let done = 0;
  context.step('Stopping machines', { done, total: live.length });
  await inWaves(live, live.length, async (vm) => {
    await haltVm(services, vm.id, graceS);
    context.step('Stopping machines', { done: ++done, total: live.length });
  });
}

export async function deleteEnv(
  services: Services,
  envName: string,
  context: OperationContext,
): Promise<{ name: string }> {
  services.inventory.env(envName);
  await services.locks.hold(envName, 'being deleted', () => deleteHeldEnv(services, envName, context));
  return { name: envName };
}

/** Deletes an ENV whose lock the caller holds. */
export async function deleteHeldEnv(services: Services, envName: string, context: OperationContext): Promise<void> {
  const { inventory } = services;
  // Written down first: a crash in the middle is finished at the next start, never half kept.
  inventory.putEnv({ ...inventory.env(envName), phase: 'deleting' });
  services.checkpoint('env marked');
  const vms = inventory.vmsOf(envName);
  let done = 0;
  context.step('Deleting machines', { done, total: vms.length });
  await removeVms(
    services,
    vms.map((vm) => vm.id),
    () => context.step('Deleting machines', { done: ++done, total: vms.length }),
  );
  await removeEnv(services, envName);
  services.checkpoint('env removed');
}
