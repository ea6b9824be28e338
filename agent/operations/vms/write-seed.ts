// Writes the seed CD of a VM to its own folder, where its user can read it. Written before each start, because it depends on the
// record, and a clone has another id.
import { constants } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { seedCd } from '../../cloud-init/seed.ts';
import { openPlain } from '../../host/plain-file.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** Null for a VM without guest setup. */
export function seedPath(services: { storage: Pick<Services['storage'], 'folderOf'> }, vm: VmRecord): string | null {
  return vm.guest.cloudInit ? path.join(services.storage.folderOf(vm.id), 'seed.iso') : null;
}

export async function writeSeed(
  services: Pick<Services, 'sshKeys' | 'hostKeys'> & { storage: Pick<Services['storage'], 'folderOf'> },
  vm: VmRecord,
): Promise<void> {
  const file = seedPath(services, vm);
  if (file === null || !vm.guest.cloudInit) return;
  const { publicKey: envPublicKey } = await services.sshKeys.of(vm.envName);
  const hostKey = await services.hostKeys.of(vm.id);
  const macs = vm.placement.nics.map(({ mac }) => mac);
  const cd = seedCd({ ...vm, cloudInit: vm.guest.cloudInit, macs }, { envPublicKey, hostKey });
  // The folder is that user's: a guest that broke out may have put a link in the place of the file, to one of the agent.
  await rm(file, { force: true });
  await using seed = await openPlain(file, NEW, 0o600);
  await seed.writeFile(cd);
  if (vm.placement.confinement) await seed.chown(vm.placement.confinement.uid, vm.placement.confinement.gid);
}
