// Extracts and verifies the disk of an archive: an .ova, which has an OVF descriptor and usually a manifest of checksums, or an
// archive with a single disk image, as Vagrant (.box) and Google's cloud (disk.raw) make them.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { formatOf, IMAGE_HEAD_BYTES, quoted, reason, type Reason, TtError } from '@tt/protocol';
import { listTar, type TarMember } from '../../archives/tar-members.ts';
import { ReasonError } from '../../host/reason-error.ts';
import type { DiskFormat, Work } from '../tool/interface.ts';
import { digestOf } from './checksum.ts';
import { mustBe, OvaManifest } from './ova-manifest.ts';
import { diskReference, factsOf, type MachineFacts } from './ovf.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** Descriptors and manifests are some kilobytes. */
const MAX_TEXT_BYTES = 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
const DISK_FORMATS: readonly string[] = ['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx', 'vpc'] satisfies DiskFormat[];

export interface Unpacked {
  /** null without a descriptor. */
  machine: MachineFacts | null;
  /** The disk format according to the archive; null: determined by its first bytes. */
  format: 'raw' | null;
}

interface Found extends Unpacked {
  disk: TarMember;
  manifest: OvaManifest | null;
}

/** Writes the disk of the archive to `target`. Throws IMAGE_REFUSED, also for more than `maxBytes`, or IMAGE_CHECKSUM_WRONG. */
export async function unpackArchive(source: string, target: string, maxBytes: number, work: Work): Promise<Unpacked> {
  await using file = await open(source, 'r');
  try {
    const { disk, manifest, machine, format } = await lookInto(file);
    if (disk.sizeBytes === 0) throw new ReasonError(reason('emptyDisk'));
    if (disk.sizeBytes > maxBytes) throw new ReasonError(reason('fileTooLarge', { maxBytes }));
    const wanted = manifest?.digestOf(disk.name);
    const found = await copyMember(source, disk, target, wanted?.algorithm ?? null, work);
    if (wanted) mustBe(wanted, found, disk.name);
    return { machine, format };
  } catch (error) {
    work.signal.throwIfAborted();
    if (error instanceof ReasonError) throw refused(source, error.reason, error);
    throw error;
  }
}

function refused(source: string, why: Reason, cause: unknown): TtError {
  return new TtError('IMAGE_REFUSED', { source: path.basename(source), reason: why }, { cause });
}

async function lookInto(file: FileHandle): Promise<Found> {
  const members = (await orReason('unreadable', () => listTar(file)))
    .map((member) => ({ ...member, name: path.posix.normalize(member.name) }))
    // What macOS keeps beside each file.
    .filter(({ name }) => !path.posix.basename(name).startsWith('._'));
  const descriptor = members.find(({ name }) => name.toLowerCase().endsWith('.ovf'));
  if (!descriptor) return { ...(await loneDisk(file, members)), manifest: null, machine: null };
  mustBeOnce(members, descriptor.name);
  const text = await readText(file, descriptor);
  const ovf: XmlElement = await orReason('unreadable', async () => parseXml(text.toString('utf8')));
  const manifest = await manifestOf(file, members, descriptor.name);
  if (manifest) {
    const wanted = manifest.digestOf(descriptor.name);
    mustBe(wanted, createHash(wanted.algorithm).update(text).digest('hex'), descriptor.name);
  }
  const disk = memberFor(diskReference(ovf), descriptor.name, members);
  mustBeOnce(members, disk.name);
  return { disk, manifest, machine: factsOf(ovf), format: null };
}

/** The one named after the descriptor, otherwise the only one. */
async function manifestOf(
  file: FileHandle,
  members: readonly TarMember[],
  descriptor: string,
): Promise<OvaManifest | null> {
  const all = members.filter(({ name }) => name.toLowerCase().endsWith('.mf'));
  const own = all.find(({ name }) => name.slice(0, -'.mf'.length) === descriptor.slice(0, -'.ovf'.length));
  const member = own ?? all[0];
  if (!member) return null;
  mustBeOnce(members, member.name);
  return new OvaManifest((await readText(file, member)).toString('utf8'), path.posix.dirname(member.name));
}

