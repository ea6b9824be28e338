// What a file of an image is, by its bytes: the agent decides by it, and a window refuses by it what it need not send. Pure.

export type Packing = 'gzip' | 'xz' | 'zstd' | 'bzip2';
export type ImageFileFormat = 'qcow2' | 'raw' | 'vmdk' | 'vdi' | 'vhdx' | 'vpc' | Packing | 'iso' | 'ova';

/** So much of its beginning is looked at. */
export const IMAGE_HEAD_BYTES = 0x8800;
/** The footer of a VHD. */
export const IMAGE_TAIL_BYTES = 512;
const VDI_SIGNATURE = 0xbeda107f;
/** Of the footer, where its own checksum stands. */
const CHECKSUM = { from: 64, to: 68 } as const;

/** Null for an unknown type: it may be a raw disk, if the user says so. `head`: at least IMAGE_HEAD_BYTES, where the file is that long. */
export function formatOf(head: Uint8Array): ImageFileFormat | null {
  const at = (offset: number, text: string) => isAt(head, offset, text);
  if (at(0, 'QFI\xfb')) return 'qcow2';
  if (at(0, 'KDMV') || at(0, '# Disk DescriptorFile')) return 'vmdk';
  if (at(0, 'vhdxfile')) return 'vhdx';
  if (at(0, 'conectix')) return 'vpc';
  if (head.length >= 68 && viewOf(head).getUint32(64, true) === VDI_SIGNATURE) return 'vdi';
  if (at(0, '\x1f\x8b')) return 'gzip';
  if (at(0, '\xfd7zXZ\0')) return 'xz';
  if (at(0, '\x28\xb5\x2f\xfd')) return 'zstd';
  if (at(0, 'BZh')) return 'bzip2';
  // Before raw: an ISO image for USB sticks begins with a boot sector too.
  if (at(0x8001, 'CD001')) return 'iso';
  if (at(257, 'ustar')) return 'ova';
  if (at(512, 'EFI PART') || at(510, '\x55\xaa')) return 'raw';
  return null;
}

/**
 * A fixed VHD is the raw disk and a footer (Microsoft, "Virtual Hard Disk Image Format Specification"): cookie, type 2, and a
 * checksum over all but itself, so that no other disk is taken for one.
 */
export function isFixedVhd(footer: Uint8Array): boolean {
  if (footer.length !== IMAGE_TAIL_BYTES || !isAt(footer, 0, 'conectix')) return false;
  const view = viewOf(footer);
  if (view.getUint32(60) !== 2) return false;
  let sum = 0;
  for (const [at, byte] of footer.entries()) if (at < CHECKSUM.from || at >= CHECKSUM.to) sum += byte;
  return view.getUint32(CHECKSUM.from) === (~sum & 0xffffffff) >>> 0;
}

/** `text`: each letter is a byte. */
function isAt(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[offset + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
