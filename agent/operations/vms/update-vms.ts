// Changes size, ports, blacklist and bandwidth of VMs, all or nothing: everything is checked first, then ports are reserved, the
// changes applied and recorded. Disks grow last, because that cannot be undone.
import { type MachineChange, TtError, bootDiskMiB, featuresFor, needsStop, plainOf } from '@tt/protocol';
import { ownersOf } from '../../access/owners.ts';
import type { Forward, WantedPort } from '../../firewall/interface.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import { type VmRecord, changedVm } from '../../state/vm-record.ts';
import { allOrNothing } from '../all-or-nothing.ts';
import { admitRequest } from '../capacity/capacity.ts';
import { defineOperation } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { checkDestinations } from './destinations.ts';
import { driveFailure } from './drives/change-drives.ts';
import { growDisks } from './drives/grow-disks.ts';
import { makeVariables, mustHaveUefi } from './drives/make-disks.ts';
import { mustHaveFeatures } from './engine-features.ts';
import { setNets, setRules } from './network-setup.ts';
import { checkMemory, withSsh } from './plan-vms.ts';
import { holdingEnvOfVm } from '../targets.ts';

export const updateVmOperation = defineOperation({
  kind: 'vm.update',
  ...holdingEnvOfVm,
  cancellable: false,
  async run({ services, input, target: { id }, operation }) {
    const { inventory } = services;
    await changeVms(services, [inventory.vm(id)], input, operation);
    return inventory.vmView(inventory.vm(id));
  },
});

/** The caller has locked the ENV. */
export async function changeVms(
  services: Services,
  vms: readonly VmRecord[],
  change: MachineChange,
  context: OperationContext,
): Promise<void> {
  if (vms.length === 0) return;
  check(services, vms, change);
  await allOrNothing(services, context, async (undo) => {
    context.step('changingVms', { done: 0, total: vms.length });
    const released: Forward[] = [];
    const changed = await services.allocation.run(() => withNewPorts(services, vms, change, released, undo));
    services.checkpoint('ports reserved');
    const updated = changed.map((vm) => withRest(vm, change));
    if (change.ports || change.newHostPorts || change.blacklist) {
      undo.add('rules', () => setRules(services, vms));
      await setRules(services, updated);
    }
    if (change.bandwidthMbps !== undefined) {
      undo.add('bandwidth', () => setNets(services, vms));
      await setNets(services, updated);
    }
    for (const vm of updated) if (vm.spec.firmware === 'uefi') await giveVariables(services, vm);
    services.checkpoint('in force');
    services.inventory.putVms(updated);
    undo.commit();
    services.checkpoint('written');
    services.ports.release(released);
    if (change.diskMiB !== undefined) await growDisks(services, updated, change.diskMiB, context);
  });
}

/** They stay if the rest of the change fails, and if the VM boots by BIOS again: its UEFI later continues with them. */
async function giveVariables(services: Pick<Services, 'storage' | 'uefi' | 'checkpoint'>, vm: VmRecord): Promise<void> {
  try {
    await makeVariables(services, vm);
  } catch (error) {
    throw await driveFailure(services, vm.name, error);
  }
}

/** Everything that can be refused is refused before anything is touched. */
function check(services: Services, vms: readonly VmRecord[], change: MachineChange): void {
  if (change.blacklist) checkDestinations(change.blacklist);
  for (const vm of vms) {
    const image = services.images.list().find((candidate) => candidate.name === vm.origin.image);
    if (image) checkMemory(image, change.memoryMiB ?? vm.spec.memoryMiB);
    const halted = vm.status.state === 'stopped' || vm.status.state === 'failed';
    const [first] = halted ? [] : needsStop(vm.spec, change);
    if (first) throw new TtError('VM_MUST_BE_STOPPED', { vmName: vm.name, change: first });
    mustHaveFeatures(services, vm, featuresFor(change));
    if (change.firmware === 'uefi') mustHaveUefi(services, vm);
    checkDisk(vm, change.diskMiB);
    checkFeatures(services, vm, change);
  }
  const accounts = ownersOf(services.inventory.env(vms[0]?.envName ?? ''));
  const diskMiB = vms.reduce((sum, vm) => sum + Math.max(0, (change.diskMiB ?? 0) - bootDiskMiB(vm.spec)), 0);
  admitRequest(services, accounts, { envs: 0, vms: 0, cpuCount: 0, memoryMiB: 0, diskMiB });
}

