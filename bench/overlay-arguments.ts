// How a bare qemu-img makes an overlay over an image, for what TT is measured against (man qemu-img).
import type { BackingFile } from '../agent/storage/interface.ts';

/** `-u`: the image is not opened. `-F` gives its format. */
export function overlayArguments(diskPath: string, backing: BackingFile | string, sizeMiB: number): string[] {
  const { path, format } = typeof backing === 'string' ? { path: backing, format: 'qcow2' } : backing;
  return ['create', '-q', '-u', '-f', 'qcow2', '-F', format, '-b', path, '--', diskPath, `${sizeMiB}M`];
}
