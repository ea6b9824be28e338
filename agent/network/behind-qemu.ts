// Kinds whose guests are behind QEMU’s own network stack: the host reaches them by forwards only, at which QEMU listens, and what they
// open is opened by the process of their QEMU.
import type { NetKind } from './interface.ts';

export function isBehindQemu(kind: NetKind): boolean {
  return kind === 'user' || kind === 'switch';
}