function checkDisk(vm: VmRecord, wantedMiB: number | undefined): void {
  const currentMiB = bootDiskMiB(vm.spec);
  if (wantedMiB === undefined || wantedMiB >= currentMiB) return;
  throw new TtError('DISK_CANNOT_SHRINK', { vmName: vm.name, currentMiB, wantedMiB });
}

function checkFeatures(
  services: Pick<Services, 'inventory' | 'networks' | 'firewalls'>,
  vm: VmRecord,
  { blacklist, bandwidthMbps, ports }: MachineChange,
): void {
  for (const [index, { kind }] of vm.spec.nics.entries()) {
    const firewall = services.firewalls.of(kind);
    const [lacking] = firewall.checkFeatures(blacklist && blacklist.length > 0 ? ['blacklist'] : []);
    if (lacking) throw new TtError('FEATURE_UNSUPPORTED', { feature: lacking, where: `${vm.name} (${firewall.name})` });
    const wanted = typeof bandwidthMbps === 'number' ? ['bandwidth'] : [];
    if (index === 0 && ports && ports.length > 0) wanted.push('portForward');
    const [missing] = services.networks.of(kind).checkFeatures(wanted);
    if (missing) throw new TtError('FEATURE_UNSUPPORTED', { feature: missing, where: `${vm.name} (${kind})` });
  }
  if (ports && ports.length > 0 && services.inventory.env(vm.envName).fenced) {
    throw new TtError('FEATURE_UNSUPPORTED', { feature: 'portForward', where: vm.name });
  }
}

/** Ports that stay keep their host port; the caller releases `released` once the rest is done. */
async function withNewPorts(
  services: Pick<Services, 'hostAddress' | 'inventory' | 'networks' | 'ports'>,
  vms: readonly VmRecord[],
  { ports, newHostPorts }: MachineChange,
  released: Forward[],
  undo: UndoStack,
): Promise<VmRecord[]> {
  if (!ports && !newHostPorts) return [...vms];
  // A network without forwards has none of ssh either.
  const hasPorts = (vm: VmRecord) =>
    !services.inventory.env(vm.envName).fenced &&
    services.networks.of(vm.spec.nics[0]?.kind ?? 'user').checkFeatures(['portForward']).length === 0;
  const wantedOf = (vm: VmRecord): WantedPort[] =>
    hasPorts(vm) ? (ports ? withSsh(ports) : vm.placement.portMap.map(guestPortOf)) : [];
  const held = (vm: VmRecord, port: WantedPort) =>
    newHostPorts ? undefined : vm.placement.portMap.find((mapping) => isFor(mapping, port));
  const missing = vms.map((vm) => wantedOf(vm).filter((port) => !held(vm, port)));
  const reserved = await services.ports.reserve(missing.flat());
  undo.add('ports', () => services.ports.release(reserved));
  const rest = [...reserved];
  return vms.map((vm) => {
    const wanted = wantedOf(vm);
    released.push(...vm.placement.portMap.filter((mapping) => !wanted.some((port) => held(vm, port) === mapping)));
    const hostAddress = services.hostAddress(vm.spec.nics[0]?.kind ?? 'user');
    const portMap = wanted.map((port) => held(vm, port) ?? { ...(rest.shift() as Forward), hostAddress });
    return changedVm(vm, { placement: { portMap } });
  });
}

function guestPortOf({ protocol, guestPort }: WantedPort): WantedPort {
  return { protocol, guestPort };
}

function isFor(a: WantedPort, b: WantedPort): boolean {
  return a.protocol === b.protocol && a.guestPort === b.guestPort;
}

/** The disk's size is written when it has grown. */
function withRest(vm: VmRecord, change: MachineChange): VmRecord {
  const { ports, blacklist, bandwidthMbps } = change;
  return changedVm(vm, {
    spec: {
      ...plainOf(change),
      ...(ports && { ports: withSsh(ports) }),
      ...(blacklist && { blacklist: checkDestinations(blacklist) }),
      ...(bandwidthMbps !== undefined && { nics: vm.spec.nics.map((nic) => ({ ...nic, bandwidthMbps })) }),
    },
  });
}
