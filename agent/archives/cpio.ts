// Writes the initrd: a cpio archive in the "newc" format the Linux kernel unpacks (kernel: Documentation/driver-api/
// early-userspace/buffer-format.rst). Own writer because the cpio program is often missing and is not reproducible.
import { type FileEntry, imageTimeSeconds, modeTypeBits } from './file-entry.ts';

const trailerName = 'TRAILER!!!';
/** The kernel does not care, but a round size keeps loaders that copy whole sectors happy. */
const blockBytes = 512;

/** The archive of `entries`, in the given order; the same entries always give the same bytes. */
export function writeCpio(entries: readonly FileEntry[]): Buffer {
  const parts: Buffer[] = [];
  entries.forEach((entry, index) => {
    parts.push(header(entry, index + 1), padToFour(contentOf(entry)));
  });
  parts.push(headerOf({ name: trailerName, inode: 0, mode: 0, links: 1, timeSeconds: 0, size: 0, major: 0, minor: 0 }));
  const archive = Buffer.concat(parts);
  return Buffer.concat([archive, Buffer.alloc((blockBytes - (archive.length % blockBytes)) % blockBytes)]);
}

function header(entry: FileEntry, inode: number): Buffer {
  return headerOf({
    name: entry.path.slice(1),
    inode,
    mode: modeTypeBits[entry.kind] | (entry.kind === 'symlink' ? 0o777 : entry.mode),
    links: entry.kind === 'directory' ? 2 : 1,
    timeSeconds: imageTimeSeconds,
    size: contentOf(entry).length,
    major: entry.kind === 'characterDevice' ? entry.major : 0,
    minor: entry.kind === 'characterDevice' ? entry.minor : 0,
  });
}

function headerOf(fields: {
  name: string;
  inode: number;
  mode: number;
  links: number;
  timeSeconds: number;
  size: number;
  major: number;
  minor: number;
}): Buffer {
  const name = Buffer.from(`${fields.name}\0`);
  const numbers = [
    fields.inode,
    fields.mode,
    0, // user
    0, // group
    fields.links,
    fields.timeSeconds,
    fields.size,
    0, // device the file was on
    0,
    fields.major,
    fields.minor,
    name.length,
    0, // checksum, unused in this format
  ];
  const hex = numbers.map((number) => number.toString(16).toUpperCase().padStart(8, '0')).join('');
  return padToFour(Buffer.concat([Buffer.from(`070701${hex}`), name]));
}

function contentOf(entry: FileEntry): Uint8Array {
  if (entry.kind === 'file') return entry.content;
  if (entry.kind === 'symlink') return Buffer.from(entry.target);
  return new Uint8Array();
}

function padToFour(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
