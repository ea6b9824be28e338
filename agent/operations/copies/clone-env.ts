// Copies an ENV, in its present state, to a new one. Uses a temporary snapshot, so the snapshot tree does not change.
import type { EnvDetail } from '@tt/protocol';
import type { Caller } from '../caller.ts';
import { defineOperation } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { withTemporary } from '../snapshots/temporary-snapshot.ts';
import { onEnv } from '../targets.ts';
import { type CopySource, sourcesOf } from './copy-plan.ts';
import { checkFork, type ForkSpec, forkFrom } from './fork-snapshot.ts';

/** It is locked while it is copied; the copies resume when it is unlocked again. */
export const cloneEnvOperation = defineOperation({
  kind: 'env.clone',
  ...onEnv,
  cancellable: true,
  run: ({ services, input, caller, operation }) => cloneEnv(services, input.name, input, caller, operation),
});

/** The VMs of an ENV as a clone made now would copy them. */
export function runningSources(
  { inventory, running }: Pick<Services, 'inventory' | 'running'>,
  envName: string,
): CopySource[] {
  return inventory.vmsOf(envName).map((vm) => ({ vm, hasRam: running.get(vm.id) !== null }));
}

async function cloneEnv(
  services: Services,
  envName: string,
  request: ForkSpec,
  caller: Caller,
  context: OperationContext,
): Promise<{ envs: EnvDetail[] }> {
  await services.engines.settled();
  checkFork(services, request, runningSources(services, envName), caller);
  return forkFrom(services, request, caller, context, {
    envName,
    snapshotName: null,
    hold: (work) =>
      services.locks.hold(envName, context.kind, () =>
        withTemporary(services, envName, undefined, context, (snapshot) =>
          work(snapshot, sourcesOf(services, snapshot)),
        ),
      ),
  });
}
