// Checks the files of an unpacked capsule before anything is made of them: that disks and memory are what the manifest says, and stand
// alone. Afterwards its memory is as the engines read it.
import { type CapsuleManifest, quoted, reason, TtError } from '@tt/protocol';
import { CapsuleError } from '../../capsules/manifest-check.ts';
import { ramFormatOf } from '../../capsules/ram-member.ts';
import { EngineError } from '../../engines/errors.ts';
import type { WriteRequest } from '../../storage/budgeted-write.ts';
import type { Services } from '../services.ts';
import { checkDestinations } from '../vms/destinations.ts';
import { machineOf } from './capsule-sources.ts';
import { memberFacts } from './member-facts.ts';
import { ramPathOf, type RamWork, unpackRam } from './packed-ram.ts';

const MIB = 1024 * 1024;

/** Throws CapsuleError for disks that do not match the manifest, or that refer to other files of this host. */
export async function checkDisks(
  { images }: Pick<Services, 'images'>,
  folder: string,
  manifest: CapsuleManifest,
): Promise<void> {
  for (const { spec, disks } of manifest.vms) {
    for (const { file, sizeMiB } of disks) {
      const { virtualBytes } = await memberFacts(images.tool, folder, file);
      // The capacity check uses the disk size of the manifest; the file must not be larger than that.
      if (virtualBytes > sizeMiB * MIB) throw new CapsuleError(reason('memberDiskTooLarge', { file, sizeMiB }));
    }
    // What can't be put in force must not be found out when everything else stands.
    checkRules(spec.blacklist);
  }
}

/** Unpacks the memory of all VMs, and checks it. Rejects as {@link unpackRam}, and with CapsuleError for what is no such memory. */
export async function checkRam(
  services: Pick<Services, 'engines' | 'images' | 'budget'>,
  folder: string,
  manifest: CapsuleManifest,
  growth: Pick<WriteRequest, 'owner' | 'subject' | 'folders'>,
  work: RamWork,
): Promise<void> {
  for (const [index, vm] of manifest.vms.entries()) {
    const { ram, spec } = vm;
    if (ram === null) continue;
    await unpackRam(services, { vm, index, ram, folder }, growth, work);
    try {
      const engine = services.engines.forCapsule(machineOf(manifest, vm).engine);
      await engine.checkRamFile(ramPathOf(folder, index, ram), ramFormatOf(ram), spec.memoryMiB);
    } catch (error) {
      if (error instanceof EngineError) throw new CapsuleError(quoted('ramUnfit', error.message));
      throw error;
    }
  }
}

function checkRules(blacklist: readonly string[]): void {
  try {
    checkDestinations(blacklist);
  } catch (error) {
    if (error instanceof TtError && error.code === 'DESTINATION_INVALID') {
      throw new CapsuleError(reason('badDestination', { destination: blacklist.join(', ') }));
    }
    throw error;
  }
}
