// The manifest of an OVF package: digests of its files. It is never skipped silently: an unknown line or algorithm, or a file
// without an entry, is a reason to refuse the package.
import path from 'node:path';
import { quoted, reason, TtError } from '@tt/protocol';
import { ReasonError } from '../../host/reason-error.ts';

export interface Digest {
  algorithm: string;
  /** Hex, lower case. */
  digest: string;
}

/** As manifests name them -> as node:crypto does. `SHA2-256` is what newer OpenSSL writes. */
const ALGORITHMS = new Map(
  Object.entries({
    sha1: 'sha1',
    sha256: 'sha256',
    sha384: 'sha384',
    sha512: 'sha512',
    sha2256: 'sha256',
    sha2384: 'sha384',
    sha2512: 'sha512',
  }),
);

export class OvaManifest {
  readonly #digests = new Map<string, Digest>();

  /**
   * @param text lines `SHA256(disk.vmdk)= 0123...`
   * @param folder of the manifest in the archive; names are relative to it.
   * Throws ReasonError for a line that makes no sense or an algorithm that is not known.
   */
  constructor(text: string, folder: string) {
    for (const line of text.split(/\r?\n/).filter((one) => one.trim() !== '')) {
      const [, name = '', file = '', digest = ''] = /^([\w-]+)\s*\((.+)\)\s*=\s*([0-9a-f]+)\s*$/i.exec(line) ?? [];
      if (file === '') throw new ReasonError(quoted('manifestLine', line.slice(0, 100)));
      const algorithm = ALGORITHMS.get(name.toLowerCase().replaceAll('-', ''));
      if (algorithm === undefined) throw new ReasonError(reason('manifestAlgorithm', { algorithm: name }));
      this.#digests.set(path.posix.join(folder, file), { algorithm, digest: digest.toLowerCase() });
    }
  }

  /** Of a file by its name in the archive. Throws ReasonError when the manifest does not name it. */
  digestOf(name: string): Digest {
    const found = this.#digests.get(name);
    if (!found) throw new ReasonError(reason('manifestLacks', { file: name }));
    return found;
  }
}

/** Throws IMAGE_CHECKSUM_WRONG. */
export function mustBe(wanted: Digest, found: string, name: string): void {
  if (found !== wanted.digest) {
    throw new TtError('IMAGE_CHECKSUM_WRONG', { source: name, wanted: wanted.digest, found });
  }
}
