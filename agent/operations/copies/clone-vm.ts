// Copies a VM, in its present state, within its ENV. Uses a temporary snapshot.
import type { Vm } from '@tt/protocol';
import { ownersOf } from '../../access/owners.ts';
import { allOrNothing, keepFromHere } from '../all-or-nothing.ts';
import type { Caller } from '../caller.ts';
import { admitRequest } from '../capacity/capacity.ts';
import { admitRecords, copiedRecords } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import { mustHaveTime } from '../envs/lifetime.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { withTemporary } from '../snapshots/temporary-snapshot.ts';
import { holdingEnvOfVm } from '../targets.ts';
import { mayUseBridge } from '../vms/bridge-permission.ts';
import { allocatedToCopies, nextName, sourcesOf } from './copy-plan.ts';
import { reserveCopies } from './copy-reserve.ts';
import { placeFromState } from './place-copies.ts';
import { SealedRams } from './sealed-rams.ts';
import { wakeCopies } from './wake-copies.ts';

export const cloneVmOperation = defineOperation({
  kind: 'vm.clone',
  ...holdingEnvOfVm,
  cancellable: true,
  run: ({ services, input, caller, operation }) => cloneVm(services, input.vmId, input, caller, operation),
});

/** The copies resume in the same network as the original, so their NICs stay disconnected until they have their own addresses. */
async function cloneVm(
  services: Services,
  vmId: string,
  request: { copies: number; sshHostKeys: boolean },
  caller: Caller,
  context: OperationContext,
): Promise<{ vms: Vm[] }> {
  const { inventory } = services;
  const { envName } = inventory.vm(vmId);
  mustHaveTime(inventory.env(envName));
  if (!inventory.env(envName).fenced) mayUseBridge(services, caller, [inventory.vm(vmId)]);
  await services.engines.settled();
  return allOrNothing(services, context, async (undo) => {
    await using sealed = new SealedRams(services);
    const { copies, tag } = await withTemporary(services, envName, [vmId], context, async (snapshot) => {
      const [source] = sourcesOf(services, snapshot, [vmId]);
      const sources = source ? Array.from({ length: request.copies }, () => source) : [];
      const reserved = await services.allocation.run(() => {
        const env = inventory.env(envName);
        admitRequest(services, ownersOf(env), { envs: 0, vms: sources.length, ...allocatedToCopies(sources) });
        admitRecords(services, env.owner, copiedRecords(sources, 1));
        const taken = new Set(inventory.vmsOf(envName).map((vm) => vm.name));
        const names = sources.map(({ vm }) => {
          const name = nextName(vm.name, taken);
          taken.add(name);
          return name;
        });
        return reserveCopies(services, { env, sources, names, networks: null, snapshotName: null }, undo);
      });
      services.checkpoint('reserved');
      await placeFromState(services, reserved, { tag: snapshot.id, name: snapshot.name }, context, sealed);
      return { copies: reserved, tag: snapshot.id };
    });
    await wakeCopies(services, copies, tag, { ...request, fenced: false, besideOriginal: true }, context, sealed);
    keepFromHere(context);
    return { vms: copies.map((copy) => inventory.vmView(inventory.vm(copy.vmId))) };
  });
}
