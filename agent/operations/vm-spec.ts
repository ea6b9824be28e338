// A VM as the state store has it -> what the engine needs to start, take up, stop or clean up after it.
import path from 'node:path';
import type { VmSpec } from '../engines/interface.ts';
import type { VmRecord } from '../state/records.ts';
import type { Services } from './services.ts';
import { userForwards } from './wiring.ts';

/** The spec without network cards: enough to stop, take up, read logs and clean up. */
export function bareSpec(services: Services, vm: VmRecord): VmSpec {
  return {
    id: vm.id,
    name: vm.name,
    uuid: vm.uuid,
    hostname: vm.hostname,
    cpuCount: vm.resources.cpuCount,
    memoryMiB: vm.resources.memoryMiB,
    disks: [{ name: 'disk0', ...services.storage.diskOf(vm.id), limits: null }],
    cds: [],
    firmware: { kind: 'bios' },
    bootFrom: 'disk',
    boot: vm.boot,
    nics: [],
    confinement: vm.confinement,
    runDirectory: path.join(services.runRoot, vm.id),
  };
}

/** The whole spec, with the cards that `wire` made ready. */
export function startSpec(services: Services, vm: VmRecord): VmSpec {
  const { denyOutgoing } = services.inventory.env(vm.envName);
  const nics = vm.nics.map((nic, index) =>
    services.networks.of(nic.kind).attachment(nic, {
      // Ports lead to the first card.
      forwards: index === 0 ? userForwards(vm) : [],
      denyOutgoing,
    }),
  );
  return { ...bareSpec(services, vm), nics };
}