/** Two files of one name: one could be checked, and the other used. */
function mustBeOnce(members: readonly TarMember[], name: string): void {
  if (members.filter((member) => member.name === name).length > 1) {
    throw new ReasonError(reason('fileTwice', { file: name }));
  }
}

/**
 * A reference is a URI relative to the descriptor; some programs write the plain name. It is only looked up among the archive's
 * own names, never used as a path of the host.
 */
function memberFor(href: string, descriptor: string, members: readonly TarMember[]): TarMember {
  const names = [href, decoded(href)].map((name) => path.posix.join(path.posix.dirname(descriptor), name));
  const found = members.find(({ name }) => names.includes(name));
  if (!found) throw new ReasonError(reason('ovaDiskMissing', { file: href }));
  return found;
}

function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

/** The only member that is a disk image by its first bytes; those of a raw disk may be inconclusive, so its name counts. */
async function loneDisk(
  file: FileHandle,
  members: readonly TarMember[],
): Promise<{ disk: TarMember; format: 'raw' | null }> {
  const disks: { disk: TarMember; format: 'raw' | null }[] = [];
  for (const disk of members) {
    const known = formatOf(await headOf(file, disk));
    if (known !== null && DISK_FORMATS.includes(known)) disks.push({ disk, format: null });
    else if (known === null && disk.name.toLowerCase().endsWith('.raw')) disks.push({ disk, format: 'raw' });
  }
  const [only] = disks;
  if (!only) throw new ReasonError(reason('ovaNoDescriptor'));
  if (disks.length > 1) throw new ReasonError(reason('ovaDisks', { disks: disks.length }));
  return only;
}

async function headOf(file: FileHandle, { offset, sizeBytes, pieces }: TarMember): Promise<Buffer> {
  const head = Buffer.alloc(Math.min(sizeBytes, IMAGE_HEAD_BYTES));
  for (const piece of pieces ?? [{ offset, sizeBytes, at: 0 }]) {
    if (piece.at >= head.length) break;
    await file.read(head, piece.at, Math.min(piece.sizeBytes, head.length - piece.at), piece.offset);
  }
  return head;
}

async function readText(file: FileHandle, member: TarMember): Promise<Buffer> {
  if (member.sizeBytes > MAX_TEXT_BYTES || member.pieces) {
    throw new ReasonError(reason('memberTooLarge', { file: member.name }));
  }
  const bytes = Buffer.alloc(member.sizeBytes);
  await file.read(bytes, 0, bytes.length, member.offset);
  return bytes;
}

/** What `work` says is wrong with the file becomes a quoted reason. */
async function orReason<Result>(code: 'unreadable', work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TtError || error instanceof ReasonError) throw error;
    throw new ReasonError(quoted(code, error instanceof Error ? error.message : String(error)));
  }
}

/** Holes stay holes. Returns the digest in hex; empty without an algorithm. */
async function copyMember(
  source: string,
  { offset, sizeBytes, pieces }: TarMember,
  target: string,
  algorithm: string | null,
  work: Work,
): Promise<string> {
  await using output = await open(target, 'wx', 0o600);
  const hash = algorithm === null || pieces ? null : createHash(algorithm);
  for (const piece of pieces ?? [{ offset, sizeBytes, at: 0 }]) {
    const stored = { start: piece.offset, end: piece.offset + piece.sizeBytes - 1, highWaterMark: PIECE_BYTES };
    let at = piece.at;
    const chunks = createReadStream(source, { ...stored, signal: work.signal }) as AsyncIterable<Buffer>;
    for await (const chunk of chunks) {
      await output.write(chunk, 0, chunk.length, at);
      hash?.update(chunk);
      at += chunk.length;
      work.onProgress?.({ done: at, total: sizeBytes });
    }
  }
  await output.truncate(sizeBytes);
  if (algorithm === null) return '';
  return hash?.digest('hex') ?? (await digestOf(target, algorithm, work));
}
