// Proves that a capsule was made by this agent from an ENV of the same user and not changed since. The memory of any other
// capsule is loaded only on request: QEMU's device models parse it, so a crafted state can attack the host.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CapsuleManifest } from '@tt/protocol';

export class CapsuleSeal {
  readonly #key: string;

  /** `key`: secret, and the same for the life of the state folder. */
  constructor(key: string) {
    this.#key = key;
  }

  /** For the manifest's `seal`. It covers all members, by their hashes. */
  make(manifest: Omit<CapsuleManifest, 'seal'>, owner: string): string {
    return this.#macOf(JSON.parse(JSON.stringify(manifest)), owner).toString('hex');
  }

  /** `text`: the manifest as in the capsule. */
  isOf(text: string, owner: string): boolean {
    const { seal, ...manifest } = JSON.parse(text) as { seal?: unknown };
    if (typeof seal !== 'string') return false;
    const [said, made] = [Buffer.from(seal, 'hex'), this.#macOf(manifest, owner)];
    return said.length === made.length && timingSafeEqual(said, made);
  }

  #macOf(manifest: unknown, owner: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([owner, manifest]))
      .digest();
  }
}
