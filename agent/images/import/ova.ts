// Reads an .ova: a tar with an OVF descriptor, a disk and mostly a manifest of checksums. Takes out the disk, checked, and what
// the descriptor says about the machine.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { quoted, reason, type Reason, TtError } from '@tt/protocol';
import { listTar, type TarMember } from '../../archives/tar-members.ts';
import type { Work } from '../tool/interface.ts';
import { findAll, parseXml, type XmlElement } from './xml.ts';
import { ReasonError } from '../../host/reason-error.ts';

/** Descriptors and manifests are some kilobytes. */
const MAX_TEXT_BYTES = 1024 * 1024;
const MIB = 1024 * 1024;
/** CIM_ResourceAllocationSettingData: memory. */
const MEMORY = '4';

export interface MachineFacts {
  firmware: 'bios' | 'uefi';
  memoryMiB: number | null;
  /** What the descriptor calls it; empty when it says nothing. */
  title: string;
}

/** Writes the disk of the archive to `target`. Throws IMAGE_REFUSED or IMAGE_CHECKSUM_WRONG. */
export async function unpackOva(source: string, target: string, work: Work): Promise<MachineFacts> {
  const refuse = (why: Reason, cause?: unknown) =>
    new TtError('IMAGE_REFUSED', { source: source.split('/').at(-1) ?? source, reason: why }, { cause });
  await using file = await open(source, 'r');
  let members: TarMember[];
  let ovf: XmlElement;
  let wanted: Map<string, { algorithm: string; digest: string }>;
  try {
    members = await listTar(file);
    const descriptor = members.find(({ name }) => name.toLowerCase().endsWith('.ovf'));
    if (!descriptor) throw new ReasonError(reason('ovaNoDescriptor'));
    const text = await readText(file, descriptor);
    ovf = parseXml(text);
    const manifest = members.find(({ name }) => name.toLowerCase().endsWith('.mf'));
    wanted = manifest ? parseManifest(await readText(file, manifest)) : new Map();
    checkDigest(descriptor.name, wanted, (algorithm) => createHash(algorithm).update(text).digest('hex'));
  } catch (error) {
    if (error instanceof TtError) throw error;
    throw refuse(error instanceof ReasonError ? error.reason : quoted('unreadable', messageOf(error)), error);
  }
  const disk = diskOf(ovf, members, refuse);
  await copyMember(source, disk, target, wanted.get(disk.name), work);
  return factsOf(ovf);
}

function diskOf(ovf: XmlElement, members: readonly TarMember[], refuse: (why: Reason) => TtError): TarMember {
  const disks = findAll(ovf, 'Disk').filter((disk) => disk.attributes.has('fileRef'));
  const [disk] = disks;
  if (!disk) throw refuse(reason('ovaNoDisk'));
  if (disks.length > 1) throw refuse(reason('ovaDisks', { disks: disks.length }));
  const reference = findAll(ovf, 'File').find(
    ({ attributes }) => attributes.get('id') === disk.attributes.get('fileRef'),
  );
  const href = reference?.attributes.get('href');
  if (reference?.attributes.has('chunkSize')) throw refuse(reason('ovaDiskInPieces'));
  // A name is only looked up among the archive's own: no path of the host is ever made from it.
  const member = members.find(({ name }) => name === href || name === `./${href}`);
  if (!member) throw refuse(reason('ovaDiskMissing', { file: href ?? '' }));
  return member;
}

function factsOf(ovf: XmlElement): MachineFacts {
  const items = findAll(ovf, 'Item');
  const value = (item: XmlElement, name: string) => item.children.find((child) => child.name === name)?.text.trim();
  const memory = items.find((item) => value(item, 'ResourceType') === MEMORY);
  const units = (memory && value(memory, 'AllocationUnits')) ?? 'byte * 2^20';
  const amount = Number((memory && value(memory, 'VirtualQuantity')) ?? Number.NaN);
  const bytes = /2\^30|giga/i.test(units) ? 1024 * MIB : MIB;
  const isUefi = findAll(ovf, 'Config').some(
    ({ attributes }) => attributes.get('key') === 'firmware' && attributes.get('value') === 'efi',
  );
  const [system] = findAll(ovf, 'VirtualSystem');
  return {
    firmware:
      isUefi || findAll(ovf, 'Firmware').some(({ attributes }) => attributes.get('type') === 'EFI') ? 'uefi' : 'bios',
    memoryMiB: Number.isFinite(amount) && amount > 0 ? Math.ceil((amount * bytes) / MIB) : null,
    title: (system?.children.find(({ name }) => name === 'Name')?.text ?? system?.attributes.get('id') ?? '').trim(),
  };
}

async function readText(file: FileHandle, member: TarMember): Promise<string> {
  if (member.sizeBytes > MAX_TEXT_BYTES) throw new ReasonError(reason('memberTooLarge', { file: member.name }));
  const bytes = Buffer.alloc(member.sizeBytes);
  await file.read(bytes, 0, bytes.length, member.offset);
  return bytes.toString('utf8');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Lines `SHA256(disk.vmdk)= 0123...`. */
function parseManifest(text: string): Map<string, { algorithm: string; digest: string }> {
  const lines = text.matchAll(/^(SHA1|SHA256|SHA512)\s*\((.+)\)\s*=\s*([0-9a-f]+)\s*$/gim);
  return new Map(
    [...lines].map(([, algorithm = '', name = '', digest = '']) => [
      name,
      { algorithm: algorithm.toLowerCase(), digest: digest.toLowerCase() },
    ]),
  );
}

function checkDigest(
  name: string,
  all: ReadonlyMap<string, { algorithm: string; digest: string }>,
  digestOf: (algorithm: string) => string,
): void {
  const wanted = all.get(name);
  if (!wanted) return;
  const found = digestOf(wanted.algorithm);
  if (found !== wanted.digest)
    throw new TtError('IMAGE_CHECKSUM_WRONG', { source: name, wanted: wanted.digest, found });
}

async function copyMember(
  source: string,
  member: TarMember,
  target: string,
  wanted: { algorithm: string; digest: string } | undefined,
  { signal, onProgress }: Work,
): Promise<void> {
  if (member.sizeBytes === 0) throw new TtError('IMAGE_REFUSED', { source: member.name, reason: reason('empty') });
  const hash = wanted ? createHash(wanted.algorithm) : null;
  let done = 0;
  await pipeline(
    createReadStream(source, { start: member.offset, end: member.offset + member.sizeBytes - 1 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash?.update(chunk);
        done += chunk.length;
        onProgress?.({ done, total: member.sizeBytes });
        yield chunk;
      }
    },
    createWriteStream(target, { flags: 'wx', mode: 0o600 }),
    { signal },
  );
  if (wanted && hash) checkDigest(member.name, new Map([[member.name, wanted]]), () => hash.digest('hex'));
}
