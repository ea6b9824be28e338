// Which version of an image a warm instant was made from: any change of its files, or of how it boots, gives another.
import { createHash } from 'node:crypto';
import type { ReadyImage } from '../images/ready-image.ts';
import { imageVersion } from '../storage/source-version.ts';

/** 64 hex digits; null if one of its files is gone. */
export async function versionOfImage({ disk, boot, firmware }: ReadyImage): Promise<string | null> {
  const hash = createHash('sha256').update(JSON.stringify({ firmware, append: boot?.append ?? null }));
  for (const file of [disk.path, ...(boot ? [boot.kernel, boot.initrd] : [])]) {
    const version = await imageVersion(file);
    if (version === null) return null;
    hash.update(`\n${file} ${version}`);
  }
  return hash.digest('hex');
}
