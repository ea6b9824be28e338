// Pure: checks that a capsule's manifest is consistent. The schema checks single fields; this module checks relations between
// them: the size a VM is counted with is the size it gets, and no VM occurs twice.
import {
  type CapsuleManifest,
  capsuleManifestSchema,
  quoted,
  reason,
  RECORDED_CAPSULE_VERSION,
  RECORDING_BYTES_MAX,
} from '@tt/protocol';
import { BOOT_DISK, FIRMWARE_DISK } from '../storage/disk-name.ts';
import { upgradeManifest } from './first-manifest.ts';
import { longestFlatBytes, longestRamMemberBytes, isPackedRam, ramFormatOf } from './ram-member.ts';
import { ReasonError } from '../host/reason-error.ts';

type CapsuleVm = CapsuleManifest['vms'][number];

/** What is wrong with a capsule, for its owner. */
export class CapsuleError extends ReasonError {
  override readonly name = 'CapsuleError';
}

/** Throws CapsuleError. */
export function checkedManifest(text: string): CapsuleManifest {
  const read = capsuleManifestSchema.safeParse(upgradeManifest(parsed(text)));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new CapsuleError(quoted('manifestUnreadable', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`));
  }
  const manifest = read.data;
  checkMembers(manifest);
  if (!areDistinct(manifest.vms.map(({ name }) => name))) throw new CapsuleError(reason('vmNameTwice'));
  const kinds = manifest.env.networks.map(({ kind }) => kind);
  if (!areDistinct(kinds)) throw new CapsuleError(reason('networkTwice'));
  for (const vm of manifest.vms) {
    checkDisks(vm);
    const homeless = vm.nics.find(({ kind }) => !kinds.includes(kind));
    if (homeless) throw new CapsuleError(reason('networkUnknown', { vmName: vm.name, kind: homeless.kind }));
  }
  return manifest;
}

function checkMembers({ members, vms, version, recordings = [] }: CapsuleManifest): void {
  const paths = members.map(({ path }) => path);
  if (!areDistinct(paths)) throw new CapsuleError(reason('memberTwice'));
  const known = new Set(paths);
  const wanted = vms.flatMap(({ disks, ram, screen, boot }) => [
    ...disks.map(({ file }) => file),
    ...[ram, screen, boot?.kernel, boot?.initrd].filter((member) => typeof member === 'string'),
  ]);
  checkRecordings({ members, version, recordings }, wanted);
  const missing = wanted.find((member) => !known.has(member));
  if (missing !== undefined) throw new CapsuleError(reason('memberMissing', { file: missing }));
  checkRam({ members, vms }, wanted);
}

/** Each is a member of its own, no larger than one may be, and there only in the version that has them. */
function checkRecordings(
  {
    members,
    version,
    recordings,
  }: Pick<CapsuleManifest, 'members' | 'version'> & { recordings: NonNullable<CapsuleManifest['recordings']> },
  wanted: readonly string[],
): void {
  if (recordings.length > 0 !== (version === RECORDED_CAPSULE_VERSION))
    throw new CapsuleError(reason('moreThanManifest'));
  const sizes = new Map(members.map(({ path, sizeBytes }) => [path, sizeBytes]));
  const files = recordings.map(({ file }) => file);
  if (!areDistinct([...files, ...wanted.filter((member) => files.includes(member))]))
    throw new CapsuleError(reason('memberTwice'));
  for (const file of files) {
    const sizeBytes = sizes.get(file);
    if (sizeBytes === undefined) throw new CapsuleError(reason('memberMissing', { file }));
    if (sizeBytes > RECORDING_BYTES_MAX) throw new CapsuleError(reason('memberNotRecording', { file }));
  }
}

/** Flat memory is no longer than the VM's memory allows, and nothing else is made of it. */
function checkRam({ members, vms }: Pick<CapsuleManifest, 'members' | 'vms'>, wanted: readonly string[]): void {
  const sizes = new Map(members.map(({ path, sizeBytes }) => [path, sizeBytes]));
  for (const { name, ram, spec } of vms) {
    if (ram === null) continue;
    if (wanted.indexOf(ram) !== wanted.lastIndexOf(ram)) throw new CapsuleError(reason('memberTwice'));
    if (ramFormatOf(ram) !== 'flat') continue;
    const longest = isPackedRam(ram) ? longestRamMemberBytes({ spec }) : longestFlatBytes({ spec });
    if ((sizes.get(ram) ?? 0) > longest)
      throw new CapsuleError(reason('memberRamTooLarge', { file: ram, vmName: name }));
  }
}

/** The disks it brings are those it is configured with, in their sizes: by those it is admitted. */
function checkDisks({ name, disks, nics, spec }: CapsuleVm): void {
  const brought = disks.filter((disk) => disk.name !== FIRMWARE_DISK);
  const sizes = new Map(brought.map((disk) => [disk.name, disk.sizeMiB]));
  const isOdd =
    !areDistinct(disks.map((disk) => disk.name)) ||
    !areDistinct(spec.disks.map((disk) => disk.name)) ||
    brought.length !== spec.disks.length ||
    spec.disks.some((disk) => sizes.get(disk.name) !== disk.sizeMiB);
  if (isOdd || spec.disks[0]?.name !== BOOT_DISK) throw new CapsuleError(reason('disksDiffer', { vmName: name }));
  if (nics.length !== spec.nics.length) throw new CapsuleError(reason('nicsDiffer', { vmName: name }));
}

function areDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CapsuleError(reason('manifestNotJson'));
  }
}
