// Checksums of downloads: computed of a file on disk, and parsed from what vendors publish.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TtError } from '@tt/protocol';
import type { Work } from '../tool/interface.ts';

export type Algorithm = 'sha256' | 'sha512';

export interface Checksum {
  algorithm: Algorithm;
  /** Hex, lower case. */
  digest: string;
}

/** Throws IMAGE_CHECKSUM_WRONG; `source` names the file for people. */
export async function verifyChecksum(path: string, wanted: Checksum, source: string, work: Work): Promise<void> {
  const found = await digestOf(path, wanted.algorithm, work);
  if (found !== wanted.digest.toLowerCase()) {
    throw new TtError('IMAGE_CHECKSUM_WRONG', { source, wanted: wanted.digest.toLowerCase(), found });
  }
}

export async function digestOf(path: string, algorithm: string, { signal, onProgress }: Work): Promise<string> {
  const hash = createHash(algorithm);
  const { size } = await stat(path);
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    done += chunk.length;
    onProgress?.({ done, total: size });
  }
  return hash.digest('hex');
}

/**
 * The digest of `fileName` in a vendor's list: lines `<digest> <name>` (sha256sum), `SHA256 (<name>) = <digest>` (BSD), or a
 * file with nothing but one digest. Null if it is not listed.
 */
export function findDigest(list: string, fileName: string, algorithm: Algorithm): string | null {
  const digest = algorithm === 'sha256' ? '[0-9a-f]{64}' : '[0-9a-f]{128}';
  const lines = list.split('\n').map((line) => line.trim());
  for (const line of lines) {
    const bsd = new RegExp(`^${algorithm} \\((.+)\\) = (${digest})$`, 'i').exec(line);
    if (bsd?.[1] === fileName) return (bsd[2] ?? '').toLowerCase();
    const gnu = new RegExp(`^(${digest})\\s+\\*?(?:.*/)?([^/]+)$`, 'i').exec(line);
    if (gnu?.[2] === fileName) return (gnu[1] ?? '').toLowerCase();
  }
  const [only, ...more] = lines.filter((line) => line !== '');
  return only !== undefined && more.length === 0 && new RegExp(`^${digest}$`, 'i').test(only)
    ? only.toLowerCase()
    : null;
}
