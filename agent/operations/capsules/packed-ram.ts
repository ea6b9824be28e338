// Flat memory on its way into a capsule and out of it (decision 0067). A tar has no holes, so the memory is packed into a qcow2, in a
// folder with nothing else in it, as the image tool runs as a user of its own.
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type CapsuleManifest, reason, TtError } from '@tt/protocol';
import { CapsuleError } from '../../capsules/manifest-check.ts';
import { isPackedRam, longestFlatBytes } from '../../capsules/ram-member.ts';
import { copyPlain } from '../../host/plain-file.ts';
import { reasonOf } from '../../host/reason-error.ts';
import type { Work } from '../../images/tool/interface.ts';
import type { WriteRequest } from '../../storage/budgeted-write.ts';
import { StorageError } from '../../storage/errors.ts';
import type { Services } from '../services.ts';
import { memberFacts } from './member-facts.ts';

type RamVm = Pick<CapsuleManifest['vms'][number], 'name' | 'spec'>;

interface HasTool {
  images: Pick<Services['images'], 'tool'>;
}

/** No member of a capsule can be called so. */
const FOLDER = '.ram';
const FLAT = 'flat';

/** `onProgress`: in MiB of the VM's memory. */
export type RamWork = Required<Work>;

/** Packs flat memory, a file that the VM's own process may change, into a new file. Rejects with CapsuleError, or as `copyPlain`. */
export async function packRam(
  { images }: HasTool,
  vm: RamVm,
  flat: string,
  target: string,
  work: RamWork,
): Promise<void> {
  const folder = path.join(path.dirname(target), FOLDER);
  const source = path.join(folder, FLAT);
  const job = { source, folder: path.join(folder, 'packed'), target: 'packed', maxBytes: longestFlatBytes(vm) };
  await mkdir(job.folder, { recursive: true, mode: 0o700 });
  // Of the VM's folder nothing is lent: who is killed meanwhile leaves the memory there as it was.
  await copyPlain(flat, source, work.signal);
  await ofCapsule(images.tool.packRaw(job, inMemory(vm, work)));
  await rename(path.join(job.folder, job.target), target);
  await rm(folder, { recursive: true });
}

/** Where the RAM of a VM is as its engine reads it, once it was unpacked: of the VM at this place in the manifest. */
export function ramPathOf(folder: string, index: number, ram: string): string {
  return isPackedRam(ram) ? path.join(unpackFolder(folder, index), FLAT) : path.join(folder, ram);
}

/**
 * Unpacks the memory of the VM at this place in the manifest, if it is packed, to its {@link ramPathOf}. `growth`: who writes it, and
 * where. Rejects with CapsuleError for what is too long, needs other files or a key, or is cut.
 */
export async function unpackRam(
  services: HasTool & Pick<Services, 'budget'>,
  { vm, index, ram, folder }: { vm: RamVm; index: number; ram: string; folder: string },
  growth: Pick<WriteRequest, 'owner' | 'subject' | 'folders'>,
  work: RamWork,
): Promise<void> {
  if (!isPackedRam(ram)) return;
  const { tool } = services.images;
  const maxBytes = longestFlatBytes(vm);
  const { virtualBytes, dataBytes } = await memberFacts(tool, folder, ram);
  if (virtualBytes > maxBytes) throw new CapsuleError(reason('memberRamTooLarge', { file: ram, vmName: vm.name }));
  const job = { source: path.join(folder, ram), folder: unpackFolder(folder, index), target: FLAT, maxBytes };
  await mkdir(job.folder, { mode: 0o700 });
  // A small file can become a large one: what it may take is asked for.
  const wanted = { ...growth, wantedBytes: dataBytes, measured: [job.folder], signal: work.signal };
  await services.budget.write(wanted, ({ signal }) =>
    ofCapsule(tool.unpackRaw(job, inMemory(vm, { ...work, signal }))),
  );
  await rm(job.source);
}

function unpackFolder(folder: string, index: number): string {
  return path.join(folder, `${FOLDER}-${index}`);
}

function inMemory({ spec: { memoryMiB } }: RamVm, { signal, onProgress }: RamWork): RamWork {
  return {
    signal,
    onProgress: ({ done, total }) => onProgress({ done: Math.floor((memoryMiB * done) / total), total: memoryMiB }),
  };
}

/** The tool speaks of images. */
async function ofCapsule(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof TtError)) throw error;
    if (error.code === 'DISK_FULL') throw new StorageError('DISK_FULL', error.message, { cause: error });
    throw new CapsuleError(reasonOf(error), { cause: error });
  }
}
