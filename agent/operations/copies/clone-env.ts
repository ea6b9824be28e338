// Copies of what is there right now: of a whole ENV as a new one, or of one VM within its ENV. A snapshot is taken for it and
// dropped again; the tree of snapshots stays as it was.
import type { EnvDetail, Vm } from '@tt/protocol';
import { allOrNothing, keepFromHere } from '../all-or-nothing.ts';
import type { Caller } from '../caller.ts';
import { admitRequest } from '../capacity/capacity.ts';
import { defineOperation } from '../define-operation.ts';
import { mustHaveTime } from '../envs/lifetime.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { withTemporary } from '../snapshots/temporary-snapshot.ts';
import { nextName, sourcesOf, allocatedToCopies } from './copy-plan.ts';
import { reserveCopies } from './copy-reserve.ts';
import { type ForkSpec, checkFork, forkFrom } from './fork-snapshot.ts';
import { placeFromState } from './place-copies.ts';
import { wakeCopies } from './wake-copies.ts';
import { holdingEnvOfVm, onEnv } from '../targets.ts';

/** It is held as long as it is copied; the copies wake when it is free again. */
export const cloneEnvOperation = defineOperation({
  kind: 'env.clone',
  ...onEnv,
  cancellable: true,
  run: ({ services, input, caller, operation }) => cloneEnv(services, input.name, input, caller, operation),
});

async function cloneEnv(
  services: Services,
  envName: string,
  request: ForkSpec,
  caller: Caller,
  context: OperationContext,
): Promise<{ envs: EnvDetail[] }> {
  await services.engines.settled();
  const now = services.inventory.vmsOf(envName).map((vm) => ({ vm, hasRam: services.running.get(vm.id) !== null }));
  checkFork(services, request, now, caller);
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

export const cloneVmOperation = defineOperation({
  kind: 'vm.clone',
  ...holdingEnvOfVm,
  cancellable: true,
  run: ({ services, input, operation }) => cloneVm(services, input.vmId, input, operation),
});

/** The copies wake in the same network as the original, so their cards stay unplugged until they have addresses of their own. */
async function cloneVm(
  services: Services,
  vmId: string,
  request: { copies: number; sshHostKeys: boolean },
  context: OperationContext,
): Promise<{ vms: Vm[] }> {
  const { inventory } = services;
  const { envName } = inventory.vm(vmId);
  mustHaveTime(inventory.env(envName));
  await services.engines.settled();
  return allOrNothing(services, context, async (undo) => {
    const { copies, tag } = await withTemporary(services, envName, [vmId], context, async (snapshot) => {
      const [source] = sourcesOf(services, snapshot, [vmId]);
      const sources = source ? Array.from({ length: request.copies }, () => source) : [];
      const reserved = await services.allocation.run(() => {
        const env = inventory.env(envName);
        admitRequest(services, env.owner, { envs: 0, vms: sources.length, ...allocatedToCopies(sources) });
        const taken = new Set(inventory.vmsOf(envName).map((vm) => vm.name));
        const names = sources.map(({ vm }) => {
          const name = nextName(vm.name, taken);
          taken.add(name);
          return name;
        });
        return reserveCopies(services, { env, sources, names, networks: null, snapshotName: null }, undo);
      });
      services.checkpoint('reserved');
      await placeFromState(services, reserved, { tag: snapshot.id, name: snapshot.name }, context);
      return { copies: reserved, tag: snapshot.id };
    });
    await wakeCopies(services, copies, tag, { ...request, fenced: false, besideOriginal: true }, context);
    keepFromHere(context);
    return { vms: copies.map((copy) => inventory.vmView(inventory.vm(copy.vmId))) };
  });
}
