// The seed CD of a VM, in its own folder where its user may read it. Written before each start: it follows from the record, and a
// clone has another id.
import { chown, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { seedCd } from '../../guest-setup/seed.ts';
import type { VmRecord } from '../../state/records.ts';
import type { Services } from '../services.ts';

/** Null for a VM that is given nothing. */
export function seedPath(services: Services, vm: VmRecord): string | null {
  return vm.setup ? path.join(services.storage.folderOf(vm.id), 'seed.iso') : null;
}

export async function writeSeed(services: Services, vm: VmRecord): Promise<void> {
  const file = seedPath(services, vm);
  if (file === null || !vm.setup) return;
  const { publicKey } = await services.sshKeys.of(vm.envName);
  const macs = vm.nics.map((nic) => nic.mac);
  await writeFile(file, seedCd({ ...vm, setup: vm.setup, macs }, publicKey), { mode: 0o600 });
  if (vm.confinement) await chown(file, vm.confinement.uid, vm.confinement.gid);
}
