// What is copied, under which names. Used by fork, clone and the import of capsules.
import type { Snapshot } from '@tt/protocol';
import type { VmRecord } from '../../state/records.ts';
import { type Promised, promisedTo } from '../capacity/admission.ts';
import type { Services } from '../services.ts';
import { partsOf, type SnapshotPart } from '../snapshots/snapshot-parts.ts';

/** One VM as it is to be copied: its record as it was at that instant. */
export interface CopySource {
  vm: VmRecord;
  /** Ports its copies get; those of the host are theirs alone. */
  ports: { protocol: 'tcp' | 'udp'; guestPort: number }[];
  hasRam: boolean;
}

/** A VM as it is now. */
export function sourceNow(vm: VmRecord, hasRam: boolean): CopySource {
  return { vm, hasRam, ports: vm.portMap.map(({ protocol, guestPort }) => ({ protocol, guestPort })) };
}

/** The VMs of a snapshot that are there. Throws SNAPSHOT_VM_MISSING. */
export function sourcesOf(
  services: Pick<Services, 'inventory'>,
  snapshot: Snapshot,
  vmIds?: readonly string[],
): CopySource[] {
  return partsOf(services, snapshot, vmIds).map(({ vm, part }) => sourceOf(vm, part));
}

/** A VM as a snapshot holds it: made as it was then, else as it is now. */
function sourceOf(vm: VmRecord, part: SnapshotPart): CopySource {
  const { config, hasRam } = part;
  if (!config) return sourceNow(vm, hasRam);
  const { ports, nics, ...was } = config;
  // Its cards are the same ones; only their limits may have changed.
  const cards = vm.nics.map((nic, index) => ({ ...nic, bandwidthMbps: nics[index]?.bandwidthMbps ?? null }));
  return { vm: { ...vm, ...was, nics: cards }, ports, hasRam };
}

/** What these VMs promise, once they are copied. */
export function promisedToCopies(sources: readonly CopySource[]): Promised {
  return promisedTo(sources.map(({ vm, hasRam }) => ({ ...vm, state: hasRam ? 'creating' : 'stopped' })));
}

/** `demo`, or `demo-1` to `demo-3`. */
export function copyNames(newName: string, copies: number): string[] {
  return copies === 1 ? [newName] : Array.from({ length: copies }, (_, index) => `${newName}-${index + 1}`);
}

/** `web-1` of `shop/web-1`. */
export function shortName(vmName: string): string {
  return vmName.slice(vmName.indexOf('/') + 1);
}

/** A host name of its own for a copy, RFC 1123: its name with the ENV's before it, at most 63 characters. */
export function copyHostname(vmName: string): string {
  const label = vmName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  // The end tells copies apart.
  return label.slice(-63).replace(/^-+/, '') || 'vm';
}

/** The next free `<env>/<os>-<n>` for a copy within its ENV. */
export function nextName(vmName: string, taken: ReadonlySet<string>): string {
  const base = vmName.replace(/-\d+$/, '');
  for (let number = 1; ; number++) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
}
